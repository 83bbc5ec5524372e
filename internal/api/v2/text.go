package v2

import (
	"encoding/json"

	"parvis/internal/format/jsontext"
)

// appendText writes a JSON string.
func appendText(dst []byte, s string) []byte { return jsontext.AppendString(dst, s) }

// appendKey writes a key of an object after the first, and its colon.
func appendKey(dst []byte, key string) []byte {
	return append(appendText(append(dst, ','), key), ':')
}

// appendAny writes a value of a description as JSON; HTML stays as it is.
func appendAny(dst []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendText(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, x := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendAny(dst, x)
		}
		return append(dst, ']')
	}
	text, err := json.Marshal(value)
	if err != nil { // what came from JSON can be written as JSON
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

// appendTexts writes a list of strings.
func appendTexts(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, s)
	}
	return append(dst, ']')
}
