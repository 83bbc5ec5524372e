package portrait

import (
	"cmp"
	"math"
	"slices"
	"time"

	"parvis/internal/dataset"
)

// Most is how many rows a portrait looks at: when it is given more, Sampled says so.
const Most = 20_000

// Bounds of what is kept while reading.
const (
	mostValues = 5_000   // different texts counted a field
	mostPoints = 200_000 // corners of outlines kept
)

// Portrait is what was seen of a dataset's rows.
type Portrait struct {
	Rows    int  // that were looked at
	Sampled bool // there are more
	Fields  []Profile

	points []point
	shapes []outline
}

// Profile is what was seen of one field.
type Profile struct {
	Column    dataset.Column
	Filled    int  // rows with a value
	Different int  // different texts or booleans, at most mostValues
	More      bool // there are more different texts than were counted
	Top       []Count
	Low, High float64 // numbers; dates and datetimes in seconds since 1970
	Bins      []int   // of numbers and dates: how many values in each of BinCount equal steps
	Log       bool    // the steps of Bins are equal in proportion: sizes of towns and the like
	numbers   []float64
	texts     map[string]int
}

// Count is a value and how many rows have it.
type Count struct {
	Value string
	Rows  int
}

// BinCount is the number of steps of a histogram.
const BinCount = 24

type point struct{ x, y float64 }

// outline is a shape's rings with the row's number for shading.
type outline struct {
	rings [][]point
	value float64
}

// New starts a portrait of rows with these columns.
func New(columns []dataset.Column) *Portrait {
	p := &Portrait{Fields: make([]Profile, len(columns))}
	for i, c := range columns {
		p.Fields[i] = Profile{Column: c, texts: map[string]int{}}
	}
	return p
}

// Take looks at the rows of a batch.
func (p *Portrait) Take(b *dataset.Batch) {
	n := min(b.Len, Most-p.Rows)
	if n < b.Len {
		p.Sampled = true
	}
	shade := p.shadeColumn()
	for i := range p.Fields {
		f, v := &p.Fields[i], &b.Vectors[i]
		for row := range n {
			if v.Null(row) {
				continue
			}
			f.Filled++
			if f.Column.List {
				from, to := v.Span(row)
				for k := from; k < to; k++ {
					if v.Elements != nil && !v.Elements.Null(k) {
						p.one(f, v.Elements, k, 0)
					}
				}
				continue
			}
			value := math.NaN()
			if f.Column.Type == dataset.GeoShape && shade >= 0 && !b.Vectors[shade].Null(row) {
				value = number(&b.Vectors[shade], row, p.Fields[shade].Column.Type)
			}
			p.one(f, v, row, value)
		}
	}
	p.Rows += n
}

// shadeColumn gives the first column of plain numbers, by which outlines are shaded; -1: none.
func (p *Portrait) shadeColumn() int {
	return slices.IndexFunc(p.Fields, func(f Profile) bool {
		return !f.Column.List && (f.Column.Type == dataset.Int || f.Column.Type == dataset.Double)
	})
}

func number(v *dataset.Vector, row int, t dataset.Type) float64 {
	if t == dataset.Double {
		return v.Floats[row]
	}
	return float64(v.Ints[row])
}

func (p *Portrait) one(f *Profile, v *dataset.Vector, row int, shade float64) {
	switch f.Column.Type {
	case dataset.Int, dataset.Double:
		if x := number(v, row, f.Column.Type); !math.IsNaN(x) && !math.IsInf(x, 0) {
			f.numbers = append(f.numbers, x)
		}
	case dataset.Date:
		f.numbers = append(f.numbers, float64(v.Ints[row])*86400)
	case dataset.DateTime:
		f.numbers = append(f.numbers, float64(v.Ints[row])/1e6)
	case dataset.Boolean:
		key := "false"
		if v.Ints[row] != 0 {
			key = "true"
		}
		f.texts[key]++
	case dataset.Text:
		if n, known := f.texts[string(v.Text(row))]; known {
			f.texts[string(v.Text(row))] = n + 1
		} else if len(f.texts) < mostValues {
			f.texts[string(v.Text(row))] = 1
		} else {
			f.More = true
		}
	case dataset.GeoPoint:
		if x, y := v.Floats[row], v.Lats[row]; math.Abs(x) <= 180 && math.Abs(y) <= 90 {
			p.points = append(p.points, point{x, y})
		}
	case dataset.GeoShape:
		if rings := readWKB(v.Text(row), mostPoints-p.corners()); len(rings) > 0 {
			p.shapes = append(p.shapes, outline{rings, shade})
		}
	}
}

func (p *Portrait) corners() int {
	n := 0
	for _, s := range p.shapes {
		for _, r := range s.rings {
			n += len(r)
		}
	}
	return n
}

// Finish works out what was seen; nothing is taken after it.
func (p *Portrait) Finish() {
	for i := range p.Fields {
		f := &p.Fields[i]
		if len(f.numbers) > 0 {
			f.Low, f.High = slices.Min(f.numbers), slices.Max(f.numbers)
			date := f.Column.Type == dataset.Date || f.Column.Type == dataset.DateTime
			f.Log = !date && f.Low > 0 && f.High/f.Low > 50 && median(f.numbers)-f.Low < (f.High-f.Low)/10
			f.Bins = bins(f.numbers, f.Low, f.High, f.Log)
		}
		f.Different = len(f.texts)
		for value, rows := range f.texts {
			f.Top = append(f.Top, Count{value, rows})
		}
		slices.SortFunc(f.Top, func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value))
		})
		f.Top = slices.Clone(f.Top[:min(len(f.Top), 8)])
		f.texts = nil
	}
}

// Time gives a bound of a date field as a time.
func (f Profile) Time(seconds float64) time.Time {
	return time.Unix(int64(math.Floor(seconds)), 0).UTC()
}

// median gives the middle value and leaves the order of values as it is.
func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

func bins(values []float64, low, high float64, log bool) []int {
	out := make([]int, BinCount)
	if log {
		low, high = math.Log(low), math.Log(high)
	}
	for _, x := range values {
		if log {
			x = math.Log(x)
		}
		i := 0
		if high > low {
			i = int((x - low) / (high - low) * BinCount)
		}
		out[min(max(i, 0), BinCount-1)]++
	}
	return out
}
