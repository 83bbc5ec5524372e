package tabs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// consolePage asks the API and shows how to.
type consolePage struct {
	data.Page
	Parameters []parameter
	Request    string // path and query of the request
	Status     int
	Took       string
	Size       string
	Answer     string
	Refused    string // what an answer other than 200 means
	Cut        bool
	Snippets   []snippet
	Keep       []pair // the filter that all tabs share, but for the form's own parameters
}

// parameter is a field of the form.
type parameter struct {
	Name, Says, Value, Example string
	Words                      []string // of the query language, offered beside the fields; nil: nothing is offered
	Whole                      bool     // one field alone is a good value
}

// Written gives a field as it is written in a query.
func (p *consolePage) Written(name string) string { return data.FieldName(name) }

// snippet is the request in a programming language.
type snippet struct{ Name, Code string }

// mostAnswer is how many bytes of an answer the page shows.
const mostAnswer = 60_000

func (s *Tabs) console(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "api")
	if err != nil {
		return err
	}
	p := &consolePage{Page: base}
	p.Script = "console.js"
	text, count := "", ""
	for _, f := range p.Entry.Fields {
		switch f.Type {
		case "text":
			if text == "" {
				text = f.Name
			}
		case "int", "double":
			if count == "" {
				count = f.Name
			}
		}
	}
	example := func(format string, names ...string) string {
		for _, name := range names {
			if name == "" {
				return ""
			}
			format = strings.Replace(format, "%", name, 1)
		}
		return format
	}
	p.Parameters = []parameter{
		{Name: "select", Says: p.T("fields"), Example: example("%, %", text, count), Words: []string{"as", "count(*)", "sum(", "avg(", "min(", "max(", "median(", "year(", "month(", "include(", "exclude("}},
		{Name: "where", Says: p.T("condition"), Example: example("% > 100", count), Words: []string{"and", "or", "not", "in", "like", "is null", "is not null", "search(", "suggest(", "startswith(", "date'", "true", "false", "within_distance(", "in_bbox("}},
		{Name: "group_by", Says: p.T("groups"), Example: example("%", text), Words: []string{"as", "year(", "month(", "range("}, Whole: true},
		{Name: "order_by", Says: p.T("order"), Example: example("% desc", count), Words: []string{"asc", "desc", "count(*)", "random("}, Whole: true},
		{Name: "limit", Says: p.T("number of rows"), Example: "10"},
	}
	q := p.Filter.API()
	q.Del("where")
	var where []string
	if p.Filter.Words != "" {
		where = append(where, "search("+data.Quote(p.Filter.Words)+")")
	}
	for i := range p.Parameters {
		value := page.Cut(strings.TrimSpace(p.Params.Get(p.Parameters[i].Name)), data.MostWhere)
		if p.Parameters[i].Name == "limit" && value == "" && !p.Params.Has("limit") {
			value = "2"
		}
		p.Parameters[i].Value = value
		switch {
		case value == "":
		case p.Parameters[i].Name == "where":
			where = append(where, value)
		default:
			q.Set(p.Parameters[i].Name, value)
		}
	}
	p.Keep = page.Pairs(p.Filter.Values(), func(name string) bool { return name != "where" })
	for _, x := range where {
		q.Add("where", x)
	}
	p.Request = data.APIURL(p.ID, "records", q)
	p.Snippets = snippets(p.Origin+p.Request, p.Origin+data.APIURL(p.ID, "exports/csv", q))
	if s.api != nil && !p.NoRows {
		s.ask(r, p)
	}
	return s.Render(w, r, http.StatusOK, s.pages["api"], p)
}

// ask puts the request to the machine door, in this process, as who asks for the page.
func (s *Tabs) ask(r *http.Request, p *consolePage) {
	u, err := url.Parse(p.Request)
	if err != nil {
		return
	}
	inner := r.Clone(r.Context())
	inner.Method, inner.URL, inner.RequestURI, inner.Pattern = http.MethodGet, u, p.Request, ""
	inner.Header = http.Header{"Accept": {"application/json"}}
	if key := r.Header.Get("Authorization"); key != "" {
		inner.Header.Set("Authorization", key)
	}
	out := &captured{header: http.Header{}}
	start := time.Now()
	p.Live = true
	s.api.ServeHTTP(out, inner)
	p.Status = max(out.status, http.StatusOK)
	p.Took = p.Int(time.Since(start).Milliseconds()) + "\u00a0" + p.C("unit", "ms")
	p.Size = p.Bytes(int64(out.size))
	switch {
	case p.Status == http.StatusForbidden && p.Hidden:
		p.Refused = p.T("The rows of this dataset are not public") + ". " + p.T("Who holds a key with the right to see the rows finds them through the API.")
	case p.Status >= http.StatusInternalServerError:
		p.Refused = p.T("The question took too long, or too much is being asked at once. Narrow the filter, or try again in a minute.")
	case p.Status >= http.StatusBadRequest:
		p.Refused = p.T("The API refuses this request. Its message tells which parameter is at fault, and why.")
	}
	var b bytes.Buffer
	p.Answer = out.body.String()
	if json.Indent(&b, out.body.Bytes(), "", "  ") == nil {
		p.Answer = b.String()
	}
	if len(p.Answer) > mostAnswer {
		p.Answer, p.Cut = strings.ToValidUTF8(p.Answer[:mostAnswer], ""), true
	}
	p.Cut = p.Cut || out.size > out.body.Len()
}

// captured keeps the beginning of an answer.
type captured struct {
	header http.Header
	status int
	size   int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (c *captured) Header() http.Header { return c.header }

// WriteHeader implements http.ResponseWriter.
func (c *captured) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
}

// Write implements http.ResponseWriter.
func (c *captured) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	c.size += len(p)
	if room := 8*mostAnswer - c.body.Len(); room > 0 {
		c.body.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// snippets writes a request in several languages, and its file in the formulas of spreadsheets, which take a table.
// The addresses are percent-encoded: they hold no quote.
func snippets(address, file string) []snippet {
	quotes := strings.NewReplacer("'", "%27", `"`, "%22", `\`, "%5C", "`", "%60", "$", "%24")
	address, file = quotes.Replace(address), quotes.Replace(file)
	return []snippet{
		{"curl", fmt.Sprintf("curl '%s'", address)},
		{"Python", fmt.Sprintf("import requests\n\nanswer = requests.get(\n    \"%s\"\n)\nanswer.raise_for_status()\nrows = answer.json()[\"results\"]", address)},
		{"R", fmt.Sprintf("library(jsonlite)\n\nrows <- fromJSON(\n  \"%s\"\n)$results", address)},
		{"JavaScript", fmt.Sprintf("const answer = await fetch(\n  \"%s\"\n);\nconst { results } = await answer.json();", address)},
		{"Google Sheets", fmt.Sprintf("=IMPORTDATA(\"%s\", \";\")", file)},
		{"Excel (Power Query)", fmt.Sprintf("let\n    file = Web.Contents(\"%s\"),\n    table = Csv.Document(file, [Delimiter = \";\", Encoding = 65001])\nin\n    Table.PromoteHeaders(table)", file)},
	}
}
