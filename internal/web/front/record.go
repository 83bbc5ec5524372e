package front

import (
	"fmt"
	"net/http"
	"parvis/internal/web/page"
	"strings"
)

// recordPage shows one row whole.
type recordPage struct {
	datasetPage
	Row    string // the first text of the row: what it is called
	Values []valueRow
	Back   string
	JSON   string
}

// valueRow is a field of the row.
type valueRow struct {
	Label, Lang, Name, Unit string
	Cell                    cell
}

func (s *Site) record(w http.ResponseWriter, r *http.Request) error {
	base, err := s.open(w, r, "table")
	if err != nil {
		return err
	}
	p := &recordPage{datasetPage: base}
	id := r.PathValue("record")
	rows, err := s.portal.Record(r.Context(), p.actor, p.ID, id)
	if err != nil {
		return fmt.Errorf("row of %s: %w", p.ID, err)
	}
	for i, c := range rows.Columns {
		v := valueRow{Label: c.Label, Name: c.Name, Cell: show(p.Printer, c, p.decimals(c.Name), rows.Values[0][i], true)}
		if v.Label == "" {
			v.Label = c.Name
		}
		if f := p.field(c.Name); f != nil {
			label := p.labelOf(*f)
			v.Label, v.Lang = label.Text, label.Lang
			v.Unit = f.Annotations.Unit
		}
		if p.Row == "" && !numeric(c) && strings.TrimSpace(v.Cell.Text) != "" && i > 0 {
			p.Row = page.Cut(v.Cell.Text, 80)
		}
		p.Values = append(p.Values, v)
	}
	if p.Row == "" {
		p.Row = p.T("Row {id}", "id", id[:min(len(id), 8)])
	}
	p.Title = p.Row + " – " + p.Name
	p.Back = p.Link(tab(p.ID, "table"), p.filter.values())
	p.About = p.Title
	p.JSON = apiURL(p.ID, "records/"+id, nil)
	p.Chips = nil
	return s.Render(w, r, http.StatusOK, s.pages["record"], p)
}
