// Package golden compares what a test made with a file of what it should make, and renews the file when
// PARVIS_GOLDEN=renew is set (`make golden`). Only tests import it.
package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Check fails the test unless got equals testdata/golden/NAME.
func Check(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", filepath.FromSlash(name))
	if os.Getenv("PARVIS_GOLDEN") == "renew" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: `make golden` writes it", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (`make golden` renews it)\n--- got\n%s\n--- want\n%s", path, got, want)
	}
}
