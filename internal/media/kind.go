package media

import (
	"bytes"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

const (
	svg   = "image/svg+xml"
	plain = "application/octet-stream"
)

// byName are the formats that a file's name tells where its first bytes do not.
var byName = map[string]string{
	".csv": "text/csv", ".json": "application/json", ".geojson": "application/geo+json", ".txt": "text/plain", ".md": "text/markdown", ".xml": "application/xml",
	".gpx": "application/gpx+xml", ".kml": "application/vnd.google-earth.kml+xml", ".kmz": "application/vnd.google-earth.kmz",
	".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet", ".odp": "application/vnd.oasis.opendocument.presentation",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".mp3":  "audio/mpeg", ".ogg": "audio/ogg", ".mp4": "video/mp4", ".webm": "video/webm",
	".tif": "image/tiff", ".tiff": "image/tiff",
}

// kindOf tells what a file is: a short name of its format, and its media type.
func kindOf(filename string, head []byte) (format, mimetype string) {
	extension := strings.ToLower(path.Ext(filename))
	sniffed, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		sniffed = plain
	}
	said := byName[extension]
	switch {
	case isSVG(head):
		mimetype = svg
	case bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		mimetype = "image/tiff"
	case strings.HasPrefix(said, "image/"): // its first bytes say otherwise
		mimetype = sniffed
	case said != "" && (sniffed == plain || sniffed == "application/zip" || strings.HasPrefix(sniffed, "text/")):
		mimetype = said
	default:
		mimetype = sniffed
	}
	if format, is := strings.CutPrefix(mimetype, "image/"); is {
		return strings.ToUpper(strings.TrimSuffix(format, "+xml")), mimetype
	}
	if len(extension) > 1 && len(extension) <= 9 {
		return strings.ToUpper(extension[1:]), mimetype
	}
	return "", mimetype
}

// opened tells whether pictures of a media type are opened.
func opened(mimetype string) bool {
	return slices.Contains([]string{"image/bmp", "image/gif", "image/jpeg", "image/png", "image/tiff", "image/webp"}, mimetype)
}

// onTheWeb tells whether browsers show pictures of a media type.
func onTheWeb(mimetype string) bool {
	return opened(mimetype) && mimetype != "image/tiff" && mimetype != "image/bmp"
}

// isSVG tells whether a file begins as a drawing in SVG does: after a declaration and comments perhaps.
func isSVG(head []byte) bool {
	text := bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		end := ""
		switch {
		case bytes.HasPrefix(text, []byte("<svg")):
			return len(text) > 4 && strings.IndexByte(" \t\r\n>", text[4]) >= 0
		case bytes.HasPrefix(text, []byte("<?xml")):
			end = "?>"
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<!DOCTYPE svg")):
			end = ">"
		default:
			return false
		}
		_, rest, found := bytes.Cut(text, []byte(end))
		if !found {
			return false
		}
		text = rest
	}
}
