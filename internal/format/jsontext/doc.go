// Package jsontext writes rows as JSON, in the form that the Explore API gives them: one encoder for answers,
// for the JSON and JSON Lines exports, and for the properties of GeoJSON.
//
// It reads nothing. Start at encoder.go, then writer.go.
package jsontext
