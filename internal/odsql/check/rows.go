package check

import (
	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// rows puts what the row filters let through before every other condition. A filter that means nothing over these
// fields, since they changed after it was written, lets no record through.
func (c *checker) rows() {
	if c.env.Rows == nil {
		return
	}
	met := Any{False{}}
	for _, text := range c.env.Rows {
		p, volatile, err := rowFilter(text, *c.schema, c.env)
		if err != nil {
			c.plan.Broken = true
			continue
		}
		c.plan.Volatile = c.plan.Volatile || volatile
		met = append(met, p)
	}
	c.plan.Filters = append(c.plan.Filters, Filter{Rule{met}, -1})
}

// RowFilter tells what is wrong with a row filter over a schema: an *odsql.Error, or nil.
func RowFilter(text string, s Schema, env Env) error {
	_, _, err := rowFilter(text, s, env)
	return err
}

// rowFilter reads a row filter, over all fields whoever asks. It knows nothing of the question: neither its zone nor
// its language moves what is shown.
func rowFilter(text string, s Schema, env Env) (p Predicate, volatile bool, err error) {
	s.Hidden, s.RecordKey = nil, ""
	c := &checker{schema: &s, env: env, plan: &Plan{schema: &s}, names: map[string]int{}, sizes: map[odsql.Expr]int{}}
	for i, f := range s.Fields {
		c.names[f.Name] = i
	}
	if err := c.place("en", "UTC"); err != nil {
		return nil, false, err
	}
	c.begin("filter_query", text)
	x, err := odsql.ParseRowFilter(text)
	if err != nil {
		return nil, false, err
	}
	if x == nil {
		return True{}, false, nil
	}
	p, err = c.predicate(x, 0)
	return p, c.plan.Volatile, err
}

// attribute types #attr(field, attribute): the field is, or a list holds, one of the values that the attribute has for who
// asks. Values that cannot be of the field's type are no value of it.
func (c *checker) attribute(x *odsql.Attr) (Predicate, error) {
	i := c.field(x.Field.Text)
	if i < 0 {
		return nil, c.unknownField(x.Field.Text)
	}
	field := c.at(i)
	if field.T.Base == dataset.GeoPoint || field.T.Base == dataset.GeoShape {
		return nil, c.errorAt(x, "#attr() compares texts, numbers, dates and booleans, and %s is %s", x.Field.Text, described(field.T))
	}
	one := OneOf{X: field}
	for _, value := range c.env.Attributes[x.Attribute] {
		if k, err := c.literal(&odsql.String{Value: value}, field, false); err == nil {
			one.List = append(one.List, k.(Const))
		}
	}
	if len(one.List) == 0 {
		return Unknown{}, nil
	}
	return one, nil
}
