package ingest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
)

// verdictOver decides over values, each as many times as it says: "x*50".
func verdictOver(name string, values ...any) verdict {
	g := &guess{}
	for _, v := range values {
		times := 1
		if s, ok := v.(string); ok {
			if text, count, found := strings.Cut(s, "*"); found {
				if _, err := fmt.Sscan(count, &times); err != nil {
					panic(err) // the table above is wrong
				}
				v = text
			}
		}
		for range times {
			g.add(v)
		}
	}
	return g.decide(name)
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []any
		want   string // type, then [] for a list, and the form that matters
	}{
		{"n", []any{"1", "-25", "+3", "0"}, "int"},
		{"n", []any{"1", "2.5"}, "double dot"},
		{"n", []any{"0.5", "1e-3", "-.5"}, "double dot"},
		{"n", []any{"1,5", "2", "-3,25"}, "double comma"},
		{"n", []any{"0,125", "1,234"}, "double comma"},
		{"n", []any{"1 234", "12", "1 234 567"}, "int"},
		{"n", []any{"1 234,5", "12"}, "double comma"},
		{"n", []any{"1\u202F234,5", "1\u00A0234"}, "double comma"},
		{"n", []any{"1,234,567", "12.5", "1,234"}, "double us"},
		{"n", []any{"1,234", "5,678"}, "text"}, // thousands or decimals?
		{"n", []any{"1", "NA*5", "-", "n/a", "null"}, "int"},
		{"n", []any{"NA", "-"}, "text"},
		{"n", []any{"1*200", "abc"}, "int"},
		{"n", []any{"1*50", "abc"}, "text"},
		{"n", []any{"1*20000", "abc*101"}, "text"},
		{"n", []any{"1*20000", "2A"}, "text"}, // a code
		{"n", []any{"1.5*20000", "?*100"}, "double dot"},
		{"n", []any{"1*20000", "2.5"}, "double dot"},
		{"code", []any{"75001*20000", "01001"}, "text"},
		{"code_insee", []any{"78361", "75056"}, "text"}, // by its name
		{"code_naf", []any{"1.1", "1.20"}, "text"},
		{"siren", []any{int64(217803618)}, "text"},
		{"nb_codes", []any{"78361", "75056"}, "int"},
		{"code_ouvert", []any{"oui", "non"}, "boolean"},
		{"phone", []any{"+33142000000"}, "text"},
		{"phone", []any{"01 42 00 00 00"}, "text"},
		{"id", []any{"1234567890123456789"}, "text"},
		{"id", []any{"123456789012345678"}, "int"},
		{"hex", []any{"0x1F", "0x2A"}, "text"},
		{"word", []any{"NaN", "Infinity", "1"}, "text"},
		{"flag", []any{"true", "FALSE"}, "boolean"},
		{"flag", []any{"oui", "Non", ""}, "boolean"},
		{"flag", []any{"yes*500", "maybe"}, "text"},
		{"flag", []any{"0", "1"}, "int"},
		{"day", []any{"2024-03-05", "1988-12-31"}, "date"},
		{"day", []any{"2024/3/5", "2013.01.26"}, "date"},
		{"day", []any{"2024-02-30"}, "text"},
		{"day", []any{"03/04/2024", "25/12/2024"}, "date day"},
		{"day", []any{"03/04/2024", "12/25/2024"}, "date month"},
		{"day", []any{"03/04/2024", "05/06/2024"}, "date day"},
		{"day", []any{"31/12/99"}, "date day"},
		{"day", []any{"25/12/2024*500", "12/25/2024*500"}, "text"},
		{"day", []any{"20240305", "20231231"}, "date"},
		{"n", []any{"20240305", "20231231"}, "int"},
		{"n", []any{"20240305*100"}, "date"},
		{"n", []any{"20240305*100", "20241305"}, "int"},
		{"at", []any{"2024-03-05T10:20:30Z", "2024-03-05 10:20"}, "datetime"},
		{"at", []any{"2024-03-05T10:20:30.123456+02:00", "2024-03-05"}, "datetime"},
		{"at", []any{"25/12/2024 10:20", "1/8/1990 0:00"}, "datetime day"},
		{"time", []any{"10:20:30", "24:05:00"}, "text"},
		{"year", []any{"1988", "2024"}, "int"},
		{"geo", []any{"48.85, 2.35", "-33.9,151.2"}, "geo_point_2d"},
		{"geo", []any{"98.85, 2.35"}, "text"},
		{"geo", []any{json.RawMessage(`{"lon":2.35,"lat":48.85}`)}, "geo_point_2d"},
		{"geo", []any{`{"type":"Point","coordinates":[2,48]}`}, "geo_shape"},
		{"j", []any{json.RawMessage(`{"a":1}`), "x"}, "json_blob"},
		{"l", []any{[]any{"a", "1"}, "b"}, "text[]"},
		{"l", []any{[]any{int64(1)}, []any{int64(2), 2.5}}, "double[]"},
		{"l", []any{[]any{true}}, "boolean[]"},
		{"m", []any{int64(1), "x", 2.5}, "text"},
		{"m", []any{int64(1), "2", 2.5}, "double dot"},
		{"m", []any{dataset.Day(1), dataset.Instant(1)}, "datetime"},
		{"none", nil, "text"},
	} {
		v := verdictOver(c.name, c.values...)
		got := string(v.typ)
		if v.list {
			got += "[]"
		}
		switch {
		case v.typ == dataset.Double && !v.list:
			got += " " + []string{"any", "dot", "comma", "us"}[v.number]
		case strings.Contains(c.want, " "):
			got += " " + []string{"day", "month"}[v.order]
		}
		if got != c.want {
			t.Errorf("%s %.80v: %s (%s), want %s", c.name, c.values, got, v.why, c.want)
		}
	}
}

