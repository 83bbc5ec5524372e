package dataset

// Column describes one column of an answer: a field as it stands, or an expression.
type Column struct {
	Name      string // the key in JSON, the header in CSV
	Label     string // the field's label; Name where there is none
	Type      Type
	List      bool   // several values a row
	Precision string // of a date: "year", "month", "day"; of a datetime: "hour", "minute"; "" is full
}

// Batch is a run of rows, column by column. What the engine gives out is valid only until the next batch
// is asked for: whoever keeps a value copies it.
type Batch struct {
	Len     int
	Vectors []Vector // in the order of the answer's columns
}

// Vector holds the values of one column of a batch. Which slices are set depends on the column:
//
//	text, json_blob, file   Offsets (Len+1 of them) into Bytes
//	geo_shape               Offsets into Bytes: well-known binary, longitude then latitude, WGS 84
//	int, datetime           Ints; a datetime is in microseconds since 1970-01-01T00:00:00Z
//	date                    Ints; days since 1970-01-01
//	double                  Floats
//	boolean                 Ints; 0 or 1
//	geo_point_2d            Floats (longitude, degrees) and Lats (latitude, degrees)
//	a list                  Offsets (Len+1 of them) into Elements
//
// Where Null(i) holds, the value at i means nothing.
type Vector struct {
	Nulls    []uint64 // bit i set: row i is null; nil: no row is
	Ints     []int64
	Floats   []float64
	Lats     []float64
	Offsets  []int32
	Bytes    []byte
	Elements *Vector
}

// Null tells whether row i has no value.
func (v *Vector) Null(i int) bool {
	return v.Nulls != nil && v.Nulls[i>>6]&(1<<(i&63)) != 0
}

// SetNull marks row i of a vector of n rows as having no value.
func (v *Vector) SetNull(i, n int) {
	if v.Nulls == nil {
		v.Nulls = make([]uint64, (n+63)/64)
	}
	v.Nulls[i>>6] |= 1 << (i & 63)
}

// Text gives the bytes of row i of a vector of texts, JSON or shapes.
func (v *Vector) Text(i int) []byte { return v.Bytes[v.Offsets[i]:v.Offsets[i+1]] }

// Span gives the range of row i of a list within Elements.
func (v *Vector) Span(i int) (from, to int) { return int(v.Offsets[i]), int(v.Offsets[i+1]) }
