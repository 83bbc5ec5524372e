package delimited_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/delimited"
)

func opener(text string) delimited.Open {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// rows reads everything and prints it: names, then a line a row, cells between bars, · where there is none.
func rows(r *delimited.Reader, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	defer r.Close()
	var out strings.Builder
	for _, f := range r.Fields() {
		out.WriteString("[" + f.Name + "]")
	}
	out.WriteByte('\n')
	for {
		row, err := r.Next()
		var damage *format.RowError
		switch {
		case err == io.EOF:
			return out.String()
		case errors.As(err, &damage):
			fmt.Fprintf(&out, "%d! %s %q %s\n", damage.Line, damage.Field, damage.Value, damage.Reason)
		case err != nil:
			return out.String() + "error: " + err.Error()
		}
		fmt.Fprintf(&out, "%d:", row.Line)
		for _, v := range row.Values {
			if v == nil {
				v = "·"
			}
			fmt.Fprintf(&out, "%v|", v)
		}
		out.WriteByte('\n')
	}
}

func utf16Text(text string, order binary.AppendByteOrder, mark bool) string {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          format.ReadOptions
		want       string
	}{
		{"commas", "a,b\n1,2\n3,4\n", format.ReadOptions{}, "[a][b]\n2:1|2|\n3:3|4|\n"},
		{"no line end at the end", "a,b\n1,2\n3,", format.ReadOptions{}, "[a][b]\n2:1|2|\n3:3|·|\n"},
		{"semicolons with decimal commas", "nom;part\nx;1,5\ny;2,5\nz;3,5\n", format.ReadOptions{}, "[nom][part]\n2:x|1,5|\n3:y|2,5|\n4:z|3,5|\n"},
		{"tabs", "a\tb\n1, 2\t2\n", format.ReadOptions{}, "[a][b]\n2:1, 2|2|\n"},
		{"bars", "a|b\n1|2\n", format.ReadOptions{}, "[a][b]\n2:1|2|\n"},
		{"a separator that is told", "a b\n1 2\n", format.ReadOptions{Separator: ' '}, "[a][b]\n2:1|2|\n"},
		{"one column", "name\nAnna\nBob\n", format.ReadOptions{}, "[name]\n2:Anna|\n3:Bob|\n"},
		{"one column of sentences", "comment\nHello, world\nGood, bad\n\"So, so\"\n", format.ReadOptions{}, "[comment]\n2:Hello, world|\n3:Good, bad|\n4:So, so|\n"},
		{"CRLF", "a,b\r\n1,2\r\n\r\n3,4\r\n", format.ReadOptions{}, "[a][b]\n2:1|2|\n4:3|4|\n"},
		{"CR", "a,b\r1,2\r3,\"x\ry\"\r", format.ReadOptions{}, "[a][b]\n2:1|2|\n3:3|x\ry|\n"},
		{"quotes", "a,b\n\"x,y\",\"he said \"\"hi\"\"\"\n\"two\nlines\",\"\"\nz,5\" pipe\n\"q\"r,\"s\"\r\n", format.ReadOptions{},
			"[a][b]\n2:x,y|he said \"hi\"|\n3:two\nlines|·|\n5:z|5\" pipe|\n6:qr|s|\n"},
		{"single quotes", "'a','b'\n'x,y','2'\n'it''s','3'\n", format.ReadOptions{}, "[a][b]\n2:x,y|2|\n3:it's|3|\n"},
		{"ragged", "a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1\n", format.ReadOptions{},
			"[a][b][c]\n2:1|2|·|\n3! column_4 \"4\" the row has 4 cells, the header 3: what is too much is left out\n3:1|2|3|\n4:1|2|3|\n5:1|·|·|\n"},
		{"a value, nothing, the value again", "a,b\nx,1\n,1\nx,1\n", format.ReadOptions{}, "[a][b]\n2:x|1|\n3:·|1|\n4:x|1|\n"},
		{"names", "a,,a, a ,column_2\n1,2,3,4,5\n", format.ReadOptions{}, "[a][column_2_2][a_2][a_3][column_2]\n2:1|2|3|4|5|\n"},
		{"no header", "1;x\n2;y;z\n3;y;z\n", format.ReadOptions{NoHeader: true}, "[column_1][column_2][column_3]\n1:1|x|·|\n2:2|y|z|\n3:3|y|z|\n"},
		{"header further down", "Export of 2024\n\na,b\n1,2\n", format.ReadOptions{HeaderLine: 3}, "[a][b]\n4:1|2|\n"},
		{"header only", "a,b\n", format.ReadOptions{}, "[a][b]\n"},
		{"a mark", "\uFEFFa;é\n1;2\n", format.ReadOptions{}, "[a][é]\n2:1|2|\n"},
		{"Windows-1252", "nom;pr\xe9nom\n\x80;N\xb0\n", format.ReadOptions{}, "[nom][prénom]\n2:€|N°|\n"},
		{"Windows-1252 far below", "a,b\n" + strings.Repeat("1,2\n", 50000) + "\xe9,2\n", format.ReadOptions{},
			"[a][b]\n" + numbered(50000) + "50002:é|2|\n"},
		{"one broken byte in UTF-8", "a,b\né,ü\nà,ô\nç,ï\n\xe9,2\n", format.ReadOptions{}, "[a][b]\n2:é|ü|\n3:à|ô|\n4:ç|ï|\n5:\uFFFD|2|\n"},
		{"an encoding that is told", "a,b\n\xa4,2\n", format.ReadOptions{Encoding: "iso-8859-15"}, "[a][b]\n2:€|2|\n"},
		{"UTF-16 LE", utf16Text("a;b\né;😀\n", binary.LittleEndian, true), format.ReadOptions{}, "[a][b]\n2:é|😀|\n"},
		{"UTF-16 BE", utf16Text("a;b\né;2\n", binary.BigEndian, true), format.ReadOptions{}, "[a][b]\n2:é|2|\n"},
		{"UTF-16 without a mark", utf16Text("name;city\nx;Paris\n", binary.LittleEndian, false), format.ReadOptions{}, "[name][city]\n2:x|Paris|\n"},
		{"a zero byte far below", "a,b\n" + strings.Repeat("1,2\n", 50000) + "x\x00y,2\n", format.ReadOptions{},
			"[a][b]\n" + numbered(50000) + "50002! row \"xy2\" zero bytes were taken out of the text\n50002:xy|2|\n"},
		{"a quote without end", "a,b\n1,2\n\"x,3\n4,5\n", format.ReadOptions{}, "[a][b]\n2:1|2|\nerror: the quote opened at line 3 has no end: close it, or write it twice where it is part of a text"},
		{"empty", "", format.ReadOptions{}, "error: the file is empty"},
		{"blank", " \n\n", format.ReadOptions{}, "error: the file is empty"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00", format.ReadOptions{}, "error: the file is not text: it holds binary data"},
		{"an unknown encoding", "a,b\n", format.ReadOptions{Encoding: "klingon"},
			`error: the encoding "klingon" is not known: utf-8, utf-16, windows-1252 and iso-8859-15 are some that are`},
		{"a separator that cannot be", "a,b\n", format.ReadOptions{Separator: '§'}, `error: '§' cannot separate cells: ; , tab and | are usual`},
		{"no such line", "a,b\n", format.ReadOptions{HeaderLine: 9}, "error: the file has no line 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rows(delimited.Read(opener(c.text), c.o)); got != c.want {
				t.Errorf("got\n%.2000s\nwant\n%.2000s", got, c.want)
			}
		})
	}
}

