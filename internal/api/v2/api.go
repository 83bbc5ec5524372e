package v2

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/explore"
	"parvis/internal/export"
	"parvis/internal/server"
	"parvis/internal/statistics"
)

// formatRevision is counted up whenever the same question over the same data is answered in another way.
const formatRevision = "1"

// Options are what the door stands on. Explorer, Catalog, Server and Temp must be given.
type Options struct {
	Explorer *explore.Explorer
	Catalog  *catalog.Catalog
	Server   *server.Server
	Temp     string // a directory of the door's own, where the engine may write: for exports

	BaseURL    string // "https://data.example.org", of links; "": as the request names it
	Language   string // of who does not ask for one; "" is "en"
	Quota      Quota
	FileBytes  int64            // of finished exports kept in Temp; 0 is 4 GB
	CacheBytes int64            // of answers kept in memory; 0 is 64 MB, less than 0 none
	Groups     int              // groups of an answer where the asker sets no limit; 0 is 20,000
	Clock      func() time.Time // nil is time.Now
}

// API is the Explore API v2.1.
type API struct {
	explorer *explore.Explorer
	catalog  *catalog.Catalog
	server   *server.Server
	base     string
	language string
	groups   int
	clock    func() time.Time
	calls    calls
	meter    meter
	cache    *cache
	desk     *export.Desk
	temp     string
	sizes    *lru.Cache[string, int64] // of files, as Size tells them
	buffers  sync.Pool                 // of *[]byte: answers in the making
}

