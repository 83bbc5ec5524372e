package v2

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parvis/internal/export"
	"parvis/internal/format"
	"parvis/internal/geo"
	"parvis/internal/server"
	"parvis/internal/statistics"
)

// formats answers …/datasets/{dataset_id}/exports.
func (a *API) formats(c *call) error {
	e, err := a.catalog.Find(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	address := c.datasetURL(e.ID) + "/exports"
	links := []link{{"self", address}}
	for _, f := range export.Formats() {
		if f.Suits(e.Fields) && (!f.Whole() || e.HasRecords()) {
			links = append(links, link{f.Name, address + "/" + f.Name})
		}
	}
	return a.fixed(c, `{"links":`+string(appendLinks(nil, links))+`}`)
}

// catalogFormats answers /catalog/exports.
func (a *API) catalogFormats(c *call) error {
	address := c.catalogURL() + "/exports"
	links := []link{{"self", address}}
	for _, f := range export.Formats() {
		if f.Catalogue {
			links = append(links, link{f.Name, address + "/" + f.Name})
		}
	}
	return a.fixed(c, `{"links":`+string(appendLinks(nil, links))+`}`)
}

// choices reads the parameters of an export beside the question; each is checked whether the format heeds it or not.
func (p parameters) choices(name string) (out export.Choices, err error) {
	out.Name = name
	if out.Labels, err = p.flag("use_labels", false); err != nil {
		return out, err
	}
	if out.Compressed, err = p.flag("compressed", false); err != nil {
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
	if out.Codec, err = p.choice("parquet_compression", "snappy", "snappy", "zstd"); err != nil {
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
	e, err := a.forFiles(c)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	f, there := export.Named(c.PathValue("format"))
	if !there {
		return noURI()
	}
	c.hit.Kind, c.hit.Format = statistics.Download, f.Name
	o, err := order(e, c.PathValue("dataset_id"), f, c.params, c.lang, c.base)
	if err != nil {
		return err
	}
	if server.NotModified(c.w, c.Request, o.key(e).quoted()) {
		return nil
	}
	file, err := a.open(c.Context(), c.actor, o)
	if err != nil {
		return err
	}
	made := a.desk.Kept(file.Key)
	if made == nil && f.Whole() {
		if made, err = a.desk.Open(c.Context(), file); err != nil {
			return err
		}
	}
	c.asFile(f, o.how, tag(file.Key))
	if made != nil {
		defer made.Close()
		http.ServeContent(c.w, c.Request, "", time.Time{}, made)
		return nil
	}
	if c.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	return file.Write(c.Context(), c.w)
}

// catalogExport answers /catalog/exports/{format} with a file of all datasets.
func (a *API) catalogExport(c *call) error {
	f, there := export.Named(c.PathValue("format"))
	if !there || !f.Catalogue {
		return noURI()
	}
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
	if f.Name == "json" {
		return a.exportDocuments(c)
	}
	table, err := a.explorer.CatalogTable(c.Context(), c.actor, q)
	if err != nil {
		return err
	}
	how.Location = table.Plan.Loc
	c.asFile(f, how, tag{})
	if c.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	return export.Stream(c.w, f, table.Columns, how, func(w format.Writer) error {
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

// asFile says what the answer is: a file of that format, by its name.
func (c *call) asFile(f export.Format, how export.Choices, t tag) {
	h := c.w.Header()
	h.Set("Content-Type", f.ContentType)
	name := how.Name + "." + f.Name
	if how.Compressed && !f.Whole() {
		h.Set("Content-Type", "application/gzip")
		name += ".gzip"
	}
	c.attach(name)
	c.fresh(t)
	if t != (tag{}) {
		h.Set("ETag", t.quoted())
	}
}
