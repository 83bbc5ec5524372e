package dataset

// Record is one row on its way into a version: values in field order.
//
// A value is nil or, by the type of its field:
//
//	text, json_blob, file   string (JSON text for the latter two)
//	int                     int64
//	double                  float64
//	boolean                 bool
//	date                    Day
//	datetime                Instant
//	geo_point_2d            Point
//	geo_shape               Shape
//	a multivalued field     []any of the above
type Record struct {
	ID     [20]byte // fingerprint of the id fields, or of the whole row
	Size   int      // bytes of the row as JSON
	Values []any
}

// Day counts days since 1970-01-01.
type Day int32

// Instant counts microseconds since 1970-01-01T00:00:00Z.
type Instant int64

// Point is a position in degrees, WGS 84.
type Point struct{ Lon, Lat float64 }

// Shape is a geometry as well-known binary (WGS 84, longitude first) with its bounding box in degrees.
type Shape struct {
	WKB                      []byte
	West, South, East, North float64
}
