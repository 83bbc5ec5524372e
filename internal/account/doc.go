// Package account knows who asks: people and their groups, invitations, requests for access, API keys, and the log of
// who changed what.
//
// It says what an actor may do, never where that matters: each room asks with the actor it was given.
// Start at actor.go, then people.go; tables.go holds what memory keeps and how rights add up.
package account
