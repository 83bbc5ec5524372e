// Package account knows who asks: API keys now; people, groups and sessions later.
//
// It says what an actor may do, never where that matters: each room asks with the actor it was given.
// Start at actor.go.
package account
