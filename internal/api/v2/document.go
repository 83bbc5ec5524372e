package v2

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
)

// shown are the choices of how a dataset is shown.
type shown struct {
	links    bool           // _links
	appMetas bool           // the templates that say how the portal's own pages show it
	zone     *time.Location // of moments among the metadata
}

// appTemplate tells whether a template is about the portal's pages rather than the data.
func appTemplate(name string) bool {
	switch name {
	case "explore", "visualization", "asset_content_configuration":
		return true
	}
	return false
}

// appendDocument writes a dataset object, whole.
func (a *API) appendDocument(dst []byte, c *call, e *catalog.Entry, how shown) []byte {
	dst = append(dst, '{')
	for i, key := range explore.Documents() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, key), ':')
		dst = a.appendPart(dst, c, e, key, how)
	}
	if how.links {
		dst = append(dst, `,"_links":`...)
		dst = appendLinks(dst, c.datasetLinks(e))
	}
	return append(dst, '}')
}

func (c *call) datasetLinks(e *catalog.Entry) []link {
	return []link{{"self", c.datasetURL(e.ID)}, {"catalog", c.catalogURL()}}
}

// appendPart writes the value of one key of the dataset object.
func (a *API) appendPart(dst []byte, c *call, e *catalog.Entry, key string, how shown) []byte {
	switch key {
	case "visibility":
		return appendText(dst, e.Visibility())
	case "fields":
		return appendFields(dst, e.Fields)
	case "dataset_id":
		return appendText(dst, e.ID)
	case "dataset_uid":
		return appendText(dst, e.UID)
	case "has_records":
		return strconv.AppendBool(dst, e.HasRecords())
	case "features":
		return appendTexts(dst, e.Features())
	case "attachments":
		return c.appendAttachments(dst, e)
	case "alternative_exports":
		return appendAlternatives(dst, e.Alternatives)
	case "data_visible":
		return strconv.AppendBool(dst, e.Access.Data)
	case "metas":
		return appendMetas(dst, e, how)
	}
	return append(dst, "null"...)
}

// appendFields writes the schema.
func appendFields(dst []byte, fields []dataset.Field) []byte {
	dst = append(dst, '[')
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"name":`...)
		dst = appendText(dst, f.Name)
		dst = append(dst, `,"description":`...)
		if f.Description == "" {
			dst = append(dst, "null"...)
		} else {
			dst = appendText(dst, f.Description)
		}
		annotations, err := json.Marshal(f.Annotations)
		if err != nil { // foreign annotations came from JSON
			annotations = []byte("{}")
		}
		dst = append(dst, `,"annotations":`...)
		dst = append(dst, annotations...)
		dst = append(dst, `,"label":`...)
		dst = appendText(dst, f.Label)
		dst = append(dst, `,"type":`...)
		dst = appendText(dst, string(f.Type))
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func (c *call) appendAttachments(dst []byte, e *catalog.Entry) []byte {
	dst = append(dst, '[')
	for i, f := range e.Attachments {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"id":`...)
		dst = appendText(dst, f.ID)
		dst = append(dst, `,"title":`...)
		dst = appendText(dst, f.Title)
		dst = append(dst, `,"mimetype":`...)
		dst = appendText(dst, f.MIMEType)
		dst = append(dst, `,"url":`...)
		dst = appendText(dst, c.attachmentURL(e, f))
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func (c *call) attachmentURL(e *catalog.Entry, f dataset.Attachment) string {
	return c.datasetURL(e.ID) + "/attachments/" + url.PathEscape(f.ID)
}

func appendAlternatives(dst []byte, list []dataset.Alternative) []byte {
	if len(list) == 0 {
		return append(dst, "[]"...)
	}
	text, err := json.Marshal(list)
	if err != nil { // strings alone
		return append(dst, "[]"...)
	}
	return append(dst, text...)
}

// appendMetas writes the templates: default first, in the order of the API, then the others by name.
func appendMetas(dst []byte, e *catalog.Entry, how shown) []byte {
	dst = append(dst, `{"default":{`...)
	values := e.Metas["default"]
	names := catalog.DefaultMetas()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ':')
		dst = appendMeta(dst, values[name], how.zone)
	}
	dst = append(dst, '}')
	for _, template := range slices.Sorted(maps.Keys(e.Metas)) {
		if template == "default" || appTemplate(template) {
			continue
		}
		dst = appendTemplate(appendKey(dst, template), e.Metas[template], how.zone)
	}
	if how.appMetas {
		for _, template := range []string{"explore", "visualization"} {
			dst = appendTemplate(appendKey(dst, template), e.Metas[template], how.zone)
		}
		dst = appendTemplate(appendKey(dst, "asset_content_configuration"), facetConfiguration(e), how.zone)
	}
	return append(dst, '}')
}

// appendMeta writes a metadata. Whole numbers are written without a fraction: records_count is an integer. Moments
// are told by the clock of a zone, to the microsecond where they are that exact.
func appendMeta(dst []byte, value any, zone *time.Location) []byte {
	if text, is := value.(string); is && zone != time.UTC {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			layout := "2006-01-02T15:04:05-07:00"
			if t.Nanosecond() != 0 {
				layout = "2006-01-02T15:04:05.000000-07:00"
			}
			return appendText(dst, t.In(zone).Format(layout))
		}
	}
	if n, is := value.(float64); is && n == float64(int64(n)) {
		return strconv.AppendInt(dst, int64(n), 10)
	}
	return appendAny(dst, value)
}

func appendTemplate(dst []byte, values map[string]any, zone *time.Location) []byte {
	dst = append(dst, '{')
	for i, name := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ':')
		dst = appendMeta(dst, values[name], zone)
	}
	return append(dst, '}')
}

// facetConfiguration gives the template that says which fields are filters, from their annotations.
func facetConfiguration(e *catalog.Entry) map[string]any {
	out := maps.Clone(e.Metas["asset_content_configuration"])
	if out == nil {
		out = map[string]any{}
	}
	if out["facets"] == nil {
		facets := []any{}
		for _, f := range e.Fields {
			if !f.Annotations.Facet {
				continue
			}
			order := f.Annotations.FacetSort
			if order == "" {
				order = "-count"
			}
			_, timerange := f.Annotations.Other["timerange_filter"]
			facets = append(facets, map[string]any{"field_name": f.Name, "facetsort": order,
				"disjunctive": f.Annotations.Disjunctive, "timerange_filter": timerange})
		}
		out["facets"] = facets
	}
	return out
}
