package geojson

import (
	"io"
	"slices"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/geo"
)

// New writes a FeatureCollection, one Feature a line. The geometry is the first geo_shape, else the first
// geo_point_2d, in the projection of Options.EPSG; null where the row has none. All other columns are properties,
// as internal/format/jsontext writes them. Without a geographic column it fails with kind Invalid. The writer is
// a format.Parallel.
func New(w io.Writer, columns []dataset.Column, o format.Options) (format.Writer, error) {
	at := slices.IndexFunc(columns, func(c dataset.Column) bool { return c.Type == dataset.GeoShape && !c.List })
	if at < 0 {
		at = slices.IndexFunc(columns, func(c dataset.Column) bool { return c.Type == dataset.GeoPoint && !c.List })
	}
	if at < 0 {
		return nil, fault.New(fault.Invalid, "GeoJSON needs a field of type geo_shape or geo_point_2d among the selected fields.")
	}
	p := projection{decimals: geo.Decimals(o.EPSG)}
	if o.EPSG != 0 && o.EPSG != 4326 {
		var ok bool
		if p.forward, _, ok = geo.Projection(o.EPSG); !ok {
			return nil, fault.New(fault.Invalid, "The projection EPSG:%d is not known. Known are: %s.", o.EPSG, geo.Supported())
		}
	}
	return format.NewRowWriter(w, format.RowParts{
		Head: []byte(`{"type":"FeatureCollection","features":[`), Tail: []byte("\n]}\n"), Skip: len(","),
		Encoder: func() format.EncodeRows { return encoder(columns, at, p, o) },
	}), nil
}

// projection is the way of coordinates; forward is nil for degrees.
type projection struct {
	forward  func(lon, lat float64) (x, y float64)
	decimals int
}

func encoder(columns []dataset.Column, at int, p projection, o format.Options) format.EncodeRows {
	properties := jsontext.NewEncoder(slices.Delete(slices.Clone(columns), at, at+1), o)
	shape := columns[at].Type == dataset.GeoShape
	var rest dataset.Batch
	return func(dst []byte, b *dataset.Batch, from, to int) []byte {
		rest.Len = b.Len
		rest.Vectors = append(append(rest.Vectors[:0], b.Vectors[:at]...), b.Vectors[at+1:]...)
		v := &b.Vectors[at]
		for row := from; row < to; row++ {
			dst = append(dst, ",\n"+`{"type":"Feature","geometry":`...)
			switch {
			case v.Null(row):
				dst = append(dst, "null"...)
			case shape:
				dst = p.shape(dst, v.Text(row))
			default:
				dst = append(dst, `{"coordinates":`...)
				dst = geo.AppendPosition(dst, v.Floats[row], v.Lats[row], p.forward, p.decimals)
				dst = append(dst, `,"type":"Point"}`...)
			}
			dst = append(dst, `,"properties":`...)
			dst = properties.AppendRow(dst, &rest, row)
			dst = append(dst, '}')
		}
		return dst
	}
}

// shape adds a geometry; null where its bytes are damaged.
func (p projection) shape(dst, wkb []byte) []byte {
	var err error
	if p.forward != nil {
		dst, err = geo.AppendGeoJSONProjected(dst, wkb, p.forward, p.decimals)
	} else {
		dst, err = geo.AppendGeoJSON(dst, wkb)
	}
	if err != nil {
		return append(dst, "null"...)
	}
	return dst
}
