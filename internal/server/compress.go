package server

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// smallest is the length in bytes below which an answer of known length is not worth encoding.
const smallest = 1024

// coder is a compressor that is used again and again.
type coder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// coders keeps compressors between answers: making one costs more than a small answer.
type coders struct{ gzip, zstd sync.Pool }

func newCoders() *coders {
	return &coders{
		gzip: sync.Pool{New: func() any {
			w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed+1)
			return coder(w)
		}},
		zstd: sync.Pool{New: func() any {
			w, _ := zstd.NewWriter(io.Discard, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
				zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
			return coder(w)
		}},
	}
}

func (c *coders) pool(coding string) *sync.Pool {
	if coding == zstdCoding {
		return &c.zstd
	}
	return &c.gzip
}

// negotiate chooses the coding for a client: zstd before gzip where both are as welcome, "" for none.
func negotiate(accepted string) string {
	if accepted == "" {
		return ""
	}
	best, bestQ := "", 0.0
	for one := range strings.SplitSeq(accepted, ",") {
		name, params, _ := strings.Cut(one, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != gzipCoding && name != zstdCoding {
			continue
		}
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
		if q > bestQ || q == bestQ && q > 0 && name == zstdCoding {
			best, bestQ = name, q
		}
	}
	return best
}

// compress encodes answers as they stream by, where the client takes it and it is worth the work. Answers
// that are encoded already, parts of answers, and those of types that do not shrink pass as they are.
func compress(next http.Handler) http.Handler {
	pools := newCoders()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		coding := negotiate(r.Header.Get("Accept-Encoding"))
		if coding == "" || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		e := &encoder{ResponseWriter: w, coding: coding, pools: pools, head: r.Method == http.MethodHead}
		defer e.discard()
		next.ServeHTTP(e, r)
		e.close()
	})
}

// encoder decides at the header whether to encode, and then encodes.
type encoder struct {
	http.ResponseWriter
	coding  string
	pools   *coders
	head    bool
	decided bool
	out     coder // nil: the answer passes as it is
}

// WriteHeader decides and sends the header.
func (e *encoder) WriteHeader(status int) {
	if e.decided {
		return
	}
	if status < 200 {
		e.ResponseWriter.WriteHeader(status)
		return
	}
	e.decided = true
	h := e.Header()
	if shrinks(h.Get("Content-Type")) {
		addVary(h, "Accept-Encoding")
		if e.worth(status, h) {
			h.Del("Content-Length")
			h.Set("Content-Encoding", e.coding)
			if tag := h.Get("ETag"); tag != "" {
				h.Set("ETag", codedTag(tag, e.coding))
			}
			if !e.head {
				e.out = e.pools.pool(e.coding).Get().(coder)
				e.out.Reset(e.ResponseWriter)
			}
		}
	}
	e.ResponseWriter.WriteHeader(status)
}

// worth tells whether an answer of a type that shrinks is to be encoded.
func (e *encoder) worth(status int, h http.Header) bool {
	if status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusPartialContent ||
		h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" {
		return false
	}
	if length := h.Get("Content-Length"); length != "" {
		n, err := strconv.Atoi(length)
		return err == nil && n >= smallest
	}
	return true
}

// Write encodes bytes of the body.
func (e *encoder) Write(p []byte) (int, error) {
	if !e.decided {
		e.WriteHeader(http.StatusOK)
	}
	if e.out == nil {
		return e.ResponseWriter.Write(p)
	}
	return e.out.Write(p)
}

// FlushError sends what has been written so far; http.ResponseController calls it.
func (e *encoder) FlushError() error {
	if !e.decided {
		e.WriteHeader(http.StatusOK)
	}
	if e.out != nil {
		if err := e.out.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(e.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach what lies below.
func (e *encoder) Unwrap() http.ResponseWriter { return e.ResponseWriter }

// close ends a whole answer.
func (e *encoder) close() {
	if e.out != nil {
		e.out.Close()
	}
}

// discard gives the compressor back, also after a panic, when the answer must not be ended.
func (e *encoder) discard() {
	if e.out != nil {
		e.out.Reset(io.Discard)
		e.pools.pool(e.coding).Put(e.out)
		e.out = nil
	}
}

// shrinks tells whether answers of a type are worth encoding.
func shrinks(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.TrimSpace(kind)
	switch kind {
	case "application/json", "application/geo+json", "application/x-ndjson", "application/javascript", "application/xml", "image/svg+xml", "application/wasm":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}

// addVary names a request header on which the answer depends, once.
func addVary(h http.Header, name string) {
	for _, line := range h["Vary"] {
		for one := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(one), name) {
				return
			}
		}
	}
	h.Add("Vary", name)
}
