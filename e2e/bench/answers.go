package main

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/engine"
)

// columns describes the answer of a statement by hand.
func columns(types ...dataset.Type) []dataset.Column {
	out := make([]dataset.Column, len(types))
	for i, t := range types {
		out[i] = dataset.Column{Name: fmt.Sprint("k", i), Type: t}
	}
	return out
}

// rowTypes are the types of the made data, in field order.
var rowTypes = []dataset.Type{
	dataset.Text, dataset.Text, dataset.Text, dataset.Text, dataset.Text, dataset.Text, dataset.Text, dataset.Text,
	dataset.Date, dataset.Double, dataset.Int, dataset.GeoPoint,
}

// rowList is the select list of a whole row.
func rowList() string {
	var list []string
	for i := range rowTypes {
		list = append(list, engine.Col(i))
	}
	return strings.Join(append(list, engine.Lat(len(rowTypes)-1)), ", ")
}

// answers compares API answers with the same SQL by hand on the same engine.
func answers(ctx context.Context, r *report, p *portal) error {
	e, err := p.entry("rows")
	if err != nil {
		return err
	}
	src := e.Source()
	records := engine.Table(src.Name, engine.Records)
	count := func(where string) engine.Statement {
		return engine.Statement{Source: src, SQL: "SELECT count(*) FROM " + records + " WHERE " + where, Columns: columns(dataset.Int)}
	}
	page := func(rest string) engine.Statement {
		return engine.Statement{Source: src, SQL: "SELECT " + rowList() + " FROM " + records + " " + rest, Columns: columns(rowTypes...)}
	}
	for _, c := range []struct {
		name string
		q    url.Values
		hand []engine.Statement
	}{
		{"first page", url.Values{}, []engine.Statement{page("WHERE _n < 10 ORDER BY _n LIMIT 10"), count("true")}},
		{"filtered page", url.Values{"where": {`region = "region 3"`}},
			[]engine.Statement{page("WHERE c3 = 'region 3' ORDER BY _n LIMIT 10"), count("c3 = 'region 3'")}},
		{"groups with an average", url.Values{"group_by": {"region, status"}, "select": {"avg(amount) as a"}},
			[]engine.Statement{
				{Source: src, SQL: "SELECT c3, c4, avg(c9) FROM " + records + " GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20000", Columns: columns(dataset.Text, dataset.Text, dataset.Double)},
				{Source: src, SQL: "SELECT count(*) FROM (SELECT 1 FROM " + records + " GROUP BY c3, c4)", Columns: columns(dataset.Int)},
			}},
	} {
		times, err := pairs(15, func() error { return p.ask("rows", "records", c.q) }, func() error {
			for _, st := range c.hand {
				if err := p.byHand(ctx, st); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		limit := max(1.3, 1+2/ms(times[1]))
		r.figure("API / SQL by hand: "+c.name, ratio(times[0], times[1]), limit, "x", true, fmt.Sprintf("%.1f ms against %.1f ms", ms(times[0]), ms(times[1])))
	}

	// a filtered page of 100 ordered by a date, against the plain statement
	times, err := pairs(15, func() error {
		return p.ask("rows", "records", url.Values{"where": {`region = "region 3"`}, "order_by": {"day desc"}, "limit": {"100"}})
	}, func() error { return p.byHand(ctx, count("c3 = 'region 3'")) },
		func() error {
			return p.byHand(ctx, page("WHERE c3 = 'region 3' ORDER BY c8 DESC NULLS LAST, _n LIMIT 100"))
		})
	if err != nil {
		return err
	}
	r.figure("page of 100 by date / plain statement", float64(times[0]-times[1])/float64(times[2]), 0.6, "x", true,
		fmt.Sprintf("%.1f ms (its count taken off) against %.1f ms", ms(times[0]-times[1]), ms(times[2])))
	return nil
}

// search measures the search index against scanning a stored normalised column, and shows where the scan is wrong.
func search(ctx context.Context, r *report, p *portal) error {
	e, err := p.entry("rows")
	if err != nil {
		return err
	}
	src := e.Source()
	words := vocabulary(200)
	scanned, err := normalised(ctx, p, src)
	if err != nil {
		return err
	}
	defer scanned.Close()
	prefix := words[150][:4]
	for _, c := range []struct{ name, where, scan, words string }{
		{"token", `"` + words[120] + `"`, "contains(words, " + engine.Quote(fold(words[120])) + ")", hasWord(words[120])},
		{"two tokens", `"` + words[60] + " " + words[90] + `"`, "contains(words, " + engine.Quote(fold(words[60])) + ") AND contains(words, " + engine.Quote(fold(words[90])) + ")", hasWord(words[60]) + " AND " + hasWord(words[90])},
		{"prefix", `suggest("` + prefix + `")`, "contains(words, " + engine.Quote(fold(prefix)) + ")", "contains(' ' || words, " + engine.Quote(" "+fold(prefix)) + ")"},
	} {
		q := url.Values{"where": {c.where}, "limit": {"0"}}
		var found, right int64
		times, err := pairs(15, func() error { return p.ask("rows", "records", q) }, func() error {
			return scanned.QueryRowContext(ctx, "SELECT count(*) FROM n WHERE "+c.scan).Scan(&found)
		})
		if err != nil {
			return err
		}
		if err := scanned.QueryRowContext(ctx, "SELECT count(*) FROM n WHERE "+c.words).Scan(&right); err != nil {
			return err
		}
		got, err := p.total("rows", q)
		if err != nil {
			return err
		}
		r.figure("search, "+c.name, ms(times[0]), 10, "ms", true, "")
		r.figure("search, "+c.name+": wrong hits", math.Abs(float64(got-right)), 0, "rows", true, fmt.Sprintf("%d are right", right))
		r.figure("search, "+c.name+": scan / index", ratio(times[1], times[0]), 5, "x", false, fmt.Sprintf("the scan takes %.1f ms and finds %d, of which %d are wrong", ms(times[1]), found, found-right))
	}
	return nil
}

// hasWord is the condition, by the text of the normalised column alone, that it holds a word.
func hasWord(word string) string {
	return "contains(' ' || words || ' ', " + engine.Quote(" "+fold(word)+" ") + ")"
}
