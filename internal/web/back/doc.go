// Package back is the back office: people, groups, rights on datasets, the audit log, statistics.
//
// It decides nothing about rights: each room that it asks does. Start at routes.go.
package back
