// Package v2 is the Explore API v2.1: the door through which programs read the portal, in the shapes that
// clients of Opendatasoft portals know.
//
// It turns URL text into questions for internal/explore and answers into JSON and files. It decides nothing
// about who may see what, knows no SQL and no table. All routes stand in routes.go; api.go is what every
// request goes through.
package v2
