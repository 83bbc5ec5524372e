// Package server holds what every HTTP door shares: how a failure becomes an answer, security headers,
// compression, entity tags, who asks, and the counters of what was answered.
//
// It knows no route and no page: the doors (internal/api/v2, internal/web/front) give their handlers to
// Server.Handle and say how a failure looks there. It never sets a cookie and lets nobody set one, and it
// logs neither addresses nor what was asked for. Start at server.go, then error.go.
package server