// What a column was found to be, its values can be made of.
func TestConvert(t *testing.T) {
	day := func(text string) dataset.Day {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Day(at.Unix() / 86400)
	}
	at := func(text string) dataset.Instant {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Instant(at.UnixMicro())
	}
	dmy, mdy, plain := verdict{}, verdict{order: monthFirst}, verdict{}
	comma, us := verdict{number: commaNumber}, verdict{number: usNumber}
	for _, c := range []struct {
		typ   dataset.Type
		v     verdict
		given any
		want  any
	}{
		{dataset.Int, plain, "12", int64(12)}, {dataset.Int, plain, " 1 234 ", int64(1234)}, {dataset.Int, plain, "12.0", int64(12)},
		{dataset.Int, plain, "12.5", nil}, {dataset.Int, plain, "NA", nil}, {dataset.Int, plain, 3.0, int64(3)}, {dataset.Int, plain, "0x1F", nil},
		{dataset.Double, plain, "1,5", 1.5}, {dataset.Double, plain, "1.5", 1.5}, {dataset.Double, comma, "1 234,5", 1234.5}, {dataset.Double, us, "1,234.5", 1234.5},
		{dataset.Double, plain, "NaN", nil}, {dataset.Double, plain, "Inf", nil}, {dataset.Double, plain, int64(3), 3.0},
		{dataset.Boolean, plain, "Oui", true}, {dataset.Boolean, plain, "0", false}, {dataset.Boolean, plain, "2", nil}, {dataset.Boolean, plain, int64(1), true},
		{dataset.Date, dmy, "03/04/2024", day("2024-04-03")}, {dataset.Date, mdy, "03/04/2024", day("2024-03-04")},
		{dataset.Date, dmy, "31/12/99", day("1999-12-31")}, {dataset.Date, dmy, "1988", day("1988-01-01")}, {dataset.Date, dmy, "1988-05", day("1988-05-01")},
		{dataset.Date, dmy, "20240305", day("2024-03-05")}, {dataset.Date, dmy, "2024-03-05T10:00:00Z", day("2024-03-05")}, {dataset.Date, dmy, "2023-02-29", nil},
		{dataset.Date, dmy, "0001-01-01", day("0001-01-01")}, {dataset.Date, dmy, "2999-01-01", day("2999-01-01")},
		{dataset.DateTime, dmy, "2024-03-05T10:20:30.25+02:00", at("2024-03-05T08:20:30.25Z")}, {dataset.DateTime, dmy, "2024-03-05 00:30+0200", at("2024-03-04T22:30:00Z")},
		{dataset.DateTime, dmy, "2024-03-05", at("2024-03-05T00:00:00Z")}, {dataset.DateTime, dmy, "2024-03-05T25:00", nil}, {dataset.DateTime, dmy, "2024-03-05T24:00:00Z", at("2024-03-06T00:00:00Z")},
		{dataset.DateTime, dmy, int64(1517966773840), at("2018-02-07T01:26:13.84Z")}, {dataset.DateTime, dmy, "1517966773", at("2018-02-07T01:26:13Z")},
		{dataset.DateTime, dmy, int64(20240305), at("2024-03-05T00:00:00Z")}, {dataset.DateTime, dmy, int64(2024), at("2024-01-01T00:00:00Z")}, {dataset.DateTime, dmy, int64(12345), nil},
		{dataset.GeoPoint, plain, "48.85, 2.35", dataset.Point{Lon: 2.35, Lat: 48.85}}, {dataset.GeoPoint, plain, "48,2", dataset.Point{Lon: 2, Lat: 48}},
		{dataset.GeoPoint, plain, []any{48.85, 2.35}, dataset.Point{Lon: 2.35, Lat: 48.85}}, {dataset.GeoPoint, plain, json.RawMessage(`{"lon":2.35,"lat":48.85}`), dataset.Point{Lon: 2.35, Lat: 48.85}},
		{dataset.GeoPoint, plain, `{"type":"Point","coordinates":[2.35,48.85]}`, dataset.Point{Lon: 2.35, Lat: 48.85}}, {dataset.GeoPoint, plain, "148.85, 2.35", nil},
		{dataset.GeoShape, plain, `{"type":"Point","coordinates":[2,`, nil}, {dataset.GeoShape, plain, "hello", nil},
		{dataset.Text, plain, int64(5), "5"}, {dataset.Text, plain, 2.5, "2.5"}, {dataset.Text, plain, "NA", "NA"}, {dataset.Text, plain, "", nil}, {dataset.Text, plain, []any{"a", "b"}, "a;b"},
		{dataset.JSON, plain, `{"a":1}`, `{"a":1}`}, {dataset.JSON, plain, "x", `"x"`},
	} {
		tg := &target{verdict: c.v}
		tg.typ = c.typ
		got, reason := tg.make(c.given)
		if got != c.want {
			t.Errorf("%s of %v: %v (%s), want %v", c.typ, c.given, got, reason, c.want)
		}
		if got == nil && reason == "" && c.given != "NA" && c.given != "NaN" && c.given != "" {
			t.Errorf("%s of %v gives nothing and no reason", c.typ, c.given)
		}
	}
	for _, given := range []any{json.RawMessage(`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[2,48]}}`), `{"type":"Point","coordinates":[2,48]}`, "POINT (2 48)"} {
		tg := &target{lat: -1}
		tg.typ = dataset.GeoShape
		if got, reason := tg.make(given); reason != "" || got.(dataset.Shape).West != 2 || got.(dataset.Shape).North != 48 {
			t.Errorf("a shape of %v: %v, %s", given, got, reason)
		}
	}
	list := &target{field: dataset.Field{Annotations: dataset.Annotations{Multivalued: ","}}, verdict: verdict{typ: dataset.Int, list: true}}
	if got, reason := list.make("1, 2,3"); reason != "" || fmt.Sprint(got) != "[1 2 3]" {
		t.Errorf("a list of texts: %v, %s", got, reason)
	}
	if got, reason := list.make("1,x"); got != nil || reason == "" {
		t.Errorf("a list with a misfit: %v, %q", got, reason)
	}
}

