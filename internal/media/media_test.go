package media

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/dataset"
)

// listed is a Source of files without content.
type listed []string

func (l listed) Names() []string                  { return l }
func (listed) Open(string) (io.ReadCloser, error) { return nil, os.ErrNotExist }

func TestFind(t *testing.T) {
	s := NewShelf(listed{"a/photos/Oak.JPG", "a/oak.jpg", "b/Elm.png", "fr\u00eane.png", "x/one.txt", "y/one.txt"}, "a")
	for said, want := range map[string]string{
		"photos/oak.jpg": "a/photos/Oak.JPG", "PHOTOS\\OAK.JPG": "a/photos/Oak.JPG", "./photos/oak.jpg": "a/photos/Oak.JPG", "a/photos/oak.jpg": "a/photos/Oak.JPG", // from where the rows lie, or the top
		" elm.png ": "b/Elm.png", "somewhere/else/elm.png": "b/Elm.png", "oak.jpg": "a/oak.jpg", // by its last name
		"fre\u0302ne.PNG": "fr\u00eane.png", "one.txt": "", "y/one.txt": "y/one.txt", "": "", ".": "", "..": "", "/": "", "../../etc/passwd": "", strings.Repeat("x", 2000): "",
	} {
		if got, ok := s.Find(said); got != want || ok != (want != "") {
			t.Errorf("%.40q finds %q, %v; want %q", said, got, ok, want)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct{ name, head, format, mimetype string }{
		{"a.png", "\x89PNG\r\n\x1a\n", "PNG", "image/png"}, {"a.jpg", "\xff\xd8\xff\xe0", "JPEG", "image/jpeg"}, {"noname", "GIF89a", "GIF", "image/gif"},
		{"a.tif", "II*\x00", "TIFF", "image/tiff"}, {"a.png", "<!doctype html><script>", "PNG", "text/html"}, {"a.html", "<!DOCTYPE HTML>", "HTML", "text/html"},
		{"a.svg", "\ufeff <?xml version=\"1.0\"?>\n<!-- x --><!DOCTYPE svg><svg ", "SVG", "image/svg+xml"}, {"a.svg", "<svgx>", "SVG", "text/plain"}, {"a.svg", "<?xml", "SVG", "text/xml"},
		{"a.pdf", "%PDF-1.7", "PDF", "application/pdf"}, {"a.odt", "PK\x03\x04", "ODT", "application/vnd.oasis.opendocument.text"}, {"a.zip", "PK\x03\x04", "ZIP", "application/zip"},
		{"a.csv", "a;b\n", "CSV", "text/csv"}, {"a.geojson", "{", "GEOJSON", "application/geo+json"}, {"a.averylongextension", "\x00\x01", "", "application/octet-stream"}, {"a.mp4", "\x00\x01\x02", "MP4", "video/mp4"},
	} {
		if format, mimetype := kindOf(c.name, []byte(c.head)); format != c.format || mimetype != c.mimetype {
			t.Errorf("%s, %q: %s, %s; want %s, %s", c.name, c.head, format, mimetype, c.format, c.mimetype)
		}
	}
}

func TestBeside(t *testing.T) {
	for name, want := range map[string]string{"a.png": "x.png", "a": "x", "a.": "x.", "a.p/ng": "x", "..": "x.", "a.tar.gz": "x.gz", "a.jp g": "x"} {
		if got := Beside(dataset.FileValue{ID: "x", Filename: name}); got != want || strings.ContainsAny(got, `/\`) || filepath.Base(got) != got {
			t.Errorf("%q lies under %q, want %q", name, got, want)
		}
	}
}

// FuzzShelf looks for names of all kinds: what is found is always one of the files.
func FuzzShelf(f *testing.F) {
	f.Add("a/b.png", "..\\B.PNG")
	f.Fuzz(func(t *testing.T, name, said string) {
		if got, ok := NewShelf(listed{name}, "a").Find(said); ok && got != name {
			t.Fatalf("%q finds %q of %q", said, got, name)
		}
	})
}
