package ingest

import (
	"fmt"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/media"
)

// A column has a type when its values have, all of them. A few misfits are taken for mistakes, become null and are
// reported, where there are at most maxMisfits of them and at most one in misfitShare values. A misfit
// that mixes letters and figures ("12bis"), keeps zeros before its figures, or has more figures than a number
// holds, is no mistake in a column of numbers: such a column is one of codes, and stays text, so that nothing
// is lost.
const (
	maxMisfits  = 100
	misfitShare = 100
)

// convincing is how many values of the form yyyymmdd, and no others, make a column one of dates without its name
// saying so.
const convincing = 100

// guess counts what the values of one column look like.
type guess struct {
	declared dataset.Type // by the format; then nothing is counted
	list     bool         // by the format
	counts   [classes]int64
	elements [classes]int64 // of lists
	compact  int64          // whole numbers that are dates as yyyymmdd
	outside  bool           // some whole number is not
	settled  bool           // as text: nothing that follows can change it
	files    *media.Intake  // files that came with the rows; nil: none
	texts    int64          // values that could name one
	filed    int64          // and those that do
	last     string         // the text before, and its class: many columns repeat themselves
	lastIs   class
}

// add counts one value that is not nil.
func (g *guess) add(value any) {
	if g.declared != "" {
		return
	}
	g.addFile(value)
	if g.settled {
		return
	}
	var c class
	if s, ok := value.(string); ok {
		if s != g.last || g.last == "" {
			g.last, g.lastIs = s, classOfText(s)
		}
		c = g.lastIs
		if c == isInt && !g.outside {
			if _, ok := parseCompact(trim(s)); ok {
				g.compact++
			} else {
				g.outside = true
			}
		}
	} else {
		c = classOf(value)
		g.outside = g.outside || c == isInt
	}
	g.counts[c]++
	switch c {
	case isList:
		for _, e := range value.([]any) {
			if _, text := e.(string); text {
				g.elements[isText]++
			} else {
				g.elements[classOf(e)]++
			}
		}
	case isText, isCode, isPadded, isLong:
		if g.counts[isObject]+g.counts[isList] == 0 && g.sum(isText, isCode, isPadded, isLong) > maxMisfits {
			// Only lists and objects, which no text is, could still make it something else.
			_, g.settled = value.(string)
		}
	}
}

// addFile counts a value that may name a file. A column whose first values name none holds no files.
func (g *guess) addFile(value any) {
	const enough = 1000
	s, text := value.(string)
	if g.files == nil || !text || absent(trim(s)) || g.filed == 0 && g.texts >= enough {
		return
	}
	g.texts++
	if g.files.Names(s) {
		g.filed++
	}
}

func (g *guess) sum(of ...class) int64 {
	var n int64
	for _, c := range of {
		n += g.counts[c]
	}
	return n
}

// verdict is what a column is, and how its values are written.
type verdict struct {
	typ    dataset.Type
	list   bool
	number numberForm
	order  dateOrder
	why    string // for the report; no part of the verdict itself
}

// same tells whether two verdicts make the same of every value.
func (v verdict) same(w verdict) bool {
	return v.typ == w.typ && v.list == w.list && v.number == w.number && v.order == w.order
}

// candidate is a type that a column could have.
type candidate struct {
	verdict
	fits    int64
	numeric bool // codes speak against it
	exact   bool // no misfit is allowed
}

// decide gives the verdict over all that was counted. Name is the technical name of the column.
func (g *guess) decide(name string) verdict {
	if g.declared != "" {
		return verdict{typ: g.declared, list: g.list, why: "as the file says"}
	}
	if g.filed > 0 && g.filed*2 >= g.texts { // that any does is no accident: the others are missing
		return verdict{typ: dataset.File, why: "its values name files that came with the rows"}
	}
	order := dayFirst
	if g.sum(isMonthDay, isMonthDayTime) > g.sum(isDayMonth, isDayMonthTime) {
		order = monthFirst
	}
	text := verdict{typ: dataset.Text, order: order, number: g.numberForm()}
	var total int64
	for c := isText; c < classes; c++ {
		total += g.counts[c]
	}
	switch {
	case total == 0:
		text.why = "it has no values"
		return text
	case g.settled && g.sum(isCode, isPadded, isLong) > g.sum(isText):
		text.why = "its values are codes"
		return text
	case g.settled:
		text.why = "its values are text"
		return text
	case g.sum(isObject) > 0:
		return verdict{typ: dataset.JSON, why: "it holds objects"}
	case g.sum(isList) > 0:
		return g.decideList()
	}
	best := candidate{}
	for _, c := range g.candidates(name, order) {
		if c.fits > best.fits {
			best = c
		}
	}
	misfits := total - best.fits
	codes := g.sum(isCode, isPadded, isLong)
	switch {
	case best.numeric && saysCode(name):
		text.why = "its name is that of a code"
		return text
	case best.fits == 0:
		text.why = "its values are text"
	case misfits == 0:
		best.why = "all its values are"
		return best.verdict
	case best.numeric && codes > 0:
		text.why = fmt.Sprintf("%d of its %d values are codes rather than numbers", codes, total)
	case best.exact || misfits > maxMisfits || misfits*misfitShare > total:
		text.why = fmt.Sprintf("%d of its %d values are not %s", misfits, total, best.typ)
	default:
		best.why = fmt.Sprintf("all but %d of its %d values are", misfits, total)
		return best.verdict
	}
	return text
}

