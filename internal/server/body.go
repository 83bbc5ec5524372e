package server

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Body is a whole answer that is kept to be given again. Its encoded forms are made when they are first
// asked for, and kept. It must not be changed once it is shared.
type Body struct {
	Type  string // Content-Type
	Tag   string // ETag, quoted; "" for none
	Plain []byte

	gzip, zstd atomic.Pointer[[]byte]
}

// Size gives the bytes that the body takes in memory, with what its encoded forms may come to.
func (b *Body) Size() int { return len(b.Plain) + len(b.Plain)/2 + len(b.Type) + len(b.Tag) + 128 }

// Serve answers with a body, or with 304 where the client has it already.
func Serve(w http.ResponseWriter, r *http.Request, b *Body) {
	if NotModified(w, r, b.Tag) {
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{b.Type}
	data, tag := b.Plain, b.Tag
	if shrinks(b.Type) {
		addVary(h, "Accept-Encoding")
		if len(data) >= smallest && r.Header.Get("Range") == "" {
			if coding := negotiate(r.Header.Get("Accept-Encoding")); coding != "" {
				data, tag = b.encoded(coding), codedTag(tag, coding)
				h["Content-Encoding"] = []string{coding}
			}
		}
	}
	if tag != "" {
		h["Etag"] = []string{tag}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(data))}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // who went away needs no answer
	}
}

// encoded gives the body in a coding, and makes it the first time.
func (b *Body) encoded(coding string) []byte {
	kept := &b.gzip
	if coding == zstdCoding {
		kept = &b.zstd
	}
	if made := kept.Load(); made != nil {
		return *made
	}
	var out bytes.Buffer
	var w io.WriteCloser
	if coding == zstdCoding {
		w, _ = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true))
	} else {
		w, _ = gzip.NewWriterLevel(&out, gzip.BestSpeed+1)
	}
	_, _ = w.Write(b.Plain) // writing to memory does not fail
	_ = w.Close()
	data := bytes.Clone(out.Bytes())
	kept.Store(&data)
	return data
}
