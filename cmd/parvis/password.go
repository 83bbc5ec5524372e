package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"parvis/internal/account"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
)

const passwordDetails = "The password is read from standard input with --password-stdin, or else asked for where a person sits at a terminal.\n" +
	"Otherwise, the last line of standard output is an address where they choose it themselves, once, within an hour."

// password gets the password that somebody is to have: from the first line of standard input, or from who sits at the
// terminal; "" where neither is there, or nothing was typed. Kind Invalid: it is too weak.
func (c *call) password(email string, stdin bool) (string, error) {
	clean, err := account.CleanEmail(email)
	if err != nil {
		return "", err
	}
	password := ""
	switch keyboard, ok := c.in.(*os.File); {
	case stdin && c.in != nil:
		line, err := bufio.NewReader(io.LimitReader(c.in, 4096)).ReadString('\n')
		if err != nil && line == "" {
			return "", fault.New(fault.Invalid, "there is no password on standard input")
		}
		password = strings.TrimRight(line, "\r\n")
	case ok && term.IsTerminal(int(keyboard.Fd())):
		if password, err = c.ask(keyboard, clean); err != nil || password == "" {
			return "", err
		}
	default:
		return "", nil
	}
	return password, signin.Check(password, clean)
}

// ask asks who sits at a terminal for a password, twice.
func (c *call) ask(keyboard *os.File, email string) (string, error) {
	var typed [2]string
	for i, question := range []string{"Password for " + email + " (empty: they choose it themselves): ", "Once more: "} {
		fmt.Fprint(c.err, question)
		text, err := term.ReadPassword(int(keyboard.Fd()))
		fmt.Fprintln(c.err)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		if typed[i] = string(text); i == 0 && typed[0] == "" {
			return "", nil
		}
	}
	if typed[0] != typed[1] {
		return "", fault.New(fault.Invalid, "the two passwords are not the same")
	}
	return typed[0], nil
}

// setPassword gives somebody a password; for "", it writes the address where they choose it themselves.
func (p *portal) setPassword(ctx context.Context, c *call, id int64, password string) error {
	desk, err := p.openDesk(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	if password != "" {
		return desk.SetPassword(ctx, id, password)
	}
	ticket, err := desk.Ticket(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.err, "They choose their password at this address, within an hour:")
	_, err = fmt.Fprintf(c.out, "%s/password/reset/%s/\n", cmp.Or(p.set.url, "http://"+p.set.addr), ticket)
	return err
}
