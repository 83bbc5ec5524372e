// Package oauth lets third-party applications act for people who allow it: the authorisation code flow of OAuth2, as
// clients of portals of this kind know it. Codes, tokens and clients' secrets are kept as hashes only.
//
// It knows no page and no address of its own. Start at application.go, then authorize.go and token.go.
package oauth
