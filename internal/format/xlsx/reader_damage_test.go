package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"parvis/internal/fault"
	"parvis/internal/format"
)

// patched gives a workbook with parts replaced.
func patched(t testing.TB, data []byte, parts map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		if _, ok := parts[f.Name]; !ok {
			err = errors.Join(err, w.Copy(f))
		}
	}
	for name, text := range parts {
		p, e := w.Create(name)
		if err = errors.Join(err, e); err != nil {
			t.Fatal(err)
		}
		_, e = io.WriteString(p, text)
		err = errors.Join(err, e)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const sheetPart = "xl/worksheets/sheet1.xml"

// withSheet gives a workbook whose sheet has these rows; it shares the texts "a" and "b_x0007_".
func withSheet(t testing.TB, rows string) []byte {
	t.Helper()
	data := made(t, func(f *excelize.File) error { return sheetOf(f, "Sheet1", []any{"a"}) })
	return patched(t, data, map[string]string{
		sheetPart:              `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
		"xl/sharedStrings.xml": `<sst><si><t>a</t></si><si><r><t>b_x0</t></r><r><t>007_</t></r><rPh><t>phonetic</t></rPh></si></sst>`,
	})
}

func TestReadForms(t *testing.T) {
	data := withSheet(t, `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>d</t></is></c></row>
		<row r="4"><c><f>1+1</f><v>2</v></c><c t="str"><f>"x"</f><v>x</v></c><c t="str"><f>""</f><v></v></c><c t="d"><v>2024-02-29</v></c></row>
		<row><c r="C5" t="e"><v>#N/A</v></c></row>
		<row><c t="s"><v>9</v></c><c><v>1E5</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>A1</f></c><c t="e"><v>#REF!</v></c></row>
		<row><c s="9999"><v> 7 </v></c><c t="str"><v>_x005F_x0041_ _xD83D__xDE00__x0000_</v></c></row>`)
	names, rows, lines, damage, err := all(data, format.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(names) != "[a b\a column_3 d column_5]" || !reflect.DeepEqual(lines, []int64{4, 5, 6, 7}) {
		t.Errorf("names %q, lines %v", names, lines)
	}
	if want := [][]any{{int64(2), "x", nil, "2024-02-29"}, nil, {nil, int64(100000)}, {int64(7), "_x0041_ 😀"}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("rows %#v", rows)
	}
	if want := []format.RowError{
		{Line: 5, Field: "column_3", Value: "#N/A", Reason: "the cell C5 holds the error #N/A"},
		{Line: 6, Field: "a", Value: "9", Reason: "the cell A6 refers to a text that is not in the workbook; C6 holds the error #DIV/0!; " +
			"D6 holds a formula whose result is not in the file: open it in Excel and save it; E6 holds the error #REF!"},
	}; !reflect.DeepEqual(damage, want) {
		t.Errorf("damage %#v", damage)
	}
}

func TestReadDamaged(t *testing.T) {
	good := withSheet(t, `<row><c t="s"><v>0</v></c></row><row><c><v>1</v></c></row>`)
	comment := "<!--" + strings.Repeat("0", 1<<20) + "-->"
	for _, c := range []struct {
		name string
		data []byte
		kind fault.Kind
		say  string
	}{
		{"nothing", nil, fault.Invalid, "not an Excel workbook"},
		{"csv", []byte("a,b\n1,2\n"), fault.Invalid, "not an Excel workbook"},
		{"xls", append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), fault.Invalid, ".xls"},
		{"cut", good[:len(good)/2], fault.Invalid, "damaged"},
		{"another zip", patched(t, good, map[string]string{"xl/workbook.xml": "<html/>"}), fault.Invalid, "no sheets"},
		{"no rows", withSheet(t, ""), fault.Invalid, "empty"},
		{"no sheet", patched(t, good, map[string]string{sheetPart: ""}), fault.Invalid, "empty"},
		{"sheet that stops", patched(t, good, map[string]string{sheetPart: "<worksheet><sheetData><row><c><v>1</v></c></row>"}), fault.Invalid, "sheet1.xml of the workbook is damaged"},
		{"cell that stops", patched(t, good, map[string]string{sheetPart: "<worksheet><sheetData><row><c><v>1"}), fault.Invalid, "damaged"},
		{"no XML", patched(t, good, map[string]string{sheetPart: "<worksheet><sheetData><row><c &"}), fault.Invalid, "damaged"},
		{"long cell", withSheet(t, `<row><c t="str"><v>`+strings.Repeat("x", 2<<20)+`</v></c></row>`), fault.TooLarge, "line 1"},
		{"long token", withSheet(t, `<row><c r="`+strings.Repeat("x", 20<<20)+`"/></row>`), fault.TooLarge, "16 MB"},
		{"long text", patched(t, good, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + strings.Repeat("x", 2<<20)}), fault.TooLarge, "1 MB"},
		{"bomb", withSheet(t, strings.Repeat(comment, freely>>20)), fault.TooLarge, "unpacks to more"},
		{"many columns", withSheet(t, `<row>`+strings.Repeat("<c><v>1</v></c>", MaxColumns+1)+`</row>`), fault.TooLarge, "2000 columns"},
		{"far column", withSheet(t, `<row><c r="ZZZZZZZZZZ1"><v>1</v></c></row>`), fault.TooLarge, "2000 columns in line 1"},
	} {
		_, _, _, _, err := all(c.data, format.ReadOptions{})
		if fault.KindOf(err) != c.kind || !strings.Contains(fault.Message(err), c.say) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// TestReadChecksum reads a sheet that is whole but not what was written.
func TestReadChecksum(t *testing.T) {
	text := `<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>2</v></c></row></sheetData></worksheet>`
	good := patched(t, made(t, func(f *excelize.File) error { return sheetOf(f, "Sheet1", []any{"a"}) }), map[string]string{sheetPart: text})
	if _, rows, _, _, err := all(good, format.ReadOptions{}); err != nil || len(rows) != 1 {
		t.Fatalf("before the damage: %v %v", rows, err)
	}
	in, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		if f.Name != sheetPart {
			err = errors.Join(err, w.Copy(f))
		}
	}
	size := uint64(len(text))
	part, e := w.CreateRaw(&zip.FileHeader{Name: sheetPart, Method: zip.Store, CRC32: 1, CompressedSize64: size, UncompressedSize64: size})
	if err = errors.Join(err, e); err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(part, text)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, _, _, err := all(out.Bytes(), format.ReadOptions{}); fault.KindOf(err) != fault.Invalid || !errors.Is(err, zip.ErrChecksum) {
		t.Errorf("got %v", err)
	}
}

// FuzzStyle holds number formats against panics.
func FuzzStyle(f *testing.F) {
	for _, code := range []string{"#,##0 [abc", `0.00\`, `"abc`, `[h]:mm`, "dd/mm/yyyy;@", "[$-40C]d mmmm", "00000", "mm:ss.0"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if s := styleOf(code); s.pad < 0 || s.pad > maxCode || s.pad > 0 && s.kind != plainNumber {
			t.Errorf("%q: %+v", code, s)
		}
	})
}

