package tabs

import (
	"fmt"
	"net/http"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// recordPage shows one row whole.
type recordPage struct {
	data.Page
	Row    string // the first text of the row: what it is called
	Values []valueRow
	Back   string
	JSON   string
}

// valueRow is a field of the row.
type valueRow struct {
	Label, Lang, Name, Unit string
	Cell                    data.Cell
}

func (s *Tabs) record(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "table")
	if err != nil {
		return err
	}
	p := &recordPage{Page: base}
	id := r.PathValue("record")
	rows, err := s.Portal.Record(r.Context(), p.Actor, p.ID, id)
	if err != nil {
		return fmt.Errorf("row of %s: %w", p.ID, err)
	}
	for i, c := range rows.Columns {
		v := valueRow{Label: c.Label, Name: c.Name, Cell: p.Cell(c, rows.Values[0][i], true)}
		if v.Label == "" {
			v.Label = c.Name
		}
		if f := p.Field(c.Name); f != nil {
			label := p.LabelOf(*f)
			v.Label, v.Lang = label.Text, label.Lang
			v.Unit = f.Annotations.Unit
		}
		if p.Row == "" && !data.Numeric(c) && c.Type != dataset.File && strings.TrimSpace(v.Cell.Text) != "" && i > 0 {
			p.Row = page.Cut(v.Cell.Text, 80)
		}
		p.Values = append(p.Values, v)
	}
	if p.Row == "" {
		p.Row = p.T("Row {id}", "id", id[:min(len(id), 8)])
	}
	p.Title = p.Row + " – " + p.Name
	p.Back = p.Link(data.Address(p.ID, "table"), p.Filter.Values())
	p.About = p.Title
	p.JSON = data.APIURL(p.ID, "records/"+id, nil)
	p.Chips = nil
	return s.Render(w, r, http.StatusOK, s.pages["record"], p)
}
