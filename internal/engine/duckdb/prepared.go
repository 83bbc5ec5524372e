package duckdb

import (
	"fmt"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"parvis/internal/geo"
)

// preparedShapes keeps the shapes of the questions being asked, ready for comparing, by numbers.
type preparedShapes struct {
	mu      sync.Mutex
	last    int64
	numbers map[string]int64 // by well-known binary
	shapes  *simplelru.LRU[int64, preparedShape]
}

type preparedShape struct {
	wkb   string
	ready *geo.Prepared
}

// shapesKept bounds the shapes kept. A running question asks for its own every few thousand rows, and so
// keeps it among the most recently used.
const shapesKept = 256

func newPreparedShapes() (*preparedShapes, error) {
	ps := &preparedShapes{numbers: map[string]int64{}}
	var err error
	ps.shapes, err = simplelru.NewLRU(shapesKept, func(_ int64, s preparedShape) { delete(ps.numbers, s.wkb) })
	return ps, err
}

// prepare gives the number of a shape, nil where the bytes are none. No number ever stands for two shapes.
func (ps *preparedShapes) prepare(wkb []byte) any {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if number, ok := ps.numbers[string(wkb)]; ok {
		ps.shapes.Get(number)
		return number
	}
	g, err := geo.ParseWKB(wkb)
	if err != nil {
		return nil
	}
	ps.last++
	s := preparedShape{string(wkb), geo.Prepare(g)}
	ps.numbers[s.wkb] = ps.last
	ps.shapes.Add(ps.last, s)
	return ps.last
}

// numbered gives the shape of a number. It fails where so many others were asked for since that the shape
// is forgotten: an error is better than a wrong answer.
func (ps *preparedShapes) numbered(number int64) (*geo.Prepared, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	s, ok := ps.shapes.Get(number)
	if !ok {
		return nil, fmt.Errorf("the prepared shape %d is forgotten", number)
	}
	return s.ready, nil
}
