package detect_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/format/detect"
)

// Of several files in an archive the largest is read, and the others are told of.
func TestArchiveOfSeveralFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "several.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	for _, m := range [][2]string{{"a-note.txt", strings.Repeat("x\n", 9000)}, {"meta.csv", "k,v\na,1\n"}, {"data.csv", "n\n" + strings.Repeat("1\n", 99)}, {"z.csv", "n\n1\n"}} {
		w, err := archive.Create(m[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := detect.Open(path, detect.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Name() != "data.csv" {
		t.Errorf("%s is read", f.Name())
	}
	if n := f.Notes(); len(n) != 1 || !strings.Contains(n[0], `of the 4 files in the archive only "data.csv"`) {
		t.Errorf("notes: %q", n)
	}
}