// numberForm tells how the numbers of the column are written.
func (g *guess) numberForm() numberForm {
	dot := g.sum(isDot, isGroupDot)
	comma := g.sum(isComma, isGroupComma)
	thousands := g.sum(isThousands)
	switch {
	case comma > 0 && comma+g.sum(isCommaMaybe) >= dot+thousands:
		return commaNumber
	case thousands > 0:
		return usNumber
	}
	return dotNumber
}

// candidates gives what the column could be, the narrower type first where both fit.
func (g *guess) candidates(name string, order dateOrder) []candidate {
	whole := g.sum(isInt, isGrouped)
	form := g.numberForm()
	var out []candidate
	add := func(typ dataset.Type, fits int64, more func(*candidate)) {
		c := candidate{verdict: verdict{typ: typ, number: form, order: order}, fits: fits}
		if more != nil {
			more(&c)
		}
		out = append(out, c)
	}
	isNumber := func(c *candidate) { c.numeric = true }
	if g.compact > 0 && !g.outside && g.sum(isGrouped) == 0 && (g.compact >= convincing || saysDate(name)) {
		add(dataset.Date, g.counts[isInt], nil)
	}
	switch form {
	case commaNumber:
		add(dataset.Double, whole+g.sum(isComma, isCommaMaybe, isGroupComma), isNumber)
	case usNumber:
		// 1,234,567 and 1,234.5 are of one class: without telling them apart the wider type is the safe one.
		add(dataset.Double, whole+g.sum(isThousands, isCommaMaybe, isDot, isGroupDot), isNumber)
	default:
		add(dataset.Int, whole, isNumber)
		add(dataset.Double, whole+g.sum(isDot, isGroupDot), isNumber)
	}
	add(dataset.Boolean, g.sum(isBool), func(c *candidate) { c.exact = true })
	days := g.sum(isDate, isEither)
	moments := g.sum(isTime, isEitherTime)
	if order == monthFirst {
		days, moments = days+g.sum(isMonthDay), moments+g.sum(isMonthDayTime)
	} else {
		days, moments = days+g.sum(isDayMonth), moments+g.sum(isDayMonthTime)
	}
	if moments == 0 {
		add(dataset.Date, days, nil)
	} else {
		add(dataset.DateTime, days+moments, nil)
	}
	add(dataset.GeoPoint, g.sum(isPoint), nil)
	add(dataset.GeoShape, g.sum(isShape), nil)
	return out
}

// decideList gives the verdict over a column of lists, where single values are lists of one.
func (g *guess) decideList() verdict {
	all := g.elements
	for c := isText; c < isList; c++ {
		all[c] += g.counts[c]
	}
	v := verdict{list: true, typ: dataset.Text, why: "it holds lists"}
	var total int64
	for _, n := range all {
		total += n
	}
	switch total {
	case all[isInt]:
		v.typ = dataset.Int
	case all[isInt] + all[isDot]:
		v.typ = dataset.Double
	case all[isBool]:
		v.typ = dataset.Boolean
	}
	return v
}

// saysDate tells whether a name is that of a date.
func saysDate(name string) bool {
	for _, word := range strings.Split(name, "_") {
		switch word {
		case "date", "dates", "jour", "day", "dt", "datum", "fecha", "data", "yyyymmdd", "aaaammjj":
			return true
		}
	}
	return false
}

// pair finds the columns of latitude and longitude whose names leave no doubt: lat or latitude, and lon, lng, long
// or longitude, both with the same words before it. It tells nothing where there are several such pairs.
func pair(names []string, verdicts []verdict) (lat, lon int, ok bool) {
	lats, lons := map[string]int{}, map[string]int{}
	for i, name := range names {
		if v := verdicts[i]; v.list || v.typ != dataset.Double && v.typ != dataset.Int {
			continue
		}
		before, last := "", name
		if at := strings.LastIndexByte(name, '_'); at >= 0 {
			before, last = name[:at], name[at+1:]
		}
		switch last {
		case "lat", "latitude":
			lats[before] = i
		case "lon", "lng", "long", "longitude":
			lons[before] = i
		}
	}
	found := 0
	for before, i := range lats {
		if j, both := lons[before]; both {
			lat, lon, found = i, j, found+1
		}
	}
	return lat, lon, found == 1
}

// newGuesses makes a guess for each column that has none yet; files are those that came with the rows, nil where there are none.
func newGuesses(guesses []*guess, fields []format.Field, files *media.Intake) []*guess {
	for _, f := range fields[len(guesses):] {
		guesses = append(guesses, &guess{declared: f.Type, list: f.List, files: files})
	}
	return guesses
}
