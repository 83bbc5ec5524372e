package parquet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	pq "github.com/parquet-go/parquet-go"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/parquet"
	"parvis/internal/geo"
)

type inner struct {
	Name string   `parquet:"name"`
	Tags []string `parquet:"tags,list"`
}

type row struct {
	Text     *string          `parquet:"text,optional"`
	Int      int64            `parquet:"int"`
	Small    int32            `parquet:"small"`
	Unsigned uint32           `parquet:"unsigned"`
	Double   float64          `parquet:"double"`
	Single   float32          `parquet:"single"`
	Flag     bool             `parquet:"flag"`
	Day      int32            `parquet:"day,date"`
	Millis   int64            `parquet:"millis,timestamp(millisecond)"`
	Nanos    int64            `parquet:"nanos,timestamp(nanosecond)"`
	Price    int64            `parquet:"price,decimal(2:18)"`
	List     []string         `parquet:"list,list"`
	Ints     []int64          `parquet:"ints"`
	Object   *inner           `parquet:"object,optional"`
	Objects  []inner          `parquet:"objects,list"`
	Map      map[string]int64 `parquet:"map"`
	UUID     [16]byte         `parquet:"uuid,uuid"`
	Geometry []byte           `parquet:"geometry"`
	Bytes    []byte           `parquet:"bytes"`
}

func file(t testing.TB, rows []row, geo string) []byte {
	t.Helper()
	var out bytes.Buffer
	options := []pq.WriterOption{pq.MaxRowsPerRowGroup(2), pq.Compression(&pq.Snappy)}
	if geo != "" {
		options = append(options, pq.KeyValueMetadata("geo", geo))
	}
	w := pq.NewGenericWriter[row](&out, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// dump reads everything: fields, then a line a row.
func dump(content []byte) (string, error) {
	r, err := parquet.Read(bytes.NewReader(content), int64(len(content)), format.ReadOptions{})
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, f := range r.Fields() {
		list := ""
		if f.List {
			list = "[]"
		}
		fmt.Fprintf(&out, "%s:%s%s ", f.Name, f.Type, list)
	}
	for {
		row, err := r.Next()
		var damage *format.RowError
		switch {
		case err == io.EOF:
			return out.String(), nil
		case errors.As(err, &damage):
			fmt.Fprintf(&out, "\n! %d %s %s", damage.Line, damage.Field, damage.Reason)
		case err != nil:
			return out.String(), err
		}
		out.WriteString("\n")
		for i, v := range row.Values {
			if raw, ok := v.(json.RawMessage); ok {
				if !json.Valid(raw) {
					return "", fmt.Errorf("%s is given as JSON", raw)
				}
				v = string(raw)
			}
			if s, ok := v.(dataset.Shape); ok {
				text, err := geo.AppendGeoJSON(nil, s.WKB)
				v = fmt.Sprintf("%s %v %v", text, s.West, err)
			}
			if v != nil {
				fmt.Fprintf(&out, "%s=%v ", r.Fields()[i].Name, v)
			}
		}
	}
}

func TestRead(t *testing.T) {
	text := "é"
	rows := []row{
		{Text: &text, Int: 1 << 60, Small: -3, Unsigned: 1<<32 - 1, Double: 0.1, Single: 0.1, Flag: true, Day: 6574, Millis: 1000, Nanos: -1,
			Price: 1234, List: []string{"a", "b"}, Ints: []int64{1, 2}, Object: &inner{Name: "x", Tags: []string{"t"}},
			Objects: []inner{{Name: "y"}, {Name: "z", Tags: []string{"u", "v"}}}, Map: map[string]int64{"k": 1}, UUID: [16]byte{1},
			Geometry: geo.PointWKB(2, 48), Bytes: []byte{0xFF}},
		{Geometry: []byte("damaged"), Objects: []inner{{}}},
		{List: []string{"c"}, Int: 5, Geometry: geo.Box(0, 0, 1, 1)},
	}
	got, err := dump(file(t, rows, `{"columns":{"geometry":{"encoding":"WKB","geometry_types":[]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `text:text int:int small:int unsigned:int double:double single:double flag:boolean day:date millis:datetime nanos:datetime price:double ` +
		`list:text[] ints:int[] object:json_blob objects:json_blob map:json_blob uuid:text geometry:geo_shape bytes:text 
text=é int=1152921504606846976 small=-3 unsigned=4294967295 double=0.1 single=0.1 flag=true day=6574 millis=1000000 nanos=-1 price=12.34 ` +
		`list=[a b] ints=[1 2] object={"name":"x","tags":["t"]} objects=[{"name":"y","tags":[]},{"name":"z","tags":["u","v"]}] map={"k":1} ` +
		`uuid=01000000-0000-0000-0000-000000000000 geometry={"coordinates":[2,48],"type":"Point"} 2 <nil> bytes=ff 
! 2 geometry `
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, part := range []string{`objects=[{"name":"","tags":[]}]`, "int=5", "list=[c]",
		`geometry={"coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]],"type":"Polygon"} 0`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing from\n%s", part, got)
		}
	}
}

func TestGeoParquet(t *testing.T) {
	rows := []row{{Geometry: geo.PointWKB(2, 48)}, {}}
	got, err := dump(file(t, rows, `{"columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"]}}}`))
	if err != nil || !strings.Contains(got, "geometry={2 48}") || !strings.Contains(got, "geometry:geo_point_2d") {
		t.Errorf("points: %v\n%s", err, got)
	}
	lambert := geo.PointWKB(652469.02, 6862035.26) // Paris in EPSG:2154
	got, err = dump(file(t, []row{{Geometry: lambert}}, `{"columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"],"crs":{"id":{"authority":"EPSG","code":2154}}}}}`))
	if err != nil || !strings.Contains(got, "geometry={2.35") {
		t.Errorf("Lambert-93: %v\n%s", err, got)
	}
	_, err = dump(file(t, rows, `{"columns":{"geometry":{"encoding":"WKB","crs":{"id":{"authority":"EPSG","code":99999}}}}}`))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown projection: %v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	whole := file(t, []row{{Int: 1, List: []string{"a"}}, {Int: 2}, {Int: 3}}, "")
	for name, content := range map[string][]byte{
		"empty": nil, "text": []byte("a,b\n1,2\n"), "magic only": []byte("PAR1PAR1"), "cut": whole[:len(whole)/2], "no head": whole[len(whole)/2:],
	} {
		if _, err := dump(content); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	text := "x"
	f.Add(file(f, []row{{Text: &text, Int: 1, List: []string{"a"}, Objects: []inner{{Name: "n"}}}, {Day: 1}}, `{"columns":{"geometry":{"encoding":"WKB"}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := dump(content); err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	type flight struct {
		Date     int64   `parquet:"date,timestamp(microsecond)"`
		Delay    int32   `parquet:"delay"`
		Distance int32   `parquet:"distance"`
		Origin   string  `parquet:"origin,dict"`
		Share    float64 `parquet:"share"`
	}
	var out bytes.Buffer
	w := pq.NewGenericWriter[flight](&out, pq.Compression(&pq.Snappy))
	const rows = 200000
	for i := range rows {
		if _, err := w.Write([]flight{{Date: time.Unix(int64(i), 0).UnixMicro(), Delay: int32(i % 60), Distance: int32(i % 3000), Origin: fmt.Sprint("A", i%300), Share: float64(i)}}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := parquet.Read(bytes.NewReader(out.Bytes()), int64(out.Len()), format.ReadOptions{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
