package tabs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"parvis/internal/web/data"
	"parvis/internal/web/page"

	"parvis/internal/fault"
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

// format is one file format and where its file is.
type format struct{ Name, Says, Kind, Href, Size string }

func (s *Tabs) export(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "export")
	if err != nil {
		return err
	}
	p := &exportPage{Page: base, Citation: base.Citation()}
	p.Names = p.Params.Get("names") == "names"
	p.Delimiter = p.Params.Get("delimiter")
	if !slices.Contains([]string{",", ";", "\t"}, p.Delimiter) {
		p.Delimiter = ";"
	}
	p.CanFilter = !p.Filter.Empty()
	p.Filtered = p.CanFilter && p.Params.Get("rows") != "all"
	if p.All, err = s.CountRows(r, p.Page); err != nil {
		return err
	}
	p.Matching = p.All
	status := http.StatusOK
	if p.CanFilter && !p.Hidden && !p.NoRows {
		none := 0
		q := p.Filter.Question()
		q.Limit = &none
		rows, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
		switch {
		case err != nil && fault.KindOf(err) == fault.Invalid:
			p.Error, status = p.Explain(err), http.StatusBadRequest
			p.CanFilter, p.Filtered = false, false
		case err != nil:
			return fmt.Errorf("export of %s: %w", p.ID, err)
		default:
			p.Matching = rows.Total
		}
	}
	p.Keep = page.Pairs(p.Filter.Values(), func(string) bool { return true })
	geo := false
	for _, f := range p.Entry.Fields {
		geo = geo || f.Geo()
	}
	for _, f := range p.formats() {
		if !slices.Contains(s.formats, f.Kind) {
			continue
		}
		if f.Kind == "geojson" && !geo {
			continue
		}
		query := p.parameters(f.Kind)
		f.Href = data.APIURL(p.ID, "exports/"+f.Kind, query)
		if f.Size, err = s.size(r, p.Page, f.Kind, query, p.Rows()); err != nil {
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

// size says how large a file is, "" where nobody can tell or may have it.
func (s *Tabs) size(r *http.Request, p data.Page, kind string, query url.Values, rows int64) (string, error) {
	if s.measure == nil || p.Hidden || p.NoRows || p.NoFiles {
		return "", nil
	}
	bytes, exact, err := s.measure(r.Context(), p.Actor, p.ID, kind, query, rows)
	switch {
	case err != nil:
		return "", fmt.Errorf("size of %s as %s: %w", p.ID, kind, err)
	case exact:
		return p.Bytes(bytes), nil
	}
	return p.T("about {size}", "size", p.Bytes(bytes)), nil
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
