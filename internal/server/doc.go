// Package server holds what every HTTP door shares: who asks, the two gates before forged requests, the screen before
// cookies, how a failure becomes an answer, security headers, compression, entity tags, and the counters of what was
// answered.
//
// It knows no route and no page: the doors (internal/api, internal/web) give their handlers to Server.Handle and say how
// a failure looks there. No cookie passes that the registry of internal/privacy does not declare as it stands, and no
// log holds an address or what was asked for. Start at server.go, then visitor.go (who asks), csrf.go (the gates) and
// error.go.
package server
