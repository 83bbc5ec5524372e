package xlsx

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
)

func written(t *testing.T, columns []dataset.Column, b *dataset.Batch, o format.Options) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	w, err := New(&out, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 {
		t.Fatal("bytes are written before the end, when a failure can still be told")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestWriter(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	f := written(t, formattest.Columns(), formattest.Rows(), format.Options{Name: "cv-cities/[1]", Labels: true, Location: zone})
	if got := f.GetSheetList(); len(got) != 1 || got[0] != "cv-cities--1-" {
		t.Fatalf("sheets %q", got)
	}
	for cell, want := range map[string]string{
		"A1": "The name", "B1": "Tags", "K1": "More",
		"A2": "Paris", "B2": "Lutèce,Paname", "C2": "2138551", "D2": "53550", "E2": "TRUE", "F2": "2019-03-26", "G2": "1988",
		"H2": "2021-03-05 09:00:00", "I2": "48.85341, 2.3488", "K2": `{"a": [1, 2]}`,
		"B3": `a,b,c"d`, "C3": "-9007199254740993", "D3": "0.1", "E3": "FALSE", "F3": "1900-01-01", "H3": "2026-06-27 06:00:00", "J3": "",
		"A4": "", "C4": "", "E4": "", "F4": "",
	} {
		if got, err := f.GetCellValue("cv-cities--1-", cell); err != nil || got != want {
			t.Errorf("%s: got %q, want %q (%v)", cell, got, want, err)
		}
	}
	// Numbers and dates are numbers, not text that looks like them.
	for cell, want := range map[string]excelize.CellType{"C2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset, "E2": excelize.CellTypeBool,
		"F2": excelize.CellTypeUnset, "H2": excelize.CellTypeUnset, "A2": excelize.CellTypeInlineString, "C3": excelize.CellTypeInlineString,
		"F3": excelize.CellTypeInlineString, "G2": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType("cv-cities--1-", cell); err != nil || got != want {
			t.Errorf("%s: type %v, want %v (%v)", cell, got, want, err)
		}
	}
	style, err := f.GetCellStyle("cv-cities--1-", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || s.Font == nil || !s.Font.Bold {
		t.Errorf("the header is not bold: %+v %v", s, err)
	}
}

func TestWriterCutsText(t *testing.T) {
	for _, unit := range []string{"x", "é", "𝄞"} {
		long := strings.Repeat(unit, 40000)
		b := &dataset.Batch{Len: 1, Vectors: []dataset.Vector{{Offsets: []int32{0, int32(len(long))}, Bytes: []byte(long)}}}
		f := written(t, []dataset.Column{{Name: "c", Type: dataset.Text}}, b, format.Options{})
		got, err := f.GetCellValue("Sheet1", "A2")
		if n := utf16Length(got); err != nil || n > maxCharacters || n < maxCharacters-1 || strings.Trim(got, unit) != "" {
			t.Errorf("%s: %d characters (%v)", unit, n, err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	if _, err := New(&bytes.Buffer{}, make([]dataset.Column, maxColumns+1), format.Options{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too many columns: %v", err)
	}
	var out bytes.Buffer
	w, err := New(&out, []dataset.Column{{Name: "n", Type: dataset.Int}}, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.(*writer).limit = 3
	err = w.Write(&dataset.Batch{Len: 3, Vectors: []dataset.Vector{{Ints: []int64{1, 2, 3}}}})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "at most 2 rows") {
		t.Errorf("too many rows: %v", err)
	}
	if err := w.Close(); fault.KindOf(err) != fault.Invalid || out.Len() > 0 {
		t.Errorf("after it: %v, %d bytes", err, out.Len())
	}
}

func TestSheetName(t *testing.T) {
	for in, want := range map[string]string{"": "Sheet1", "a/b": "a-b", "'": "Sheet1", strings.Repeat("é", 40): strings.Repeat("é", 31)} {
		if got := sheetName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	columns, batch := formattest.Flights(12288)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		w, _ := New(&out, columns, format.Options{})
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*12288/b.Elapsed().Seconds()/1e3, "krows/s")
}
