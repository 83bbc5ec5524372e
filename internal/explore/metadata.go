package explore

import (
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/locale"
)

// metaName is where a metadata stands in a description.
type metaName struct{ template, name string }

// key gives the name under which questions know it: those of the default template without its name.
func (m metaName) key() string {
	if m.template == "default" {
		return m.name
	}
	return m.template + "." + m.name
}

// The fields of the catalogue that are no metadata.
const (
	idField       = "dataset_id"
	uidField      = "dataset_uid"
	recordsField  = "has_records"
	featuresField = "features"
	wordsField    = "_fields" // names and labels of a dataset's fields, and all translations: for full-text search
	orderField    = "_order"  // the dataset's place when titles are put in order as the portal's language does
)

// wellKnown gives the metadata beside the default template that questions may name in every portal, whether any
// dataset has them or not.
func wellKnown() []metaName {
	var out []metaName
	for _, t := range []struct{ template, names string }{
		{"dcat", "created issued creator contributor contact_name contact_email accrualperiodicity spatial temporal granularity " +
			"dataquality publisher_type conforms_to temporal_coverage_start temporal_coverage_end accessRights relation"},
		{"explore", "download_count popularity_score geographic_reference_path geographic_reference_path_labels"},
		{"inspire", "theme type file_identifier hierarchy_level hierarchy_level_name spatial_resolution topologic_consistency " +
			"contact_individual_name contact_position contact_address contact_email identification_purpose extend_description " +
			"extend_bounding_box_westbound_longitude extend_bounding_box_eastbound_longitude " +
			"extend_bounding_box_southbound_latitude extend_bounding_box_northbound_latitude"},
	} {
		for _, name := range strings.Fields(t.names) {
			out = append(out, metaName{t.template, name})
		}
	}
	return out
}

// shape is what columns the catalogue has: a fixed head, then one for each metadata that is well known or that some
// dataset has.
type shape struct {
	columns []column
	metas   map[string]metaName
	empty   map[string]bool     // the well-known ones, by key, that no dataset has
	owners  map[string][]string // the ids of the datasets that have one that is in no portal by itself, by key
	places  map[string]int64    // by uid: see orderField
}

// column is one field of the catalogue.
type column struct {
	field dataset.Field
	from  metaName // zero for the head
}

// shapeOf finds the columns that these datasets need. Titles are put in order as the portal's language does.
func shapeOf(entries []*catalog.Entry, language string) *shape {
	s := &shape{metas: map[string]metaName{}, empty: map[string]bool{}, owners: map[string][]string{}, places: map[string]int64{}}
	byTitle := slices.Clone(entries)
	locale.SortIn(language, byTitle, (*catalog.Entry).Title)
	for i, e := range byTitle {
		s.places[e.UID] = int64(i)
	}
	for _, f := range []dataset.Field{
		{Name: idField, Type: dataset.Text, Label: "Dataset identifier"},
		{Name: uidField, Type: dataset.Text, Label: "Permanent identifier"},
		{Name: recordsField, Type: dataset.Boolean, Label: "Has records"},
		{Name: featuresField, Type: dataset.Text, Label: "Features", Annotations: dataset.Annotations{Multivalued: ",", Facet: true}},
	} {
		s.columns = append(s.columns, column{field: f})
	}
	found := map[metaName][]any{}
	var names []metaName
	for _, name := range catalog.DefaultMetas() {
		m := metaName{"default", name}
		found[m] = nil
		names = append(names, m)
	}
	var others []metaName
	for _, e := range entries {
		for template, values := range e.Metas {
			for name, value := range values {
				m := metaName{template, name}
				if _, known := found[m]; !known {
					others = append(others, m)
				}
				if template != "default" || !slices.Contains(names, m) {
					s.owners[m.key()] = append(s.owners[m.key()], e.ID)
				}
				if value != nil {
					found[m] = append(found[m], value)
				} else if found[m] == nil {
					found[m] = []any{}
				}
			}
		}
	}
	for _, m := range wellKnown() {
		delete(s.owners, m.key())
		if _, known := found[m]; !known {
			others = append(others, m)
			s.empty[m.key()] = true
		}
	}
	slices.SortFunc(others, func(a, b metaName) int { return strings.Compare(a.key(), b.key()) })
	facets := CatalogueFacets()
	for _, m := range append(names, others...) {
		key := m.key()
		if _, twice := s.metas[key]; twice {
			continue
		}
		s.metas[key] = m
		if m.template == "default" {
			s.metas["default."+m.name] = m
		}
		f, ok := metaField(m, found[m])
		if !ok {
			continue
		}
		f.Annotations.Facet = m.template == "default" && slices.Contains(facets, m.name)
		s.columns = append(s.columns, column{field: f, from: m})
	}
	s.columns = append(s.columns, column{field: dataset.Field{Name: orderField, Type: dataset.Int, Label: "Order"}})
	s.columns = append(s.columns, column{field: dataset.Field{Name: wordsField, Type: dataset.Text, Label: "Fields", Annotations: dataset.Annotations{Multivalued: ","}}})
	return s
}

