// Package usage holds the public pages on the use of the portal and of each dataset, and the same as files.
//
// It shows only what statistics makes public. Start at routes.go, then usage.go.
package usage
