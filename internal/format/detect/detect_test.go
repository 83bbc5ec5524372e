package detect_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/detect"
	"parvis/internal/format/formattest"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func book(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "a", "A2": 1, "A3": 2} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parquetFile(t testing.TB) string {
	t.Helper()
	type row struct {
		A int64 `parquet:"a"`
	}
	var out bytes.Buffer
	if err := pq.Write(&out, []row{{1}, {2}}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// count reads a file twice and gives its format and the number of rows.
func count(path string, o detect.Options) (kind string, rows int, err error) {
	f, err := detect.Open(path, o)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	for range 2 {
		r, err := f.Read()
		if err != nil {
			return f.Format(), 0, err
		}
		for rows = 0; ; rows++ {
			if _, err = r.Next(); err != nil && !errors.As(err, new(*format.RowError)) {
				break
			}
		}
		if closed := r.Close(); closed != nil {
			return f.Format(), rows, closed
		}
		if err != io.EOF {
			return f.Format(), rows, err
		}
	}
	return f.Format(), rows, nil
}

func TestOpen(t *testing.T) {
	const csv = "a;b\n1;2\n3;4\n"
	const collection = `{"name":"x","type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null},{"type":"Feature","properties":{"a":2},"geometry":null}]}`
	for _, c := range []struct{ name, content, want string }{
		{"a.csv", csv, "csv"},
		{"a", csv, "csv"},
		{"a.csv.gz", gzipped(t, csv), "csv"},
		{"a.csv", gzipped(t, csv), "csv"},
		{"a.zip", formattest.Zip(t, "folder/a.csv", csv), "csv"},
		{"readme.zip", formattest.Zip(t, "readme.txt", "no data", "__MACOSX/._a.csv", "x", "a.csv", csv, "z.json", "[]"), "csv"},
		{"a.zip", formattest.Zip(t, "a.csv.gz", gzipped(t, csv)), "csv"},
		{"a.zip.gz", gzipped(t, formattest.Zip(t, "a.csv", csv)), "csv"},
		{"a.txt", "[note];b\n1;2\n3;4\n", "csv"},
		{"a.json", `[{"a":1},{"a":2}]`, "json"},
		{"a.csv", `{"results":[{"a":1},{"a":2}]}`, "json"},
		{"a.json", "{\"a\":1}\n{\"a\":2}\n", "json"},
		{"a.jsonl", "{\"a\":1}\n{\"a\":2}\n", "jsonl"},
		{"a.ndjson", "{\"type\":\"Feature\",\"a\":2}\n{\"a\":2}\n", "jsonl"},
		{"a.json", collection, "geojson"},
		{"a.geojson", collection, "geojson"},
		{"a.zip", formattest.Zip(t, "a.geojson", collection), "geojson"},
		{"a.json", `[{"type":"station","location":{"type":"Point","coordinates":[1,2]}},{"type":"Feature"}]`, "json"},
		{"a.xlsx", book(t), "xlsx"},
		{"a.bin", book(t), "xlsx"},
		{"a.xlsx.gz", gzipped(t, book(t)), "xlsx"},
		{"a.parquet", parquetFile(t), "parquet"},
		{"a.zip", formattest.Zip(t, "a.parquet", parquetFile(t)), "parquet"},
		{"a.parquet.gz", gzipped(t, parquetFile(t)), "parquet"},
	} {
		path := write(t, c.name, c.content)
		temp := t.TempDir()
		kind, rows, err := count(path, detect.Options{Temp: temp})
		if err != nil || kind != c.want || rows != 2 {
			t.Errorf("%s (%.10q): %s with %d rows, %v; want %s with 2", c.name, c.content, kind, rows, err, c.want)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is gone after reading it: %v", c.name, err)
		}
		if left, _ := os.ReadDir(temp); len(left) != 0 {
			t.Errorf("%s leaves %s behind", c.name, left[0].Name())
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	encrypted := []byte(formattest.Zip(t, "a.csv", "a\n1\n"))
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	for _, c := range []struct {
		name, content string
		kind          fault.Kind
		want          string
	}{
		{"empty.csv", "", fault.Invalid, "is empty"},
		{"blank.csv", " \n\t\n", fault.Invalid, "is empty"},
		{"empty.csv.gz", gzipped(t, ""), fault.Invalid, "is empty"},
		{"empty.zip", formattest.Zip(t), fault.Invalid, "is empty"},
		{"image.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", fault.Invalid, "an image"},
		{"binary.csv", "\x01\x02\x03\x00\x00\x05" + strings.Repeat("\x00\x07", 100), fault.Invalid, "binary data"},
		{"old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", fault.Invalid, "save it as .xlsx"},
		{"page.csv", "<!DOCTYPE html><html>", fault.Invalid, "a web page"},
		{"not.json", "hello", fault.Invalid, "not JSON"},
		{"shapes.zip", formattest.Zip(t, "a.shp", "x", "a.dbf", "y"), fault.Invalid, "holds nothing that is read: it holds a.shp, a.dbf"},
		{"nested.zip", formattest.Zip(t, "b.csv", formattest.Zip(t, "a.csv", "a\n1\n")), fault.Invalid, "an archive within an archive"},
		{"encrypted.zip", string(encrypted), fault.Invalid, "encrypted"},
		{"cut.csv.gz", gzipped(t, strings.Repeat("a,b\n", 1000))[:40], fault.Invalid, "damaged"},
		{"cut.zip", formattest.Zip(t, "a.csv", "a\n1\n")[:60], fault.Invalid, "damaged"},
		{"bomb.csv.gz", gzipped(t, strings.Repeat("a,b\n1,2\n", 4<<20)), fault.TooLarge, "unpacks to more"},
		{"bomb.zip", formattest.Zip(t, "a.csv", strings.Repeat("a,b\n1,2\n", 4<<20)), fault.TooLarge, "unpacks to more"},
		{"bomb.xlsx", formattest.Zip(t, "xl/workbook.xml", `<sheets><sheet name="a"/></sheets>`, "xl/sharedStrings.xml", strings.Repeat(" ", 80<<20)), fault.TooLarge, "unpacks to more"},
	} {
		_, _, err := count(write(t, c.name, c.content), detect.Options{Temp: t.TempDir(), Limits: detect.Limits{Free: 16 << 20}})
		if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: kind %d, %v; want %d, %q", c.name, fault.KindOf(err), err, c.kind, c.want)
		}
	}
	if _, err := detect.Open(filepath.Join(t.TempDir(), "none.csv"), detect.Options{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestLimitOfBytes(t *testing.T) {
	path := write(t, "a.zip", formattest.Zip(t, "a.csv", "a,b\n"+strings.Repeat("1,2\n", 1000)))
	if _, _, err := count(path, detect.Options{Limits: detect.Limits{Bytes: 1000}}); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("4,004 bytes where 1,000 are allowed: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", `[{"a":1}]`, formattest.Zip(f, "a.csv", "a\n1\n"), gzipped(f, "a\n1\n"), book(f), `{"type":"FeatureCollection","features":[]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if bytes.HasPrefix(content, []byte("PAR1")) {
			return // has a target of its own
		}
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := count(path, detect.Options{Temp: t.TempDir(), Limits: detect.Limits{Bytes: 1 << 20}}); err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}
