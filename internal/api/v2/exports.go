package v2

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/delimited"
	"parvis/internal/format/geojson"
	"parvis/internal/format/jsontext"
	"parvis/internal/format/xlsx"
	"parvis/internal/geo"
	"parvis/internal/server"
	"parvis/internal/statistics"
)

// file is a format of exports.
type file struct {
	name, contentType string
	catalogue         bool       // the catalogue has it, too
	geo               bool       // only for datasets with geometry
	new               format.New // nil: Parquet, which the engine writes
}

// files lists the formats that work, in the order in which they are shown.
func files() []file {
	return []file{
		{name: "json", contentType: jsonType, catalogue: true, new: jsontext.New},
		{name: "jsonl", contentType: "application/x-ndjson; charset=utf-8", new: jsontext.NewLines},
		{name: "csv", contentType: "text/csv; charset=utf-8", catalogue: true, new: delimited.New},
		{name: "geojson", contentType: "application/geo+json; charset=utf-8", geo: true, new: geojson.New},
		{name: "parquet", contentType: "application/vnd.apache.parquet"},
		{name: "xlsx", contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", catalogue: true, new: xlsx.New},
	}
}

// hasGeometry tells whether a dataset has any to show on a map.
func hasGeometry(e *catalog.Entry) bool { return slices.ContainsFunc(e.Fields, dataset.Field.Geo) }

// formats answers …/datasets/{dataset_id}/exports.
func (a *API) formats(c *call) error {
	e, err := a.catalog.Find(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	address := c.datasetURL(e.ID) + "/exports"
	links := []link{{"self", address}}
	for _, f := range files() {
		if (!f.geo || hasGeometry(e)) && (f.new != nil || e.HasRecords()) {
			links = append(links, link{f.name, address + "/" + f.name})
		}
	}
	return a.fixed(c, `{"links":`+string(appendLinks(nil, links))+`}`)
}

// catalogFormats answers /catalog/exports.
func (a *API) catalogFormats(c *call) error {
	address := c.catalogURL() + "/exports"
	links := []link{{"self", address}}
	for _, f := range files() {
		if f.catalogue {
			links = append(links, link{f.name, address + "/" + f.name})
		}
	}
	return a.fixed(c, `{"links":`+string(appendLinks(nil, links))+`}`)
}

// choices are the parameters of an export beside the question.
type choices struct {
	format.Options
	compressed bool
	codec      string // of Parquet
}

// choices reads them; each is checked whether the format heeds it or not.
func (p parameters) choices(name string) (out choices, err error) {
	out.Name = name
	if out.Labels, err = p.flag("use_labels", false); err != nil {
		return out, err
	}
	if out.compressed, err = p.flag("compressed", false); err != nil {
		return out, err
	}
	if out.QuoteAll, err = p.flag("quote_all", false); err != nil {
		return out, err
	}
	if out.BOM, err = p.flag("with_bom", true); err != nil {
		return out, err
	}
	delimiter, err := p.choice("delimiter", ";", ";", ",", "\t", "|", `\t`)
	if err != nil {
		return out, err
	}
	if delimiter == `\t` {
		delimiter = "\t"
	}
	out.Delimiter = rune(delimiter[0])
	out.ListSeparator = ","
	if s := p.one("list_separator"); s != "" {
		out.ListSeparator = s
	}
	if out.codec, err = p.choice("parquet_compression", "snappy", "snappy", "zstd"); err != nil {
		return out, err
	}
	epsg, given, err := p.integer("epsg")
	if err != nil {
		return out, err
	}
	if given {
		if _, _, known := geo.Projection(epsg); !known && epsg != 4326 {
			return out, badParameter("epsg", strconv.Itoa(epsg), "the code of a known projection ("+geo.Supported()+")")
		}
		out.EPSG = epsg
	}
	return out, nil
}

// export answers …/datasets/{dataset_id}/exports/{format} with a file of all rows.
func (a *API) export(c *call) error {
	id := c.PathValue("dataset_id")
	e, err := a.forFiles(c)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	list := files()
	i := slices.IndexFunc(list, func(f file) bool { return f.name == c.PathValue("format") })
	if i < 0 {
		return noURI()
	}
	f := list[i]
	c.hit.Kind, c.hit.Format = statistics.Download, f.name
	if f.geo && !hasGeometry(e) {
		return fault.New(fault.Invalid, "The dataset %s cannot be exported as %s: it has no geometry.", id, f.name)
	}
	how, err := c.params.choices(id)
	if err != nil {
		return err
	}
	t := c.tag(state(e))
	if server.NotModified(c.w, c.Request, t.quoted()) {
		return nil
	}
	q, err := c.params.question(c.lang)
	if err != nil {
		return err
	}
	if err := c.params.everything(&q, false); err != nil {
		return err
	}
	export, err := a.explorer.Export(c.Context(), c.actor, id, q)
	if err != nil {
		return err
	}
	t = c.volatileTag(&explore.Answer{Plan: export.Plan}, state(export.Entry))
	how.Location = export.Plan.Loc
	if f.name != "json" {
		export.PlainText()
	}
	if f.new == nil {
		return a.serveParquet(c, export, how, t)
	}
	columns := export.Columns
	if how.Labels {
		columns = labelled(columns, export.Entry, c.lang)
	}
	return c.stream(f, id, how, t, columns, func(ctx context.Context, w format.Writer) error {
		if parallel, is := w.(format.Parallel); is {
			return export.EachEncoded(ctx, func() explore.Encoder { return explore.Encoder(parallel.Encoder()) }, parallel.Append)
		}
		return export.Each(ctx, w.Write)
	})
}

// labelled gives columns the labels of their fields in a language.
func labelled(columns []dataset.Column, e *catalog.Entry, lang string) []dataset.Column {
	said := e.In(lang)
	if said == e {
		return columns
	}
	out := slices.Clone(columns)
	for i, f := range e.Fields {
		for j := range out {
			if out[j].Name == f.Name && out[j].Label == f.Label {
				out[j].Label = said.Fields[i].Label
			}
		}
	}
	return out
}

// catalogExport answers /catalog/exports/{format} with a file of all datasets.
func (a *API) catalogExport(c *call) error {
	list := files()
	i := slices.IndexFunc(list, func(f file) bool { return f.catalogue && f.name == c.PathValue("format") })
	if i < 0 {
		return noURI()
	}
	f := list[i]
	how, err := c.params.choices("datasets")
	if err != nil {
		return err
	}
	q, err := c.params.question(c.lang)
	if err != nil {
		return err
	}
	if err := c.params.everything(&q, true); err != nil {
		return err
	}
	if f.name == "json" {
		return a.exportDocuments(c)
	}
	table, err := a.explorer.CatalogTable(c.Context(), c.actor, q)
	if err != nil {
		return err
	}
	how.Location = table.Plan.Loc
	return c.stream(f, "datasets", how, tag{}, table.Columns, func(_ context.Context, w format.Writer) error {
		for _, b := range table.Batches {
			if err := w.Write(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// exportDocuments answers with an array of dataset objects.
func (a *API) exportDocuments(c *call) error {
	state, err := a.explorer.CatalogState(c.Context(), c.actor)
	if err != nil {
		return err
	}
	c.attach("datasets.json")
	err = a.answer(c, c.tag(state), func(ctx context.Context, dst []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		if err := c.params.everything(&q, true); err != nil {
			return nil, tag{}, err
		}
		if *q.Limit < 0 {
			all := 1 << 30
			q.Limit = &all
		}
		got, err := a.explorer.Datasets(ctx, c.actor, q)
		if err != nil {
			return nil, tag{}, err
		}
		dst = a.appendListing(append(dst, '['), c, got, shown{})
		return append(dst, "]\n"...), c.volatileTag(&got.Answer, got.State), nil
	})
	if err != nil {
		c.w.Header().Del("Content-Disposition") // a refusal is no file
	}
	return err
}

// attach names the file that the answer is to be kept as.
func (c *call) attach(name string) {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	value := `attachment; filename="` + plain + `"`
	if plain != name {
		value += "; filename*=UTF-8''" + url.PathEscape(name)
	}
	c.w.Header().Set("Content-Disposition", value)
}

// stream sends a file as it is made. Nothing is sent before the first 64 KB stand or the file is whole, so that
// what fails at once is answered as a failure; what fails later breaks the connection off.
func (c *call) stream(f file, name string, how choices, t tag, columns []dataset.Column, fill func(context.Context, format.Writer) error) error {
	h := c.w.Header()
	h.Set("Content-Type", f.contentType)
	name += "." + f.name
	if how.compressed {
		h.Set("Content-Type", "application/gzip")
		name += ".gzip"
	}
	c.attach(name)
	c.fresh(t)
	if t != (tag{}) {
		h.Set("ETag", t.quoted())
	}
	if c.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	buffered := bufio.NewWriterSize(c.w, 64<<10)
	var out io.Writer = buffered
	var zipped *gzip.Writer
	if how.compressed {
		zipped, _ = gzip.NewWriterLevel(buffered, gzip.BestSpeed+1)
		out = zipped
	}
	w, err := f.new(out, columns, how.Options)
	if err != nil {
		return err
	}
	if err := fill(c.Context(), w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if zipped != nil {
		if err := zipped.Close(); err != nil {
			return err
		}
	}
	return buffered.Flush()
}
