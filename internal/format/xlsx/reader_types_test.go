package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
)

var _ format.Reader = (*Reader)(nil)

// made gives the bytes of a workbook that edit fills; its sheet is "Sheet1".
func made(t testing.TB, edit func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := edit(f); err != nil {
		t.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sheetOf fills a sheet with rows.
func sheetOf(f *excelize.File, sheet string, rows ...[]any) error {
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return nil
}

// all reads a whole sheet: names, rows, their lines, damage.
func all(data []byte, o format.ReadOptions) (names []string, rows [][]any, lines []int64, damage []format.RowError, err error) {
	x, err := Read(bytes.NewReader(data), int64(len(data)), o)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	for {
		row, err := x.Next()
		var bad *format.RowError
		switch {
		case errors.Is(err, io.EOF):
			if _, again := x.Next(); !errors.Is(again, io.EOF) {
				return nil, nil, nil, nil, fmt.Errorf("after the end: %w", again)
			}
			for _, f := range x.Fields() {
				names = append(names, f.Name)
			}
			return names, rows, lines, damage, nil
		case errors.As(err, &bad):
			damage = append(damage, *bad)
		case err != nil:
			return nil, nil, nil, nil, err
		}
		rows = append(rows, append([]any(nil), row.Values...))
		lines = append(lines, row.Line)
	}
}

func day(year int, month time.Month, d int) dataset.Day {
	return dataset.Day(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func instant(t time.Time) dataset.Instant { return dataset.Instant(t.UnixMicro()) }

// TestReadTypes reads one cell of each type and style.
func TestReadTypes(t *testing.T) {
	midnight := time.Date(2019, 3, 26, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		value any
		code  string // of the number format; "" is none
		id    int    // of a built-in one
		want  any
	}{
		{value: "00123", want: "00123"},
		{value: "12", want: "12"},
		{value: "a\nb", want: "a\nb"},
		{value: 12, want: int64(12)},
		{value: -9007199254740991, want: int64(-9007199254740991)},
		{value: 1.1, want: 1.1},
		{value: 1e300, want: 1e300},
		{value: true, want: true},
		{value: false, want: false},
		{value: 12, code: "#,##0 [abc", want: int64(12)},
		{value: 12, code: `#,##0.00\`, want: int64(12)},
		{value: 12, code: `"abcdefg`, want: int64(12)},
		{value: 12, code: `0.00" euros;"`, want: int64(12)},
		{value: 0.5, code: `0%`, want: 0.5},
		{value: 12, code: `0 "days"`, want: int64(12)},
		{value: 12, code: `[Red]#,##0`, want: int64(12)},
		{value: 1500, code: `0.00E+00`, want: int64(1500)},
		{value: 1.5, code: `# ??/??`, want: 1.5},
		{value: 12, code: `General;[Red]-General`, want: int64(12)},
		{value: 1000, code: "00000", want: "01000"},
		{value: 1000, code: "00000;@", want: "01000"},
		{value: 1000, code: "[<=99999]00000;00000-0000", want: "01000"},
		{value: 781000, code: "00000", want: int64(781000)},
		{value: 12, code: "0", want: int64(12)},
		{value: 78955, id: 49, want: "78955"},
		{value: 0.1 + 0.2000000000000001, code: "@", want: "0.3"},
		{value: 43550, id: 14, want: day(2019, 3, 26)},
		{value: 43550, code: "mmm", want: day(2019, 3, 26)},
		{value: 43550, code: "mm/yy", want: day(2019, 3, 26)},
		{value: 43550, code: "dddd", want: day(2019, 3, 26)},
		{value: 43550, code: "[$-40C]d mmmm yyyy;@", want: day(2019, 3, 26)},
		{value: 43550, code: `yyyy"年"m"月"d"日"`, want: day(2019, 3, 26)},
		{value: 43550.5, code: "dd/mm/yyyy", want: instant(midnight.Add(12 * time.Hour))},
		{value: 43550, code: "dd/mm/yyyy hh:mm", want: instant(midnight)},
		{value: 43550.999999999, id: 22, want: instant(midnight.AddDate(0, 0, 1))},
		{value: 43550.25 + 0.123/86400, code: `yyyy-mm-dd\Thh:mm:ss.000`, want: instant(midnight.Add(6*time.Hour + 123*time.Millisecond))},
		{value: 1, id: 14, want: day(1900, 1, 1)},
		{value: 59, id: 14, want: day(1900, 2, 28)},
		{value: 61, id: 14, want: day(1900, 3, 1)},
		{value: 2958465, id: 14, want: day(9999, 12, 31)},
		{value: 2958466, id: 14, want: int64(2958466)},
		{value: -1, id: 14, want: int64(-1)},
		{value: 0.75, id: 20, want: "18:00:00"},
		{value: 43550.75, code: "h:mm AM/PM", want: "18:00:00"},
		{value: 0.75 + 0.5/86400, code: "mm:ss.0", want: "18:00:00.500"},
		{value: 1.5625, code: "[h]:mm", want: "37:30:00"},
		{value: 1.5625, id: 46, want: "37:30:00"},
		{value: 30, code: "[m]", want: "720:00:00"},
	} {
		data := made(t, func(f *excelize.File) error {
			style := &excelize.Style{NumFmt: c.id}
			if c.code != "" {
				style.CustomNumFmt = &c.code
			}
			id, err := f.NewStyle(style)
			if err != nil {
				return err
			}
			return errors.Join(sheetOf(f, "Sheet1", []any{"name"}, []any{c.value}), f.SetCellStyle("Sheet1", "A2", "A2", id))
		})
		_, rows, _, damage, err := all(data, format.ReadOptions{})
		if err != nil || len(rows) != 1 || len(damage) > 0 || !reflect.DeepEqual(rows[0], []any{c.want}) {
			t.Errorf("%v as %q (%d): got %#v %v %v, want %#v", c.value, c.code, c.id, rows, damage, err, c.want)
		}
	}
}

func TestRead1904(t *testing.T) {
	data := made(t, func(f *excelize.File) error {
		yes := true
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return errors.Join(err, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}),
			sheetOf(f, "Sheet1", []any{"d"}, []any{0}, []any{42088}), f.SetCellStyle("Sheet1", "A2", "A3", date))
	})
	_, rows, _, _, err := all(data, format.ReadOptions{})
	if want := [][]any{{day(1904, 1, 1)}, {day(2019, 3, 26)}}; err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("got %v %v, want %v", rows, err, want)
	}
}

func TestReadRows(t *testing.T) {
	data := made(t, func(f *excelize.File) error {
		bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
		return errors.Join(err, sheetOf(f, "Sheet1",
			nil,
			[]any{"Export of 2024"},
			nil,
			[]any{"name", nil, "n", "n", "2019"},
			[]any{"a", 1, 2, 3, true},
			nil,
			[]any{nil, nil, nil, nil, nil, nil, "wide"},
			[]any{"b"}),
			f.SetCellStyle("Sheet1", "A1", "XFD1", bold), f.SetCellStyle("Sheet1", "A8", "XFD8", bold))
	})
	for _, c := range []struct {
		o     format.ReadOptions
		names string
		lines []int64
		rows  [][]any
	}{
		{format.ReadOptions{HeaderLine: 3}, "[name column_2 n n_2 2019 column_6 column_7]", []int64{5, 7, 8},
			[][]any{{"a", int64(1), int64(2), int64(3), true}, {nil, nil, nil, nil, nil, nil, "wide"}, {"b"}}},
		{format.ReadOptions{NoHeader: true, HeaderLine: 5}, "[column_1 column_2 column_3 column_4 column_5 column_6 column_7]", []int64{5, 7, 8},
			[][]any{{"a", int64(1), int64(2), int64(3), true}, {nil, nil, nil, nil, nil, nil, "wide"}, {"b"}}},
		{format.ReadOptions{HeaderLine: 7}, "[column_1 column_2 column_3 column_4 column_5 column_6 wide]", []int64{8}, [][]any{{"b"}}},
	} {
		names, rows, lines, damage, err := all(data, c.o)
		if err != nil || fmt.Sprint(names) != c.names || !reflect.DeepEqual(rows, c.rows) || !reflect.DeepEqual(lines, c.lines) || damage != nil {
			t.Errorf("%+v: got %v %v %v %v %v", c.o, names, rows, lines, damage, err)
		}
	}
	if names, _, lines, _, err := all(data, format.ReadOptions{}); err != nil || names[0] != "Export of 2024" || lines[0] != 4 {
		t.Errorf("first row: %v %v %v", names, lines, err)
	}
}

func TestReadSheets(t *testing.T) {
	data := made(t, func(f *excelize.File) error {
		var errs []error
		for _, s := range []string{"Secret", "Données", "Other"} {
			_, err := f.NewSheet(s)
			errs = append(errs, err, sheetOf(f, s, []any{"in " + s}, []any{1}))
		}
		return errors.Join(append(errs, f.SetSheetVisible("Secret", false))...)
	})
	for _, c := range []struct {
		o          format.ReadOptions
		name, fail string
	}{
		{name: "in Données"},
		{o: format.ReadOptions{Sheet: "Other"}, name: "in Other"},
		{o: format.ReadOptions{Sheet: "DONNÉES"}, name: "in Données"},
		{o: format.ReadOptions{Sheet: "Secret"}, name: "in Secret"},
		{o: format.ReadOptions{Sheet: "Nowhere"}, fail: `the workbook has no sheet "Nowhere"; it has "Sheet1", "Secret" (hidden), "Données", "Other"`},
		{o: format.ReadOptions{Sheet: "Sheet1"}, fail: `the sheet "Sheet1" is empty; the workbook has "Sheet1", "Secret" (hidden), "Données", "Other"`},
		{o: format.ReadOptions{HeaderLine: 9}, fail: `the sheet "Données" has nothing in line 9 or below: the line of the names must be one of the first 2`},
	} {
		names, _, _, _, err := all(data, c.o)
		if c.fail != "" {
			if fault.Message(err) != c.fail || fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: got %v", c.o, err)
			}
		} else if err != nil || len(names) != 1 || names[0] != c.name {
			t.Errorf("%+v: got %v %v", c.o, names, err)
		}
	}
}
