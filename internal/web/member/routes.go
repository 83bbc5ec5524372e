package member

import (
	"embed"
	"html/template"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/account/oauth"
	"parvis/internal/account/session"
	"parvis/internal/account/signin"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site. All must be given.
type Options struct {
	Frame     *page.Frame
	People    *account.People
	Keys      *account.Keys
	Sessions  *session.Store
	Desk      *signin.Desk
	Apps      *oauth.Applications
	Letters   *Letters
	Requested Requested // nil: access can be asked for to the portal alone
	Signup    bool      // whoever has an e-mail address may make an account
}

// Site is the door of people with an account.
type Site struct {
	*page.Frame
	o     Options
	pages map[string]*template.Template
}

// What the frame of pages gives, by the names that stand in every page of this room.
type view = page.View

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame, o: o}
	var err error
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// Exempt gives the paths of POSTs that bring their own proof: a client's secret, or a signed token.
func Exempt() []string {
	return []string{"/oauth2/token/", "/oauth2/token", "/oidc/backchannel-logout/"}
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }
	own := func(pattern string, h func(http.ResponseWriter, *http.Request, *server.Visitor) error) {
		page(pattern, s.member(h))
	}
	page("GET /login/{$}", s.login)
	page("POST /login/{$}", s.postLogin)
	page("GET /login/code/{$}", s.code)
	page("POST /login/code/{$}", s.postCode)
	page("POST /login/passkey/options/{$}", s.askPasskey)
	page("POST /login/passkey/{$}", s.postPasskey)
	page("GET /logout/{$}", s.logout)
	page("POST /logout/{$}", s.postLogout)
	page("GET /password/forgotten/{$}", s.forgotten)
	page("POST /password/forgotten/{$}", s.postForgotten)
	page("GET /password/reset/{token}/{$}", s.reset)
	page("POST /password/reset/{token}/{$}", s.postReset)
	for _, path := range []string{"/invitation/", "/welcome/"} {
		page("GET "+path+"{token}/{$}", s.invitation)
		page("POST "+path+"{token}/{$}", s.postInvitation)
	}
	page("GET /signup/{$}", s.signup)
	page("POST /signup/{$}", s.postSignup)

	page("GET "+requestPath+"{$}", s.request)
	page("POST "+requestPath+"{$}", s.postRequest)

	page("GET /oidc/authenticate", s.depart)
	page("POST /oidc/authenticate", s.postDepart)
	page("GET "+callbackPath, s.arrive)
	page("POST /oidc/backchannel-logout/{$}", s.backChannel)

	page("GET /oauth2/authorize", s.consentMoved)
	page("GET /oauth2/authorize/{$}", s.consent)
	own("POST /oauth2/authorize/{$}", s.postConsent)
	page("POST /oauth2/token", s.token)
	page("POST /oauth2/token/{$}", s.token)

	own("GET /account/{$}", s.profile)
	own("POST /account/{$}", s.postProfile)
	own("GET /account/security/{$}", s.security)
	own("POST /account/security/{$}", s.postSecurity)
	own("GET /account/security/codes/{$}", s.codes)
	own("POST /account/security/codes/{$}", s.postCodes)
	page("POST /account/security/passkey/options/{$}", s.newPasskey)
	page("POST /account/security/passkey/{$}", s.addPasskey)
	own("GET "+keysPath+"{$}", s.keys)
	own("POST "+keysPath+"{$}", s.postKeys)
	own("GET "+keysPath+"{key}/revoke/{$}", s.revokeKey)
	own("POST "+keysPath+"{key}/revoke/{$}", s.postRevokeKey)
	own("GET /account/applications/{$}", s.applications)
	own("POST /account/applications/{$}", s.postApplications)
	own("GET /account/applications/{id}/{$}", s.application)
	own("POST /account/applications/{id}/{$}", s.postApplication)
	own("GET /account/my-data/{$}", s.myData)
	own("POST /account/my-data/{$}", s.postMyData)
	own("GET /account/my-data/export.json", s.export)
}
