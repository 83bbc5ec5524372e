package back

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
)

// number reads the number of something in the address. Kind NotFound: it is none.
func number(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "There is no %s %.40q.", name, r.PathValue(name))
	}
	return n, nil
}

// email reads an address that must be given.
func email(p *locale.Printer, f *form) string {
	clean, err := account.CleanEmail(f.Of("email"))
	if err != nil {
		f.Wrong("email", p.T("Give an e-mail address, such as name@example.org"))
	}
	return clean
}

// held reads the permissions that were chosen.
func held(f *form) account.Permissions {
	out, err := account.ParsePermissions(f.Values["permissions"])
	if err != nil {
		f.Wrong("", fault.Message(err))
	}
	return out
}

// chosen reads the numbers of what was chosen among several.
func chosen(f *form, field string) (out []int64) {
	for _, text := range f.Values[field] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// quota reads a quota; nothing in its first field is none.
func quota(p *locale.Printer, f *form) account.Quota {
	text := f.Of("quota")
	if text == "" {
		return account.Quota{}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	q := account.Quota{Limit: n, Unit: f.Of("unit")}
	if err != nil || q.Unit == "" || q.Check() != nil {
		f.Wrong("quota", p.T("Give a whole number of calls from 0 on, or leave it empty for no limit"))
	}
	return q
}

// fillQuota is the way back.
func fillQuota(values url.Values, q account.Quota) {
	values.Set("unit", "day")
	if q.Limited() {
		values.Set("quota", strconv.FormatInt(q.Limit, 10))
		values.Set("unit", q.Unit)
	}
}

// day reads a day, through whose end something lasts; nothing is never.
func day(p *locale.Printer, f *form, field string) time.Time {
	text := f.Of(field)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		f.Wrong(field, p.T("Give a day as in 2027-01-31, or leave it empty for no end"))
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

// fillDay is the way back.
func fillDay(values url.Values, field string, end time.Time) {
	if !end.IsZero() {
		values.Set(field, end.Add(-time.Nanosecond).UTC().Format(time.DateOnly))
	}
}

// attributes reads lines of a name and a value; a name on several lines has several values.
func attributes(p *locale.Printer, f *form) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(f.Of("attributes")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); !ok || name == "" {
			f.Wrong("attributes", p.T("Write each line as name = value; this one is not: “{line}”", "line", line))
			return nil
		}
		out[name] = append(out[name], value)
	}
	return out
}

// fillAttributes is the way back.
func fillAttributes(values url.Values, attributes map[string][]string) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		for _, value := range attributes[name] {
			b.WriteString(name + " = " + value + "\n")
		}
	}
	values.Set("attributes", b.String())
}

// refused notes in a form what a room refused: conflict says, in the page's language, what its Conflict means here.
// Anything else but a form that was filled in wrongly is given back as it is.
func refused(p *locale.Printer, f *form, err error, field, conflict string) error {
	switch fault.KindOf(err) {
	case fault.Conflict:
		f.Wrong(field, conflict)
	case fault.Invalid:
		f.Wrong("", p.T("This cannot be taken as it is: {reason}", "reason", fault.Message(err)))
	default:
		return err
	}
	return nil
}
