// Package fault names the kinds of failure, so that code far from HTTP can say what went wrong and
// internal/server can say which status that is.
//
// A fault carries a message that is safe to show to whoever asked, and optionally the cause, which is
// for the log only. It never formats pages and knows no status code. Start at fault.go.
package fault