// FuzzSheet reads any sheet, texts and styles: it ends, with rows or a message.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><v>43550.5</v></c><c t="e"><v>#N/A</v></c></row>`,
		`<sst><si><t>a</t></si></sst>`, `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="d/m/yy"/></numFmts><cellXfs><xf/><xf numFmtId="170"/></cellXfs></styleSheet>`)
	f.Add(`<row/><row><c t="inlineStr"><is><r><t>_x0041_</t></r></is></c><c><f/></c></row>`, `<sst/>`, `<cellXfs><xf numFmtId="46"/></cellXfs>`)
	base := made(f, func(f *excelize.File) error { return sheetOf(f, "Sheet1", []any{"a"}) })
	f.Fuzz(func(t *testing.T, rows, texts, styles string) {
		data := patched(t, base, map[string]string{sheetPart: "<worksheet><sheetData>" + rows + "</sheetData></worksheet>",
			"xl/sharedStrings.xml": texts, "xl/styles.xml": styles})
		if _, _, _, _, err := all(data, format.ReadOptions{}); err != nil && fault.Message(err) == "" {
			t.Errorf("a failure without a message: %v", err)
		}
	})
}

// FuzzWorkbook reads any bytes.
func FuzzWorkbook(f *testing.F) {
	f.Add(withSheet(f, `<row><c t="s"><v>0</v></c></row><row><c><v>1</v></c></row>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, _, _, err := all(data, format.ReadOptions{}); err != nil && fault.Message(err) == "" {
			t.Errorf("a failure without a message: %v", err)
		}
	})
}

// BenchmarkRead reads 20,000 rows of 10 cells.
func BenchmarkRead(b *testing.B) {
	const rows = 20_000
	data := made(b, func(f *excelize.File) error {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			return err
		}
		for i := range rows {
			cells := []any{fmt.Sprint("text ", i), "few", i, float64(i) / 7, i%2 == 0,
				excelize.Cell{StyleID: date, Value: 40000 + i%1000}, i * 3, "0012", nil, 1.5}
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, got, _, _, err := all(data, format.ReadOptions{NoHeader: true}); err != nil || len(got) != rows {
			b.Fatal(len(got), err)
		}
	}
	b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
}
