package detect

import (
	"bytes"
	"path"
	"strings"

	"parvis/internal/fault"
)

const headSize = 64 << 10 // bytes that are looked at

// What is no format of data but a packing.
const (
	gzipped = "gzip"
	zipped  = "zip"
)

// recognise tells what content is, by its first bytes and then its name. Whole tells that head is all of it.
func recognise(name string, head []byte, whole bool) (string, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return gzipped, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipped, nil
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet, nil
	}
	if what := foreign(head); what != "" {
		return "", fault.New(fault.Invalid, "%s is %s, which is not read", name, what)
	}
	extension := strings.ToLower(path.Ext(name))
	text := bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 && whole {
		return "", fault.New(fault.Invalid, "the file %s is empty", name)
	}
	jsonName := extension == ".json" || extension == ".geojson" || extension == ".jsonl" || extension == ".ndjson"
	switch {
	case jsonName && wideText(head):
	case len(text) == 0, text[0] != '{' && text[0] != '[' && text[0] != 0x1E:
		if jsonName && len(text) > 0 && text[0] < 0x80 {
			return "", fault.New(fault.Invalid, "%s is not JSON: it begins with %q", name, clip(text))
		}
		return CSV, nil
	case !jsonName && !startsJSON(text):
		return CSV, nil // "[note] text,…"
	}
	switch {
	case extension == ".geojson", text[0] == 0x1E, isGeoJSON(text):
		return GeoJSON, nil
	case extension == ".jsonl", extension == ".ndjson":
		return JSONLines, nil
	}
	return JSON, nil
}

// wideText tells whether content begins with the mark of UTF-16.
func wideText(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF"))
}

// startsJSON tells whether text that begins with a bracket goes on as JSON.
func startsJSON(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(rest) == 0 {
		return true
	}
	if text[0] == '{' {
		return rest[0] == '"' || rest[0] == '}'
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			return true
		}
	}
	return strings.IndexByte(`{["]-0123456789`, rest[0]) >= 0
}

// foreign names formats that are known and not read, so that the message can be of use.
func foreign(head []byte) string {
	for _, f := range []struct{ magic, what string }{
		{"\xD0\xCF\x11\xE0", "an old Excel or Office file (save it as .xlsx)"},
		{"%PDF-", "a PDF"}, {"SQLite format 3\x00", "a SQLite database or GeoPackage"},
		{"\x89PNG", "an image"}, {"\xFF\xD8\xFF", "an image"}, {"GIF8", "an image"}, {"7z\xBC\xAF", "a 7z archive (pack it as .zip)"},
		{"Rar!", "a RAR archive (pack it as .zip)"}, {"BZh", "a bzip2 archive (pack it as .gz)"}, {"\xFD7zXZ", "an xz archive (pack it as .gz)"},
		{"\x28\xB5\x2F\xFD", "a zstd archive (pack it as .gz)"}, {"ARROW1", "an Arrow file (save it as Parquet)"},
		{"\x7FELF", "a program"}, {"fgb", "a FlatGeobuf file"}, {"\x00\x00\x27\x0A", "a shapefile"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what
		}
	}
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\xEF\xBB\xBF")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "a web page"
	case bytes.HasPrefix(start, []byte("<?xml")):
		return "XML"
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "a tar archive (pack it as .zip)"
	}
	return ""
}

// isGeoJSON tells whether the first object, at its top, says that it is a Feature, a collection of them, or nothing
// but a geometry; or holds features before it says so. A list is looked into.
func isGeoJSON(text []byte) bool {
	if text[0] == '[' {
		text = bytes.TrimLeft(text[1:], " \t\r\n")
		if len(text) == 0 || text[0] != '{' {
			return false
		}
	}
	typ, members := "", map[string]byte{}
	topMembers(text, func(name string, value []byte) {
		if len(value) > 0 {
			members[name] = value[0]
		}
		if name == "type" && len(value) > 1 && value[0] == '"' {
			if end := bytes.IndexByte(value[1:], '"'); end >= 0 {
				typ = string(value[1 : 1+end])
			}
		}
	})
	switch typ {
	case "FeatureCollection":
		return true
	case "Feature":
		return members["geometry"] != 0 || members["properties"] == '{'
	case "":
		return members["features"] == '[' && bytes.Contains(text, []byte(`"Feature"`)) && bytes.Contains(text, []byte(`"geometry"`))
	case "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon":
		return members["coordinates"] == '['
	case "GeometryCollection":
		return members["geometries"] == '['
	}
	return false
}

// topMembers calls do for the members of the object at the beginning of text, as far as it reaches, with what stands
// from their value on.
func topMembers(text []byte, do func(name string, value []byte)) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return
			}
		case '"':
			from := i + 1
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			if depth != 1 || i >= len(text) {
				continue
			}
			rest := bytes.TrimLeft(text[i+1:], " \t\r\n")
			if len(rest) > 0 && rest[0] == ':' {
				do(string(text[from:i]), bytes.TrimLeft(rest[1:], " \t\r\n"))
			}
		}
	}
}

// rankOf tells how well the name of a member of an archive says that it is data; 0: it is not.
func rankOf(name string) int {
	lower := strings.TrimSuffix(strings.ToLower(name), ".gz")
	switch path.Ext(lower) {
	case ".csv", ".tsv", ".parquet", ".geojson", ".xlsx", ".jsonl", ".ndjson":
		return 3
	case ".json":
		return 2
	case ".txt", ".dat", ".tab":
		return 1
	}
	return 0
}

func trimExtension(name string, extensions ...string) string {
	for _, e := range extensions {
		if len(name) > len(e) && strings.EqualFold(name[len(name)-len(e):], e) {
			return name[:len(name)-len(e)]
		}
	}
	return name
}

func clip(text []byte) string { return string(bytes.ToValidUTF8(text[:min(len(text), 20)], nil)) }
