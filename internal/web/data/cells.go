package data

import (
	"cmp"
	"encoding/binary"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/locale"
)

// Cell is a value as a page shows it.
type Cell struct {
	Text  string
	Link  string            // the value is an address, or a file that lies at one
	File  dataset.FileValue // of a file: what is known of it
	Thumb string            // address of its small picture, "" where there is none
	Items []string          // of a list
	Empty bool
	Num   bool // stands at the end of its column
	Cut   bool // Text is the beginning only
}

// longest is how much of a text a table shows, in characters.
const longest = 160

// Show writes a value for a reader; whole keeps long texts in full.
func Show(p *locale.Printer, c dataset.Column, decimals *int, value any, whole bool) Cell {
	if list, ok := value.([]any); ok {
		out := Cell{}
		one := c
		one.List = false
		for _, v := range list {
			out.Items = append(out.Items, Show(p, one, decimals, v, whole).Text)
		}
		out.Empty = len(list) == 0
		return out
	}
	out := Cell{Num: Numeric(c)}
	switch v := value.(type) {
	case nil:
		out.Empty = true
	case int64:
		out.Text = p.Int(v)
	case float64:
		places := -1
		if decimals != nil && *decimals >= 0 {
			places = *decimals
		}
		out.Text = p.Number(v, places)
	case bool:
		out.Text = p.T("No")
		if v {
			out.Text = p.T("Yes")
		}
	case dataset.Day:
		out.Text = Day(p, time.Unix(int64(v)*86400, 0).UTC(), c.Precision)
	case dataset.Instant:
		out.Text = p.DateTime(time.UnixMicro(int64(v)).UTC())
	case dataset.Point:
		out.Text = strconv.FormatFloat(v.Lat, 'f', 5, 64) + ", " + strconv.FormatFloat(v.Lon, 'f', 5, 64)
	case dataset.Shape:
		out.Text = shapeName(p, v.WKB)
	case string:
		out.Text = v
		if f, is := dataset.ReadFile(v); is && c.Type == dataset.File {
			out.File, out.Text = f, cmp.Or(f.Filename, f.Format, p.T("file"))
			if WebAddress(f.URL) {
				out.Link = f.URL
			}
			return out
		}
		if WebAddress(v) {
			out.Link = v
		}
		if !whole && utf8.RuneCountInString(v) > longest {
			out.Text, out.Cut = string([]rune(v)[:longest])+"…", true
		}
	}
	return out
}

// Cell writes a value of a row of the page's dataset; whole keeps long texts in full. Of a file it says where it is to be had.
func (p Page) Cell(c dataset.Column, value any, whole bool) Cell {
	out := Show(p.Printer, c, p.Decimals(c.Name), value, whole)
	f := out.File
	if !f.Kept() {
		return out
	}
	out.Link = APIURL(p.ID, "files/"+f.ID, nil)
	switch {
	case f.Thumbnail:
		out.Thumb = FileAddress(p.ID, "files/"+f.ID+"/300/")
	case strings.HasPrefix(f.MIMEType, "image/svg"):
		out.Thumb = out.Link
	}
	return out
}

// Words gives the value as words of a sentence: those of a list one after the other.
func (c Cell) Words(p *locale.Printer) string {
	if len(c.Items) > 0 {
		return strings.Join(c.Items, p.C("list", ", "))
	}
	return c.Text
}

// Number gives a value as a number, NaN where it is none.
func Number(value any) float64 {
	switch v := value.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// Day writes a date as precisely as it is known.
func Day(p *locale.Printer, t time.Time, precision string) string {
	switch precision {
	case "year":
		return strconv.Itoa(t.Year())
	case "month":
		return p.Month(t)
	}
	return p.Day(t)
}

// Numeric tells whether a column holds numbers.
func Numeric(c dataset.Column) bool {
	return !c.List && (c.Type == dataset.Int || c.Type == dataset.Double)
}

// WebAddress tells whether a text is a whole web address.
func WebAddress(s string) bool {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || len(s) > 2000 || strings.ContainsAny(s, " \n\t") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != ""
}

// shapeName names the kind of a geometry.
func shapeName(p *locale.Printer, wkb []byte) string {
	kind := uint32(math.MaxUint32)
	if len(wkb) >= 5 {
		kind = binary.BigEndian.Uint32(wkb[1:])
		if wkb[0] == 1 {
			kind = binary.LittleEndian.Uint32(wkb[1:])
		}
	}
	switch kind & 0x0fffffff % 1000 {
	case 1:
		return p.T("Point")
	case 2:
		return p.T("Line")
	case 3:
		return p.T("Polygon")
	case 4:
		return p.T("Several points")
	case 5:
		return p.T("Several lines")
	case 6:
		return p.T("Several polygons")
	}
	return p.T("Shape")
}

// TypeName names the type of a field for readers.
func TypeName(p *locale.Printer, t dataset.Type, list bool) string {
	name := ""
	switch t {
	case dataset.Text:
		name = p.T("text")
	case dataset.Int:
		name = p.T("whole number")
	case dataset.Double:
		name = p.T("decimal number")
	case dataset.Boolean:
		name = p.T("yes or no")
	case dataset.Date:
		name = p.T("date")
	case dataset.DateTime:
		name = p.T("date and time")
	case dataset.GeoPoint:
		name = p.T("position")
	case dataset.GeoShape:
		name = p.T("geographic shape")
	case dataset.File:
		name = p.T("file")
	case dataset.JSON:
		name = p.T("JSON")
	}
	if list {
		return p.T("{type}, several values", "type", name)
	}
	return name
}
