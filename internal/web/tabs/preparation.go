package tabs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"parvis/internal/export"
	"parvis/internal/fault"
	"parvis/internal/web/data"
)

// preparation shows how far a file has come that is made beforehand.
type preparation struct {
	*exportPage
	File   format
	State  export.State
	Failed string   // why the file is not made
	Ahead  int64    // files that come first
	Done   int      // in percent; -1: nobody can tell
	So     []string // what is made so far, and how long it will take yet
	Back   string   // the address of the tab
}

// Coming tells whether there is something to wait for.
func (p *preparation) Coming() bool { return p.Failed == "" && p.State != export.Ready }

// Waiting tells whether others come first.
func (p *preparation) Waiting() bool { return p.State == export.Waiting }

// prepare makes a file and tells how far it is, for who asks again and again.
func (s *Tabs) prepare(w http.ResponseWriter, r *http.Request) error {
	e, status, err := s.openExport(w, r)
	if err != nil {
		return err
	}
	kind := r.PathValue("format")
	list := e.formats()
	i := slices.IndexFunc(list, func(f format) bool { return f.Kind == kind })
	format, _ := export.Named(kind)
	if i < 0 || s.files == nil || !format.Suits(e.Entry.Fields) {
		return fault.New(fault.NotFound, "There is no file of this dataset in the format %q.", kind)
	}
	p := &preparation{exportPage: e, File: list[i], Back: e.Link(data.Address(e.ID, "export"), e.Params)}
	if status != http.StatusOK || !format.Holds(e.Rows()) || e.Hidden || e.NoRows || e.NoFiles { // which that tab explains
		http.Redirect(w, r, p.Back, http.StatusSeeOther)
		return nil
	}
	p.About, p.Card, p.Live, p.Script = "", "", true, "progress.js"
	query := e.parameters(kind)
	p.File.Href = data.APIURL(e.ID, "exports/"+kind, query)
	if err := s.progress(r, p, query); err != nil {
		return fmt.Errorf("prepare %s as %s: %w", e.ID, kind, err)
	}
	p.Title = p.File.Name + " – " + p.Name
	if p.Coming() {
		p.Refresh = 5
		if p.Done >= 0 && !p.Waiting() {
			p.Title = p.Percent(float64(p.Done), 0) + " – " + p.Title
		}
	}
	return s.Render(w, r, http.StatusOK, s.pages["preparation"], p)
}

// progress fills in how far the file is.
func (s *Tabs) progress(r *http.Request, p *preparation, query url.Values) error {
	all, exact, err := s.size(r, p.Page, p.File.Kind, query, p.Rows())
	if err != nil {
		return err
	}
	p.File.Size = sizeText(p.Page, all, exact)
	so, err := s.files.Prepare(r.Context(), p.Actor, wish(p.Page, p.File.Kind, query))
	switch fault.KindOf(err) {
	case fault.TooLarge:
		p.Failed = p.T("This file is larger than those that the portal prepares. Download it directly: that has no limit.")
		return nil
	case fault.Unavailable:
		p.Failed = p.T("The portal has too much to do to prepare this file now. Download it directly, or try again in a few minutes.")
		return nil
	case fault.Invalid:
		p.Failed = p.T("The filter depends on the present moment, so the file cannot be prepared. Download it directly.")
		return nil
	}
	if err != nil {
		return err
	}
	p.State, p.Ahead = so.State, int64(so.Ahead)
	switch so.State {
	case export.Ready:
		p.File.Size, p.Done = p.Bytes(so.Bytes), 100
	case export.Making:
		done, whole := so.Rows, p.Rows()
		if so.Rows > 0 {
			p.So = append(p.So, p.N("{n} row of {all}", "{n} rows of {all}", done, "all", p.Int(whole)))
		} else { // the engine writes it
			done, whole = so.Bytes, all
		}
		if so.Bytes > 0 { // some formats are written when all rows are there
			p.So = append(p.So, p.Bytes(so.Bytes))
		}
		p.Done = percent(done, whole)
		if left := p.left(so.For, p.Done); left != "" {
			p.So = append(p.So, left)
		}
	}
	return nil
}

// percent gives the share of the whole that is done, never all of it; -1 where the whole is not known.
func percent(done, whole int64) int {
	if whole <= 0 {
		return -1
	}
	return int(min(99, 100*done/whole))
}

// left says how long it will take yet, "" where it is too early to tell.
func (p *preparation) left(so time.Duration, done int) string {
	if so < 2*time.Second || done < 1 {
		return ""
	}
	left := so * time.Duration(100-done) / time.Duration(done)
	if left < 90*time.Second {
		return p.N("about {n} second left", "about {n} seconds left", int64(left.Seconds())+1)
	}
	return p.N("about {n} minute left", "about {n} minutes left", int64(left.Round(time.Minute).Minutes()))
}
