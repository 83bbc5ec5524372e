package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
)

// ruleFlags are what the command line says of a rule; what is not said stays as it is.
type ruleFlags struct{ fields, filter, rows, quota *string }

// textFlag makes a flag that remembers whether it was given.
func textFlag(fs *flag.FlagSet, to **string, name, usage string) {
	fs.Func(name, usage, func(v string) error { *to = &v; return nil })
}

func (f *ruleFlags) add(fs *flag.FlagSet) {
	textFlag(fs, &f.fields, "fields", "`NAMES` of the fields that are shown, separated by commas, or all")
	textFlag(fs, &f.filter, "filter", "`CONDITION` that rows meet to be shown, in ODSQL; empty for all rows. #attr(field, attribute) asks for an attribute of the person")
	textFlag(fs, &f.rows, "rows", "shown or hidden: `WHICH` the rows are, beside the description")
	textFlag(fs, &f.quota, "quota", "`CALLS` of the API for the rows, as in 1000/day, or none")
}

// given tells whether any flag was.
func (f *ruleFlags) given() bool { return *f != ruleFlags{} }

// over lays what was said over a rule.
func (f *ruleFlags) over(r *catalog.Rule) error {
	if f.fields != nil {
		r.Fields = nil
		if *f.fields != "all" {
			r.Fields = []string{}
			for name := range strings.SplitSeq(*f.fields, ",") {
				r.Fields = append(r.Fields, strings.TrimSpace(name))
			}
		}
	}
	if f.filter != nil {
		r.Filter = strings.TrimSpace(*f.filter)
	}
	if f.rows != nil {
		if *f.rows != "shown" && *f.rows != "hidden" {
			return usagef("--rows is shown or hidden, not %q", *f.rows)
		}
		r.DataHidden = *f.rows == "hidden"
	}
	if f.quota != nil {
		r.Quota = account.Quota{}
		if *f.quota != "none" {
			number, unit, _ := strings.Cut(*f.quota, "/")
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || unit == "" {
				return usagef("--quota is a number of calls and a unit of time, as in 1000/day, not %q", *f.quota)
			}
			r.Quota = account.Quota{Limit: n, Unit: unit}
		}
	}
	return nil
}

func datasetSecurity() *command {
	var f ruleFlags
	var restricted, files *string
	return &command{
		name: "security", args: "ID", min: 1, max: 1, summary: "show who may see a dataset and what of it, after changing the rule for everybody", settings: []string{},
		details: "The rule for everybody is what those are shown who are granted nothing. 'parvis dataset grant' gives a person or a group a rule of their own.",
		flags: func(fs *flag.FlagSet) {
			textFlag(fs, &restricted, "restricted", "yes or no: `WHETHER` only those who are granted something know of the dataset")
			textFlag(fs, &files, "files", "yes or no: `WHETHER` the rows can be downloaded as files")
			f.add(fs)
		},
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				s, err := p.catalog.Security(ctx, account.Operator, c.args[0])
				if err != nil {
					return err
				}
				if restricted == nil && files == nil && !f.given() {
					return p.showSecurity(ctx, c, s)
				}
				if restricted != nil {
					if s.Restricted, err = yes("restricted", *restricted); err != nil {
						return err
					}
				}
				if files != nil {
					download, err := yes("files", *files)
					if err != nil {
						return err
					}
					s.Default.Right = catalog.See
					if download {
						s.Default.Right = catalog.Download
					}
				}
				if err := f.over(&s.Default); err != nil {
					return err
				}
				if err := p.catalog.SetSecurity(ctx, account.Operator, c.args[0], s); err != nil {
					return err
				}
				return p.showSecurity(ctx, c, s)
			})
		},
	}
}

