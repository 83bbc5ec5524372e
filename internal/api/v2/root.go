package v2

import (
	"context"
	_ "embed"
)

//go:embed swagger.json
var openAPI []byte // the description of the door in OpenAPI; never changed

// OpenAPI gives the description of the door, a document of OpenAPI 3.0.
func OpenAPI() []byte { return openAPI }

// versions names the versions of the Explore API that this portal speaks.
func (a *API) versions(c *call) error { return a.fixed(c, `{"versions":["v2.1"]}`) }

// description gives the OpenAPI document of the door.
func (a *API) description(c *call) error { return a.fixed(c, string(openAPI)) }

// root names the sources: the catalogue.
func (a *API) root(c *call) error {
	return a.fixed(c, `{"links":`+string(appendLinks(nil, []link{{"self", c.base + root}, {"catalog", c.catalogURL()}}))+`}`)
}

// source names what the catalogue has.
func (a *API) source(c *call) error {
	here := c.catalogURL()
	return a.fixed(c, `{"links":`+string(appendLinks(nil, []link{
		{"self", here}, {"datasets", here + "/datasets"}, {"facets", here + "/facets"}, {"exports", here + "/exports"},
	}))+`}`)
}

// fixed answers with JSON that depends on nothing but the address.
func (a *API) fixed(c *call, body string) error {
	t := c.tag(body)
	return a.answer(c, t, func(_ context.Context, buffer []byte) ([]byte, tag, error) {
		return append(buffer, body...), t, nil
	})
}
