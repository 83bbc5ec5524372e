package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/db"
)

// publishInto names the variable that turns the test binary into a process that publishes until it is killed.
const publishInto = "PARVIS_TEST_PUBLISH_INTO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(publishInto); dir != "" {
		fmt.Fprintln(os.Stderr, publishForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// body is what version n of the dataset holds.
func body(n int) string { return strings.Repeat(fmt.Sprintf("row of version %d\n", n), 5000) }

// publishForEver publishes version after version, each with an attachment of its own.
func publishForEver(dir string) error {
	ctx := context.Background()
	pool, err := db.Open(ctx, filepath.Join(dir, "parvis.db"))
	if err != nil {
		return err
	}
	c, err := catalog.Open(ctx, catalog.Options{DB: pool, Dir: dir, Keep: 3})
	if err != nil {
		return err
	}
	for {
		n := 1
		if e, err := c.Find(account.Anonymous, "a"); err == nil {
			n = e.Version.Number + 1
		}
		stage, err := c.Stage(ctx)
		if err != nil {
			return err
		}
		path := stage.Path("rows.duckdb")
		if err := os.WriteFile(path, []byte(body(n)), 0o600); err != nil {
			return err
		}
		if _, err := c.Publish(ctx, catalog.Publication{
			ID: "a", Fields: fields, Attachments: attachments("note", fmt.Sprint("note ", n)),
			Rows: &catalog.Rows{Path: path, Count: int64(n), Hash: fmt.Sprint("hash ", n)},
		}); err != nil {
			return err
		}
		if err := stage.Close(); err != nil {
			return err
		}
	}
}

// Wherever a publishing process is killed, what the catalogue names is whole, a reader beside it never sees
// anything else, and what was left is removed.
func TestKilledWhilePublishing(t *testing.T) {
	dir := t.TempDir()
	reader := open(t, dir)
	last, leftovers := 0, 0
	for i := range 20 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), publishInto+"="+dir)
		cmd.Stderr = t.Output()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(60*time.Millisecond+time.Duration(i)*1700*time.Microsecond, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Fatalf("the process ended by itself: %v", err)
		}
		before := len(files(t, dir))
		c := open(t, dir)
		if err := c.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		e, err := c.Find(account.Anonymous, "a")
		if err != nil {
			if last > 0 {
				t.Fatalf("moment %d: the dataset is gone: %v", i, err)
			}
			continue
		}
		if e.Version.Number < last {
			t.Fatalf("moment %d: version %d after %d", i, e.Version.Number, last)
		}
		last = e.Version.Number
		versions, err := c.Versions(t.Context(), "a")
		if err != nil || len(versions) != min(last, 3) {
			t.Fatalf("moment %d: %d versions, %v", i, len(versions), err)
		}
		for _, v := range versions {
			if got, err := os.ReadFile(v.Path); err != nil || string(got) != body(v.Number) || v.Hash != fmt.Sprint("hash ", v.Number) {
				t.Fatalf("moment %d: version %d is not whole: %d bytes, %v", i, v.Number, len(got), err)
			}
		}
		f, _, err := c.Attachment(e, "note")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		after := files(t, dir)
		if want := len(versions) + 1; len(after) != want {
			t.Fatalf("moment %d: %v are left, want %d files", i, after, want)
		}
		if before > len(after) {
			leftovers++
		}
	}
	go reader.Follow(t.Context())
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(time.Second); ; <-ticks.C {
		if e, err := reader.Find(account.Anonymous, "a"); err == nil && e.Version.Number == last {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a process beside the killed ones does not serve what they published")
		}
	}
	t.Logf("%d versions were published, %d of 20 kills left something to clean", last, leftovers)
	if last < 20 || leftovers < 5 {
		t.Errorf("%d versions, %d leftovers: this test tests nothing", last, leftovers)
	}
}
