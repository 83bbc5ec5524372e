package dataset

import "time"

// Dataset is the description of a dataset: what the catalogue knows of it apart from its rows.
type Dataset struct {
	UID          string // permanent: "da_" and six characters of base 36
	ID           string // the name in URLs; can be changed
	DataHidden   bool   // the description is public, the rows are not (security.is_data_visible is false)
	Fields       []Field
	Metas        Metas
	Attachments  []Attachment
	Alternatives []Alternative
	Translations Translations
}

// Metas holds metadata by template, then by name: Metas["default"]["title"]. Values are those of
// encoding/json: string, float64, bool, []any, map[string]any, nil.
type Metas map[string]map[string]any

// Text gives a metadata value as text, "" where there is none or it is no text.
func (m Metas) Text(template, name string) string {
	s, _ := m[template][name].(string)
	return s
}

// Texts gives a metadata value as a list of texts; a single text is a list of one.
func (m Metas) Texts(template, name string) []string {
	switch v := m[template][name].(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// Attachment is a file that goes with a dataset.
type Attachment struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	MIMEType string `json:"mimetype"`
	File     string `json:"file,omitempty"` // path within the dataset's folder
}

// Alternative is another form of the data that the publisher offers at an address of its own.
type Alternative struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	MIMEType    string `json:"mimetype"`
	URL         string `json:"url"`
	Description string `json:"description"`
}

// Version is one published state of a dataset's rows. It never changes once it is published.
type Version struct {
	Number int       // 1, 2, 3 … within the dataset
	Time   time.Time // when it was published, UTC
	Hash   string    // SHA-256 of schema and rows, hexadecimal
	Rows   int64
	Bytes  int64   // size of its file
	Fields []Field // the schema of its rows
	Path   string  // of its file
}

// Title gives the dataset's title, or its identifier where it has none.
func (d *Dataset) Title() string {
	if t := d.Metas.Text("default", "title"); t != "" {
		return t
	}
	return d.ID
}
