// Package figure draws values as plain SVG, without a script: bars, columns, lines, areas, pies, points, boxes, treemaps,
// heat maps, ranges. Every mark tells its value. It translates nothing: texts come in, and are escaped here. Time runs
// from left to right in every language.
package figure
