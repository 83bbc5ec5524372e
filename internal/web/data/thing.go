package data

import (
	"net/url"
	"strings"
)

// SchemaOrg describes the dataset as schema.org does, for search engines: what who asks may see of it.
func (p Page) SchemaOrg(lede string) any {
	e := p.Entry
	about := p.Origin + Address(e.ID, "information")
	out := map[string]any{
		"@context": "https://schema.org/", "@type": "Dataset", "@id": about, "url": about, "identifier": e.ID, "name": p.Name, "inLanguage": p.Lang,
		"isAccessibleForFree":   true,
		"includedInDataCatalog": map[string]any{"@type": "DataCatalog", "name": p.Portal(), "url": p.Origin + "/explore/"},
	}
	text := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	if lede == "" {
		lede = p.Name
	}
	text("description", lede)
	if words := e.Metas.Texts("default", "keyword"); len(words) > 0 {
		out["keywords"] = append(e.Metas.Texts("default", "theme"), words...)
	}
	if name := e.Metas.Text("default", "publisher"); name != "" {
		body := map[string]any{"@type": "Organization", "name": name}
		out["creator"], out["publisher"] = body, body
	}
	if license := e.Metas.Text("default", "license_url"); WebAddress(license) {
		text("license", license)
	} else {
		text("license", e.Metas.Text("default", "license"))
	}
	if t, ok := Moment(e.Metas.Text("default", "modified")); ok {
		text("dateModified", t.UTC().Format("2006-01-02"))
	}
	if period := e.Metas.Text("dcat", "temporal"); period != "" {
		text("temporalCoverage", period)
	}
	if places := e.Metas.Texts("default", "territory"); len(places) > 0 {
		out["spatialCoverage"] = places
	}
	var fields []any
	for _, f := range e.Fields {
		one := map[string]any{"@type": "PropertyValue", "name": p.LabelOf(f).Text}
		if f.Description != "" {
			one["description"] = f.Description
		}
		if f.Annotations.Unit != "" {
			one["unitText"] = f.Annotations.Unit
		}
		fields = append(fields, one)
	}
	if len(fields) > 0 {
		out["variableMeasured"] = fields
	}
	if !p.Hidden && !p.NoRows && !p.NoFiles {
		var files []any
		for _, f := range [][2]string{{"csv", "text/csv"}, {"json", "application/json"}, {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, {"parquet", "application/vnd.apache.parquet"}, {"geojson", "application/geo+json"}} {
			if f[0] == "geojson" && p.Place() == nil {
				continue
			}
			files = append(files, map[string]any{"@type": "DataDownload", "name": strings.ToUpper(f[0]), "encodingFormat": f[1], "contentUrl": p.Origin + APIURL(e.ID, "exports/"+f[0], url.Values{})})
		}
		out["distribution"] = files
	}
	return out
}
