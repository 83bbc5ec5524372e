package dataset

import (
	"strings"
	"testing"
)

func TestFileValues(t *testing.T) {
	id := strings.Repeat("0af9", 8)
	kept := FileValue{ID: id, Filename: `a "b".png`, Format: "PNG", Thumbnail: true, Width: 3, Height: 2}
	text := kept.Text()
	if !strings.HasPrefix(text, FileStart(id)) || string(KeptFile([]byte(text))) != id {
		t.Errorf("%s is not taken for a kept file", text)
	}
	if back, ok := ReadFile(text); !ok || back != kept || !back.Kept() {
		t.Errorf("%s is read as %+v, %v", text, back, ok)
	}
	for _, other := range []string{
		``, `{}`, `null`, `"x"`, `[1]`, FileStart(id), `{"id":"` + id, `{"id":"` + strings.ToUpper(id) + `","filename":"a"}`, `{"id":"0af9","filename":"a"}`,
		FileValue{ID: id, Filename: "a", URL: "https://example.org/a"}.Text(),
	} {
		if got := KeptFile([]byte(other)); got != nil && other != FileStart(id) {
			t.Errorf("%s is taken for the kept file %s", other, got)
		}
		if f, _ := ReadFile(other); f.Kept() {
			t.Errorf("%s is read as a kept file", other)
		}
	}
	if f, ok := ReadFile(`{"filename":"a.jpg","url":"https://example.org/a.jpg","color_summary":["rgb(1, 2, 3)"]}`); !ok || f.URL == "" {
		t.Errorf("a file elsewhere is read as %+v, %v", f, ok)
	}
}
