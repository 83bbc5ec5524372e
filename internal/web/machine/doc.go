// Package machine answers those who read the portal without looking at it: feed readers, search engines, and links to
// the addresses that portals had on the platform before.
package machine
