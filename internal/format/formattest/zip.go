package formattest

import (
	"archive/zip"
	"io"
	"strings"
	"testing"
)

// Zip packs files into an archive: name, content, name, content.
func Zip(t testing.TB, members ...string) string {
	t.Helper()
	var out strings.Builder
	w := zip.NewWriter(&out)
	for i := 0; i < len(members); i += 2 {
		m, err := w.Create(members[i])
		if err == nil {
			_, err = io.WriteString(m, members[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
