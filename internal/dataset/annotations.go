package dataset

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Annotations say how a field is used. In JSON each is a key: true where it only can be present, a list of
// arguments where it takes any; both are read, and so is the older form {"facet": []}.
type Annotations struct {
	Facet        bool
	FacetSort    string // count, -count, alphanum, -alphanum, num, -num; "" is -count
	Disjunctive  bool   // several refined values are joined by OR
	Hierarchical string // the separator of the levels; "" where the field is flat
	Multivalued  string // the separator between values in text forms; "" where the field holds one value
	Sortable     bool
	ID           bool   // part of the record's identity
	Precision    string // timeserie_precision: year, month, day, hour, minute; "" is full
	Unit         string
	Decimals     *int
	Other        map[string]json.RawMessage // what we do not know, kept as it came
}

// MarshalJSON writes the annotations that are set, in the form of live portals: true or a list of arguments.
func (a Annotations) MarshalJSON() ([]byte, error) {
	out := maps.Clone(a.Other)
	if out == nil {
		out = map[string]json.RawMessage{}
	}
	flag := func(name string, on bool) {
		if on {
			out[name] = json.RawMessage("true")
		}
	}
	arg := func(name, value string) {
		if value != "" {
			text, _ := json.Marshal([]string{value})
			out[name] = text
		}
	}
	flag("facet", a.Facet)
	arg("facetsort", a.FacetSort)
	flag("disjunctive", a.Disjunctive)
	arg("hierarchical", a.Hierarchical)
	arg("multivalued", a.Multivalued)
	flag("sortable", a.Sortable)
	flag("id", a.ID)
	arg("timeserie_precision", a.Precision)
	arg("unit", a.Unit)
	if a.Decimals != nil {
		out["decimals"] = json.RawMessage(fmt.Sprintf("[%d]", *a.Decimals))
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads annotations in any of their forms; false and null mean that the annotation is absent.
func (a *Annotations) UnmarshalJSON(text []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	*a = Annotations{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		value := raw[name]
		switch string(value) {
		case "false", "null":
			continue
		}
		first := firstArgument(value)
		switch name {
		case "facet":
			a.Facet = true
		case "facetsort":
			a.FacetSort = cmp.Or(first, "-count")
		case "disjunctive":
			a.Disjunctive = true
		case "hierarchical":
			a.Hierarchical = cmp.Or(first, "/")
		case "multivalued":
			a.Multivalued = cmp.Or(first, ";")
		case "sortable":
			a.Sortable = true
		case "id":
			a.ID = true
		case "timeserie_precision":
			a.Precision = first
		case "unit":
			a.Unit = first
		case "decimals":
			var n int
			if _, err := fmt.Sscan(first, &n); err != nil {
				return fmt.Errorf("annotation decimals: %q is no whole number", first)
			}
			a.Decimals = &n
		default:
			if a.Other == nil {
				a.Other = map[string]json.RawMessage{}
			}
			a.Other[name] = value
		}
	}
	return nil
}

// firstArgument gives the first element of a list, or the value itself, as text; "" for true and [].
func firstArgument(value json.RawMessage) string {
	var v any
	if json.Unmarshal(value, &v) != nil {
		return ""
	}
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		v = list[0]
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(v)
	}
	return ""
}
