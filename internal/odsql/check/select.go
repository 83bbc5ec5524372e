package check

import (
	"reflect"
	"slices"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// selects reads the select clause: the columns of the answer after the keys of groups.
func (c *checker) selects(q odsql.Question) error {
	c.begin("select", q.Select)
	var items []odsql.SelectItem
	if strings.TrimSpace(q.Select) != "" {
		var err error
		if items, err = odsql.ParseSelect(q.Select); err != nil {
			return err
		}
	}
	c.aliases = map[string]Value{}
	for i, col := range c.plan.Columns {
		c.aliases[col.Name] = c.plan.Select[i]
	}
	aggregates := slices.ContainsFunc(items, func(item odsql.SelectItem) bool { return item.X != nil && containsAggregate(item.X) })
	single := slices.ContainsFunc(items, func(item odsql.SelectItem) bool { return item.X != nil && c.ofOneRecord(item.X) })
	c.plan.Aggregated = aggregates && !single && !c.plan.Grouped
	if !c.plan.Grouped && !aggregates && allFields(items) {
		for i := range c.schema.Fields {
			if c.schema.Shows(i) {
				c.addField(i)
			}
		}
	}
	for _, item := range items {
		if err := c.selectItem(item, aggregates); err != nil {
			return err
		}
	}
	for _, item := range items {
		if item.Exclude != "" {
			if err := c.exclude(item.Exclude); err != nil {
				return err
			}
		}
	}
	if len(c.plan.Columns) == 0 {
		return c.errorf("no field is left to answer with")
	}
	return nil
}

// ofOneRecord tells whether an expression hangs on a field of a single record, outside of aggregates.
func (c *checker) ofOneRecord(x odsql.Expr) bool {
	switch x := x.(type) {
	case *odsql.Name:
		_, constant := c.plainName(x.Text).(Const)
		return !constant
	case *odsql.Negative:
		return c.ofOneRecord(x.X)
	case *odsql.Arithmetic:
		return c.ofOneRecord(x.L) || c.ofOneRecord(x.R)
	case *odsql.Call:
		return !aggregate(x.Name) && slices.ContainsFunc(x.Args, func(a odsql.Arg) bool { return c.ofOneRecord(a.Value) })
	}
	return false
}

// allFields tells whether a select clause begins with all fields: where it is empty, and where it does nothing but
// exclude some and add expressions.
func allFields(items []odsql.SelectItem) bool {
	excludes := false
	for _, item := range items {
		_, name := item.X.(*odsql.Name)
		if item.Star || item.Include != "" || name {
			return false
		}
		excludes = excludes || item.Exclude != ""
	}
	return excludes || len(items) == 0
}

// selectItem adds the columns of an item; aggregates tells whether some item holds an aggregate.
func (c *checker) selectItem(item odsql.SelectItem, aggregates bool) error {
	switch {
	case item.Star, item.Include != "":
		if !c.plan.Grouped && aggregates {
			return c.errorf("fields cannot stand beside an aggregation function without group_by")
		}
		if c.plan.Grouped {
			return nil // the keys, which are there already
		}
		found := false
		for i, f := range c.schema.Fields {
			if c.schema.Shows(i) && (item.Star || matches(item.Include, f.Name)) {
				found = true
				c.addField(i)
			}
		}
		if !found && !item.Star && !strings.HasSuffix(item.Include, "*") {
			return c.unknownField(item.Include)
		}
		return nil
	case item.X == nil:
		return nil
	}
	final := c.plan.Grouped || c.plan.Aggregated
	v, err := c.value(item.X, scope{final: final, aggregates: true})
	if err != nil {
		return err
	}
	return c.addColumn(c.column(item.X, item.Alias, item.Text, v), v, item.Alias != "")
}

// column describes the column of an expression.
func (c *checker) column(x odsql.Expr, alias, text string, v Value) dataset.Column {
	t := v.Type()
	if t.Base == "" {
		t.Base = dataset.Text
	}
	col := dataset.Column{Name: alias, Type: t.Base, List: t.List, Precision: c.precision(v)}
	name, plain := x.(*odsql.Name)
	switch {
	case alias != "":
	case plain:
		col.Name = name.Text
	default:
		col.Name = text
	}
	col.Label = col.Name
	if plain && alias == "" {
		if i := c.field(name.Text); i >= 0 && c.schema.Fields[i].Label != "" {
			col.Label = c.schema.Fields[i].Label
		}
	}
	return col
}

// precision tells how far the values of a column tell the time: as the field does that they come from.
func (c *checker) precision(v Value) string {
	switch v := v.(type) {
	case Field:
		if t := v.T.Base; t == dataset.Date || t == dataset.DateTime {
			return c.schema.Fields[v.Index].Annotations.Precision
		}
	case GroupRef:
		return c.precision(c.plan.Groups[v.Index].Value)
	case AggregateRef:
		if a := c.plan.Aggregates[v.Index]; a.Func == "min" || a.Func == "max" {
			return c.precision(a.X)
		}
	}
	return ""
}

// addField adds the column of the field at position i.
func (c *checker) addField(i int) {
	f, v := c.schema.Fields[i], c.at(i)
	// A column of this name can only be the same field: fields have one name each and come before expressions.
	_ = c.addColumn(c.column(&odsql.Name{Text: f.Name}, "", f.Name, v), v, false)
}

// addColumn adds a column to the answer, once where the same is asked for again.
func (c *checker) addColumn(col dataset.Column, v Value, alias bool) error {
	for i, other := range c.plan.Columns {
		if other.Name != col.Name {
			continue
		}
		if !alias && reflect.DeepEqual(c.plan.Select[i], v) {
			return nil
		}
		return c.errorf("Alias '%s' is declared several times", col.Name)
	}
	c.plan.Columns = append(c.plan.Columns, col)
	c.plan.Select = append(c.plan.Select, v)
	c.aliases[col.Name] = v
	return nil
}

// exclude takes the plain fields out of the answer that match a pattern.
func (c *checker) exclude(pattern string) error {
	found := strings.HasSuffix(pattern, "*")
	for i, f := range c.schema.Fields {
		found = found || f.Name == pattern && c.schema.Shows(i)
	}
	if !found {
		return c.unknownField(pattern)
	}
	columns, values := c.plan.Columns[:0], c.plan.Select[:0]
	for i, v := range c.plan.Select {
		if f, ok := v.(Field); ok && c.plan.Columns[i].Name == c.schema.Fields[f.Index].Name && matches(pattern, c.plan.Columns[i].Name) {
			continue
		}
		columns, values = append(columns, c.plan.Columns[i]), append(values, v)
	}
	c.plan.Columns, c.plan.Select = columns, values
	return nil
}

// matches tells whether a name is the pattern, or begins with it if that ends in *.
func matches(pattern, name string) bool {
	if head, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, head)
	}
	return name == pattern
}
