// Package member is the pages of people with an account: signing in and out, invitations, forgotten passwords, their
// account, and the consent that an application asks for.
//
// It decides nothing about rights: account and its sub-rooms do. Start at routes.go.
package member