func numbered(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "%d:1|2|\n", i+2)
	}
	return out.String()
}

func TestWide(t *testing.T) {
	header := strings.Repeat("c,", 699) + "c\n"
	r, err := delimited.Read(opener(header+strings.Repeat("1,", 699)+"1\n"), format.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if row, err := r.Next(); err != nil || len(row.Values) != 700 || r.Fields()[699].Name != "c_700" {
		t.Errorf("700 columns: %d values, last called %s, %v", len(row.Values), r.Fields()[699].Name, err)
	}
	if _, err := delimited.Read(opener(strings.Repeat("c,", 3000)+"\n"), format.ReadOptions{}); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("3001 columns: %v", err)
	}
}

func TestLongCells(t *testing.T) {
	for name, cell := range map[string]string{"plain": strings.Repeat("é", 5<<20), "quoted": strings.Repeat("é\n", 4<<20)} {
		r, err := delimited.Read(opener("a,b\n1,\""+cell+"\"\n2,3\n"), format.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if row, err := r.Next(); err != nil || row.Values[1] != cell {
			t.Errorf("%s: a long cell does not come back: %v", name, err)
		}
		if row, err := r.Next(); err != nil || row.Values[1] != "3" {
			t.Errorf("%s: what follows a long cell: %v, %v", name, row, err)
		}
	}
	r, err := delimited.Read(opener("a,b\n1,"+strings.Repeat("x", 70<<20)+"\n"), format.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a cell of 70 MB: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\"a\";\"b\"\r\n\"x\ny\";2\r\n", "\xef\xbb\xbfa\tb\r1\t2\r", "'a','b'\n'c','d'\n", "a,b\n\xe9,\x00\n", "\xff\xfea\x00;\x00"} {
		f.Add([]byte(seed), byte(0), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, separator byte, noHeader bool) {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		r, err := delimited.Read(open, format.ReadOptions{Separator: rune(separator), NoHeader: noHeader})
		for err == nil || errors.As(err, new(*format.RowError)) {
			var row format.Row
			row, err = r.Next()
			if len(row.Values) > len(r.Fields()) {
				t.Fatalf("%d values for %d columns", len(row.Values), len(r.Fields()))
			}
			for _, v := range row.Values {
				if s, ok := v.(string); ok && (s == "" || !utf8.ValidString(s) || strings.Contains(s, "\x00")) {
					t.Fatalf("%q is given as a text", s)
				}
			}
		}
		if err != io.EOF && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,timepoint\n")
	for i := range 100000 {
		fmt.Fprintf(&text, "MV_D6-Weekday-SDon-%06d_M9_%d,%02d:%02d:00,%02d:%02d:00,%d,%d,0,0,1\n", i, i%500, i%24, i%60, i%24, i%60, 400000+i%3000, i%70)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		r, err := delimited.Read(opener(text.String()), format.ReadOptions{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100000/b.Elapsed().Seconds(), "rows/s")
}
