package script_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// parvis runs the binary, which must do well, and gives its standard output.
func parvis(t *testing.T, args ...string) string {
	t.Helper()
	var out, errout bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "parvis", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &out, &errout
	if err := cmd.Run(); err != nil {
		t.Fatalf("parvis %s: %v\n%s", strings.Join(args, " "), err, errout.String())
	}
	return out.String()
}

// towns writes a CSV file of n rows that all carry the mark.
func towns(t *testing.T, n int, mark string) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("name,population,note\n")
	for i := range n {
		fmt.Fprintf(&b, "town %d,%d,%s a note with some words to index %d\n", i, i*7, mark, i%100)
	}
	path := filepath.Join(t.TempDir(), "towns.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An import that is killed at any moment leaves the last published version whole and nothing half visible; what
// it left is gone after the next start.
func TestKilledImports(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	files := []string{towns(t, 15_000, "one"), towns(t, 20_000, "two")}

	// What each file looks like when nobody disturbs its import, and how long that takes.
	var whole []string
	var took time.Duration
	for _, file := range files {
		start := time.Now()
		parvis(t, "import", "--data", data, "--id", "towns", file)
		took = time.Since(start)
		whole = append(whole, records(t, data))
	}
	if whole[0] == whole[1] || strings.Count(whole[0], "\n") != 15_000 || strings.Count(whole[1], "\n") != 20_000 {
		t.Fatalf("the imports gave %d and %d records", strings.Count(whole[0], "\n"), strings.Count(whole[1], "\n"))
	}

	served, killed, left := 1, 0, 0
	const moments = 20
	for i := range moments {
		next := 1 - served
		before := newest(t, data)
		done := kill(t, took*time.Duration(i)/(moments-2), "import", "--data", data, "--id", "towns", files[next])
		if !done {
			killed++
		}
		if len(entries(t, filepath.Join(data, "incoming"))) > 0 {
			left++
		}
		after := newest(t, data)
		switch {
		case after == before+1: // published before it was killed
			served = next
		case after != before || done:
			t.Fatalf("moment %d: version %d after %d (ended by itself: %t)", i, after, before, done)
		}
		// The export starts the engine, which cleans up, and reads every row.
		if got := records(t, data); got != whole[served] {
			t.Fatalf("moment %d: version %d has %d records, and they are not what was imported", i, after, strings.Count(got, "\n"))
		}
		for _, folder := range []string{"incoming", "tmp"} {
			if got := entries(t, filepath.Join(data, folder)); len(got) > 0 {
				t.Fatalf("moment %d: %s still holds %v", i, folder, got)
			}
		}
		versions := entries(t, filepath.Join(data, "versions", entries(t, filepath.Join(data, "versions"))[0]))
		if want := min(after, 10); len(versions) != want {
			t.Fatalf("moment %d: files of versions: %v, want %d", i, versions, want)
		}
	}
	t.Logf("an import takes %s; of %d, %d were killed and %d left something to clean", took, moments, killed, left)
	if killed < moments/2 || left < 3 {
		t.Errorf("only %d imports were killed, %d of them half-way: this test tests nothing", killed, left)
	}
}

// records gives all rows of the dataset towns as JSON Lines.
func records(t *testing.T, data string) string {
	t.Helper()
	out := t.TempDir()
	parvis(t, "export", "--data", data, out, "towns")
	b, err := os.ReadFile(filepath.Join(out, "towns", "records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var versionRow = regexp.MustCompile(`(?m)^(\d+) `)

// newest gives the number of the version served.
func newest(t *testing.T, data string) (n int) {
	t.Helper()
	out := parvis(t, "dataset", "versions", "--data", data, "towns")
	if _, err := fmt.Sscan(versionRow.FindString(out), &n); err != nil {
		t.Fatalf("versions: %v\n%s", err, out)
	}
	return n
}

// kill runs the binary and kills it after a while with SIGKILL; done tells that it had ended well by itself.
func kill(t *testing.T, after time.Duration, args ...string) (done bool) {
	t.Helper()
	cmd := exec.Command("parvis", args...)
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait() == nil
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
