package parquet

import (
	"encoding/hex"
	"strings"

	"github.com/parquet-go/parquet-go"
	pq "github.com/parquet-go/parquet-go/format"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/geo"
)

// geometry is what is known of a column of well-known binary.
type geometry struct {
	epsg   int
	points bool // all of them are points
}

// nativeGeometry knows the columns that Parquet itself calls geometries; nil for any other.
func nativeGeometry(c *parquet.Column) *geometry {
	l := c.Type().LogicalType()
	if l == nil {
		return nil
	}
	var crs string
	switch t := l.Value.(type) {
	case *pq.GeometryType:
		crs = t.CRS
	case *pq.GeographyType:
		crs = t.CRS
	default:
		return nil
	}
	g := &geometry{epsg: 4326}
	if code, ok := strings.CutPrefix(strings.ToUpper(crs), "EPSG:"); ok {
		if g.epsg = 0; len(code) < 7 {
			for _, d := range code {
				g.epsg = g.epsg*10 + int(d-'0')
			}
		}
	}
	return g
}

// converter gives the type and the reading of the column.
func (g *geometry) converter(name string) (dataset.Type, convert, error) {
	read := geo.FromWKB
	if g.epsg != 4326 && g.epsg != 4979 {
		_, inverse, ok := geo.Projection(g.epsg)
		if !ok {
			return "", nil, fault.New(fault.Invalid, "the column %q has coordinates in EPSG:%d, which is not read: save it in WGS 84, or one of %s", name, g.epsg, geo.Supported())
		}
		read = func(raw []byte) ([]byte, geo.Bounds, error) {
			text, err := geo.AppendGeoJSON(nil, raw)
			if err != nil {
				return nil, geo.Bounds{}, err
			}
			return geo.FromGeoJSONProjected(text, inverse)
		}
	}
	damage := func(v *parquet.Value, err error) error {
		return &format.RowError{Value: clip([]byte(hex.EncodeToString(v.ByteArray()))), Reason: fault.Message(err)}
	}
	if g.points {
		return dataset.GeoPoint, func(v *parquet.Value) (any, error) {
			wkb, box, err := read(v.ByteArray())
			switch {
			case err != nil:
				return nil, damage(v, err)
			case wkb == nil || box.Empty():
				return nil, nil
			}
			return dataset.Point{Lon: box.West, Lat: box.South}, nil
		}, nil
	}
	return dataset.GeoShape, func(v *parquet.Value) (any, error) {
		wkb, box, err := read(v.ByteArray())
		switch {
		case err != nil:
			return nil, damage(v, err)
		case wkb == nil || box.Empty():
			return nil, nil
		}
		return dataset.Shape{WKB: wkb, West: box.West, South: box.South, East: box.East, North: box.North}, nil
	}, nil
}
