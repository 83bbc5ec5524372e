// Package member is the pages of people with an account: signing in and out, invitations, forgotten passwords, their
// account, and the consent that an application asks for.
//
// It decides nothing: account says who may do what, account/signin who somebody is, account/oauth what applications
// may. Start at routes.go, then enter.go.
package member
