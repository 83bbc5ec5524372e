package catalog

import (
	"maps"
	"slices"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// kind is what values a metadata of the default template has.
type kind int

const (
	textMeta kind = iota
	textsMeta
	boolMeta
	timeMeta
	intMeta
	objectMeta
)

// meta is one metadata of the default template. Owned ones are the catalogue's to say: a value that comes with a
// publication is set aside.
type meta struct {
	name  string
	kind  kind
	owned bool
}

// defaultTemplate gives the default template in the order in which the API writes it.
func defaultTemplate() []meta {
	return []meta{
		{"title", textMeta, false}, {"description", textMeta, false}, {"theme", textsMeta, false}, {"keyword", textsMeta, false},
		{"license", textMeta, false}, {"license_url", textMeta, false}, {"language", textMeta, false},
		{"metadata_languages", textsMeta, false}, {"timezone", textMeta, false}, {"modified", timeMeta, false},
		{"modified_updates_on_metadata_change", boolMeta, false}, {"modified_updates_on_data_change", boolMeta, false},
		{"data_processed", timeMeta, true}, {"metadata_processed", timeMeta, true},
		{"geographic_reference", textsMeta, false}, {"geographic_reference_auto", boolMeta, false},
		{"territory", textsMeta, false}, {"geometry_types", textsMeta, false}, {"bbox", objectMeta, false},
		{"publisher", textMeta, false}, {"references", textMeta, false}, {"records_count", intMeta, true},
		{"attributions", textsMeta, false}, {"source_domain", textMeta, false}, {"source_domain_title", textMeta, false},
		{"source_domain_address", textMeta, false}, {"source_dataset", textMeta, false}, {"shared_catalog", textMeta, false},
		{"federated", boolMeta, false}, {"parent_domain", textMeta, false}, {"update_frequency", textMeta, false},
	}
}

// DefaultMetas gives the names of the default template in the order in which the API writes them.
func DefaultMetas() []string {
	var out []string
	for _, m := range defaultTemplate() {
		out = append(out, m.name)
	}
	return out
}

// cleanMetas checks what a publication says and gives it in the forms the catalogue keeps: a single text
// becomes a list where the template wants one, and what the catalogue says itself is set aside. A null stays: it
// takes the value away.
func cleanMetas(given dataset.Metas) (dataset.Metas, error) {
	out := dataset.Metas{}
	for template, values := range given {
		out[template] = maps.Clone(values)
	}
	values := out["default"]
	for _, m := range defaultTemplate() {
		value, ok := values[m.name]
		switch {
		case !ok:
		case m.owned:
			delete(values, m.name)
		case value == nil:
		default:
			clean, ok := cleanMeta(m.kind, value)
			if !ok {
				return nil, fault.New(fault.Invalid, "metadata default.%s: %s is expected, not %v", m.name, expected(m.kind), value)
			}
			values[m.name] = clean
		}
	}
	return out, nil
}

func cleanMeta(k kind, value any) (any, bool) {
	switch k {
	case textMeta:
		// Portals differ in which texts may be several ("language", "references"): both are kept as they are.
		if list, ok := value.([]any); ok {
			return list, allTexts(list)
		}
		_, ok := value.(string)
		return value, ok
	case textsMeta:
		switch v := value.(type) {
		case string:
			if v == "" {
				return nil, true
			}
			return []any{v}, true
		case []any:
			return v, allTexts(v)
		}
		return nil, false
	case boolMeta:
		_, ok := value.(bool)
		return value, ok
	case timeMeta:
		text, ok := value.(string)
		if !ok {
			return nil, false
		}
		t, ok := parseTime(text)
		return FormatTime(t), ok
	case objectMeta:
		_, ok := value.(map[string]any)
		return value, ok
	}
	return value, true
}

func allTexts(list []any) bool {
	return !slices.ContainsFunc(list, func(x any) bool { _, ok := x.(string); return !ok })
}

func expected(k kind) string {
	return map[kind]string{textMeta: "a text", textsMeta: "a list of texts", boolMeta: "true or false",
		timeMeta: `a date such as "2024-03-05T08:00:00+00:00"`, intMeta: "a whole number", objectMeta: "an object"}[k]
}

// parseTime reads a moment: RFC 3339, or the same without a zone or without a time of day, which are UTC.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly} {
		t, err := time.Parse(layout, text)
		if t = t.UTC(); err == nil && t.Year() >= 1 && t.Year() <= 9999 { // what can be written again
			return t, true
		}
	}
	return time.Time{}, false
}

// FormatTime writes a moment as the API does: UTC, an offset in figures, microseconds only where there are any.
func FormatTime(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000000-07:00")
}

// mergeMetas lays what is given over what is there, name by name.
func mergeMetas(there, given dataset.Metas) dataset.Metas {
	out := dataset.Metas{}
	for template, values := range there {
		out[template] = maps.Clone(values)
	}
	for template, values := range given {
		if out[template] == nil {
			out[template] = map[string]any{}
		}
		maps.Copy(out[template], values)
	}
	return out
}

// complete gives the metas as the API shows them: every name of the default template, null where nothing is
// known, and what the catalogue knows by itself. Portal is the portal's language.
func complete(kept dataset.Metas, e *Entry, portal string) dataset.Metas {
	out := mergeMetas(kept, nil)
	values := out["default"]
	if values == nil {
		values = map[string]any{}
		out["default"] = values
	}
	for _, m := range defaultTemplate() {
		if _, ok := values[m.name]; !ok {
			values[m.name] = nil
		}
	}
	fill := func(name string, value any) {
		if values[name] == nil {
			values[name] = value
		}
	}
	changedWithData := values["modified"] == nil
	if e.Version != nil {
		values["data_processed"] = FormatTime(e.Version.Time)
		fill("modified", FormatTime(e.Version.Time))
	}
	values["metadata_processed"] = FormatTime(e.Changed)
	values["records_count"] = float64(e.Rows())
	fill("modified", FormatTime(e.Described))
	fill("modified_updates_on_data_change", changedWithData)
	fill("modified_updates_on_metadata_change", false)
	fill("geographic_reference_auto", false)
	fill("federated", false)
	language, _ := values["language"].(string)
	if language == "" {
		language = portal
	}
	fill("metadata_languages", []any{language})
	return out
}
