package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// files holds what is written by hand, libraries the parts of other people's libraries, dist the scripts that
// `make scripts` bundles from src: without it they are not there, and pages do without them.
//
//go:embed files libraries all:dist
var embedded embed.FS

// Prefix is where the files are served.
const Prefix = "/assets/"

// Assets holds the files ready to be served. It never changes after Load.
type Assets struct {
	byURL map[string]file
	urls  map[string]string // plain name: hashed address
}

type file struct {
	kind         string
	plain, small []byte // small: gzip, nil where it would not be smaller
	smallest     []byte // Brotli, nil where the bundler made none
}

// Load reads the embedded files. References to fonts in a style sheet, url(name), become their hashed addresses.
func Load() (*Assets, error) {
	a := &Assets{byURL: map[string]file{}, urls: map[string]string{}}
	var names, sheets []string
	for _, folder := range []string{"files", "libraries", "dist"} {
		entries, err := fs.ReadDir(embedded, folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			switch name := folder + "/" + e.Name(); path.Ext(name) {
			case ".br", ".keep", ".made": // with its script; nothing
			case ".css":
				sheets = append(sheets, name)
			default:
				names = append(names, name)
			}
		}
	}
	for _, name := range append(names, sheets...) { // style sheets last: they name the others
		text, err := embedded.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if path.Ext(name) == ".css" {
			for plain, url := range a.urls {
				text = bytes.ReplaceAll(text, []byte("url("+plain+")"), []byte("url("+url+")"))
			}
		}
		smallest, err := embedded.ReadFile(name + ".br")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := a.add(path.Base(name), text, smallest); err != nil {
			return nil, fmt.Errorf("asset %s: %w", name, err)
		}
	}
	return a, nil
}

func (a *Assets) add(name string, text, smallest []byte) error {
	kind, compress := "", true
	switch path.Ext(name) {
	case ".css":
		kind = "text/css; charset=utf-8"
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	case ".woff2":
		kind, compress = "font/woff2", false
	case ".txt":
		kind = "text/plain; charset=utf-8"
	default:
		return fmt.Errorf("no media type is known for it")
	}
	f := file{kind: kind, plain: text, smallest: smallest}
	if compress {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if b.Len() < len(text) {
			f.small = b.Bytes()
		}
	}
	sum := sha256.Sum256(text)
	base, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	url := Prefix + base + "." + hex.EncodeToString(sum[:6]) + ext
	a.byURL[url], a.urls[name] = f, url
	return nil
}

// URL gives the address of a file by its plain name, "" for one that does not exist.
func (a *Assets) URL(name string) string { return a.urls[name] }

// ServeHTTP answers with a file, or 404.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byURL[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := f.plain
	if f.small != nil {
		h.Set("Vary", "Accept-Encoding")
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case f.smallest != nil && strings.Contains(accepted, "br"):
			h.Set("Content-Encoding", "br")
			body = f.smallest
		case strings.Contains(accepted, "gzip"):
			h.Set("Content-Encoding", "gzip")
			body = f.small
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who went away is nobody's failure
	}
}
