// Package geo holds the geometry of the portal: it reads shapes from WKT, WKB and GeoJSON, answers whether
// they meet, writes GeoJSON, measures distances and knows map projections.
//
// A shape is well-known binary: little-endian, ISO type codes, longitude before latitude, degrees on WGS 84,
// heights kept and measures dropped. Nothing here panics on damaged bytes, needs a system library or knows a
// dataset. Start at geometry.go, then prepared.go for the questions and projection.go for the projections.
package geo
