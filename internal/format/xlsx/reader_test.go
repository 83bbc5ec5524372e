package xlsx_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
	"parvis/internal/format/xlsx"
)

// dump reads a workbook: names, then a line a row, each value with its Go type.
func dump(content []byte, o format.ReadOptions) (string, error) {
	r, err := xlsx.Read(bytes.NewReader(content), int64(len(content)), o)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out strings.Builder
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			var names []string
			for _, f := range r.Fields() {
				names = append(names, f.Name)
			}
			return strings.Join(names, "|") + "\n" + out.String(), nil
		}
		var damage *format.RowError
		if errors.As(err, &damage) {
			fmt.Fprintf(&out, "! %s %s\n", damage.Field, damage.Reason)
		} else if err != nil {
			return out.String(), err
		}
		fmt.Fprintf(&out, "%d:", row.Line)
		for _, v := range row.Values {
			switch v := v.(type) {
			case nil:
				out.WriteString(" ·")
			case string:
				fmt.Fprintf(&out, " %q", v)
			case dataset.Day:
				out.WriteString(" " + time.Unix(int64(v)*86400, 0).UTC().Format("2006-01-02"))
			case dataset.Instant:
				out.WriteString(" " + time.UnixMicro(int64(v)).UTC().Format(time.RFC3339Nano))
			default:
				fmt.Fprintf(&out, " %T(%v)", v, v)
			}
		}
		out.WriteByte('\n')
	}
}

func book(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	content := book(t, func(f *excelize.File) error {
		style := func(code string) int {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		rows := [][]any{
			{"code", "n", "share", "flag", "day", "at", "hour", "zip", "name", "", "name"},
			{"00123", 5, 1.5, true, nil, nil, nil, 1400, "_x0041_é", "x"},
			{},
			{"1", -7, 1e20, false, nil, nil, nil, 75001, " blanks ", nil, "y", "beyond"},
		}
		for i, row := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				return err
			}
		}
		for cell, v := range map[string]struct {
			value float64
			code  string
		}{
			"E2": {45356, "dd/mm/yyyy"}, "F2": {45356.75, `yyyy\-mm\-dd hh:mm`}, "G2": {0.5, "hh:mm:ss"}, "H2": {1400, "00000"},
			"E4": {59, "[$-40C]d mmmm yyyy;@"}, "F4": {45356, "dd/mm/yyyy hh:mm"}, "G4": {1.25, "[h]:mm:ss"}, "C2": {1.5, `0.00" days"`},
		} {
			if err := f.SetCellFloat("Sheet1", cell, v.value, -1, 64); err != nil {
				return err
			}
			if err := f.SetCellStyle("Sheet1", cell, cell, style(v.code)); err != nil {
				return err
			}
		}
		return nil
	})
	want := `code|n|share|flag|day|at|hour|zip|name|column_10|name_2|column_12
2: "00123" int64(5) float64(1.5) bool(true) 2024-03-05 2024-03-05T18:00:00Z "12:00:00" "01400" "Aé" "x"
4: "1" int64(-7) float64(1e+20) bool(false) 1900-02-28 2024-03-05T00:00:00Z "30:00:00" int64(75001) " blanks " · "y" "beyond"
`
	if got, err := dump(content, format.ReadOptions{}); err != nil || got != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, want)
	}
	if got, err := dump(content, format.ReadOptions{HeaderLine: 4}); err != nil || !strings.HasPrefix(got, "1|-7|1E+20|false|1900-02-28|") {
		t.Errorf("header in line 4: %v\n%s", err, got)
	}
	if got, err := dump(content, format.ReadOptions{NoHeader: true}); err != nil || !strings.HasPrefix(got, "column_1|column_2") || !strings.Contains(got, "1: \"code\"") {
		t.Errorf("no header: %v\n%s", err, got)
	}
}

