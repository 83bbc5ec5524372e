package v2

import (
	"context"
	"fmt"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/export"
	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// ordered is a file of a dataset's rows that was asked for, checked as far as that goes without its columns.
type ordered struct {
	called   string // the dataset, by whichever of its names
	format   export.Format
	how      export.Choices
	question odsql.Question
	params   parameters
}

// order reads the parameters of an export; base is where the portal stands. Kind Invalid: a parameter that cannot be, or a format that the dataset does not have.
func order(e *catalog.Entry, called string, f export.Format, p parameters, lang, base string) (o ordered, err error) {
	if !f.Suits(e.Fields) {
		return o, fault.New(fault.Invalid, "The dataset %s cannot be exported as %s: it has no geometry.", called, f.Name)
	}
	o = ordered{called: called, format: f, params: p}
	if o.how, err = p.choices(called); err != nil {
		return o, err
	}
	o.how.Files = filesURL(base, called)
	if o.question, err = p.question(lang); err != nil {
		return o, err
	}
	return o, p.everything(&o.question, false)
}

// key names the file of a dataset in this state; zero where it may depend on the clock.
func (o ordered) key(e *catalog.Entry) tag {
	if o.params.volatile() {
		return tag{}
	}
	return o.params.sum("exports/"+o.format.Name, o.called, o.question.Lang, o.how.Files, state(e))
}

// open makes the file of an order, still to be written. Kinds as explore.Export.
func (a *API) open(ctx context.Context, who account.Actor, o ordered) (*export.File, error) {
	rows, err := a.explorer.Export(ctx, who, o.called, o.question)
	if err != nil {
		return nil, err
	}
	key := o.key(rows.Entry)
	if rows.Plan.Volatile {
		key = tag{}
	}
	return export.NewFile(rows, o.format, o.how, o.question.Lang, export.Key(key)), nil
}

// orderOf gives the order that a request for the file of a wish would be, and its dataset. Kinds as catalog.ForFiles and order, and Invalid for
// a format that there is not.
func (a *API) orderOf(who account.Actor, wish export.Wish) (o ordered, e *catalog.Entry, err error) {
	f, there := export.Named(wish.Kind)
	if !there {
		return o, nil, fault.New(fault.Invalid, "There is no export format %q.", wish.Kind)
	}
	if e, err = a.catalog.ForFiles(who, wish.Dataset); err != nil {
		return o, nil, err
	}
	p := parseQuery(wish.Query.Encode())
	lang := a.language
	if wanted := p.one("lang"); wanted != "" {
		lang = wanted
	}
	o, err = order(e, wish.Dataset, f, p, lang, wish.Base)
	return o, e, err
}

// Size tells how many bytes the file of a wish holds for this actor, before compression on the way. Rows are those that the file holds: of few of them, the file is made and exact is true; else the
// size is reckoned from rows of the dataset, whatever the filter. Kinds as explore.Export, and Invalid for a format that there is not.
func (a *API) Size(ctx context.Context, who account.Actor, wish export.Wish, rows int64) (bytes int64, exact bool, err error) {
	o, e, err := a.orderOf(who, wish)
	if err != nil {
		return 0, false, err
	}
	exact = rows <= o.format.Sampled()
	key := o.key(e)
	known := fmt.Sprint(key, rows)
	if bytes, there := a.sizes.Get(known); there && key != (tag{}) {
		return bytes, exact, nil
	}
	if !exact {
		q := &o.question
		q.Where, q.Refine, q.Exclude = nil, nil, nil
		if o.format.Whole() {
			some := int(o.format.Sampled())
			q.Limit = &some
		}
	}
	f, err := a.open(ctx, who, o)
	switch {
	case err != nil:
	case exact:
		bytes, err = f.Measure(ctx, a.temp)
	default:
		bytes, err = f.Estimate(ctx, a.temp, rows)
	}
	if err == nil && key != (tag{}) {
		a.sizes.Add(known, bytes)
	}
	return bytes, exact, err
}

// Prepare makes the file of a wish beforehand, as this actor gets it, and tells how far it has come.
// Kinds as Size and export.Desk.Prepare.
func (a *API) Prepare(ctx context.Context, who account.Actor, wish export.Wish) (export.Progress, error) {
	o, _, err := a.orderOf(who, wish)
	if err != nil {
		return export.Progress{}, err
	}
	f, err := a.open(ctx, who, o)
	if err != nil {
		return export.Progress{}, err
	}
	return a.desk.Prepare(ctx, f)
}
