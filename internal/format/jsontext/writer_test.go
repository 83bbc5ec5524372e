package jsontext

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
)

const (
	row0 = `{"name":"Paris","tags":["Lutèce","Paname"],"n":2138551,"x":53550.0,"ok":true,"day":"2019-03-26","year":"1988",` +
		`"at":"2021-03-05T09:00:00+01:00","place":{"lon":2.3488,"lat":48.85341},"shape":{"type":"Feature","geometry":` +
		`{"coordinates":[[[0,0],[1,0],[1,1.5],[0,1.5],[0,0]]],"type":"Polygon"},"properties":{}},"more":{"a": [1, 2]}}`
	row1 = `{"name":"semi;colon \"quoted\"\nsecond line\t\u0001 <b>&` + "\uFFFD" + `","tags":["a,b","c\"d"],"n":-9007199254740993,"x":0.1,` +
		`"ok":false,"day":"1900-01-01","year":"1988","at":"2026-06-27T06:00:00.170000+02:00","place":{"lon":-0.5,"lat":44.0},` +
		`"shape":null,"more":{"b":null}}`
	row2 = `{"name":null,"tags":null,"n":null,"x":null,"ok":null,"day":null,"year":null,"at":null,"place":null,"shape":null,"more":null}`
)

func paris(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWriters(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  format.New
		empty string
		want  string
	}{
		{"json", New, "[\n]\n", "[\n" + row0 + ",\n" + row1 + ",\n" + row2 + "\n]\n"},
		{"jsonl", NewLines, "", row0 + "\n" + row1 + "\n" + row2 + "\n"},
	} {
		o := format.Options{Location: paris(t)}
		var out bytes.Buffer
		w, err := c.make(&out, formattest.Columns(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(formattest.Rows()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, out.String(), c.want)
		}
		// Rows encoded apart and appended give the same file.
		apart := bytes.Buffer{}
		w, _ = c.make(&apart, formattest.Columns(), o)
		p := w.(format.Parallel)
		encode := p.Encoder()
		for i := range 3 {
			if err := p.Append(encode(nil, formattest.Rows(), i, i+1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || apart.String() != c.want {
			t.Errorf("%s in parts: %v\n%s", c.name, err, apart.String())
		}
		empty := bytes.Buffer{}
		w, _ = c.make(&empty, formattest.Columns(), o)
		if err := w.Close(); err != nil || empty.String() != c.empty {
			t.Errorf("%s of nothing: %q %v", c.name, empty.String(), err)
		}
	}
}

func TestAppendRow(t *testing.T) {
	got := AppendRow(nil, formattest.Columns(), formattest.Rows(), 0, format.Options{Location: paris(t)})
	if string(got) != row0 {
		t.Errorf("got %s", got)
	}
	if got := AppendRow(nil, nil, &dataset.Batch{Len: 1}, 0, format.Options{}); string(got) != "{}" {
		t.Errorf("no columns: %s", got)
	}
}

func TestAppendDouble(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 53550: "53550.0", -1: "-1.0", 0.1: "0.1", 1.0 / 3: "0.3333333333333333", 1e15: "1000000000000000.0",
		1e16: "1e+16", 1e-5: "1e-05", 123456.789: "123456.789", math.Inf(1): "null", math.NaN(): "null", math.Copysign(0, -1): "0.0",
		math.MaxFloat64: "1.7976931348623157e+308",
	} {
		if got := string(AppendDouble(nil, f)); got != want {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, "[1,\n2]": "[1,2]", "no json": `"no json"`, "": `""`, "\"\xff\"": "\"\uFFFD\"", "12": "12",
	} {
		if got := string(AppendJSON([]byte("x"), []byte(in))); got != "x"+want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func FuzzAppendText(f *testing.F) {
	for _, s := range []string{"plain", "é\x00\"\\", "\xff\xfe", "日本\n\u2028", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := AppendText(nil, []byte(s))
		var back string
		if err := json.Unmarshal(out, &back); err != nil || !utf8.Valid(out) {
			t.Fatalf("%q is written %s: %v", s, out, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Fatalf("%q comes back as %q", s, back)
		}
		if strings.ContainsAny(string(out), "\n\r") {
			t.Fatalf("%q breaks the line", s)
		}
	})
}

func BenchmarkJSONLines(b *testing.B) {
	columns, batch := formattest.Flights(122880)
	var size int64
	b.ReportAllocs()
	for b.Loop() {
		w, _ := NewLines(count{&size}, columns, format.Options{})
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*122880/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

type count struct{ n *int64 }

func (c count) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }
