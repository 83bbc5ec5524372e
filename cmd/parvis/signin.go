package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"parvis/internal/account"
	"parvis/internal/account/signin"
	"parvis/internal/mail"
	"parvis/internal/web/member"
)

// openLetters makes ready what is sent by mail: in the portal's languages, by the server that the settings name, else
// into a folder of the portal.
func (p *portal) openLetters() error {
	locales, err := p.locales()
	if err != nil {
		return err
	}
	sender, err := mail.Open(mail.Options{URL: p.set.smtp, From: p.set.mailFrom, Folder: filepath.Join(p.set.data, "mail"), Log: p.log})
	if err != nil {
		return err
	}
	p.letters = &member.Letters{Send: sender, Locales: locales, Title: p.set.title, URL: cmp.Or(p.set.url, "http://"+p.set.addr)}
	return nil
}

// openDesk opens where people say who they are.
func (p *portal) openDesk(ctx context.Context) (*signin.Desk, error) {
	o := signin.Options{
		DB: p.db, People: p.people, Sessions: p.sessions, Mail: p.letters.Send, Title: p.set.title, Provider: p.set.provider, Describe: p.people.Describe,
	}
	if p.set.oidcSignup {
		o.Enrol = func(ctx context.Context, n signin.Newcomer) (int64, error) {
			made, err := p.people.Register(ctx, "sign_up", account.Draft{Email: n.Email, Name: n.Name})
			if err != nil {
				return 0, err
			}
			return made.ID, nil
		}
	}
	return signin.Open(ctx, o)
}

// welcome gives a line with a link that makes the first administrator, where there is none: whoever sees the operator's
// terminal is the operator. A link given before opens nothing any more.
func (p *portal) welcome(ctx context.Context, addr string) (string, error) {
	if p.people.HasAdministrator() {
		return "", nil
	}
	known, err := p.people.Invitations(ctx, account.Operator)
	if err != nil {
		return "", err
	}
	for _, i := range known {
		if i.Email == "" && i.By == 0 && i.Permissions.Has(account.EditDomain) {
			if err := p.people.RevokeInvitation(ctx, account.Operator, i.ID); err != nil {
				return "", err
			}
		}
	}
	_, token, err := p.people.Invite(ctx, account.Operator, account.InvitationDraft{Permissions: account.PermissionsOf(account.EditDomain)})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Nobody administers this portal yet. Make your account at %s/welcome/%s/\n", cmp.Or(p.set.url, "http://"+addr), token), nil
}
