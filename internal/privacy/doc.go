// Package privacy is the registry of everything that the portal can store on a visitor's machine and of every other
// host that a page may contact, and all that follows from it: the only function that builds a Set-Cookie header, the
// cookie policy and its JSON twin, the Content-Security-Policy, what a visitor chose, and the proof of it.
//
// What is not in the registry cannot be stored, and what the policy says is what the code does: both read the same
// constants. The room never knows who a visitor is, and keeps nothing about one.
//
// Start at item.go and items.go (what there is), then registry.go; cookies.go sets and reads, choices.go is what a
// visitor allows, document.go the policy in words, media.go the placeholders of third-party media, and ledger.go the
// chain of proofs.
package privacy
