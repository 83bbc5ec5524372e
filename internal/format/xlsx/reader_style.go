package xlsx

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/xuri/nfp"

	"parvis/internal/fault"
)

const (
	maxStyles  = 1 << 16 // Excel stops at 65,490
	maxFormats = 1 << 12 // Excel stops at 250
	maxCode    = 1 << 10 // bytes of a number format; Excel stops at 255 characters
)

// kind is what a number format makes of a number.
type kind int

const (
	plainNumber kind = iota
	dateNumber
	dateTimeNumber
	timeNumber     // of the day
	durationNumber // "[h]:mm": there may be more than 24 hours
	textNumber     // "@"
)

// style is what is kept of the style of a cell.
type style struct {
	kind kind
	pad  int // figures to which a format such as "00000" fills up with zeros
}

// readStyles learns what the styles of cells do to numbers.
func (b *book) readStyles(name string) error {
	formats := map[string]style{}
	within := false
	return b.parts.each(name, maxHead, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				if len(formats) == maxFormats {
					return fault.New(fault.TooLarge, "the workbook has more than %d number formats", maxFormats)
				}
				if code := attribute(e, "formatCode"); code != "" {
					formats[attribute(e, "numFmtId")] = styleOf(code)
				}
			case "cellXfs":
				within = true
			case "xf":
				if !within {
					break
				}
				if len(b.styles) == maxStyles {
					return fault.New(fault.TooLarge, "the workbook has more than %d cell styles", maxStyles)
				}
				id := attribute(e, "numFmtId")
				s, ok := formats[id]
				if !ok {
					n, _ := strconv.Atoi(id)
					s.kind = builtIn(n)
				}
				b.styles = append(b.styles, s)
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				within = false
			}
		}
		return nil
	})
}

// builtIn tells what the number formats do that carry no code in the file.
func builtIn(id int) kind {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 34 && id <= 36, id >= 50 && id <= 58:
		return dateNumber
	case id >= 18 && id <= 21, id == 32, id == 33, id == 45, id == 47:
		return timeNumber
	case id == 22:
		return dateTimeNumber
	case id == 46:
		return durationNumber
	case id == 49:
		return textNumber
	}
	return plainNumber
}

// styleOf tells what the code of a number format does: its first section, which is that of positive numbers.
func styleOf(code string) style {
	if len(code) > maxCode || strings.EqualFold(code, "general") {
		return style{}
	}
	parser := nfp.NumberFormatParser()
	sections := parser.Parse(code)
	if len(sections) == 0 {
		return style{}
	}
	var date, clock, minutes, text bool
	var figures bool // something beside zeros
	zeros := 0
	for _, item := range sections[0].Items {
		switch item.TType {
		case nfp.TokenTypeElapsedDateTimes:
			return style{kind: durationNumber}
		case nfp.TokenTypeDateTimes:
			switch v := strings.ToLower(item.TValue); {
			case v == "m" || v == "mm":
				minutes = true // of an hour, or else months
			case strings.HasPrefix(v, "h"), strings.HasPrefix(v, "s"), v == "am/pm", v == "a/p":
				clock = true
			default:
				date = true
			}
		case nfp.TokenTypeZeroPlaceHolder:
			zeros += len(item.TValue)
		case nfp.TokenTypeTextPlaceHolder:
			text = true
		case nfp.TokenTypeColor, nfp.TokenTypeCondition:
		case nfp.TokenTypeCurrencyLanguage:
			figures = figures || !strings.HasPrefix(item.TValue, "[$-") // a currency rather than a language
		default:
			figures = true
		}
	}
	switch {
	case date && clock:
		return style{kind: dateTimeNumber}
	case date || minutes && !clock:
		return style{kind: dateNumber}
	case clock:
		return style{kind: timeNumber}
	case text && zeros == 0:
		return style{kind: textNumber}
	case zeros >= 2 && !figures:
		return style{pad: zeros}
	}
	return style{}
}
