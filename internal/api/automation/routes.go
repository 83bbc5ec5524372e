package automation

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/server"
)

// root is the path under which the whole version stands.
const root = "/api/automation/v1.0"

// Options are what the door stands on. All but BaseURL and Clock must be given.
type Options struct {
	Server  *server.Server
	People  *account.People
	Keys    *account.Keys
	Catalog *catalog.Catalog
	BaseURL string           // "https://data.example.org", of links; "": as the request names it
	Clock   func() time.Time // nil: the machine's
}

// API is the management API.
type API struct {
	server  *server.Server
	people  *account.People
	keys    *account.Keys
	catalog *catalog.Catalog
	base    string
	clock   func() time.Time
}

// New makes the door.
func New(o Options) *API {
	a := &API{server: o.Server, people: o.People, keys: o.Keys, catalog: o.Catalog, base: strings.TrimSuffix(o.BaseURL, "/"), clock: o.Clock}
	if a.clock == nil {
		a.clock = time.Now
	}
	return a
}

// handler answers a call with a status and what is written as JSON; nil writes nothing.
type handler func(c *call) (status int, body any, err error)

// call is one request on its way.
type call struct {
	*http.Request
	w     http.ResponseWriter
	actor account.Actor
	base  string // of links
}

// route is one operation; its path stands below root and is answered with and without a slash at its end.
type route struct {
	method, path string
	handler      handler
}

func (a *API) routes() []route {
	return []route{
		{"GET", "/users", a.listUsers},
		{"POST", "/users/invite", a.invite},
		{"GET", "/users/{username}", a.getUser},
		{"PUT", "/users/{username}", a.putUser},
		{"PATCH", "/users/{username}", a.patchUser},
		{"DELETE", "/users/{username}", a.deleteUser},
		{"GET", "/groups", a.listGroups},
		{"POST", "/groups", a.createGroup},
		{"GET", "/groups/{group}", a.getGroup},
		{"PUT", "/groups/{group}", a.putGroup},
		{"PATCH", "/groups/{group}", a.patchGroup},
		{"DELETE", "/groups/{group}", a.deleteGroup},
		{"GET", "/groups/{group}/users", a.listMembers},
		{"POST", "/groups/{group}/users", a.addMember},
		{"DELETE", "/groups/{group}/users/{username}", a.removeMember},
		{"GET", "/invitations", a.listInvitations},
		{"POST", "/invitations", a.invite},
		{"POST", "/invitations/{invitation}/resend", a.resendInvitation},
		{"DELETE", "/invitations/{invitation}", a.revokeInvitation},
		{"GET", "/apikeys", a.listKeys},
		{"POST", "/apikeys", a.createKey},
		{"GET", "/apikeys/{key}", a.getKey},
		{"PUT", "/apikeys/{key}", a.putKey},
		{"POST", "/apikeys/{key}/revoke", a.revokeKey},
		{"GET", "/datasets", a.listDatasets},
		{"GET", "/datasets/{dataset}/security/default", a.getDefault},
		{"PUT", "/datasets/{dataset}/security/default", a.putDefault},
		{"GET", "/datasets/{dataset}/security/users", a.listGrants(forUser)},
		{"POST", "/datasets/{dataset}/security/users", a.createGrant("user")},
		{"GET", "/datasets/{dataset}/security/users/{username}", a.getGrant},
		{"PUT", "/datasets/{dataset}/security/users/{username}", a.putGrant},
		{"DELETE", "/datasets/{dataset}/security/users/{username}", a.deleteGrant},
		{"GET", "/datasets/{dataset}/security/groups", a.listGrants(forGroup)},
		{"POST", "/datasets/{dataset}/security/groups", a.createGrant("group")},
		{"GET", "/datasets/{dataset}/security/groups/{group}", a.getGrant},
		{"PUT", "/datasets/{dataset}/security/groups/{group}", a.putGrant},
		{"DELETE", "/datasets/{dataset}/security/groups/{group}", a.deleteGrant},
	}
}

// Register puts the door's routes on a mux.
func (a *API) Register(mux *http.ServeMux) {
	byPath := map[string]methods{}
	for _, r := range a.routes() {
		if byPath[r.path] == nil {
			byPath[r.path] = methods{}
		}
		byPath[r.path][r.method] = r.handler
	}
	for path, known := range byPath {
		h := a.handle(known.answer)
		mux.Handle(root+path+"/{$}", h)
		mux.Handle(root+path, h)
	}
	mux.Handle("/api/automation/", a.handle(func(*call) (int, any, error) {
		return 0, nil, fault.New(fault.NotFound, "There is no such operation.")
	}))
}

// methods is what can be done at one path.
type methods map[string]handler

func (m methods) answer(c *call) (int, any, error) {
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := m[method]; ok {
		return h(c)
	}
	allowed := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	c.w.Header().Set("Allow", allowed)
	return http.StatusMethodNotAllowed, problem{Code: "method_not_allowed", Message: "Only " + allowed + " can be done here."}, nil
}

// handle makes an http.Handler of a handler: only who said who they are is answered.
func (a *API) handle(h handler) http.Handler {
	answered := a.server.Handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header()["Vary"] = []string{"Authorization, Cookie"}
		w.Header().Set("Cache-Control", "no-store")
		actor, err := a.server.Actor(w, r)
		if err != nil {
			return err
		}
		if !actor.Known() {
			return fault.New(fault.Unauthenticated, "Send an API key: the header \"Authorization: Apikey <key>\".")
		}
		c := &call{Request: r, w: w, actor: actor, base: a.baseOf(r)}
		status, body, err := h(c)
		if err != nil {
			return err
		}
		return write(w, status, body)
	}, show)
	return a.server.Security(server.APIPolicy, answered)
}

// baseOf gives the start of links: what is set, or what the request itself names.
func (a *API) baseOf(r *http.Request) string {
	switch {
	case a.base != "":
		return a.base
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