func TestSheets(t *testing.T) {
	content := book(t, func(f *excelize.File) error {
		for _, name := range []string{"hidden", "data", "more"} {
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
			for i, v := range []any{name, 1} {
				if err := f.SetCellValue(name, fmt.Sprintf("A%d", i+1), v); err != nil {
					return err
				}
			}
		}
		return f.SetSheetVisible("hidden", false)
	})
	for sheet, want := range map[string]string{"": "data", "more": "more", "hidden": "hidden"} {
		if got, err := dump(content, format.ReadOptions{Sheet: sheet}); err != nil || got != want+"\n2: int64(1)\n" {
			t.Errorf("sheet %q: %v, %s", sheet, err, got)
		}
	}
	for sheet, want := range map[string]string{"": `only the sheet "data" is read`, "more": ""} {
		r, err := xlsx.Read(bytes.NewReader(content), int64(len(content)), format.ReadOptions{Sheet: sheet})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.Notes(), "\n"); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("sheet %q: notes %q", sheet, got)
		}
		r.Close()
	}
	if _, err := dump(content, format.ReadOptions{Sheet: "none"}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), `"more"`) {
		t.Errorf("a sheet that is not there: %v", err)
	}
	empty := book(t, func(*excelize.File) error { return nil })
	if _, err := dump(empty, format.ReadOptions{}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty workbook: %v", err)
	}
}

// parts makes a workbook by hand, for what a library would not write.
func parts(t testing.TB, sheet string, more ...string) []byte {
	t.Helper()
	all := append([]string{
		"xl/workbook.xml", `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="a" r:id="x"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="x" Target="/xl/worksheets/s.xml"/></Relationships>`,
		"xl/worksheets/s.xml", sheet,
	}, more...)
	return []byte(formattest.Zip(t, all...))
}

func TestByHand(t *testing.T) {
	styles := `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`
	for name, c := range map[string]struct{ sheet, want string }{
		"cells without references": {`<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="str"><v>b</v></c></row><row><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c></row><row><c><v>3</v></c></row></sheetData></worksheet>`,
			"a|b\n! b the cell B2 holds the error #N/A\n2: int64(2)\n3: int64(3)\n"},
		"dates from 1904":                       {`<worksheet><sheetData><row r="1"><c t="str"><v>a</v></c></row><row r="5"><c s="1"><v>1</v></c></row></sheetData></worksheet>`, "a\n5: 1904-01-02\n"},
		"a style and a text that are not there": {`<worksheet><sheetData><row><c t="str"><v>a</v></c></row><row><c s="99"><v>1</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>`, "a|column_2\n! column_2 the cell B2 refers to a text that is not in the workbook\n2: int64(1)\n"},
	} {
		got, err := dump(parts(t, c.sheet, "xl/styles.xml", styles), format.ReadOptions{})
		if err != nil || got != c.want {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
}

func TestDamaged(t *testing.T) {
	whole := parts(t, `<worksheet><sheetData><row><c t="str"><v>a</v></c></row></sheetData></worksheet>`)
	for name, c := range map[string]struct {
		content []byte
		kind    fault.Kind
	}{
		"text":         {[]byte("a,b\n1,2\n"), fault.Invalid},
		"cut":          {whole[:len(whole)/2], fault.Invalid},
		"cut XML":      {parts(t, `<worksheet><sheetData><row><c t="str"><v>a`), fault.Invalid},
		"column 9999":  {parts(t, `<worksheet><sheetData><row><c r="NTO1"><v>1</v></c></row></sheetData></worksheet>`), fault.TooLarge},
		"a giant cell": {parts(t, `<worksheet><sheetData><row><c t="str"><v>`+strings.Repeat("x", 2<<20)+`</v></c></row></sheetData></worksheet>`), fault.TooLarge},
		"a bomb":       {parts(t, `<worksheet><sheetData>`, "xl/sharedStrings.xml", strings.Repeat(" ", 70<<20)), fault.TooLarge},
	} {
		_, err := dump(c.content, format.ReadOptions{})
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: kind %d, %v", name, fault.KindOf(err), err)
		}
	}
}

func FuzzReadSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2" s="1"><v>45356.5</v></c><c t="b"><v>1</v></c></row>`, "dd/mm/yyyy")
	f.Add(`<row><c t="inlineStr"><is><t>_x0041_</t><rPh><t>no</t></rPh></is></c></row>`, `"[";[h]:mm`)
	f.Fuzz(func(t *testing.T, rows, code string) {
		styles := fmt.Sprintf(`<styleSheet><numFmts><numFmt numFmtId="200" formatCode=%q/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>`, code)
		for _, s := range []string{styles, ""} {
			_, err := dump(parts(t, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>", "xl/styles.xml", s), format.ReadOptions{})
			if err != nil && !errors.Is(err, io.EOF) && fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
		}
	})
}
