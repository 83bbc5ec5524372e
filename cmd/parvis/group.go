package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

func groupCreate() *command {
	var description, given string
	return &command{
		name: "create", args: "NAME", min: 1, max: 1, summary: "make a group", settings: []string{},
		details: "The identifier by which other subcommands and the API know the group is the last line of standard output.",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&description, "description", "", "`TEXT` that tells what the group is for")
			fs.StringVar(&given, "permissions", "", "`PERMISSIONS` that its members hold, separated by commas")
		},
		run: func(ctx context.Context, c *call) error {
			held, err := permissions(given, 0)
			if err != nil {
				return usagef("group create: %s", fault.Message(err))
			}
			return withPortal(ctx, c, true, func(p *portal) error {
				made, err := p.people.CreateGroup(ctx, account.Operator, account.Group{Name: c.args[0], Description: description, Permissions: held})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(c.out, made.UID)
				return err
			})
		},
	}
}

func groupList() *command {
	return &command{
		name: "list", summary: "list groups", settings: []string{},
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				list, err := p.people.Groups(account.Operator)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "GROUP\tNAME\tMEMBERS\tPERMISSIONS")
				for _, g := range list {
					members, err := p.people.Members(account.Operator, g.ID)
					if err != nil {
						return err
					}
					fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", g.UID, g.Name, len(members), orNone(strings.Join(g.Permissions.Names(), ",")))
				}
				return table.Flush()
			})
		},
	}
}

func groupMembers() *command {
	var add, remove []string
	var expires string
	return &command{
		name: "members", args: "GROUP", min: 1, max: 1, summary: "list who is in a group, after adding and removing some", settings: []string{},
		details: "GROUP is the group's identifier in 'parvis group list'. --add and --remove may be given several times.",
		flags: func(fs *flag.FlagSet) {
			fs.Func("add", "`EMAIL` of somebody to add", func(v string) error { add = append(add, v); return nil })
			fs.Func("remove", "`EMAIL` of somebody to remove", func(v string) error { remove = append(remove, v); return nil })
			fs.StringVar(&expires, "expires", "", "`WHEN` those who are added leave again, as in 90d or 2027-01-31; never by default")
		},
		run: func(ctx context.Context, c *call) error {
			until, err := ending(expires)
			if err != nil {
				return usagef("group members: %v", err)
			}
			return withPortal(ctx, c, false, func(p *portal) error {
				g, err := p.groupByUID(c.args[0])
				if err != nil {
					return err
				}
				if err := p.changeMembers(ctx, g.ID, add, remove, until); err != nil {
					return err
				}
				members, err := p.people.Members(account.Operator, g.ID)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "EMAIL\tUNTIL")
				for _, m := range members {
					fmt.Fprintf(table, "%s\t%s\n", p.emailOf(ctx, m.Person), orDash(m.Expires, time.DateOnly))
				}
				return table.Flush()
			})
		},
	}
}

// changeMembers adds people to a group and takes people out of it.
func (p *portal) changeMembers(ctx context.Context, group int64, add, remove []string, until time.Time) error {
	if len(add)+len(remove) == 0 {
		return nil
	}
	members, err := p.people.Members(account.Operator, group)
	if err != nil {
		return err
	}
	for i, email := range append(slices.Clone(remove), add...) {
		one, err := p.personByEmail(ctx, email)
		if err != nil {
			return err
		}
		members = slices.DeleteFunc(members, func(m account.Member) bool { return m.Person == one.ID })
		if i >= len(remove) {
			members = append(members, account.Member{Person: one.ID, Expires: until})
		}
	}
	return p.people.SetMembers(ctx, account.Operator, group, members)
}

func groupRemove() *command {
	return &command{
		name: "remove", args: "GROUP", min: 1, max: 1, summary: "take a group away; its members stay", settings: []string{},
		details: "GROUP is the group's identifier in 'parvis group list'.",
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				g, err := p.groupByUID(c.args[0])
				if err != nil {
					return err
				}
				return p.people.RemoveGroup(ctx, account.Operator, g.ID)
			})
		},
	}
}

// groupByUID finds a group. Kind NotFound.
func (p *portal) groupByUID(uid string) (account.Group, error) {
	g, ok := p.people.GroupByUID(uid)
	if !ok {
		return g, fault.New(fault.NotFound, "there is no group %q: 'parvis group list' shows which there are", uid)
	}
	return g, nil
}
