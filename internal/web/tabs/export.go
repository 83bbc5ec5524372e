package tabs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"parvis/internal/export"
	"parvis/internal/fault"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// exportPage offers the rows as files.
type exportPage struct {
	data.Page
	Tables, Maps []format
	Keep         []pair
	All          int64
	Matching     int64
	Filtered     bool // the filter holds for the files
	CanFilter    bool // there is a filter that could hold
	Names        bool // headers are technical names
	Delimiter    string
	Error        *data.Mistake // what is wrong with the filter; the files are then of all rows
	Citation     []string
}

// formatList is a list of formats with the page that translates it.
type formatList struct {
	Page    *exportPage
	Formats []format
}

// Rows gives the number of rows that the files hold.
func (p *exportPage) Rows() int64 {
	if p.Filtered {
		return p.Matching
	}
	return p.All
}

// With gives a list of formats to its template.
func (p *exportPage) With(formats []format) formatList { return formatList{p, formats} }

// format is one file format, where its file is, "" where it cannot hold the rows, and where that is made beforehand, "" where it is not worth
// the wait.
type format struct{ Name, Says, Kind, Href, Size, Prepare, TooMany string }

// worthPreparing is the size in bytes from which a file is offered to be made beforehand.
const worthPreparing = 100_000_000

func (s *Tabs) export(w http.ResponseWriter, r *http.Request) error {
	p, status, err := s.openExport(w, r)
	if err != nil {
		return err
	}
	for _, f := range p.formats() {
		kind, _ := export.Named(f.Kind)
		if !kind.Suits(p.Entry.Fields) {
			continue
		}
		if err := s.offer(r, p, kind, &f); err != nil {
			return err
		}
		if f.Kind == "geojson" {
			p.Maps = append(p.Maps, f)
		} else {
			p.Tables = append(p.Tables, f)
		}
	}
	return s.Render(w, r, status, s.pages["export"], p)
}

// offer fills in where a file is and how large, or why it cannot be.
func (s *Tabs) offer(r *http.Request, p *exportPage, kind export.Format, f *format) error {
	if !kind.Holds(p.Rows()) {
		f.TooMany = p.N("A sheet holds at most {n} row: filter the rows, or choose CSV.", "A sheet holds at most {n} rows: filter the rows, or choose CSV.", kind.MostRows)
		return nil
	}
	query := p.parameters(f.Kind)
	f.Href = data.APIURL(p.ID, "exports/"+f.Kind, query)
	bytes, exact, err := s.size(r, p.Page, f.Kind, query, p.Rows())
	if err != nil {
		return err
	}
	f.Size = sizeText(p.Page, bytes, exact)
	if bytes >= worthPreparing {
		f.Prepare = p.Link(data.Address(p.ID, "export/"+f.Kind), p.Params)
	}
	return nil
}

// openExport reads what files are wanted of which rows, and the status that the page has.
func (s *Tabs) openExport(w http.ResponseWriter, r *http.Request) (*exportPage, int, error) {
	base, err := s.Open(w, r, "export")
	if err != nil {
		return nil, 0, err
	}
	p := &exportPage{Page: base, Citation: base.Citation()}
	p.Names = p.Params.Get("names") == "names"
	p.Delimiter = p.Params.Get("delimiter")
	if !slices.Contains([]string{",", ";", "\t"}, p.Delimiter) {
		p.Delimiter = ";"
	}
	p.CanFilter = !p.Filter.Empty()
	p.Filtered = p.CanFilter && p.Params.Get("rows") != "all"
	p.Keep = page.Pairs(p.Filter.Values(), func(string) bool { return true })
	if p.All, err = s.CountRows(r, p.Page); err != nil {
		return nil, 0, err
	}
	p.Matching = p.All
	if !p.CanFilter || p.Hidden || p.NoRows {
		return p, http.StatusOK, nil
	}
	none := 0
	q := p.Filter.Question()
	q.Limit = &none
	rows, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	switch {
	case err != nil && fault.KindOf(err) == fault.Invalid:
		p.Error = p.Explain(err)
		p.CanFilter, p.Filtered = false, false
		return p, http.StatusBadRequest, nil
	case err != nil:
		return nil, 0, fmt.Errorf("export of %s: %w", p.ID, err)
	}
	p.Matching = rows.Total
	return p, http.StatusOK, nil
}

// wish names a file of the page's dataset.
func wish(p data.Page, kind string, query url.Values) export.Wish {
	return export.Wish{Dataset: p.ID, Kind: kind, Query: query, Base: p.Origin}
}

// size gives the size of a file in bytes, 0 where nobody can tell or may have it.
func (s *Tabs) size(r *http.Request, p data.Page, kind string, query url.Values, rows int64) (bytes int64, exact bool, err error) {
	if s.files == nil || p.Hidden || p.NoRows || p.NoFiles {
		return 0, false, nil
	}
	bytes, exact, err = s.files.Size(r.Context(), p.Actor, wish(p, kind, query), rows)
	if err != nil {
		return 0, false, fmt.Errorf("size of %s as %s: %w", p.ID, kind, err)
	}
	return bytes, exact, nil
}

// sizeText says how large a file is, "" where that is not known.
func sizeText(p data.Page, bytes int64, exact bool) string {
	switch {
	case bytes == 0:
		return ""
	case exact:
		return p.Bytes(bytes)
	}
	return p.T("about {size}", "size", p.Bytes(bytes))
}

// parameters gives the options of the form as those of the machine door.
func (p *exportPage) parameters(kind string) url.Values {
	v := url.Values{}
	if p.Filtered {
		v = p.Filter.API()
	}
	if kind == "csv" || kind == "xlsx" {
		if !p.Names {
			p.Labelled(v)
		}
	}
	if kind == "csv" && p.Delimiter != ";" {
		v.Set("delimiter", p.Delimiter)
	}
	return v
}

func (p *exportPage) formats() []format {
	return []format{
		{Kind: "csv", Name: "CSV", Says: p.T("For any spreadsheet. UTF-8 text.")},
		{Kind: "xlsx", Name: "Excel", Says: p.T("A workbook whose columns have types: dates and numbers ready to use.")},
		{Kind: "json", Name: "JSON", Says: p.T("A list of objects, for developers.")},
		{Kind: "jsonl", Name: "JSON Lines", Says: p.T("One object a line, to be read as it comes.")},
		{Kind: "parquet", Name: "Parquet", Says: p.T("Compressed columns for R, Python and DuckDB.")},
		{Kind: "geojson", Name: "GeoJSON", Says: p.T("Shapes and attributes in WGS 84, for maps and GIS.")},
	}
}
