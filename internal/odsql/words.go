package odsql

import "strings"

// isReserved says whether a word (in lower case) can be no bare name. The published list of reserved words is
// longer, but names as day or count are in wide use as fields and aliases, and are told from functions by the
// bracket that follows.
func isReserved(key string) bool {
	switch key {
	case "and", "or", "not", "null", "true", "false", "as", "asc", "desc", "in", "is", "like":
		return true
	}
	return false
}

// isFunction says whether a name (in lower case) is that of a function of any clause. Which clause knows which
// function, and of what arguments, is for internal/odsql/check to say.
func isFunction(key string) bool {
	switch key {
	case "length", "now", "year", "quarter", "month", "day", "dayofweek", "hour", "minute", "second", "millisecond", "date_format", "json_format", "ifnull",
		"lower", "upper", "distance", "random",
		"count", "sum", "avg", "min", "max", "median", "percentile", "envelope", "bbox",
		"search", "suggest", "startswith",
		"within_distance", "in_bbox", "intersects", "disjoint", "within", "polygon", "geometry",
		"range", "equi", "geo_cluster",
		"include", "exclude":
		return true
	}
	return false
}

// isUnit says whether a word is a unit of time or length. The case of the former counts: M is month, m is minute or
// metre.
func isUnit(s string) bool {
	switch s {
	case "ms", "millisecond", "milliseconds", "s", "second", "seconds", "m", "minute", "minutes",
		"h", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "M", "month", "months",
		"q", "quarter", "quarters", "y", "year", "years":
		return true
	}
	switch strings.ToLower(s) {
	case "mi", "yd", "ft", "cm", "km", "mm":
		return true
	}
	return false
}
