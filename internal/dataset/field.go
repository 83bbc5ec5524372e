package dataset

// Type is the type of a field, by the name the Explore API gives it.
type Type string

// The types of fields. Text, Int, Double and Boolean may be multivalued.
const (
	Text     Type = "text"
	Int      Type = "int"
	Double   Type = "double"
	Boolean  Type = "boolean"
	Date     Type = "date"
	DateTime Type = "datetime"
	GeoPoint Type = "geo_point_2d"
	GeoShape Type = "geo_shape"
	File     Type = "file"
	JSON     Type = "json_blob"
)

// Types lists every type, for checks and help texts.
var Types = []Type{Text, Int, Double, Boolean, Date, DateTime, GeoPoint, GeoShape, File, JSON}

// Field is one column of a dataset.
type Field struct {
	Name        string      `json:"name"` // technical name: what queries and JSON keys use
	Type        Type        `json:"type"`
	Label       string      `json:"label"`
	Description string      `json:"description"` // "" is written as null
	Annotations Annotations `json:"annotations"`
}

// List tells whether the field holds several values a row.
func (f Field) List() bool { return f.Annotations.Multivalued != "" }

// Numeric tells whether the field holds one number a row.
func (f Field) Numeric() bool { return !f.List() && (f.Type == Int || f.Type == Double) }

// Dated tells whether the field holds one day or moment a row.
func (f Field) Dated() bool { return !f.List() && (f.Type == Date || f.Type == DateTime) }

// Geo tells whether the field holds geometry.
func (f Field) Geo() bool { return f.Type == GeoPoint || f.Type == GeoShape }
