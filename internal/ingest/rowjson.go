package ingest

import (
	"encoding/json"
	"strconv"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
)

// appendJSON writes a value as JSON: its size counts for the record, and its text makes the record's identifier and
// the version's hash.
func appendJSON(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return jsontext.AppendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	case bool:
		return strconv.AppendBool(dst, v)
	case json.RawMessage:
		return append(dst, v...)
	case dataset.Day:
		return append(format.AppendDate(append(dst, '"'), int64(v), ""), '"')
	case dataset.Instant:
		return appendInstant(dst, v)
	case dataset.Point:
		dst = strconv.AppendFloat(append(dst, `{"lon":`...), v.Lon, 'g', -1, 64)
		dst = strconv.AppendFloat(append(dst, `,"lat":`...), v.Lat, 'g', -1, 64)
		return append(dst, '}')
	case dataset.Shape:
		return jsontext.AppendShape(dst, v.WKB)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	}
	return append(dst, "null"...)
}

// appendInstant writes a moment in UTC.
func appendInstant(dst []byte, v dataset.Instant) []byte {
	day := floorDiv(int64(v), 86400e6)
	micros := int64(v) - day*86400e6
	two := func(n int64) { dst = append(dst, byte('0'+n/10), byte('0'+n%10)) }
	dst = append(format.AppendDate(append(dst, '"'), day, ""), 'T')
	two(micros / 3600e6)
	dst = append(dst, ':')
	two(micros / 60e6 % 60)
	dst = append(dst, ':')
	two(micros / 1e6 % 60)
	if fraction := micros % 1e6; fraction != 0 {
		dst = append(dst, '.')
		two(fraction / 10000)
		two(fraction / 100 % 100)
		two(fraction % 100)
	}
	return append(dst, `+00:00"`...)
}