// metaField says what type a metadata has: by name where it is known, else by its values. There is no field for
// objects, which only select can ask for.
func metaField(m metaName, values []any) (dataset.Field, bool) {
	f := dataset.Field{Name: m.key(), Label: m.name, Type: dataset.Text}
	if m.template == "default" {
		switch m.name {
		case "modified", "data_processed", "metadata_processed":
			f.Type = dataset.DateTime
			return f, true
		case "records_count":
			f.Type = dataset.Int
			return f, true
		case "keyword", "theme", "metadata_languages", "geographic_reference", "territory", "geometry_types", "attributions":
			f.Annotations.Multivalued = ","
			return f, true
		case "modified_updates_on_metadata_change", "modified_updates_on_data_change", "geographic_reference_auto", "federated":
			f.Type = dataset.Boolean
			return f, true
		case "bbox":
			return f, false
		}
	}
	if len(values) == 0 {
		switch m {
		case metaName{"dcat", "created"}, metaName{"dcat", "issued"}, metaName{"dcat", "temporal_coverage_start"}, metaName{"dcat", "temporal_coverage_end"}:
			f.Type = dataset.DateTime
		case metaName{"explore", "download_count"}:
			f.Type = dataset.Int
		case metaName{"explore", "popularity_score"}:
			f.Type = dataset.Double
		}
		return f, true
	}
	all := func(is func(any) bool) bool {
		return len(values) > 0 && !slices.ContainsFunc(values, func(v any) bool { return !is(v) })
	}
	switch {
	case slices.ContainsFunc(values, func(v any) bool { _, object := v.(map[string]any); return object }):
		return f, false
	case slices.ContainsFunc(values, func(v any) bool { _, list := v.([]any); return list }):
		f.Annotations.Multivalued = ","
	case all(func(v any) bool { _, is := v.(bool); return is }):
		f.Type = dataset.Boolean
	case all(func(v any) bool { n, is := v.(float64); return is && n == math.Trunc(n) && math.Abs(n) < 1<<53 }):
		f.Type = dataset.Int
	case all(func(v any) bool { _, is := v.(float64); return is }):
		f.Type = dataset.Double
	case all(func(v any) bool { text, is := v.(string); _, moment := moment(text); return is && moment }):
		f.Type = dataset.DateTime
	}
	return f, true
}

func (s *shape) fields() []dataset.Field {
	out := make([]dataset.Field, len(s.columns))
	for i, c := range s.columns {
		out[i] = c.field
	}
	return out
}

// aliases gives the other names of fields.
func (s *shape) aliases() map[string]string {
	out := map[string]string{"datasetid": idField}
	for name, m := range s.metas {
		if name != m.key() {
			out[name] = m.key()
		}
	}
	return out
}

// row fills in the values of one dataset, in the order of the columns.
func (s *shape) row(e *catalog.Entry, values []any) {
	for i, c := range s.columns {
		switch {
		case c.from != metaName{}:
			values[i] = metaValue(c.field, e.Metas[c.from.template][c.from.name])
		case c.field.Name == idField:
			values[i] = e.ID
		case c.field.Name == uidField:
			values[i] = e.UID
		case c.field.Name == recordsField:
			values[i] = e.HasRecords()
		case c.field.Name == featuresField:
			values[i] = anys(e.Features())
		case c.field.Name == orderField:
			values[i] = s.places[e.UID]
		case c.field.Name == wordsField:
			var words []string
			for _, f := range e.Fields {
				words = append(words, f.Name)
				if f.Label != f.Name {
					words = append(words, f.Label)
				}
			}
			for _, text := range e.Translations.Words() {
				words = append(words, stripTags(text))
			}
			values[i] = anys(words)
		}
	}
}

func anys(list []string) any {
	if len(list) == 0 {
		return nil
	}
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// metaValue turns a value of a description into one of the field's type, nil where it does not fit.
func metaValue(f dataset.Field, value any) any {
	if value == nil {
		return nil
	}
	if f.List() {
		list, is := value.([]any)
		if !is {
			list = []any{value}
		}
		var out []string
		for _, v := range list {
			if text := plainText(v); text != "" {
				out = append(out, text)
			}
		}
		return anys(out)
	}
	switch f.Type {
	case dataset.Boolean:
		if b, is := value.(bool); is {
			return b
		}
		return nil
	case dataset.Int:
		if n, is := value.(float64); is {
			return int64(n)
		}
		return nil
	case dataset.Double:
		if n, is := value.(float64); is {
			return n
		}
		return nil
	case dataset.DateTime:
		text, _ := value.(string)
		if t, ok := moment(text); ok {
			return dataset.Instant(t.UnixMicro())
		}
		return nil
	}
	text := plainText(value)
	if f.Name == "description" {
		text = stripTags(text)
	}
	if text == "" {
		return nil
	}
	return text
}

// plainText writes a value of a description as text.
func plainText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case nil:
		return ""
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, plainText(x))
		}
		return strings.Join(out, ", ")
	case map[string]any:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, plainText(v[k]))
		}
		return strings.Join(out, " ")
	}
	return fmt.Sprint(value)
}

// moment reads a date or a moment as descriptions hold them; without a zone it is UTC.
func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// stripTags takes the tags out of HTML and resolves its entities: a tag parts words. What is left is for search
// and never for a page.
func stripTags(text string) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '>')
		if end < 0 {
			break
		}
		out.WriteString(text[:open])
		out.WriteByte(' ')
		text = text[open+end+1:]
	}
	out.WriteString(text)
	return strings.Join(strings.Fields(html.UnescapeString(out.String())), " ")
}
