package geojson

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"parvis/internal/dataset"
)

// object walks over the members of an object that is known to be valid JSON.
func object(raw []byte, member func(key string, value []byte)) {
	i := skipBlank(raw, 0) + 1
	for {
		i = skipBlank(raw, i)
		if i >= len(raw) || raw[i] == '}' {
			return
		}
		if raw[i] == ',' {
			i++
			continue
		}
		end := valueEnd(raw, i)
		key := raw[i:end]
		i = skipBlank(raw, end) + 1 // the colon
		i = skipBlank(raw, i)
		end = valueEnd(raw, i)
		member(text(key), raw[i:end])
		i = end
	}
}

// list walks over the elements of a list that is known to be valid JSON.
func list(raw []byte, element func(value []byte)) {
	i := 1
	for {
		i = skipBlank(raw, i)
		if i >= len(raw) || raw[i] == ']' {
			return
		}
		if raw[i] == ',' {
			i++
			continue
		}
		end := valueEnd(raw, i)
		element(raw[i:end])
		i = end
	}
}

func skipBlank(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r') {
		i++
	}
	return i
}

// valueEnd gives where the value that begins at i ends.
func valueEnd(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			i++
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++
			continue
		default:
			for i < len(raw) && strings.IndexByte(",:]} \t\r\n", raw[i]) < 0 {
				i++
			}
		}
		if depth <= 0 {
			return min(i, len(raw))
		}
	}
	return len(raw)
}

// text gives a JSON string without quotes and escapes.
func text(raw []byte) string {
	if len(raw) >= 2 && raw[0] == '"' {
		plain := true
		for _, b := range raw {
			plain = plain && b != '\\' && b < 0x80
		}
		if plain {
			return string(raw[1 : len(raw)-1])
		}
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// cell gives a value in the form of a format.Row: nil, string, bool, int64, float64, []any of a list of plain
// values, json.RawMessage of anything deeper. A number too large for both is its text.
func cell(raw []byte) any {
	switch raw[0] {
	case 'n':
		return nil
	case 't', 'f':
		return raw[0] == 't'
	case '"':
		return text(raw)
	case '{':
		return append(json.RawMessage(nil), raw...)
	case '[':
		var values []any
		plain := true
		list(raw, func(v []byte) {
			if plain = plain && v[0] != '{' && v[0] != '['; plain {
				values = append(values, cell(v))
			}
		})
		if !plain {
			return append(json.RawMessage(nil), raw...)
		}
		return values
	}
	s := string(raw)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(f, 0) {
		return f
	}
	return s
}

// position reads the property that portals write beside a geometry: {"lon":…,"lat":…} or [lat, lon].
func position(raw []byte) (dataset.Point, bool) {
	lon, lat := math.NaN(), math.NaN()
	number := func(raw []byte) float64 {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return math.NaN()
		}
		return f
	}
	switch raw[0] {
	case '{':
		object(raw, func(key string, v []byte) {
			switch key {
			case "lon":
				lon = number(v)
			case "lat":
				lat = number(v)
			}
		})
	case '[':
		n := 0
		list(raw, func(v []byte) {
			switch n {
			case 0:
				lat = number(v)
			case 1:
				lon = number(v)
			}
			n++
		})
	}
	ok := math.Abs(lon) <= 360 && math.Abs(lat) <= 90
	return dataset.Point{Lon: lon, Lat: lat}, ok
}
