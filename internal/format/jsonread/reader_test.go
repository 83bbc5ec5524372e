package jsonread_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsonread"
)

func opener(text string) jsonread.Open {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// rows reads everything and prints it, a line a row: name=value, with the types of Go where they matter.
func rows(r *jsonread.Reader, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	defer r.Close()
	var out strings.Builder
	for {
		row, err := r.Next()
		var damage *format.RowError
		switch {
		case err == io.EOF:
			return out.String()
		case errors.As(err, &damage):
			fmt.Fprintf(&out, "%d! %s\n", damage.Line, damage.Reason)
			continue
		case err != nil:
			return out.String() + "error: " + err.Error()
		}
		fmt.Fprintf(&out, "%d:", row.Line)
		for i, v := range row.Values {
			switch v := v.(type) {
			case nil:
			case json.RawMessage:
				fmt.Fprintf(&out, " %s=json(%s)", r.Fields()[i].Name, v)
			case string:
				fmt.Fprintf(&out, " %s=%q", r.Fields()[i].Name, v)
			case float64:
				fmt.Fprintf(&out, " %s=float(%v)", r.Fields()[i].Name, v)
			default:
				fmt.Fprintf(&out, " %s=%v", r.Fields()[i].Name, v)
			}
		}
		out.WriteByte('\n')
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, text, root, want string }{
		{"an array", `[{"a":1,"b":"x"},` + "\n" + `{"b":"y","c":true}]`, "", "1: a=1 b=\"x\"\n2: b=\"y\" c=true\n"},
		{"numbers", `[{"a":1.0,"b":-5,"c":1e2,"d":123456789012345678901234,"e":NaN,"f":1e999}]`, "",
			"1: a=float(1) b=-5 c=float(100) d=\"123456789012345678901234\" f=\"1e999\"\n"},
		{"texts", `[{"a":"\u00e9\n\"\ud83d\ude00\ud83d","b":""}]`, "", "1: a=\"é\\n\\\"😀\uFFFD\" b=\"\"\n"},
		{"lists", `[{"a":["x","y",null],"b":[],"c":[{"d":1}],"e":{"f": [1, 2]},"g":[1,2.5]}]`, "",
			"1: a=[x y] c=json([{\"d\":1}]) e=json({\"f\":[1,2]}) g=[1 2.5]\n"},
		{"wrapped", `{"total":2,"meta":{"deep":[{"no":1}]},"results":[{"a":1}],"other":[{"b":1}]}`, "", "1: a=1\n"},
		{"wrapped deeper", `{"x":{"y":[1,2],"z":{"rows":[{"a":1}]}},"q":[]}`, "", "1: a=1\n"},
		{"named root", `{"results":[{"a":1}],"x":{"other":[{"b":1}]}}`, "x.other", "1: b=1\n"},
		{"no such root", `{"results":[{"a":1}]}`, "rows", "error: the file has no list at \"rows\""},
		{"lines", "{\"a\":1}\n\n{\"a\":[{\"b\":2}]}\n", "", "1: a=1\n3: a=json([{\"b\":2}])\n"},
		{"lines that hold lists of objects", "{\"a\":[{\"b\":2}]}\n{\"a\":[]}\n", "", "1: a=json([{\"b\":2}])\n2:\n"},
		{"objects over several lines", "{\n\"a\":1}\n{\n\"a\":2}", "", "1: a=1\n3: a=2\n"},
		{"one object", `{"a":1,"b":[1,2]}`, "", "1: a=1 b=[1 2]\n"},
		{"a damaged line", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "", "1: a=1\n2! this is not JSON\n3: a=3\n"},
		{"a byte order mark", "\uFEFF[{\"a\":\"é\"}]", "", "1: a=\"é\"\n"},
		{"rows as arrays", `[["x",1],["y",2,3]]`, "", "1: column_1=\"x\" column_2=1\n1: column_1=\"y\" column_2=2 column_3=3\n"},
		{"plain values", `["x", 1]`, "", "1: value=\"x\"\n1: value=1\n"},
		{"a damaged element", `[{"a":1},{"a":nope},{"a":3}]`, "", "1: a=1\n1! this is not JSON\n1: a=3\n"},
		{"cut off", `[{"a":1},{"a":`, "", "1: a=1\nerror: the file ends in the middle of a value that begins at line 1"},
		{"cut between rows", "[{\"a\":1}\n", "", "1: a=1\nerror: the file ends at line 2 in the middle of its list of rows"},
		{"empty", " ", "", "error: the file is empty"},
		{"an empty list", "[]", "", ""},
		{"a zero byte", "[\x00]", "", "error: line 1 is not JSON: a zero byte"},
		{"deep", strings.Repeat("[", 100000), "", "error: line 1: JSON nested more than 200 deep is not read"},
		{"deep objects", strings.Repeat(`{"a":`, 100000), "", "error: line 1: JSON nested more than 200 deep is not read"},
		{"deep lines", "{\"a\":1}\n{\"a\":" + strings.Repeat("[", 1000) + "\n{\"a\":2}", "",
			"1: a=1\n2! JSON nested more than 200 deep is not read\n3: a=2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rows(jsonread.Read(opener(c.text), format.ReadOptions{Root: c.root})); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestManyColumns(t *testing.T) {
	var text strings.Builder
	for i := range jsonread.MaxColumns + 1 {
		fmt.Fprintf(&text, "{\"c%d\":1}\n", i)
	}
	r, err := jsonread.ReadLines(opener(text.String()), format.ReadOptions{})
	for err == nil {
		_, err = r.Next()
	}
	if fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%d members end with %v", jsonread.MaxColumns+1, err)
	}
}

func TestLongRows(t *testing.T) {
	long := strings.Repeat("é", 5<<20)
	got := rows(jsonread.Read(opener(`[{"a":"`+long+`"},{"a":"b"}]`), format.ReadOptions{}))
	if want := "1: a=\"" + long + "\"\n1: a=\"b\"\n"; got != want {
		t.Errorf("a cell of 10 MB comes back as %d bytes, not %d", len(got), len(want))
	}
	_, err := jsonread.Read(opener(`{"a":"`+strings.Repeat("x", 65<<20)), format.ReadOptions{})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a text without end: %v", err)
	}
}

func TestUTF16(t *testing.T) {
	var text bytes.Buffer
	text.WriteString("\xFF\xFE")
	for _, c := range []byte(`[{"a":"x"}]`) {
		text.Write([]byte{c, 0})
	}
	if got := rows(jsonread.Read(opener(text.String()), format.ReadOptions{})); got != "1: a=\"x\"\n" {
		t.Errorf("got %s", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{`[{"a":1,"b":[1,"x"],"c":{"d":null}}]`, "{\"a\":1}\n{\"b\":\"\\u00e9\"}", `{"r":{"s":[{"a":1e5}]}}`, `[[1],2,"x",null]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := jsonread.Read(opener(text), format.ReadOptions{})
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		for {
			row, err := r.Next()
			var damage *format.RowError
			switch {
			case err == io.EOF:
				return
			case errors.As(err, &damage):
				continue
			case err != nil:
				if fault.KindOf(err) == fault.Internal {
					t.Fatal(err)
				}
				return
			}
			if len(row.Values) > len(r.Fields()) {
				t.Fatalf("%d values for %d columns", len(row.Values), len(r.Fields()))
			}
			for _, v := range row.Values {
				if raw, ok := v.(json.RawMessage); ok && !json.Valid(raw) {
					t.Fatalf("%q is given as JSON", raw)
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&text, "{\"name\":\"Vila %d\",\"lat\":\"42.53176\",\"lng\":\"1.56654\",\"country\":\"AD\",\"n\":%d,\"share\":0.5}\n", i, i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		r, err := jsonread.ReadLines(opener(text.String()), format.ReadOptions{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}
