package xlsx

import (
	"math"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/format"
)

// value makes a value of what a cell holds, by the form that the file tells of it; or says why it gives none.
func (b *book) value(form, text string, number int) (value any, reason string) {
	if text == "" {
		return nil, ""
	}
	switch form {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n >= len(b.texts) {
			return nil, "refers to a text that is not in the workbook"
		}
		return textOrNil(b.texts[n]), ""
	case "b":
		return text == "1" || text == "true", ""
	case "e":
		return nil, "holds the error " + strings.ToValidUTF8(text[:min(len(text), 40)], "")
	case "str", "inlineStr":
		return textOrNil(clean(text)), ""
	case "d":
		return text, "" // ISO 8601
	}
	return b.number(strings.TrimSpace(text), number), ""
}

func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// number reads a number as its style shows it: a date, a moment, a time or a duration as text, digits with their
// leading zeros, or a number.
func (b *book) number(raw string, number int) any {
	var s style
	if number >= 0 && number < len(b.styles) {
		s = b.styles[number]
	}
	if s.kind == plainNumber || s.kind == textNumber {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			digits := strconv.FormatInt(n, 10)
			switch {
			case n >= 0 && len(digits) < s.pad:
				return strings.Repeat("0", s.pad-len(digits)) + digits
			case s.kind == textNumber:
				return digits
			}
			return n
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return textOrNil(raw)
	}
	if s.kind == textNumber {
		return shown(f)
	}
	const last = 2958466 // 10000-01-01
	if f < 0 || f >= last {
		s.kind = plainNumber // such dates have no form: Excel shows ####
	}
	switch s.kind {
	case dateNumber, dateTimeNumber:
		day, micros := b.moment(f)
		if s.kind == dateNumber && micros == 0 {
			return dataset.Day(day)
		}
		return dataset.Instant(day*86400e6 + micros)
	case timeNumber:
		return clock(int64(math.Round(f*86400e3)) % 86400e3)
	case durationNumber:
		return clock(int64(math.Round(f * 86400e3)))
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 && !strings.Contains(raw, ".") {
		return int64(f) // 1E+5
	}
	return f
}

// shown writes a number as Excel does: to 15 figures, with an exponent where it would be long.
func shown(f float64) string {
	text := strconv.FormatFloat(f, 'g', 15, 64)
	if short, err := strconv.ParseFloat(text, 64); err == nil {
		f = short
	}
	if a := math.Abs(f); a != 0 && (a < 1e-9 || a >= 1e20) {
		return strconv.FormatFloat(f, 'E', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// clock writes milliseconds as hours, minutes, seconds and, where there are any, milliseconds.
func clock(millis int64) string {
	two := func(dst []byte, n int64) []byte {
		if n < 10 {
			dst = append(dst, '0')
		}
		return strconv.AppendInt(dst, n, 10)
	}
	out := two(nil, millis/3600e3)
	out = two(append(out, ':'), millis/60e3%60)
	out = two(append(out, ':'), millis/1000%60)
	if rest := millis % 1000; rest != 0 {
		out = append(out, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return string(out)
}

// moment gives the day of a serial number, counted from 1970-01-01, and the microseconds into it, to the
// millisecond. Serial 1 is 1900-01-01; the 1900-02-29 that never was is serial 60. In workbooks of 1904, serial 0
// is 1904-01-01.
func (b *book) moment(serial float64) (day, micros int64) {
	whole := math.Floor(serial)
	millis := int64(math.Round((serial - whole) * 86400e3))
	if millis == 86400e3 {
		whole, millis = whole+1, 0
	}
	day = int64(whole)
	if b.date1904 {
		return day - 24107, millis * 1000
	}
	if day < 60 {
		day++
	}
	return day - 25569, millis * 1000
}

// nameOf writes a value as the name of a column.
func nameOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return shown(v)
	case bool:
		return strconv.FormatBool(v)
	case dataset.Day:
		return string(format.AppendDate(nil, int64(v), ""))
	case dataset.Instant:
		return string(format.NewTimes(nil).AppendDateTime(nil, int64(v), ""))
	}
	return ""
}
