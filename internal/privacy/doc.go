// Package privacy is the registry of everything that the portal stores on a visitor's machine, and all that is
// printed from it: the cookie policy, its JSON twin, and the Content-Security-Policy header.
//
// What is not in the registry cannot be stored. At this stage the registry is empty, nothing is stored, and so
// there is no function here that could set a cookie. Start at registry.go.
package privacy
