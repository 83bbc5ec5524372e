package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

func apikeyCreate() *command {
	var label, user, scope, expires string
	return &command{
		name: "create", summary: "make an API key",
		details: "Without --user, the key may see and do everything. With it, the key may do what that person may, or a part of it.\n" +
			"The secret is the last line of standard output. It is shown this once: the portal keeps only its hash.",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&label, "label", "", "`NAME` that tells what the key is for (required)")
			fs.StringVar(&user, "user", "", "`EMAIL` of the person for whom the key acts")
			fs.StringVar(&scope, "scope", "", "`PERMISSIONS` that the key may use of that person's, separated by commas; all by default")
			fs.StringVar(&expires, "expires", "", "`WHEN` the key ends, as in 90d or 2027-01-31; never by default")
		},
		settings: []string{},
		run: func(ctx context.Context, c *call) error {
			if label == "" {
				return usagef("apikey create: --label is missing")
			}
			draft := account.KeyDraft{Label: label, Scope: account.Every}
			var err error
			if draft.Expires, err = ending(expires); err != nil {
				return usagef("apikey create: %v", err)
			}
			if draft.Scope, err = permissions(scope, account.Every); err != nil {
				return usagef("apikey create: %s", fault.Message(err))
			}
			return withPortal(ctx, c, true, func(p *portal) error {
				may := "everything"
				if user != "" {
					owner, err := p.personByEmail(ctx, user)
					if err != nil {
						return err
					}
					draft.Owner, may = owner.ID, "what "+owner.Email+" may"
					if draft.Scope != account.Every {
						may += ", within its scope"
					}
				}
				made, secret, err := p.keys.Create(ctx, account.Operator, draft)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.err, "The key %q may see and do %s. Keep its secret: it cannot be shown again.\n", made.Label, may)
				_, err = fmt.Fprintln(c.out, secret)
				return err
			})
		},
	}
}

var daysForm = regexp.MustCompile(`^([0-9]{1,5})d$`)

// ending reads when something ends: a number of days from now, or a day, at whose start in UTC it ends; "" is never.
func ending(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if m := daysForm.FindStringSubmatch(text); m != nil {
		days, err := strconv.Atoi(m[1])
		return time.Now().AddDate(0, 0, days), err
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a number of days such as 90d nor a day such as 2027-01-31", text)
	}
	return day, nil
}

// permissions reads names separated by commas; "" is standard.
func permissions(text string, standard account.Permissions) (account.Permissions, error) {
	if text == "" {
		return standard, nil
	}
	return account.ParsePermissions(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }))
}

func apikeyList() *command {
	return &command{
		name: "list", summary: "list API keys", settings: []string{},
		run: func(ctx context.Context, c *call) error {
			return withPortal(ctx, c, false, func(p *portal) error {
				list, err := p.keys.List(ctx, account.Operator, 0)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "NUMBER\tLABEL\tUSER\tSCOPE\tCREATED\tEXPIRES\tUSED\tREVOKED")
				for _, k := range list {
					scope := "all"
					if k.Scope != account.Every {
						scope = strings.Join(k.Scope.Names(), ",")
					}
					fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Label, p.emailOf(ctx, k.Owner), scope,
						k.Created.Format(time.DateTime), orDash(k.Expires, time.DateTime), orDash(k.Used, time.DateOnly), orDash(k.Revoked, time.DateTime))
				}
				return table.Flush()
			})
		},
	}
}

// orDash formats a time that may be zero.
func orDash(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(layout)
}

func apikeyRevoke() *command {
	var reason string
	return &command{
		name: "revoke", args: "NUMBER", min: 1, max: 1, summary: "end an API key for ever", settings: []string{},
		details: "NUMBER is the key's number in 'parvis apikey list'.",
		flags:   func(fs *flag.FlagSet) { fs.StringVar(&reason, "reason", "", "`TEXT` that tells why") },
		run: func(ctx context.Context, c *call) error {
			id, err := strconv.ParseInt(c.args[0], 10, 64)
			if err != nil {
				return usagef("apikey revoke: %q is no number of a key", c.args[0])
			}
			return withPortal(ctx, c, false, func(p *portal) error { return p.keys.Revoke(ctx, account.Operator, id, reason) })
		},
	}
}

// withPortal opens the portal and does something with it.
func withPortal(ctx context.Context, c *call, create bool, do func(*portal) error) error {
	p, err := openPortal(ctx, c, create)
	if err != nil {
		return err
	}
	defer p.close()
	return do(p)
}
