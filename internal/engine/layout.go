package engine

import (
	"strconv"
	"strings"

	"parvis/internal/dataset"
)

// A version has three tables. Columns of fields are named by their position, since field names may be any
// text and SQL identifiers ignore case.
//
//	records   _n BIGINT: 0, 1, 2 … in the order of loading, without gaps
//	          _id BLOB: the record's identifier, 20 bytes
//	          _size INTEGER: bytes of the row as JSON
//	          c0, c1 …: one column a field, as Type tells; geo_point_2d: c3 (longitude) and c3_lat;
//	          geo_shape: c4 (well-known binary) and c4_w, c4_s, c4_e, c4_n (bounding box, degrees)
//	terms     term VARCHAR, field INTEGER, n BIGINT: term stands in field (its position) of record n;
//	          each triple once, sorted by term, field, n
//	vocab     term VARCHAR, field INTEGER, rows BIGINT: how many records have it; sorted by term, field
//
// Terms come from text.Terms over text fields, each element of a multivalued one.
const (
	Records = "records"
	Terms   = "terms"
	Vocab   = "vocab"
)

// The technical columns of Records.
const (
	RowNumber = "_n"
	RecordID  = "_id"
	RowSize   = "_size"
)

// Table gives the SQL name of a table of a version.
func Table(source, table string) string { return source + ".main." + table }

// Col gives the SQL name of the column of the field at position i: longitude for a geo_point_2d.
func Col(i int) string { return "c" + strconv.Itoa(i) }

// Lat gives the SQL name of the latitude column of the geo_point_2d at position i.
func Lat(i int) string { return Col(i) + "_lat" }

// Box gives the SQL names of the bounding box of the geo_shape at position i.
func Box(i int) (west, south, east, north string) {
	c := Col(i)
	return c + "_w", c + "_s", c + "_e", c + "_n"
}

// SQLType gives the SQL type in which a value of this type is stored and answered.
func SQLType(t dataset.Type, list bool) string {
	s := map[dataset.Type]string{
		dataset.Text: "VARCHAR", dataset.Int: "BIGINT", dataset.Double: "DOUBLE", dataset.Boolean: "BOOLEAN",
		dataset.Date: "DATE", dataset.DateTime: "TIMESTAMP", dataset.GeoPoint: "DOUBLE",
		dataset.GeoShape: "BLOB", dataset.File: "VARCHAR", dataset.JSON: "VARCHAR",
	}[t]
	if list {
		return s + "[]"
	}
	return s
}

// Quote writes text as an SQL string literal: the one way in which a user's text enters SQL.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
