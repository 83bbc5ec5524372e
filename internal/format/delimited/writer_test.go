package delimited

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
)

func written(t *testing.T, columns []dataset.Column, b *dataset.Batch, o format.Options) string {
	t.Helper()
	var out bytes.Buffer
	w, err := New(&out, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriterForms(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	plain := `Paris;Lutèce,Paname;2138551;53550.0;true;2019-03-26;1988;2021-03-05T09:00:00+01:00;48.85341, 2.3488;` +
		`"{""coordinates"":[[[0,0],[1,0],[1,1.5],[0,1.5],[0,0]]],""type"":""Polygon""}";"{""a"": [1, 2]}"` + "\n"
	odd := "\"semi;colon \"\"quoted\"\"\nsecond line\t\x01 <b>&\uFFFD\";\"a,b,c\"\"d\";-9007199254740993;0.1;false;1900-01-01;1988;" +
		"2026-06-27T06:00:00.170000+02:00;44.0, -0.5;;\"{\n \"\"b\"\":\tnull\n}\"\n"
	head := "name;tags;n;x;ok;day;year;at;place;shape;more\n"
	if got, want := written(t, formattest.Columns(), formattest.Rows(), format.Options{Location: zone}), head+plain+odd+";;;;;;;;;;\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Another reader finds the same cells, with every delimiter.
	for _, delimiter := range []rune{',', ';', '\t', '|'} {
		text := written(t, formattest.Columns(), formattest.Rows(), format.Options{Delimiter: delimiter, Location: zone})
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = delimiter
		cells, err := r.ReadAll()
		if err != nil || len(cells) != 4 || cells[1][8] != "48.85341, 2.3488" || cells[2][1] != `a,b,c"d` || cells[1][10] != `{"a": [1, 2]}` {
			t.Errorf("delimiter %q: %v %q", delimiter, err, cells)
		}
	}
}

func TestWriterOptions(t *testing.T) {
	columns := formattest.Columns()[:3]
	b := &dataset.Batch{Len: 1, Vectors: formattest.Rows().Vectors[:3]}
	for _, c := range []struct {
		o    format.Options
		want string
	}{
		{format.Options{BOM: true, Labels: true, Delimiter: ','}, "\uFEFFThe name,Tags,Number\nParis,\"Lutèce,Paname\",2138551\n"},
		{format.Options{QuoteAll: true}, "\"name\";\"tags\";\"n\"\n\"Paris\";\"Lutèce,Paname\";2138551\n"},
		{format.Options{ListSeparator: "|", Delimiter: '|'}, "name|tags|n\nParis|\"Lutèce|Paname\"|2138551\n"},
	} {
		if got := written(t, columns, b, c.o); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.o, got, c.want)
		}
	}
	shape := formattest.Columns()[9:10]
	box := &dataset.Batch{Len: 1, Vectors: formattest.Rows().Vectors[9:10]}
	if got := written(t, shape, box, format.Options{EPSG: 3857}); !strings.Contains(got, "[111319.491,0]") {
		t.Errorf("projected: %s", got)
	}
	for _, o := range []format.Options{{Delimiter: '"'}, {Delimiter: 'é'}, {EPSG: 1}} {
		if _, err := New(&bytes.Buffer{}, columns, o); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// A row of one empty cell is no empty line, which readers skip.
func TestWriterEmptyCell(t *testing.T) {
	b := &dataset.Batch{Len: 2, Vectors: []dataset.Vector{{Offsets: []int32{0, 0, 1}, Bytes: []byte("a")}}}
	if got := written(t, []dataset.Column{{Name: "c", Type: dataset.Text}}, b, format.Options{}); got != "c\n\"\"\na\n" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkWriter(b *testing.B) {
	columns, batch := formattest.Flights(122880)
	var size int64
	b.ReportAllocs()
	for b.Loop() {
		w, _ := New(count{&size}, columns, format.Options{})
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*122880/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// Two goroutines encode at once, as an export of several windows does.
func BenchmarkWriterParallel(b *testing.B) {
	columns, batch := formattest.Flights(122880)
	var size int64
	w, _ := New(count{&size}, columns, format.Options{})
	p := w.(format.Parallel)
	b.RunParallel(func(pb *testing.PB) {
		encode := p.Encoder()
		var dst []byte
		for pb.Next() {
			dst = encode(dst[:0], batch, 0, batch.Len)
		}
	})
	b.ReportMetric(float64(b.N)*122880/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

type count struct{ n *int64 }

func (c count) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }
