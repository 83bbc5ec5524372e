// Package geojson reads and writes GeoJSON (RFC 7946): streaming both ways, one feature at a time.
//
// Start at reader.go and writer.go; scan.go cuts a stream of JSON into values.
package geojson
