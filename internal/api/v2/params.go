package v2

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// parameters are the query of a request, by name, in the order given.
type parameters map[string][]string

// parseQuery reads the query of a URL. Unlike net/url it takes a semicolon as it stands, as in delimiter=; and
// keeps what is badly escaped as it was typed. What no text may hold (bytes that are no UTF-8, NUL) becomes U+FFFD.
func parseQuery(raw string) parameters {
	out := parameters{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name = unescape(name)
		out[name] = append(out[name], unescape(value))
	}
	return out
}

func unescape(s string) string {
	if strings.ContainsAny(s, "%+") {
		if plain, err := url.QueryUnescape(s); err == nil {
			s = plain
		}
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

// one gives the first value of a parameter, "" where there is none.
func (p parameters) one(name string) string {
	if v := p[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// all gives the values of a parameter that hold anything.
func (p parameters) all(name string) []string {
	var out []string
	for _, v := range p[name] {
		if strings.TrimSpace(v) != "" {
			out = append(out, v)
		}
	}
	return out
}

// flag reads a yes or no, in any of the ways that clients write them.
func (p parameters) flag(name string, otherwise bool) (bool, error) {
	switch strings.ToLower(p.one(name)) {
	case "":
		return otherwise, nil
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, badParameter(name, p.one(name), "true or false")
}

// integer reads a whole number; given is false where there is none.
func (p parameters) integer(name string) (n int, given bool, err error) {
	text := strings.TrimSpace(p.one(name))
	if text == "" {
		return 0, false, nil
	}
	n, err = strconv.Atoi(text)
	if err != nil {
		return 0, true, badParameter(name, text, "an integer")
	}
	return n, true, nil
}

// choice reads one of a few values.
func (p parameters) choice(name, otherwise string, values ...string) (string, error) {
	v, given := p[name]
	if !given || v[0] == "" {
		return otherwise, nil
	}
	if !slices.Contains(values, v[0]) {
		quoted := make([]string, len(values))
		for i, x := range values {
			quoted[i] = strconv.Quote(x)
		}
		return "", badParameter(name, v[0], "one of "+strings.Join(quoted, ", "))
	}
	return v[0], nil
}

// Limits of lists, as the API documents them.
const (
	listLimit   = 100
	listWindow  = 10_000
	groupLimit  = 20_000
	groupWindow = 20_000
)

// question reads the parameters that ask. Lang is the language of the answer.
func (p parameters) question(lang string) (odsql.Question, error) {
	q := odsql.Question{
		Select: p.one("select"), GroupBy: p.one("group_by"), OrderBy: p.one("order_by"),
		Where: p.all("where"), Refine: p.all("refine"), Exclude: p.all("exclude"), Facet: p.all("facet"),
		Lang: lang, Timezone: p.one("timezone"),
	}
	for _, text := range p.all("qv1") {
		if _, err := odsql.ParseWhere(text); err != nil {
			return q, badParameter("qv1", text, "a condition in the query language of this version")
		}
		q.Where = append(q.Where, text)
	}
	return q, nil
}

// page reads limit and offset of a list into a question, within the limits of the API: -1 and no limit at all are
// the default of records, or as many groups as there can be. Groups is the default number of groups.
func (p parameters) page(q *odsql.Question, groups int) error {
	limit, given, err := p.integer("limit")
	if err != nil {
		return err
	}
	if q.Offset, _, err = p.integer("offset"); err != nil {
		return err
	}
	if q.Offset < 0 {
		return badParameter("offset", strconv.Itoa(q.Offset), "0 <= offset")
	}
	grouped := strings.TrimSpace(q.GroupBy) != ""
	most, window := listLimit, listWindow
	if grouped {
		most, window = groupLimit, groupWindow
	}
	if given && (limit < -1 || limit > most) {
		return badParameter("limit", strconv.Itoa(limit), "-1 <= limit <= "+strconv.Itoa(most))
	}
	switch {
	case !given && grouped:
		limit = min(groups, max(0, window-q.Offset))
	case limit == -1 && grouped:
		limit = max(0, window-q.Offset)
	case limit == -1:
		limit = listLimit
	case !given:
		limit = 10
	}
	if sum := q.Offset + limit; sum > window || q.Offset > window {
		return &refusal{fault.Invalid, "InvalidRESTParameterError",
			fmt.Sprintf("Invalid value for sum of offset + limit API parameter: %d was found but <= %d is expected", sum, window)}
	}
	q.Limit = &limit
	return nil
}

// everything reads the limit of an export, -1 by default, and the offset where the export has one.
func (p parameters) everything(q *odsql.Question, offset bool) error {
	limit, given, err := p.integer("limit")
	if err != nil {
		return err
	}
	if !given {
		limit = -1
	}
	if limit < -1 {
		return badParameter("limit", strconv.Itoa(limit), "-1 <= limit")
	}
	q.Limit = &limit
	if !offset {
		return nil
	}
	if q.Offset, _, err = p.integer("offset"); err != nil {
		return err
	}
	if q.Offset < 0 {
		return badParameter("offset", strconv.Itoa(q.Offset), "0 <= offset")
	}
	return nil
}
