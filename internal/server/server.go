package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"parvis/internal/fault"
)

// Options are the parts of a Server.
type Options struct {
	Log     *slog.Logger
	Metrics *Metrics
	Secure  bool // the portal is reached by HTTPS even where a proxy ends it: send HSTS always
}

// Server wraps the doors of the portal.
type Server struct {
	log     *slog.Logger
	metrics *Metrics
	secure  bool
}

// New makes a Server. Log and Metrics must be given.
func New(o Options) *Server {
	return &Server{log: o.Log, metrics: o.Metrics, secure: o.Secure}
}

// Handler answers a request or says why it cannot. What it returns after the first byte of the answer
// breaks the connection off, so that nobody takes half an answer for a whole one.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Show answers with a failure as a door wants it shown: JSON, or a page.
type Show func(w http.ResponseWriter, r *http.Request, f Failure)

// Handle makes an http.Handler of a door's handler. Failures of kind Internal are logged here, once.
func (s *Server) Handle(h Handler, show Show) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		f := Describe(err)
		if f.Kind == fault.Internal {
			s.log.Error("request failed", "route", r.Pattern, "error", err)
		}
		if f.Kind == fault.Canceled {
			panic(http.ErrAbortHandler)
		}
		if begun(w) {
			s.log.Warn("answer broken off", "route", r.Pattern, "kind", int(f.Kind))
			panic(http.ErrAbortHandler)
		}
		forget(w.Header())
		show(w, r, f)
	})
}

// forget takes away the headers that were meant for the answer that did not come about.
func forget(h http.Header) {
	for _, name := range []string{"Content-Length", "Content-Type", "Content-Disposition", "Content-Encoding", "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control"} {
		h.Del(name)
	}
}

// Wrap puts the whole portal into what every answer shares: counting, the refusal of cookies, a panic
// answered with 500, compression. Show answers the panic.
func (s *Server) Wrap(next http.Handler, show Show) http.Handler {
	compressed := compress(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		out := &response{ResponseWriter: w, log: s.log}
		aborted := true
		defer func() {
			status := out.status
			if aborted {
				status = 499
			}
			took := time.Since(start)
			s.metrics.count(r, status, took)
			s.log.Debug("answered", "method", r.Method, "route", r.Pattern, "status", status, "bytes", out.written, "took", took)
		}()
		if aborted = s.guarded(compressed, out, r, show); aborted {
			panic(http.ErrAbortHandler)
		}
		if out.status == 0 {
			out.WriteHeader(http.StatusOK) // an empty answer
		}
	})
}

// guarded runs the handler and turns its panic into an answer. It tells whether the connection must be
// broken off instead.
func (s *Server) guarded(next http.Handler, w *response, r *http.Request, show Show) (abort bool) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			abort = true
			return
		}
		s.log.Error("panic", "route", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		if w.status != 0 {
			abort = true
			return
		}
		forget(w.Header())
		show(w, r, Describe(fault.New(fault.Internal, "panic")))
	}()
	next.ServeHTTP(w, r)
	return false
}

// response notes what was answered, and refuses cookies: the registry of internal/privacy says that
// nothing is set, and this is what makes it true.
type response struct {
	http.ResponseWriter
	log     *slog.Logger
	status  int
	written int64
}

// WriteHeader sends the header, once.
func (w *response) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	if status >= 200 {
		w.status = status
	}
	if _, set := w.Header()["Set-Cookie"]; set {
		w.Header().Del("Set-Cookie")
		w.log.Error("cookie refused: the privacy registry has none")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends bytes of the body.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p)
	w.written += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what lies below.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// begun tells whether the answer's header has been sent already.
func begun(w http.ResponseWriter) bool {
	for {
		switch x := w.(type) {
		case *response:
			return x.status != 0
		case *encoder:
			if x.decided {
				return true
			}
			w = x.ResponseWriter
		case interface{ Unwrap() http.ResponseWriter }:
			w = x.Unwrap()
		default:
			return false
		}
	}
}
