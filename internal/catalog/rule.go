package catalog

import (
	"encoding/json"
	"slices"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Security is who may see and do what with a dataset: docs/rights.md.
type Security struct {
	Restricted bool // only who is granted something, or may see every restricted dataset, knows of it
	Default    Rule // for everybody who may know of it and is granted nothing
	Grants     []Grant
}

// Rule is what somebody is shown of a dataset. Whoever has the right to edit it is shown everything.
type Rule struct {
	Right      Right         // of a default: See or Download
	DataHidden bool          // the description is shown, the rows are not
	Fields     []string      // the names of those that are shown; nil: all
	Filter     string        // a row filter: rows that do not meet it are not shown; "": all are
	Quota      account.Quota // of calls of the API for its rows
}

// Grant is the rule for a person or a group: exactly one of the two is not 0.
type Grant struct {
	Person, Group int64
	Rule
}

// everythingShown is the rule of a dataset about which nothing was said.
func everythingShown() Rule { return Rule{Right: Download} }

// full tells whether a rule shows everything.
func (r Rule) full() bool {
	return r.Right >= Edit || !r.DataHidden && r.Fields == nil && r.Filter == ""
}

// ruleJSON is a rule in the shape of the field's APIs.
type ruleJSON struct {
	Permissions []string       `json:"permissions,omitempty"`
	DataVisible *bool          `json:"is_data_visible,omitempty"`
	Fields      []string       `json:"visible_fields"`
	Filter      string         `json:"filter_query"`
	Quota       *account.Quota `json:"api_calls_quota"`
}

// MarshalJSON writes a rule in the shape of the field's APIs.
func (r Rule) MarshalJSON() ([]byte, error) {
	visible := !r.DataHidden
	out := ruleJSON{Permissions: r.Right.Names(), DataVisible: &visible, Fields: r.Fields, Filter: r.Filter}
	if r.Quota.Limited() {
		out.Quota = &r.Quota
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes; what is not said shows everything, and "*" is every field.
func (r *Rule) UnmarshalJSON(text []byte) error {
	var in ruleJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*r = Rule{Right: Download, DataHidden: in.DataVisible != nil && !*in.DataVisible, Fields: in.Fields, Filter: in.Filter}
	if in.Permissions != nil {
		right, err := ParseRights(in.Permissions)
		if err != nil {
			return err
		}
		r.Right = right
	}
	if slices.Contains(r.Fields, "*") {
		r.Fields = nil
	}
	if in.Quota != nil {
		r.Quota = *in.Quota
	}
	return nil
}

// securityJSON is what the column of that name holds.
type securityJSON struct {
	Restricted bool        `json:"restricted"`
	Default    Rule        `json:"default"`
	Grants     []grantJSON `json:"grants,omitempty"`
}

type grantJSON struct {
	Person int64 `json:"person,omitempty"`
	Group  int64 `json:"group,omitempty"`
	Rule   Rule  `json:"rule"`
}

// write gives a security as the database keeps it; whether rows are hidden by default is a column of its own.
func (s Security) write() (string, error) {
	text, err := json.Marshal(s.shape())
	return string(text), err
}

func (s Security) shape() securityJSON {
	out := securityJSON{Restricted: s.Restricted, Default: s.Default}
	for _, g := range s.Grants {
		out.Grants = append(out.Grants, grantJSON{g.Person, g.Group, g.Rule})
	}
	return out
}

// readSecurity reads what write gives.
func readSecurity(text string, dataHidden bool) (Security, error) {
	in := securityJSON{Default: everythingShown()}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			return Security{}, err
		}
	}
	in.Default.DataHidden = dataHidden
	out := Security{Restricted: in.Restricted, Default: in.Default}
	for _, g := range in.Grants {
		out.Grants = append(out.Grants, Grant{g.Person, g.Group, g.Rule})
	}
	return out, nil
}

// checkSecurity finds what is wrong with a security over these fields. Kind Invalid.
func (c *Catalog) checkSecurity(s Security, k *kept) error {
	if s.Default.Right != See && s.Default.Right != Download {
		return fault.New(fault.Invalid, "The rule for everybody gives the right to see or to download, and no other.")
	}
	if err := c.checkRule(s.Default, k); err != nil {
		return err
	}
	type grantee struct{ person, group int64 }
	seen := map[grantee]bool{}
	for _, g := range s.Grants {
		who := grantee{g.Person, g.Group}
		switch {
		case (g.Person > 0) == (g.Group > 0):
			return fault.New(fault.Invalid, "A grant is for a person or for a group.")
		case g.Right == NoRight:
			return fault.New(fault.Invalid, "A grant gives a right, of %v.", Manage.Names())
		case seen[who]:
			return fault.New(fault.Invalid, "There are two grants for the same person or group.")
		}
		seen[who] = true
		if err := c.checkRule(g.Rule, k); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) checkRule(r Rule, k *kept) error {
	for _, name := range r.Fields {
		if !slices.ContainsFunc(k.description.Fields, named(name)) {
			return fault.New(fault.Invalid, "The dataset has no field %.100q that could be shown.", name)
		}
	}
	if err := r.Quota.Check(); err != nil {
		return err
	}
	if r.Filter == "" {
		return nil
	}
	if c.checkFilter == nil {
		return fault.New(fault.Internal, "a row filter cannot be checked here")
	}
	return c.checkFilter(k.description.Fields, r.Filter)
}
