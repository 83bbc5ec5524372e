package tabs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parvis/internal/fault"
	"parvis/internal/web/data"
)

// citing are the formats in which reference managers take a dataset, by the end of the file's name.
var citing = []struct {
	Format, Name, Type string
	write              func(source) string
}{
	{"bib", "BibTeX", "application/x-bibtex", source.bibTeX},
	{"ris", "RIS", "application/x-research-info-systems", source.ris},
	{"json", "CSL-JSON", "application/vnd.citationstyles.csl+json", source.csl},
}

// source is a dataset as a work that is cited. Texts are of one line.
type source struct {
	id, title, publisher, license, address, version string
	published                                       time.Time // zero where nothing tells
	seen                                            time.Time
}

// citation answers the dataset as a reference: BibTeX, RIS, or the JSON of the Citation Style Language.
func (s *Tabs) citation(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Open(w, r, "information")
	if err != nil {
		return err
	}
	for _, c := range citing {
		if c.Format != r.PathValue("format") {
			continue
		}
		w.Header().Set("Content-Type", c.Type+"; charset=utf-8")
		w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(url.PathEscape(p.ID)+"."+c.Format))
		_, err = w.Write([]byte(c.write(sourceOf(p, time.Now()))))
		return err
	}
	return fault.New(fault.NotFound, "There is no citation in the format %q: ask for bib, ris or json.", r.PathValue("format"))
}

func sourceOf(p data.Page, now time.Time) source {
	line := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	s := source{
		id: p.ID, title: line(p.Name), publisher: line(p.Entry.Metas.Text("default", "publisher")), license: line(p.Entry.Metas.Text("default", "license")),
		address: p.Origin + data.Address(p.ID, "information"), seen: now.UTC(),
	}
	s.published, _ = data.Moment(p.Entry.Metas.Text("default", "modified"))
	if v := p.Entry.Version; v != nil {
		s.version = strconv.Itoa(v.Number)
	}
	return s
}

// bibTeX writes an entry of biblatex's type dataset. What TeX would read as a command is escaped.
func (s source) bibTeX() string {
	tex := strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`)
	var b strings.Builder
	key := strings.Map(func(r rune) rune {
		if r < 128 && strings.ContainsRune(`{}",%#\~ ='()`, r) || r < ' ' {
			return '-'
		}
		return r
	}, s.id)
	fmt.Fprintf(&b, "@dataset{%s,\n", key)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %s = {%s},\n", name, value)
		}
	}
	field("title", "{"+tex.Replace(s.title)+"}")
	if s.publisher != "" {
		field("author", "{"+tex.Replace(s.publisher)+"}")
		field("publisher", tex.Replace(s.publisher))
	}
	if !s.published.IsZero() {
		field("date", s.published.Format(time.DateOnly))
		field("year", s.published.Format("2006"))
	}
	field("version", s.version)
	field("note", tex.Replace(s.license))
	field("url", s.address)
	field("urldate", s.seen.Format(time.DateOnly))
	b.WriteString("}\n")
	return b.String()
}

// ris writes the tags of the RIS format, whose type DATA is a data file.
func (s source) ris() string {
	var b strings.Builder
	tag := func(name, value string) {
		if value != "" {
			b.WriteString(name + "  - " + value + "\r\n")
		}
	}
	tag("TY", "DATA")
	tag("TI", s.title)
	tag("AU", s.publisher)
	tag("PB", s.publisher)
	if !s.published.IsZero() {
		tag("PY", s.published.Format("2006"))
		tag("DA", s.published.Format("2006/01/02/"))
	}
	tag("ET", s.version)
	tag("N1", s.license)
	tag("UR", s.address)
	tag("Y2", s.seen.Format("2006/01/02/"))
	b.WriteString("ER  - \r\n")
	return b.String()
}

// csl writes the JSON of the Citation Style Language, a list of one item.
func (s source) csl() string {
	day := func(t time.Time) any {
		return map[string]any{"date-parts": [][]int{{t.Year(), int(t.Month()), t.Day()}}}
	}
	item := map[string]any{"id": s.id, "type": "dataset", "title": s.title, "URL": s.address, "accessed": day(s.seen)}
	if s.publisher != "" {
		item["publisher"], item["author"] = s.publisher, []any{map[string]string{"literal": s.publisher}}
	}
	if !s.published.IsZero() {
		item["issued"] = day(s.published)
	}
	if s.version != "" {
		item["version"] = s.version
	}
	if s.license != "" {
		item["note"] = s.license
	}
	out, _ := json.MarshalIndent([]any{item}, "", "  ") // texts, numbers and maps of them always encode
	return string(out) + "\n"
}
