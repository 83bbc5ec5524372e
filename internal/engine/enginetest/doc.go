// Package enginetest is the suite of tests that every driver of engine.Engine passes. It writes plain SQL that
// any of them should take. It is used by tests only. Start at enginetest.go.
package enginetest
