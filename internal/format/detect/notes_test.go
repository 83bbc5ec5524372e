package detect_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/format/detect"
	"parvis/internal/format/formattest"
)

// Of several files in an archive the largest is read, and the others are told of.
func TestArchiveOfSeveralFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "several.zip")
	content := formattest.Zip(t, "a-note.txt", strings.Repeat("x\n", 9000), "meta.csv", "k,v\na,1\n", "data.csv", "n\n"+strings.Repeat("1\n", 99), "z.csv", "n\n1\n")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
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
