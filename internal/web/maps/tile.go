package maps

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

const (
	mostZoom   = 20
	mostPoints = 300    // rows of a tile that are shown one by one; more are shown as cells
	mostShapes = 4000   // shapes of a tile that are looked at
	mostBytes  = 20_000 // of a tile, gzipped
	mostCells  = 20_000 // cells that are counted at once
	fewRows    = 1000   // of a dataset that are shown one by one wherever a tile can hold them
	nearZoom   = 14     // from which all are
	cellRadius = 15     // of geo_cluster: 16 cells across a tile
)

// position reads the place of a tile from a path; one that is none is fault.Invalid.
func position(r *http.Request, ending string) (z, x, y int, err error) {
	name, isTile := strings.CutSuffix(r.PathValue("y"), ending)
	if !isTile {
		return 0, 0, 0, fault.New(fault.NotFound, "")
	}
	for _, part := range []struct {
		into *int
		text string
	}{{&z, r.PathValue("z")}, {&x, r.PathValue("x")}, {&y, name}} {
		n, wrong := strconv.Atoi(part.text)
		if wrong != nil || n < 0 {
			return 0, 0, 0, fault.New(fault.Invalid, "A tile's address is /zoom/column/row%s, each a whole number.", ending)
		}
		*part.into = n
	}
	if z > mostZoom || x >= 1<<z || y >= 1<<z {
		return 0, 0, 0, fault.New(fault.Invalid, "There is no tile %d/%d/%d: zoom goes from 0 to %d, columns and rows from 0 to 2^zoom - 1.", z, x, y, mostZoom)
	}
	return z, x, y, nil
}

