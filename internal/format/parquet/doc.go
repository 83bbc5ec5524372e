// Package parquet reads Parquet files, GeoParquet among them, as rows.
//
// Plain columns keep their types, lists of plain values become several values, whatever else is nested becomes
// JSON text, and geometries become points or shapes in WGS 84. Start at reader.go; leaf.go reads plain values,
// nested.go assembles the others.
package parquet