func TestNames(t *testing.T) {
	taken := names{}
	for i, c := range []struct{ header, want string }{
		{"N° de téléphone", "n_de_telephone"}, {"Part de la population (%)", "part_de_la_population"}, {"Œuvre", "oeuvre"}, {"人口", "column_4"},
		{"a", "a"}, {"A", "a_2"}, {" a ", "a_3"}, {"12", "12"}, {"", "column_9"}, {"name.common", "name_common"}, {"__", "column_11"},
	} {
		if got := taken.name(c.header, i); got != c.want {
			t.Errorf("%q becomes %q, not %q", c.header, got, c.want)
		}
	}
	for name, want := range map[string]string{"Prénoms 2024.csv.gz": "prenoms-2024", "x.y.zip": "x-y", ".csv": "csv", "€.csv": "dataset"} {
		if got := IDFrom(name); got != want {
			t.Errorf("%q becomes %q, not %q", name, got, want)
		}
	}
}

func TestPairs(t *testing.T) {
	d := verdict{typ: dataset.Double}
	for _, c := range []struct {
		names string
		ok    bool
	}{
		{"lat lon", true}, {"x latitude longitude", true}, {"lat lng", true}, {"stop_lat stop_lon", true}, {"start_lat end_lon", false},
		{"start_lat start_lon end_lat end_lon", false}, {"lat", false}, {"reclat reclong", false}, {"long large", false},
	} {
		names := strings.Fields(c.names)
		if _, _, ok := pair(names, []verdict{d, d, d, d}[:len(names)]); ok != c.ok {
			t.Errorf("%s: %t", c.names, ok)
		}
	}
}

// Whatever a text is taken for, it can be made into; and nothing panics.
func FuzzClassify(f *testing.F) {
	for _, s := range []string{"1", "1,5", "1 234,5", "1,234,567.8", "007", "2024-03-05", "31/12/1999 10:20", "48.85, 2.35", "oui", "NA", `{"type":"Point","coordinates":[1,2]}`, "1e5", "+33142000000", "2024-03-05T10:20:30.5+02:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := &guess{}
		g.add(s)
		v := g.decide("date")
		if v.typ == dataset.GeoShape {
			return // is only looked at, not read
		}
		tg := &target{verdict: v}
		if _, reason := tg.make(s); reason != "" {
			t.Fatalf("%q is taken for %s, but: %s", s, v.typ, reason)
		}
		for _, typ := range dataset.Types {
			tg := &target{}
			tg.typ = typ
			value, _ := tg.make(s)
			if text := appendJSON(nil, value); !json.Valid(text) && typ != dataset.Double {
				t.Fatalf("%q as %s is written as %s", s, typ, text)
			}
		}
	})
}

func TestSaysCode(t *testing.T) {
	for name, want := range map[string]bool{
		"code": true, "code_insee": true, "codepostal": true, "codes_postaux": true, "insee_com": true, "n_siret": true, "zip_code": true,
		"departement": true, "commune": true, "tel_1": true, "party_code": true,
		"population_de_la_commune": false, "nb_codes": false, "departement_2": false, "decode": false, "id": false, "annee": false,
		"part_code_postal": false, "captages": false, "": false,
	} {
		if got := saysCode(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}