// rowTile answers with the rows of a dataset in a tile: a vector tile of one layer, rows. A feature is a row with id
// (its record identifier), n (1), label and v (the value of the field that color names); or, where rows are many, a
// cell with n (their number) and v (the mean of their values, of a number).
func (s *Maps) rowTile(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := position(r, ".mvt")
	if err != nil {
		return err
	}
	p, err := s.Open(w, r, "map")
	if err != nil {
		return err
	}
	place := p.Place()
	if p.Hidden || p.NoRows || place == nil {
		return fault.New(fault.NotFound, "The dataset %s has no rows with a place.", p.ID)
	}
	color := p.Field(p.Params.Get("color"))
	name := ""
	if color != nil {
		name = color.Name
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	if p.Entry.Public() {
		h.Set("Cache-Control", "no-cache")
		if p.Params.Get("v") == data.Edition(p.Entry) {
			h.Set("Cache-Control", "public, max-age=86400")
		}
	}
	shown := fmt.Sprintf("%s/%s?%s&%s", p.Entry.UID, data.Edition(p.Entry), p.Filter.Values().Encode(), url.QueryEscape(name))
	key := fmt.Sprintf("%s/%d/%d/%d", shown, z, x, y)
	lasts := !strings.Contains(p.Filter.Where, "now(") // else it depends on the moment
	if text, ok := s.tiles.Get(key); ok {
		return send(w, r, tagOf(text), text)
	}
	tile := maptile.New(uint32(x), uint32(y), maptile.Zoom(z))
	var found *geojson.FeatureCollection
	if place.Type == dataset.GeoPoint {
		found, err = s.points(r, p, place, color, tile, shown, lasts)
	} else {
		found, err = s.shapes(r, p, place, color, tile)
	}
	if err != nil {
		return fmt.Errorf("tile of %s: %w", p.ID, err)
	}
	text, err := encode(found, tile)
	if err != nil {
		return fmt.Errorf("tile of %s: %w", p.ID, err)
	}
	if lasts {
		s.tiles.Add(key, text)
	}
	return send(w, r, tagOf(text), text)
}

// within is the question for the rows of a page's filter in a box.
func within(p data.Page, place *dataset.Field, box orb.Bound, limit int) odsql.Question {
	q := p.Filter.Question()
	degrees := func(f float64) string { return strconv.FormatFloat(f, 'f', 8, 64) }
	q.Where = append(q.Where, "in_bbox("+data.FieldName(place.Name)+", "+degrees(box.Bottom())+", "+degrees(box.Left())+", "+degrees(box.Top())+", "+degrees(box.Right())+")")
	q.Limit = &limit
	return q
}

// points gives the positions in a tile, one by one where they are few, else counted in cells. What is shown is named by
// shown; lasts is whether it may be remembered.
func (s *Maps) points(r *http.Request, p data.Page, place, color *dataset.Field, tile maptile.Tile, shown string, lasts bool) (*geojson.FeatureCollection, error) {
	few := false
	rows := func() (*geojson.FeatureCollection, error) {
		if few || tile.Z >= nearZoom || color != nil && !color.Numeric() {
			return s.rows(r, p, place, color, tile.Bound(0.05), mostPoints*2)
		}
		found, err := s.rows(r, p, place, color, tile.Bound(), mostPoints)
		if err != nil {
			return nil, err
		}
		return gathered(found, tile.Z), nil
	}
	if lasts {
		w, err := s.world(r, p, place, color, shown)
		if err != nil {
			return nil, err
		}
		if w != nil {
			few = w.rows() <= fewRows
			cells, most := w.in(tile)
			switch {
			case most == 0:
				return geojson.NewFeatureCollection(), nil
			case most <= mostPoints:
				return rows()
			case tile.Z <= worldZoom:
				return drawn(cells), nil
			}
		}
	}
	cells, total, err := s.cells(r.Context(), p, place, color, tile.Bound(), int(tile.Z))
	switch {
	case err != nil:
		return nil, err
	case total == 0:
		return geojson.NewFeatureCollection(), nil
	case total <= mostPoints:
		return rows()
	}
	return drawn(cells), nil
}

// gathered puts rows that lie in the same cell at a zoom into one, as the tiles around have them that count theirs.
func gathered(found *geojson.FeatureCollection, zoom maptile.Zoom) *geojson.FeatureCollection {
	together := map[maptile.Tile][]*geojson.Feature{}
	for _, f := range found.Features {
		if at, is := f.Geometry.(orb.Point); is {
			key := maptile.At(at, zoom+4)
			together[key] = append(together[key], f)
		}
	}
	var cells []cell
	out := geojson.NewFeatureCollection()
	for _, f := range found.Features {
		at, is := f.Geometry.(orb.Point)
		if !is {
			continue
		}
		key := maptile.At(at, zoom+4)
		switch members := together[key]; {
		case len(members) == 1:
			out.Append(f)
		case members != nil:
			c := cellOf(members[0])
			for _, other := range members[1:] {
				c = c.and(cellOf(other))
			}
			cells = append(cells, c)
			together[key] = nil // it stands once
		}
	}
	out.Features = append(out.Features, drawn(cells).Features...)
	return out
}

// cellOf gives a row as a cell of its own.
func cellOf(f *geojson.Feature) cell {
	c := cell{at: f.Geometry.(orb.Point), rows: 1}
	switch v := f.Properties["v"].(type) {
	case float64:
		c.value, c.valued = v, 1
	case int64:
		c.value, c.valued = float64(v), 1
	}
	return c
}

// drawn gives cells as features with n and v.
func drawn(cells []cell) *geojson.FeatureCollection {
	out := geojson.NewFeatureCollection()
	for _, c := range cells {
		f := geojson.NewFeature(c.at)
		f.Properties["n"] = c.rows
		if c.valued > 0 {
			f.Properties["v"] = c.value
		}
		out.Append(f)
	}
	return out
}

// cell is a square of the map with how many rows lie in it.
type cell struct {
	at     orb.Point // the middle of its rows
	rows   int64
	value  float64 // the mean of their values
	valued int64   // rows that have one; 0 where none was asked for
}

// world is all cells of worldZoom, each with the tile of finestZoom that it fills. Nil is one of too many cells.
type world []placed

type placed struct {
	cell
	x, y uint32
}

const (
	worldZoom  = 7             // up to which tiles are drawn from a world
	finestZoom = worldZoom + 4 // a tile has 16 cells across
)

// everywhere is the whole square of web maps.
var everywhere = maptile.New(0, 0, 0).Bound()

// world counts all rows in cells: a view has a dozen tiles, and who looks closer asks for dozens more, that would each
// read the rows again.
func (s *Maps) world(r *http.Request, p data.Page, place, color *dataset.Field, shown string) (world, error) {
	if w, ok := s.worlds.Get(shown); ok {
		return w, nil
	}
	found, err, _ := s.once.Do(shown, func() (any, error) {
		cells, _, err := s.cells(context.WithoutCancel(r.Context()), p, place, color, everywhere, worldZoom)
		if err != nil {
			return nil, err
		}
		var w world
		if len(cells) < mostCells {
			w = make(world, len(cells))
			for i, c := range cells {
				at := maptile.At(c.at, finestZoom)
				w[i] = placed{cell: c, x: at.X, y: at.Y}
			}
		}
		s.worlds.Add(shown, w)
		return w, nil
	})
	if err != nil {
		return nil, err
	}
	return found.(world), nil
}

// rows gives the number of all rows.
func (w world) rows() (n int64) {
	for _, c := range w {
		n += c.rows
	}
	return n
}

// in gives the cells of a tile, merged where it is of a smaller zoom than the world, and the number of their rows: for a
// tile smaller than a cell, of the rows of the cell around it.
func (w world) in(tile maptile.Tile) (cells []cell, rows int64) {
	if tile.Z > finestZoom {
		up := tile.Z - finestZoom
		tile = maptile.New(tile.X>>up, tile.Y>>up, finestZoom)
	}
	down := finestZoom - tile.Z
	merge := uint32(0) // zooms between the tile's cells and the world's
	if tile.Z < worldZoom {
		merge = uint32(worldZoom - tile.Z)
	}
	at := map[[2]uint32]int{}
	for _, c := range w {
		if c.x>>down != tile.X || c.y>>down != tile.Y {
			continue
		}
		rows += c.rows
		key := [2]uint32{c.x >> merge, c.y >> merge}
		i, seen := at[key]
		if !seen {
			at[key] = len(cells)
			cells = append(cells, c.cell)
			continue
		}
		cells[i] = cells[i].and(c.cell)
	}
	return cells, rows
}

// and gives the cell of the rows of two.
func (c cell) and(other cell) cell {
	sum := c.rows + other.rows
	share := float64(other.rows) / float64(sum)
	c.at[0] += (other.at[0] - c.at[0]) * share
	c.at[1] += (other.at[1] - c.at[1]) * share
	if other.valued > 0 {
		c.value += (other.value - c.value) * float64(other.valued) / float64(c.valued+other.valued)
	}
	c.rows, c.valued = sum, c.valued+other.valued
	return c
}

// cells counts rows in squares of 16 pixels at a zoom, and all of them.
func (s *Maps) cells(ctx context.Context, p data.Page, place, color *dataset.Field, box orb.Bound, zoom int) (cells []cell, total int64, err error) {
	q := within(p, place, box, mostCells)
	q.Select = "count(*) as n"
	if color != nil && color.Numeric() {
		q.Select += ", avg(" + data.FieldName(color.Name) + ") as v, count(" + data.FieldName(color.Name) + ") as w"
	}
	q.GroupBy = fmt.Sprintf("geo_cluster(%s, %d, %d) as c", data.FieldName(place.Name), zoom, cellRadius)
	found, err := s.Portal.Records(ctx, p.Actor, p.ID, q)
	if err != nil {
		return nil, 0, err
	}
	for _, row := range found.Values {
		var c cell
		for i, column := range found.Columns {
			switch column.Name {
			case "n":
				c.rows, _ = row[i].(int64)
			case "v":
				c.value, _ = row[i].(float64)
			case "w":
				c.valued, _ = row[i].(int64)
			case "c":
				var at struct {
					Cluster struct{ Lat, Lon float64 } `json:"cluster_centroid"`
				}
				text, _ := row[i].(string)
				if json.Unmarshal([]byte(text), &at) == nil {
					c.at = orb.Point{at.Cluster.Lon, at.Cluster.Lat}
				}
			}
		}
		cells = append(cells, c)
		total += c.rows
	}
	return cells, total, nil
}

// shapes gives the shapes that meet a tile.
func (s *Maps) shapes(r *http.Request, p data.Page, place, color *dataset.Field, tile maptile.Tile) (*geojson.FeatureCollection, error) {
	return s.rows(r, p, place, color, tile.Bound(0.02), mostShapes)
}

// rows gives the rows in a box as features with id, n, label and v.
func (s *Maps) rows(r *http.Request, p data.Page, place, color *dataset.Field, box orb.Bound, most int) (*geojson.FeatureCollection, error) {
	q := within(p, place, box, most)
	names := []string{data.FieldName(place.Name) + " as g"}
	label := p.NameField()
	if label != nil {
		names = append(names, data.FieldName(label.Name)+" as l")
	}
	if color != nil && !color.Geo() {
		names = append(names, data.FieldName(color.Name)+" as v")
	}
	q.Select = strings.Join(append(names, "recordid"), ", ")
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return nil, err
	}
	out := geojson.NewFeatureCollection()
	for i, row := range found.Values {
		shape := geometry(row[0])
		if shape == nil {
			continue
		}
		f := geojson.NewFeature(shape)
		f.Properties["n"] = 1
		if i < len(found.IDs) {
			f.Properties["id"] = found.IDs[i]
		}
		for j, column := range found.Columns {
			switch column.Name {
			case "l":
				f.Properties["label"] = page.Cut(data.Show(p.Printer, column, nil, row[j], false).Text, 60)
			case "v":
				if v := plain(row[j]); v != nil {
					f.Properties["v"] = v
				}
			}
		}
		out.Append(f)
	}
	return out, nil
}

