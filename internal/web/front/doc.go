// Package front holds the public pages: catalogue, dataset, row. Every page is complete HTML made on the
// server; nothing on it needs a script, and nothing on it comes from elsewhere.
//
// A page is one Go file with a struct, and one template of the same name in templates/. It asks the portal through
// the interface in portal.go and never touches the engine. Start at routes.go, then view.go; filter.go holds the
// filter that all tabs of a dataset share in their address.
package front
