package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"parvis/internal/fault"
	"parvis/internal/privacy"
	"parvis/internal/statistics"
)

// Options are the parts of a Server.
type Options struct {
	Log     *slog.Logger
	Metrics *Metrics
	Privacy *privacy.Registry
	Counter *statistics.Counter // nil: uses are not counted

	URL      string             // the portal's public address; "": as the request names it. One of https sends HSTS even where a proxy ends it
	Keys     KeyFinder          // of API keys; nil: there are none
	Tokens   KeyFinder          // of applications; nil: there are none
	Sessions Sessions           // nil: nobody can sign in
	Seen     func(person int64) // is told who came by a session; may be nil

	Strict bool // a cookie that the registry does not declare is a panic, not only refused: for tests

	// Exempt are the paths of POSTs that bring their own proof, such as a client's secret; Lenient those of forms that
	// stand on every page, for which it is enough that the browser says they come from the portal.
	Exempt, Lenient []string

	Long map[string]int64 // the most that a form sent to a path holds, in bytes, where it is not 1 MB

	Proxies []netip.Prefix // whose X-Forwarded-For is believed
}

// Server wraps the doors of the portal.
type Server struct {
	log      *slog.Logger
	metrics  *Metrics
	privacy  *privacy.Registry
	counter  *statistics.Counter
	origin   string // of the public address, in lower case; "": as the request names it
	secure   bool
	strict   bool
	keys     KeyFinder
	tokens   KeyFinder
	sessions Sessions
	seen     func(person int64)
	exempt   map[string]bool
	lenient  map[string]bool
	long     map[string]int64
	proxies  []netip.Prefix
}

// New makes a Server. Log, Metrics and Privacy must be given.
func New(o Options) *Server {
	s := &Server{
		log: o.Log, metrics: o.Metrics, privacy: o.Privacy, counter: o.Counter, origin: strings.ToLower(strings.TrimSuffix(o.URL, "/")), strict: o.Strict,
		keys: o.Keys, tokens: o.Tokens, sessions: o.Sessions, seen: o.Seen, exempt: map[string]bool{}, lenient: map[string]bool{}, long: o.Long, proxies: o.Proxies,
	}
	s.secure = strings.HasPrefix(s.origin, "https:")
	for _, path := range o.Exempt {
		s.exempt[path] = true
	}
	for _, path := range o.Lenient {
		s.lenient[path] = true
	}
	return s
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

// Wrap puts the whole portal into what every answer shares: counting, the screen before cookies, the gate before forged
// requests, a panic answered with 500, compression. Show answers what is refused here.
func (s *Server) Wrap(next http.Handler, show Show) http.Handler {
	compressed := compress(s.sound(s.Protect(next, show), show))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		out := &response{ResponseWriter: w, server: s}
		aborted := true
		defer func() {
			status := out.status
			if aborted {
				status = 499
			}
			took := time.Since(start)
			s.metrics.count(r, status, took)
			s.note(out, r, status)
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
	if len(w.Header()) != w.sent { // what was added since the header was sent goes out as a trailer
		w.screen()
	}
	return false
}

// response notes what was answered and who asked, and lets no cookie pass that is not as the registry of
// internal/privacy declares it.
type response struct {
	http.ResponseWriter
	server  *Server
	visitor *Visitor // nil: nobody has asked yet who asks
	hit     statistics.Hit
	status  int
	sent    int // headers that were sent
	written int64
}

// WriteHeader sends the header, once.
func (w *response) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.screen()
	if status >= 200 {
		w.status, w.sent = status, len(w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

// screen takes away what the registry does not declare.
func (w *response) screen() {
	for _, name := range w.server.privacy.Screen(w.Header()) {
		w.server.metrics.suspect("undeclared cookie")
		w.server.log.Error("cookie refused: the privacy registry does not declare it so", "cookie", name)
		if w.server.strict {
			panic("a cookie that the privacy registry does not declare so: " + name)
		}
	}
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

// outermost finds the writer of Wrap below a writer, nil where there is none.
func outermost(w http.ResponseWriter) *response {
	for {
		switch x := w.(type) {
		case *response:
			return x
		case interface{ Unwrap() http.ResponseWriter }:
			w = x.Unwrap()
		default:
			return nil
		}
	}
}
