package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed files
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
}

// Load reads the embedded files. References to fonts in a style sheet, url(name), become their hashed addresses.
func Load() (*Assets, error) {
	a := &Assets{byURL: map[string]file{}, urls: map[string]string{}}
	entries, err := fs.ReadDir(embedded, "files")
	if err != nil {
		return nil, err
	}
	for _, sheets := range []bool{false, true} { // style sheets last: they name the others
		for _, e := range entries {
			if isSheet := path.Ext(e.Name()) == ".css"; isSheet != sheets {
				continue
			}
			text, err := embedded.ReadFile("files/" + e.Name())
			if err != nil {
				return nil, err
			}
			if sheets {
				for name, url := range a.urls {
					text = bytes.ReplaceAll(text, []byte("url("+name+")"), []byte("url("+url+")"))
				}
			}
			if err := a.add(e.Name(), text); err != nil {
				return nil, fmt.Errorf("asset %s: %w", e.Name(), err)
			}
		}
	}
	return a, nil
}

func (a *Assets) add(name string, text []byte) error {
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
	f := file{kind: kind, plain: text}
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
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.small
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who went away is nobody's failure
	}
}
