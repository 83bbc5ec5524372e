package sqlgen_test

import (
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/geo"
)

// towns is a small dataset of every type. Town t8 has nothing but its id.
func towns(t testing.TB) *portal {
	day := func(s string) dataset.Day {
		d, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Day(d.Unix() / 86400)
	}
	at := func(s string) dataset.Instant {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Instant(d.UnixMicro())
	}
	shape := func(wkt string) dataset.Shape {
		g, err := geo.ParseWKT(wkt)
		if err != nil {
			t.Fatal(err)
		}
		w, s, e, n, _ := g.Bounds()
		return dataset.Shape{WKB: g.WKB(), West: w, South: s, East: e, North: n}
	}
	point := func(lon, lat float64) dataset.Point { return dataset.Point{Lon: lon, Lat: lat} }
	fields := []dataset.Field{
		{Name: "id", Type: dataset.Text, Label: "Identifier"},
		{Name: "name", Type: dataset.Text, Label: "Name"},
		{Name: "tags", Type: dataset.Text, Annotations: dataset.Annotations{Multivalued: ";", Facet: true}},
		{Name: "region", Type: dataset.Text, Annotations: dataset.Annotations{Facet: true, Disjunctive: true}},
		{Name: "path", Type: dataset.Text, Annotations: dataset.Annotations{Facet: true, Hierarchical: "/"}},
		{Name: "people", Type: dataset.Int},
		{Name: "height", Type: dataset.Double},
		{Name: "port", Type: dataset.Boolean, Annotations: dataset.Annotations{Facet: true}},
		{Name: "since", Type: dataset.Date, Annotations: dataset.Annotations{Facet: true}},
		{Name: "seen", Type: dataset.DateTime},
		{Name: "spot", Type: dataset.GeoPoint},
		{Name: "area", Type: dataset.GeoShape},
		{Name: "raw", Type: dataset.Text},
		{Name: "12", Type: dataset.Int},
		{Name: "marks", Type: dataset.Int, Annotations: dataset.Annotations{Multivalued: ","}},
	}
	list := func(v ...any) []any { return v }
	values := [][]any{
		{"t1", "Le Havre", list("sea", "Port"), "North", "Europe/France/Le Havre", int64(165_830), 3.5, true, day("2001-01-15"), at("2021-03-28T00:30:00Z"), point(0.1, 49.5), shape("POLYGON((0 0,2 0,2 2,0 2,0 0))"), `{"a":1}`, int64(1), list(int64(10), int64(12))},
		{"t2", "Étretat", list("sea"), "North", "Europe/France/Étretat", int64(1_200), 5.0, false, day("2001-06-20"), at("2021-03-28T01:30:00Z"), point(0.2, 49.7), shape("POLYGON((1 1,3 1,3 3,1 3,1 1))"), "no json", int64(2), list(int64(7))},
		{"t3", "élan ville", list("hill", "sea", "sea"), "South", "Europe/France", int64(1_200), 250.25, false, day("2002-01-10"), at("2021-12-31T23:30:00Z"), point(5.4, 43.3), shape("POINT(1 1)"), nil, int64(3), nil},
		{"t4", "Lima", list("sea", "Capital"), "West", "America/Peru/Lima", int64(7_737_002), 161.0, true, day("2003-02-28"), at("2007-11-20T01:23:45Z"), point(-77.0, -12.0), shape("POLYGON((10 10,11 10,11 11,10 11,10 10))"), nil, int64(4), nil},
		{"t5", "Cusco Lima", list(), "West", "America/Peru/Cusco", int64(-5), -2.5, false, day("2003-12-31"), at("2021-03-28T00:30:00Z"), point(-71.9, -13.5), nil, "[1]", int64(5), nil},
		{"t6", "Dakar 75", list("hill"), nil, "Africa/Senegal", int64(75), 22.0, true, day("2004-02-29"), at("2024-02-29T12:00:00Z"), point(-17.4, 14.7), nil, "", int64(6), nil},
		{"t7", "Œuf's \"place\"", list("odd"), "", "Africa", int64(0), 0.0, nil, day("2004-11-30"), at("1969-12-31T23:59:59Z"), point(0.1, 49.5), nil, nil, int64(9_223_372_036_854_775_807), nil},
		{"t8", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
	}
	var rows []dataset.Record
	for i, v := range values {
		rows = append(rows, dataset.Record{ID: [20]byte{0xAB, byte(i + 1)}, Size: 100 + i, Values: v})
	}
	return load(t, fields, rows)
}
