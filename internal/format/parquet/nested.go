package parquet

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	pq "github.com/parquet-go/parquet-go/format"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
)

const maxDepth = 100 // groups within each other

// nested reads a column of groups as JSON text. Each of its leaves holds a run of values a row; repetition levels
// tell where elements begin, definition levels what is there.
func nested(c *parquet.Column, leaves []*leaf) column {
	runs := make([][]parquet.Value, len(leaves))
	n := 0
	tree := newNode(c, &n, 0)
	return func() (any, error) {
		for i, l := range leaves {
			run := runs[i][:0]
			for {
				v, err := l.peek()
				if err == io.EOF && len(run) > 0 {
					break
				}
				if err != nil {
					return nil, err
				}
				if len(run) > 0 && v.RepetitionLevel() == 0 {
					break
				}
				run = append(run, v.Clone())
				l.at++
			}
			runs[i] = run
		}
		text, err := tree.append(nil, slices.Clone(runs))
		if err != nil || string(text) == "null" {
			return nil, err
		}
		return json.RawMessage(text), nil
	}
}

// node is a column within a nested one.
type node struct {
	column      *parquet.Column
	first, last int // of the leaves: first ≤ i < last
	inner       []*node
	list, dict  bool
	convert     convert
	deep        bool
}

func newNode(c *parquet.Column, leaves *int, depth int) *node {
	x := &node{column: c, first: *leaves, deep: depth > maxDepth}
	if c.Leaf() {
		*leaves++
		_, x.convert = converter(c)
	}
	x.list, x.dict = isLogical[*pq.ListType](c), isLogical[*pq.MapType](c)
	for _, inner := range c.Columns() {
		x.inner = append(x.inner, newNode(inner, leaves, depth+1))
	}
	x.last = *leaves
	return x
}

// append writes what the runs of the leaves say of this column.
func (x *node) append(dst []byte, runs [][]parquet.Value) ([]byte, error) {
	if x.deep || x.first == x.last {
		return append(dst, "null"...), nil
	}
	c := x.column
	head := runs[x.first]
	if len(head) == 0 || head[0].DefinitionLevel() < c.MaxDefinitionLevel() {
		if c.Repeated() {
			return append(dst, "[]"...), nil
		}
		return append(dst, "null"...), nil
	}
	if !c.Repeated() {
		return x.one(dst, runs)
	}
	dst = append(dst, '[')
	err := x.elements(runs, func(n int, element [][]parquet.Value) (err error) {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst, err = x.one(dst, element)
		return err
	})
	return append(dst, ']'), err
}

// elements cuts the runs of a repeated column into those of its elements.
func (x *node) elements(runs [][]parquet.Value, do func(n int, element [][]parquet.Value) error) error {
	level := x.column.MaxRepetitionLevel()
	rest := slices.Clone(runs)
	element := slices.Clone(runs)
	for n := 0; len(rest[x.first]) > 0; n++ {
		for i := x.first; i < x.last; i++ {
			end := min(1, len(rest[i]))
			for end < len(rest[i]) && rest[i][end].RepetitionLevel() > level {
				end++
			}
			element[i], rest[i] = rest[i][:end], rest[i][end:]
		}
		if err := do(n, element); err != nil {
			return err
		}
	}
	return nil
}

// one writes a value that is there: a leaf's, an element's, a group's.
func (x *node) one(dst []byte, runs [][]parquet.Value) ([]byte, error) {
	switch {
	case x.column.Leaf():
		if len(runs[x.first]) == 0 || runs[x.first][0].IsNull() {
			return append(dst, "null"...), nil
		}
		value, err := x.convert(&runs[x.first][0])
		if err != nil {
			return dst, err
		}
		return appendValue(dst, value), nil
	case x.list && len(x.inner) == 1 && x.inner[0].column.Repeated():
		// The group between a list and its elements has no meaning of its own.
		inner := x.inner[0]
		if len(inner.inner) != 1 {
			return inner.append(dst, runs)
		}
		if len(runs[inner.first]) == 0 || runs[inner.first][0].DefinitionLevel() < inner.column.MaxDefinitionLevel() {
			return append(dst, "[]"...), nil
		}
		dst = append(dst, '[')
		err := inner.elements(runs, func(n int, element [][]parquet.Value) (err error) {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst, err = inner.inner[0].append(dst, element)
			return err
		})
		return append(dst, ']'), err
	case x.dict && len(x.inner) == 1 && len(x.inner[0].inner) == 2 && x.inner[0].inner[0].column.Leaf():
		return x.pairs(dst, runs)
	}
	dst = append(dst, '{')
	for i, inner := range x.inner {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, inner.column.Name()), ':')
		var err error
		if dst, err = inner.append(dst, runs); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// pairs writes a map as an object.
func (x *node) pairs(dst []byte, runs [][]parquet.Value) ([]byte, error) {
	pair := x.inner[0]
	dst = append(dst, '{')
	if head := runs[pair.first]; len(head) > 0 && head[0].DefinitionLevel() >= pair.column.MaxDefinitionLevel() {
		err := pair.elements(runs, func(n int, element [][]parquet.Value) error {
			if n > 0 {
				dst = append(dst, ',')
			}
			name, err := pair.inner[0].append(nil, element)
			if err != nil {
				return err
			}
			if len(name) == 0 || name[0] != '"' {
				name = jsontext.AppendString(nil, string(name))
			}
			dst = append(append(dst, name...), ':')
			dst, err = pair.inner[1].append(dst, element)
			return err
		})
		if err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendValue writes a value as JSON.
func appendValue(dst []byte, value any) []byte {
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
		return append(format.NewTimes(nil).AppendDateTime(append(dst, '"'), int64(v), ""), '"')
	}
	return append(dst, "null"...)
}
