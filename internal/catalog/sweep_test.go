package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
)

func TestRecoverRemovesOnlyTheDead(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	e := publish(t, c, catalog.Publication{ID: "a", Attachments: attachments("readme", "hello")}, "1")
	alive, err := open(t, dir).Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	spill, err := c.Temp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer spill.Close()
	for _, name := range []string{alive.Path("rows"), spill.Path("spill")} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := files(t, dir)
	for _, name := range []string{
		"incoming/DEAD/lock", "incoming/DEAD/rows.duckdb", "incoming/NOLOCK/rows.duckdb", "tmp/DEAD/lock", "tmp/DEAD/duckdb_temp/x",
		"versions/" + e.UID + "/2.duckdb", "versions/da_ghosts/1.duckdb", "attachments/" + e.UID + "/cafe", "attachments/da_ghosts/cafe",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("left:\n%v\nwant:\n%v", got, want)
	}
	for _, gone := range []string{"incoming/DEAD", "incoming/NOLOCK", "tmp/DEAD", "versions/da_ghosts", "attachments/da_ghosts"} {
		if _, err := os.Stat(filepath.Join(dir, gone)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", gone)
		}
	}
	if err := alive.Close(); err != nil {
		t.Error(err)
	}
	if err := alive.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func attachments(id, text string) []catalog.Upload {
	return []catalog.Upload{{
		Attachment: dataset.Attachment{ID: id, Title: id + ".txt", MIMEType: "text/plain", File: "../../" + id},
		Open:       func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(text))), nil },
	}}
}

func TestAttachments(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	e := publish(t, c, catalog.Publication{ID: "a", Attachments: attachments("readme", "hello")}, "1")
	read := func(e *catalog.Entry, id string) string {
		t.Helper()
		f, a, err := c.Attachment(e, id)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		if err != nil || a.MIMEType != "text/plain" {
			t.Errorf("%+v, %v", a, err)
		}
		return string(b)
	}
	if got := read(e, "readme"); got != "hello" {
		t.Errorf("got %q", got)
	}
	e = publish(t, c, catalog.Publication{ID: "a"}, "2")
	if got := read(e, "readme"); got != "hello" {
		t.Errorf("not kept when not given: %q", got)
	}
	for _, id := range []string{"none", "", "../readme", "2.duckdb"} {
		if _, _, err := c.Attachment(e, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	e, err := c.Publish(t.Context(), catalog.Publication{ID: "a", Attachments: attachments("manual", "other")})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(e, "manual"); got != "other" || len(e.Attachments) != 1 {
		t.Errorf("replaced: %q, %+v", got, e.Attachments)
	}
	if got := files(t, dir); len(got) != 3 { // two versions, one attachment
		t.Errorf("files: %v", got)
	}
	if _, err := c.Publish(t.Context(), catalog.Publication{ID: "a", Attachments: []catalog.Upload{}}); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("files: %v", got)
	}
}

// A publication that fails at any point leaves the dataset and the folder as they were.
func TestFailedPublicationLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	publish(t, c, catalog.Publication{ID: "a", Attachments: attachments("readme", "hello")}, "1")
	before := files(t, dir)
	stage, err := c.Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := stage.Path("rows.duckdb")
	if err := os.WriteFile(path, []byte("2"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	broken := attachments("broken", "")
	broken[0].Open = func() (io.ReadCloser, error) { return nil, errors.New("unreadable") }
	rows := &catalog.Rows{Path: path, Count: 1, Hash: "h"}
	for name, try := range map[string]func() error{
		"cancelled": func() error {
			_, err := c.Publish(gone, catalog.Publication{ID: "a", Fields: fields, Rows: rows})
			return err
		},
		"attachment": func() error {
			_, err := c.Publish(t.Context(), catalog.Publication{ID: "a", Attachments: broken})
			return err
		},
		"no file": func() error {
			_, err := c.Publish(t.Context(), catalog.Publication{ID: "a", Fields: fields, Rows: &catalog.Rows{Path: stage.Path("none")}})
			return err
		},
		"still open": func() error {
			if err := os.WriteFile(path+".wal", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(path + ".wal")
			_, err := c.Publish(t.Context(), catalog.Publication{ID: "a", Fields: fields, Rows: rows})
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s: it did not fail", name)
		}
	}
	if err := stage.Close(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, before) {
		t.Errorf("left %v, want %v", got, before)
	}
	if e, err := c.Find(account.Anonymous, "a"); err != nil || e.Version.Number != 1 || content(t, e) != "1" {
		t.Errorf("%+v, %v", e, err)
	}
}
