package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format/formattest"
)

// published makes a portal with one dataset of n rows and gives its data directory.
func published(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	set, err := load(map[string]string{"data": dir}, environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	p, err := openPortal(t.Context(), &call{set: set, err: t.Output()}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if err := p.startEngine(t.Context()); err != nil {
		t.Fatal(err)
	}
	stage, err := p.catalog.Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	fields := []dataset.Field{{Name: "name", Type: dataset.Text, Label: "Name"}, {Name: "n", Type: dataset.Int, Label: "N", Description: "A number"}}
	path := stage.Path("rows.duckdb")
	loader, err := p.engine.Create(t.Context(), path, fields)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		r := dataset.Record{Values: []any{fmt.Sprint("town ", i), int64(i)}, Size: 20}
		sum := sha256.Sum256(fmt.Append(nil, i))
		copy(r.ID[:], sum[:])
		if err := loader.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := loader.Finish(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	hidden := true
	_, err = p.catalog.Publish(t.Context(), catalog.Publication{
		ID: "towns", Fields: fields, DataHidden: &hidden, Rows: &catalog.Rows{Path: path, Count: rows, Hash: "h"},
		Attachments: []catalog.Upload{{
			Attachment: dataset.Attachment{ID: "readme_txt", Title: "readme.txt", MIMEType: "text/plain"},
			Open:       func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("Read me.")), nil },
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// runLine runs the binary's command line in this process.
func runLine(t *testing.T, args ...string) (status int, out, errout string) {
	t.Helper()
	var o, e bytes.Buffer
	p := process{args: args, env: environment(nil), out: &o, err: &e}
	status = p.run(t.Context())
	return status, o.String(), e.String()
}

func TestExportWritesWholeFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	data := published(t, 150_000) // more than one window of the engine
	out := filepath.Join(t.TempDir(), "out")
	for range 2 { // the second replaces the first
		if status, _, errout := runLine(t, "export", "--data", data, out); status != 0 {
			t.Fatalf("status %d: %s", status, errout)
		}
	}
	lines, err := os.ReadFile(filepath.Join(out, "towns", "records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n")
	if len(all) != 150_000 {
		t.Fatalf("%d lines", len(all))
	}
	for _, i := range []int{0, 1, 122_880, 149_999} {
		if want := fmt.Sprintf(`{"name":"town %d","n":%d}`, i, i); all[i] != want {
			t.Errorf("line %d: %s, want %s", i, all[i], want)
		}
	}
	var d folder
	text, err := os.ReadFile(filepath.Join(out, "towns", "dataset.json"))
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil || d.ID != "towns" || !d.HasRecords || d.Security.DataVisible || len(d.Fields) != 2 || d.Fields[0].Description != nil || *d.Fields[1].Description != "A number" {
		t.Errorf("%s, %v", text, err)
	}
	if note, err := os.ReadFile(filepath.Join(out, "towns", d.Attachments[0].File)); err != nil || string(note) != "Read me." {
		t.Errorf("attachment: %q, %v", note, err)
	}
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestExportLeavesForeignFoldersAlone(t *testing.T) {
	place := filepath.Join(t.TempDir(), "towns")
	if err := replaceable(place); err != nil {
		t.Error(err)
	}
	if err := os.Mkdir(place, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := replaceable(place); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a foreign folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(place, "dataset.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replaceable(place); err != nil {
		t.Errorf("an earlier export: %v", err)
	}
}

// TestFilesGoWithTheirRows takes a media archive in, exports it, takes that in elsewhere and exports it again.
func TestFilesGoWithTheirRows(t *testing.T) {
	t.Chdir(t.TempDir())
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 700, 9))); err != nil {
		t.Fatal(err)
	}
	packed := formattest.Zip(t, "trees.csv", "tree,picture\noak,oak.png\nelm,notes on elm.txt\noaks,oak.png\n", "oak.png", picture.String(), "notes on elm.txt", "tall")
	if err := os.WriteFile("trees.zip", []byte(packed), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import", "--data", "a", "trees.zip"}, {"export", "--data", "a", "out-a"}, {"import", "--data", "b", "out-a"}, {"export", "--data", "b", "out-b"}} {
		if status, _, errout := runLine(t, args...); status != 0 {
			t.Fatalf("%v: status %d: %s", args, status, errout)
		}
	}
	files, err := os.ReadDir("out-a/trees/files")
	if err != nil || len(files) != 2 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	for _, name := range []string{"records.jsonl", "dataset.json", "files/" + files[0].Name(), "files/" + files[1].Name()} {
		a, errA := os.ReadFile(filepath.Join("out-a/trees", name))
		b, errB := os.ReadFile(filepath.Join("out-b/trees", name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: %q, %v; %q, %v", name, a, errA, b, errB)
		}
		if name == "records.jsonl" && strings.Count(string(a), `"filename":"oak.png"`) != 2 {
			t.Errorf("%s: %s", name, a)
		}
	}
}
