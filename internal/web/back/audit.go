package back

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// auditPage shows who changed what.
type auditPage struct {
	office
	Verbs        []verbChoice
	Verb, Object string
	Since        string
	Events       []eventLine
	Older        string // the address of older events; "" for none
	OnlyPerson   string
	Chosen       int64
}

// verbChoice is something that can be done.
type verbChoice struct{ Word, Label string }

// eventLine is an event in words.
type eventLine struct {
	account.Event
	By, ByHref string
	ByKey      string // the number of the key used; "" for none
	Did        string // what was done
	Named      string // what it was done to, by its name where it has one
	NamedHref  string
	Changes    []changeLine
}

// changeLine is a value before and after; what is long is cut.
type changeLine struct {
	Name, From, To string
}

func (s *Site) audit(w http.ResponseWriter, r *http.Request) error {
	p := &auditPage{office: s.begin(w, r, "/backoffice/audit/", func(l *locale.Printer) string { return l.T("Log of changes") })}
	p.Verb, p.Object, p.Since = p.Params.Get("verb"), page.Cut(p.Params.Get("object"), 100), p.Params.Get("since")
	ask := account.Events{Verb: p.Verb, Object: p.Object, Limit: onPage + 1}
	ask.Before, _ = strconv.ParseInt(p.Params.Get("before"), 10, 64) // what is no number is no bound
	ask.Person, _ = strconv.ParseInt(p.Params.Get("person"), 10, 64)
	if since, err := time.Parse(time.DateOnly, p.Since); err == nil {
		ask.Since = since
	} else {
		p.Since = ""
	}
	if p.Chosen = ask.Person; p.Chosen > 0 {
		p.OnlyPerson = s.name(r, &p.office, p.Chosen)
	}
	events, err := s.people.Log(r.Context(), p.By, ask)
	if err != nil {
		return err
	}
	verbs, err := s.people.Verbs(r.Context(), p.By)
	if err != nil {
		return err
	}
	for _, word := range verbs {
		p.Verbs = append(p.Verbs, verbChoice{word, page.Capital(verb(p.Printer, word))})
	}
	if len(events) > onPage {
		events = events[:onPage]
		q := url.Values{"before": {strconv.FormatInt(events[onPage-1].ID, 10)}}
		for _, name := range []string{"verb", "object", "since", "person"} {
			if value := p.Params.Get(name); value != "" {
				q.Set(name, value)
			}
		}
		p.Older = p.Link("/backoffice/audit/", q)
	}
	for _, e := range events {
		p.Events = append(p.Events, s.event(r, &p.office, e))
	}
	return s.Render(w, r, http.StatusOK, s.pages["audit"], p)
}

// event puts an event into words.
func (s *Site) event(r *http.Request, o *office, e account.Event) eventLine {
	line := eventLine{Event: e, Named: e.Object, Did: page.Capital(verb(o.Printer, e.Verb)), By: o.T("somebody not signed in")}
	switch e.Who {
	case "operator":
		line.By = o.T("the operator")
	case "person":
		line.By, line.ByHref = s.name(r, o, e.Person), o.Href(personPath(e.Person))
	}
	if e.Key != 0 {
		line.ByKey = strconv.FormatInt(e.Key, 10)
	}
	noun, rest, _ := strings.Cut(e.Object, "/")
	id, _ := strconv.ParseInt(rest, 10, 64) // what is no number has no name
	switch {
	case noun == "person" && id > 0:
		line.Named, line.NamedHref = s.name(r, o, id), o.Href(personPath(id))
	case noun == "group" && id > 0:
		if g, ok := s.people.Group(id); ok {
			line.Named, line.NamedHref = g.Name, o.Href(groupPath(id))
		}
	case noun == "dataset":
		if e := s.byUID(o.By, rest); e != nil {
			line.Named, line.NamedHref = titleOf(o, e).Text, o.Href(rightsPath(e.ID))
		}
	case noun == "api_key":
		line.Named = o.T("API key {n}", "n", rest)
	case noun == "invitation":
		line.Named = o.T("Invitation {n}", "n", rest)
	case noun == "request":
		line.Named = o.T("Request {n}", "n", rest)
	case noun == "visual":
		line.Named = o.T("Chart or map {n}", "n", rest)
	case noun == "page":
		line.Named = o.T("Page {n}", "n", rest)
	case noun == "reuse":
		line.Named = o.T("Reuse {n}", "n", rest)
	case noun == "application":
		line.Named = o.T("Application {n}", "n", rest)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Changes)) {
		d := e.Changes[name]
		line.Changes = append(line.Changes, changeLine{name, shown(d.From), shown(d.To)})
	}
	return line
}

// shown gives a JSON value as people read it: a text without its quotation marks, a list of texts with commas, "" for
// nothing. What is long is cut.
func shown(value json.RawMessage) string {
	var text string
	var list []string
	switch {
	case len(value) == 0 || string(value) == "null":
		return ""
	case json.Unmarshal(value, &text) == nil:
	case json.Unmarshal(value, &list) == nil:
		text = strings.Join(list, ", ")
	default:
		text = string(value)
	}
	return page.Cut(text, 300)
}
