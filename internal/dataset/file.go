package dataset

import (
	"bytes"
	"encoding/json"
)

// FileValue is the value of a field of type file: a JSON object, as it lies in a version. Where the file is to be had is not said of
// one that the portal keeps, since that depends on where the portal stands: whoever writes the value out says it.
type FileValue struct {
	ID          string `json:"id"` // of a file that the portal keeps: 32 hexadecimal digits, of its content; "" of one elsewhere
	Filename    string `json:"filename"`
	Format      string `json:"format,omitempty"` // PNG, JPEG, PDF
	MIMEType    string `json:"mimetype,omitempty"`
	Size        int64  `json:"size,omitempty"`   // bytes
	Thumbnail   bool   `json:"thumbnail"`        // the portal has made a small picture of it
	Width       int    `json:"width,omitempty"`  // pixels, as the picture is stored
	Height      int    `json:"height,omitempty"` // likewise
	Orientation int    `json:"exif_orientation,omitempty"`
	URL         string `json:"url,omitempty"` // of a file elsewhere
}

const (
	fileIDLength = 32
	fileStart    = `{"id":"`
)

// IsFileID tells whether a text may be the identifier of a kept file.
func IsFileID(id string) bool {
	if len(id) != fileIDLength {
		return false
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// FileStart gives how the values begin that name the kept file of this identifier.
func FileStart(id string) string { return fileStart + id + `"` }

// KeptFile gives the identifier in the value of a file that the portal keeps; nil where the value is another.
func KeptFile(value []byte) []byte {
	id, is := bytes.CutPrefix(value, []byte(fileStart))
	if !is || len(id) <= fileIDLength || id[fileIDLength] != '"' || !IsFileID(string(id[:fileIDLength])) || bytes.Contains(value, []byte(`"url":`)) {
		return nil
	}
	return id[:fileIDLength]
}

// ReadFile reads a value; false where it tells of no file.
func ReadFile(value string) (f FileValue, ok bool) {
	if json.Unmarshal([]byte(value), &f) != nil || f.ID == "" && f.URL == "" {
		return FileValue{}, false
	}
	return f, true
}

// Kept tells whether the portal keeps the file.
func (f FileValue) Kept() bool { return f.URL == "" && IsFileID(f.ID) }

// Text writes the value as it lies in a version.
func (f FileValue) Text() string {
	text, _ := json.Marshal(f) // texts, numbers and flags can always be written
	return string(text)
}