// New makes the door.
func New(o Options) *API {
	a := &API{
		explorer: o.Explorer, catalog: o.Catalog, server: o.Server,
		base: strings.TrimSuffix(o.BaseURL, "/"), language: o.Language, groups: o.Groups, clock: o.Clock,
		calls: calls{quota: o.Quota},
		meter: meter{windows: map[string]*window{}},
		temp:  o.Temp,
	}
	if a.language == "" {
		a.language = "en"
	}
	if a.groups <= 0 || a.groups > groupLimit {
		a.groups = groupLimit
	}
	if a.clock == nil {
		a.clock = time.Now
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	if o.FileBytes == 0 {
		o.FileBytes = 4 << 30
	}
	a.desk = export.NewDesk(o.Temp, o.FileBytes)
	a.cache = newCache(o.CacheBytes)
	a.sizes, _ = lru.New[string, int64](4096)
	a.buffers.New = func() any { b := make([]byte, 0, 64<<10); return &b }
	return a
}

// Close removes the door's temporary files.
func (a *API) Close() { a.desk.Close() }

// call is one request on its way.
type call struct {
	*http.Request
	w      http.ResponseWriter
	actor  account.Actor
	params parameters
	lang   string
	base   string // of links, without a slash at its end
	hit    *statistics.Hit
}

// handler answers a call.
type handler func(c *call) error

// handle makes an http.Handler of a handler: cross-origin headers, who asks, quota, language. Calls are counted under
// a name.
func (a *API) handle(name string, h handler) http.Handler {
	answered := a.server.Handle(func(w http.ResponseWriter, r *http.Request) error {
		hit := server.Count(w)
		hit.Kind, hit.Endpoint = statistics.Call, name
		head := w.Header()
		crossOrigin(head)
		head["Vary"] = []string{"Authorization, Cookie"}
		head["Content-Language"] = []string{a.language}
		actor, err := a.server.Actor(w, r)
		if err != nil {
			return err
		}
		if !a.calls.take(w, actor, a.clock()) {
			return nil
		}
		c := &call{Request: r, w: w, actor: actor, params: parseQuery(r.URL.RawQuery), hit: hit, lang: a.language, base: a.baseOf(r)}
		if lang := c.params.one("lang"); lang != "" {
			c.lang = lang
		}
		err = a.takePerson(w, actor)
		if err == nil {
			err = h(c)
		}
		var over quotaError
		if errors.As(err, &over) {
			over.answer(w, a.clock())
			return nil
		}
		return err
	}, server.JSON)
	return a.server.Security(server.APIPolicy, answered)
}

// crossOrigin opens an answer to the pages of every site. All of it stands on every answer, as clients of such portals have it,
// though browsers look at most of it on a preflight alone.
func crossOrigin(h http.Header) {
	h["Access-Control-Allow-Origin"] = []string{"*"}
	h["Access-Control-Allow-Methods"] = []string{"GET, HEAD, OPTIONS"}
	h["Access-Control-Allow-Headers"] = []string{"Authorization, Accept, Accept-Language, Content-Type, If-None-Match, If-Range, Range, ODS-Widgets-Version, X-Requested-With"}
	h["Access-Control-Max-Age"] = []string{"1000"}
	h["Access-Control-Expose-Headers"] = []string{"ODS-Explore-API-Deprecation, Link, X-RateLimit-Remaining, X-RateLimit-Limit, X-RateLimit-Reset, " +
		"X-RateLimit-dataset-Remaining, X-RateLimit-dataset-Limit, X-RateLimit-dataset-Reset, " +
		"Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag"}
}

// preflight answers a browser that asks whether another site's page may call.
func (a *API) preflight(w http.ResponseWriter, _ *http.Request) {
	crossOrigin(w.Header())
	w.Header().Set("Allow", "GET, HEAD, OPTIONS")
	w.WriteHeader(http.StatusNoContent)
}

// baseOf gives the start of links: what is set, or what the request itself names.
func (a *API) baseOf(r *http.Request) string {
	if a.base != "" {
		return a.base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// names gives the parameters on which an answer may depend, in a fixed order.
func names() []string {
	return []string{"select", "where", "group_by", "order_by", "limit", "offset", "refine", "exclude", "facet", "timezone", "qv1",
		"include_links", "include_app_metas", "use_labels", "compressed", "epsg", "delimiter", "list_separator", "quote_all", "with_bom",
		"parquet_compression"}
}

// tag names the answer to a call over data in this state. It is the zero tag, which names nothing, where the
// answer may depend on the clock.
func (c *call) tag(state ...string) tag {
	if c.params.volatile() {
		return tag{}
	}
	return c.params.sum(strings.TrimSuffix(c.URL.Path, "/"), append([]string{c.base, c.lang}, state...)...)
}

// sum names an answer by what it is of, these parameters, and whatever else it depends on.
func (p parameters) sum(of string, on ...string) tag {
	buffer := make([]byte, 0, 512)
	add := func(s string) {
		buffer = append(buffer, byte(len(s)), byte(len(s)>>8), byte(len(s)>>16))
		buffer = append(buffer, s...)
	}
	add(formatRevision)
	add(of)
	for _, s := range on {
		add(s)
	}
	for i, name := range names() {
		for _, value := range p[name] {
			buffer = append(buffer, byte(i))
			add(value)
		}
	}
	sum := sha256.Sum256(buffer)
	return tag(sum[:16])
}

// quoted gives the tag as ETag, "" for the zero tag.
func (t tag) quoted() string {
	if t == (tag{}) {
		return ""
	}
	return `"` + base64.RawURLEncoding.EncodeToString(t[:]) + `"`
}

// volatile tells whether the question may ask for the present moment: a call of now() in a clause. A text that
// only looks so costs no more than a cached answer.
func (p parameters) volatile() bool {
	for _, name := range [...]string{"select", "where", "group_by", "order_by", "qv1"} {
		for _, text := range p[name] {
			if callsNow(text) {
				return true
			}
		}
	}
	return false
}

func callsNow(text string) bool {
	for i := 0; i+3 < len(text); i++ {
		if strings.EqualFold(text[i:i+3], "now") && strings.HasPrefix(strings.TrimLeft(text[i+3:], " \t\r\n"), "(") {
			return true
		}
	}
	return false
}

// fresh sets the headers of an answer that came about. It tells caches how long the answer holds: until they have
// asked whether its tag still does.
func (c *call) fresh(t tag) {
	value := "no-cache"
	switch {
	case t == (tag{}):
		value = "no-store"
	case c.actor != account.Anonymous:
		value = "private, no-cache"
	}
	h := c.w.Header()
	h["Cache-Control"] = []string{value}
	h["Content-Language"] = []string{c.lang} // known to be a language by now
}

// answer serves the answer of that tag: 304 where the client has it, the kept one, or a new one, which produce
// gives as JSON with the tag of the data that it really came from. No question is asked of the engine for the first
// two.
func (a *API) answer(c *call, t tag, produce func(ctx context.Context, buffer []byte) ([]byte, tag, error)) error {
	if t != (tag{}) {
		if server.NotModified(c.w, c.Request, t.quoted()) {
			return nil
		}
		if b := a.cache.get(t); b != nil {
			c.fresh(t)
			server.Serve(c.w, c.Request, b)
			return nil
		}
	}
	buffer := a.buffers.Get().(*[]byte)
	made, t, err := produce(c.Context(), (*buffer)[:0])
	if err == nil {
		b := &server.Body{Type: jsonType, Tag: t.quoted(), Plain: append([]byte(nil), made...)}
		if t != (tag{}) {
			a.cache.put(t, b)
		}
		c.fresh(t)
		server.Serve(c.w, c.Request, b)
	}
	if cap(made) > cap(*buffer) && cap(made) <= 4<<20 {
		*buffer = made
	}
	a.buffers.Put(buffer)
	return err
}

// jsonType is the type of every answer that is no file.
const jsonType = "application/json; charset=utf-8"