// plain gives a value as tiles hold it, nil for nothing.
func plain(value any) any {
	switch v := value.(type) {
	case int64, float64, bool:
		return v
	case string:
		return page.Cut(v, 60)
	case []any:
		if len(v) > 0 {
			return plain(v[0])
		}
	}
	return nil
}

// geometry gives a value as a shape in degrees, nil for one that cannot be drawn.
func geometry(value any) orb.Geometry {
	switch v := value.(type) {
	case dataset.Point:
		return orb.Point{v.Lon, v.Lat}
	case dataset.Shape:
		g, err := wkb.Unmarshal(v.WKB)
		if err != nil || g == nil {
			return nil
		}
		if b := g.Bound(); b.IsEmpty() || math.IsNaN(b.Min[0]+b.Min[1]+b.Max[0]+b.Max[1]) {
			return nil
		}
		return g
	}
	return nil
}

// encode writes features as a tile of at most mostBytes: shapes lose corners, and those that nobody could see go, until
// it is small enough. Nil is a tile of nothing.
func encode(found *geojson.FeatureCollection, tile maptile.Tile) ([]byte, error) {
	if len(found.Features) == 0 {
		return nil, nil
	}
	for fine := 6.0; ; fine *= 2 {
		copied := geojson.NewFeatureCollection()
		for _, f := range found.Features {
			g := geojson.NewFeature(orb.Clone(f.Geometry))
			g.Properties = f.Properties
			copied.Append(g)
		}
		layers := mvt.Layers{mvt.NewLayer("rows", copied)}
		layers.ProjectToTile(tile)
		layers.Clip(orb.Bound{Min: orb.Point{-256, -256}, Max: orb.Point{mvt.DefaultExtent + 256, mvt.DefaultExtent + 256}})
		layers.Simplify(simplify.DouglasPeucker(fine))
		layers.RemoveEmpty(fine, fine)
		if len(layers[0].Features) == 0 {
			return nil, nil
		}
		text, err := mvt.MarshalGzipped(layers)
		if err != nil || len(text) <= mostBytes {
			return text, err
		}
		if fine > 60 { // the labels are what weighs
			for _, f := range found.Features {
				delete(f.Properties, "label")
			}
		}
		if fine > 3000 {
			found.Features = found.Features[:len(found.Features)*3/4]
		}
	}
}

// tagOf names the content of a tile.
func tagOf(text []byte) string { return `"` + strconv.FormatUint(sum(text), 36) + `"` }

// sum is FNV-1a.
func sum(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range text {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// send answers with a tile, 204 for one of nothing.
func send(w http.ResponseWriter, r *http.Request, tag string, text []byte) error {
	h := w.Header()
	if text == nil {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h.Set("ETag", tag)
	if server.NotModified(w, r, tag) {
		return nil
	}
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if text, err = io.ReadAll(z); err != nil {
			return err
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := w.Write(text); err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		return err
	}
	return nil
}