func yes(name, text string) (bool, error) {
	switch text {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, usagef("--%s is yes or no, not %q", name, text)
}

// rightWords gives the rights by the words of the command line.
func rightWords() []string { return []string{"", "see", "download", "edit", "publish", "manage"} }

func datasetGrant() *command {
	var f ruleFlags
	return &command{
		name: "grant", args: "ID WHO RIGHT", min: 3, max: 3, summary: "give a person or a group a right on a dataset: see, download, edit, publish or manage", settings: []string{},
		details: `WHO is a person's e-mail address, or a group's identifier in 'parvis group list'. Each right holds those before it. What they were granted
before is replaced; what of the dataset they are shown stays unless flags say otherwise. Who may edit is shown everything.`,
		flags: f.add,
		run: func(ctx context.Context, c *call) error {
			right := slices.Index(rightWords(), c.args[2])
			if right < 1 {
				return usagef("dataset grant: there is no right %q: it is one of see, download, edit, publish, manage", c.args[2])
			}
			return changeGrants(ctx, c, func(p *portal, s *catalog.Security, who catalog.Grant) error {
				i := slices.IndexFunc(s.Grants, func(g catalog.Grant) bool { return g.Person == who.Person && g.Group == who.Group })
				if i < 0 {
					s.Grants = append(s.Grants, who)
					i = len(s.Grants) - 1
				}
				s.Grants[i].Right = catalog.Right(right)
				return f.over(&s.Grants[i].Rule)
			})
		},
	}
}

func datasetRevoke() *command {
	return &command{
		name: "revoke", args: "ID WHO", min: 2, max: 2, summary: "take from a person or a group what they were granted on a dataset", settings: []string{},
		run: func(ctx context.Context, c *call) error {
			return changeGrants(ctx, c, func(_ *portal, s *catalog.Security, who catalog.Grant) error {
				n := len(s.Grants)
				s.Grants = slices.DeleteFunc(s.Grants, func(g catalog.Grant) bool { return g.Person == who.Person && g.Group == who.Group })
				if len(s.Grants) == n {
					return fault.New(fault.NotFound, "%s is granted nothing on %s", c.args[1], c.args[0])
				}
				return nil
			})
		},
	}
}

// changeGrants changes the security of the dataset that the arguments name first, for the grantee that they name second.
func changeGrants(ctx context.Context, c *call, change func(*portal, *catalog.Security, catalog.Grant) error) error {
	return withPortal(ctx, c, false, func(p *portal) error {
		s, err := p.catalog.Security(ctx, account.Operator, c.args[0])
		if err != nil {
			return err
		}
		who, err := p.grantee(ctx, c.args[1])
		if err != nil {
			return err
		}
		if err := change(p, &s, who); err != nil {
			return err
		}
		if err := p.catalog.SetSecurity(ctx, account.Operator, c.args[0], s); err != nil {
			return err
		}
		return p.showSecurity(ctx, c, s)
	})
}

// grantee finds a person by e-mail address or a group by identifier. Kind NotFound.
func (p *portal) grantee(ctx context.Context, name string) (catalog.Grant, error) {
	if strings.Contains(name, "@") {
		one, err := p.personByEmail(ctx, name)
		return catalog.Grant{Person: one.ID}, err
	}
	g, err := p.groupByUID(name)
	return catalog.Grant{Group: g.ID}, err
}

// showSecurity tells who may see and do what.
func (p *portal) showSecurity(ctx context.Context, c *call, s catalog.Security) error {
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHO\tRIGHT\tROWS\tFIELDS\tQUOTA\tFILTER")
	line := func(who string, r catalog.Rule) {
		rows, fields, quota := "shown", "all", "-"
		if r.DataHidden {
			rows = "hidden"
		}
		if r.Fields != nil {
			fields = strings.Join(r.Fields, ",")
		}
		if r.Quota.Limited() {
			quota = fmt.Sprintf("%d/%s", r.Quota.Limit, r.Quota.Unit)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", who, rightWords()[r.Right], rows, orNone(fields), quota, orNone(r.Filter))
	}
	everybody := "everybody"
	if s.Restricted {
		everybody = "who may see every restricted dataset"
	}
	line(everybody, s.Default)
	for _, g := range s.Grants {
		who := "somebody who is gone"
		if g.Person > 0 {
			if email := p.emailOf(ctx, g.Person); email != "-" {
				who = email
			}
		} else if group, ok := p.people.Group(g.Group); ok {
			who = group.UID
		}
		line(who, g.Rule)
	}
	return table.Flush()
}
