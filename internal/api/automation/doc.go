// Package automation is the management API, /api/automation/v1.0/, in the shapes that clients of the field know:
// people, groups, invitations, API keys, and the rights on datasets.
//
// It decides nothing about rights: each room that it asks does. Who asks by the session of a page must show the page's
// token, which internal/server checks before anything here. Start at routes.go.
package automation
