package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

func userCreate() *command {
	var email, name, language, given string
	var admin, stdin bool
	return &command{
		name: "create", summary: "make an account for somebody",
		details: passwordDetails,
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&email, "email", "", "`EMAIL` address (required)")
			fs.StringVar(&name, "name", "", "`TEXT` by which they want to be called")
			fs.StringVar(&language, "language", "", "`CODE` of the language of their pages and mails, as in fr")
			fs.StringVar(&given, "permissions", "", "`PERMISSIONS` that they hold, separated by commas")
			fs.BoolVar(&admin, "admin", false, "they administer the portal, and may do everything")
			fs.BoolVar(&stdin, "password-stdin", false, "read their password from the first line of standard input")
		},
		settings: []string{"url", "addr"},
		run: func(ctx context.Context, c *call) error {
			if email == "" {
				return usagef("user create: --email is missing")
			}
			held, err := permissions(given, 0)
			if err != nil {
				return usagef("user create: %s", fault.Message(err))
			}
			if admin {
				held |= account.PermissionsOf(account.EditDomain)
			}
			password, err := c.password(email, stdin)
			if err != nil {
				return err
			}
			return withPortal(ctx, c, true, func(p *portal) error {
				made, err := p.people.Create(ctx, account.Operator, account.Draft{Email: email, Name: name, Language: language, Permissions: held})
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "%d %s\n", made.ID, made.Email)
				return p.setPassword(ctx, c, made.ID, password)
			})
		},
	}
}

func userPassword() *command {
	var stdin bool
	return &command{
		name: "password", args: "EMAIL", min: 1, max: 1, summary: "give somebody another password", details: passwordDetails,
		flags: func(fs *flag.FlagSet) {
			fs.BoolVar(&stdin, "password-stdin", false, "read the password from the first line of standard input")
		},
		settings: []string{"url", "addr"},
		run: func(ctx context.Context, c *call) error {
			password, err := c.password(c.args[0], stdin)
			if err != nil {
				return err
			}
			return withPortal(ctx, c, false, func(p *portal) error {
				one, err := p.personByEmail(ctx, c.args[0])
				if err != nil {
					return err
				}
				return p.setPassword(ctx, c, one.ID, password)
			})
		},
	}
}

func userList() *command {
	return &command{
		name: "list", args: "[TEXT]", max: 1, summary: "list people", settings: []string{},
		details: "TEXT is a part of an address or a name.",
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				list, _, err := p.people.All(ctx, account.Operator, account.Search{Text: strings.Join(c.args, " ")})
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "NUMBER\tEMAIL\tNAME\tGROUPS\tPERMISSIONS\tLAST SEEN\tSTATE")
				for _, one := range list {
					var groups []string
					for _, m := range one.Groups {
						g, _ := p.people.Group(m.Group)
						groups = append(groups, g.UID)
					}
					fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.Email, orNone(one.Name), orNone(strings.Join(groups, ",")),
						orNone(strings.Join(one.Permissions.Names(), ",")), orDash(one.Seen, time.DateOnly), state(one, time.Now()))
				}
				return table.Flush()
			})
		},
	}
}

// state tells whether somebody may come in.
func state(one account.Profile, now time.Time) string {
	switch {
	case !one.Active:
		return "disabled"
	case !one.Expires.IsZero() && !now.Before(one.Expires):
		return "over"
	case !one.Expires.IsZero():
		return "until " + one.Expires.Format(time.DateOnly)
	}
	return "active"
}

func orNone(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func userDisable() *command {
	return onUser("disable", "keep somebody out, with their API keys and sessions", func(ctx context.Context, p *portal, id int64) error {
		return p.people.SetActive(ctx, account.Operator, id, false)
	})
}

func userEnable() *command {
	return onUser("enable", "let somebody in again who was disabled", func(ctx context.Context, p *portal, id int64) error {
		return p.people.SetActive(ctx, account.Operator, id, true)
	})
}

func userRemove() *command {
	return onUser("remove", "forget somebody for ever, with their API keys", func(ctx context.Context, p *portal, id int64) error {
		return p.people.Remove(ctx, account.Operator, id)
	})
}

// onUser makes a subcommand that does something to one person.
func onUser(name, summary string, do func(context.Context, *portal, int64) error) *command {
	return &command{
		name: name, args: "EMAIL", min: 1, max: 1, summary: summary, settings: []string{},
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				one, err := p.personByEmail(ctx, c.args[0])
				if err != nil {
					return err
				}
				return do(ctx, p, one.ID)
			})
		},
	}
}

// personByEmail finds somebody, disabled or not. Kind NotFound.
func (p *portal) personByEmail(ctx context.Context, email string) (account.Profile, error) {
	clean, err := account.CleanEmail(email)
	if err != nil {
		return account.Profile{}, err
	}
	list, _, err := p.people.All(ctx, account.Operator, account.Search{Text: clean})
	if err != nil {
		return account.Profile{}, err
	}
	for _, one := range list {
		if one.Email == clean {
			return one, nil
		}
	}
	return account.Profile{}, fault.New(fault.NotFound, "there is nobody with the address %s: 'parvis user list' shows who there is", clean)
}

// emailOf names the owner of something, "-" for nobody.
func (p *portal) emailOf(ctx context.Context, id int64) string {
	one, err := p.people.Profile(ctx, account.Operator, id)
	if err != nil {
		return "-"
	}
	return one.Email
}
