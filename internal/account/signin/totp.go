package signin

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

const (
	period        = 30 * time.Second
	secretBytes   = 20
	recoveryCodes = 10
	recoveryBytes = 10 // 16 characters of base32: too many to be guessed even from their hashes
)

// Secret is what an application on a telephone makes codes from.
type Secret struct {
	Text    string // base32, to be typed
	Address string // otpauth://…, to be opened
}

// NewSecret makes a secret for a person, which counts only once EnrolCodes has seen a code made from it.
func (d *Desk) NewSecret(p *account.Person) (Secret, error) {
	random := make([]byte, secretBytes)
	rand.Read(random)
	return d.SecretOf(p, base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random))
}

// SecretOf gives a secret back in all its forms from its text.
func (d *Desk) SecretOf(p *account.Person, text string) (Secret, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(raw) != secretBytes {
		return Secret{}, fault.New(fault.Invalid, "the secret of the codes is damaged")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: d.title(), AccountName: p.Email, Secret: raw})
	if err != nil {
		return Secret{}, fmt.Errorf("make a secret for codes: %w", err)
	}
	return Secret{Text: text, Address: key.URL()}, nil
}

// title gives the portal's name without the sign that divides it from the account in otpauth addresses.
func (d *Desk) title() string {
	if name := strings.TrimSpace(strings.ReplaceAll(d.o.Title, ":", " ")); name != "" {
		return name
	}
	return "Parvis"
}

// Drawing gives the address as a QR code: an SVG that needs no style and no script.
func (s Secret) Drawing() (string, error) {
	code, err := qr.Encode(s.Address, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	const quiet = 4 // empty modules around it
	size := code.Bounds().Dx()
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`,
		size+2*quiet, size+2*quiet, 5*(size+2*quiet), 5*(size+2*quiet), size+2*quiet, size+2*quiet)
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&out, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	out.WriteString(`"/></svg>`)
	return out.String(), nil
}

// EnrolCodes makes codes of a secret the person's second factor once one of them is right, and gives ten recovery
// codes, which nobody can find out again. Kind Invalid: the code is wrong.
func (d *Desk) EnrolCodes(ctx context.Context, p *account.Person, secret, code string) (recovery []string, err error) {
	if _, err := d.SecretOf(p, secret); err != nil {
		return nil, err
	}
	now := d.o.Clock()
	step, ok := stepOf(secret, code, now)
	if !ok {
		return nil, fault.New(fault.Invalid, "The code is wrong: type the one that the application shows now, and see that the telephone's clock is right.")
	}
	err = d.noted(ctx, account.Actor{Person: p}, "set_second_step", p.ID, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sqlSetFactor, p.ID, secret, now.UnixMicro(), step); err != nil {
			return err
		}
		recovery, err = renewRecovery(ctx, tx, p.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("enrol codes: %w", err)
	}
	return recovery, nil
}

// RenewRecovery gives a person ten new recovery codes; the old ones are worth nothing from then on.
// Kind Conflict: they have no second factor.
func (d *Desk) RenewRecovery(ctx context.Context, id int64) (recovery []string, err error) {
	if has, err := d.HasCodes(ctx, id); err != nil {
		return nil, err
	} else if !has {
		return nil, fault.New(fault.Conflict, "Recovery codes belong to a second factor, and there is none.")
	}
	err = db.Change(ctx, d.o.DB, func(tx *sql.Tx) error {
		recovery, err = renewRecovery(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	}
	return recovery, nil
}

func renewRecovery(ctx context.Context, tx *sql.Tx, id int64) ([]string, error) {
	if _, err := tx.ExecContext(ctx, sqlEndCodes, id); err != nil {
		return nil, err
	}
	out := make([]string, recoveryCodes)
	for i := range out {
		random := make([]byte, recoveryBytes)
		rand.Read(random)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(random))
		if _, err := tx.ExecContext(ctx, sqlAddCode, account.HashOf(text), id); err != nil {
			return nil, err
		}
		out[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return out, nil
}

// HasCodes tells whether a person has codes as second factor.
func (d *Desk) HasCodes(ctx context.Context, id int64) (bool, error) {
	_, _, err := d.factor(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// RecoveryLeft gives how many recovery codes of a person are unused.
func (d *Desk) RecoveryLeft(ctx context.Context, id int64) (n int, err error) {
	if err := d.o.DB.QueryRowContext(ctx, sqlCountCodes, id).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

// RemoveCodes ends a person's second factor.
func (d *Desk) RemoveCodes(ctx context.Context, by account.Actor, id int64) error {
	err := d.noted(ctx, by, "remove_second_step", id, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sqlEndFactor, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, sqlEndCodes, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove a second factor: %w", err)
	}
	return nil
}

func (d *Desk) factor(ctx context.Context, id int64) (secret string, step int64, err error) {
	var made int64
	err = d.o.DB.QueryRowContext(ctx, sqlFactor, id).Scan(&secret, &made, &step)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("read a second factor: %w", err)
	}
	return secret, step, err
}

// Code tells whether a code is right as second factor of a person who has proved the first: one that the
// application shows now, half a minute before or after, or a recovery code. None works twice.
// Kind Unauthenticated: it is not; kind Limited: a *WaitError.
func (d *Desk) Code(ctx context.Context, id int64, code string, a Attempt) error {
	p, ok := d.o.People.Person(id)
	if !ok {
		return errWrong()
	}
	if err := d.guard.may("code", p.Email, a, d.o.Clock()); err != nil {
		return err
	}
	right, err := d.useCode(ctx, id, code)
	if err != nil {
		return err
	}
	if !right {
		return fault.New(fault.Unauthenticated, "The code is wrong or was used already.")
	}
	d.guard.passed("code", p.Email, a)
	return nil
}

func (d *Desk) useCode(ctx context.Context, id int64, code string) (bool, error) {
	code = strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(code)))
	secret, _, err := d.factor(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if len(code) != int(otp.DigitsSix) {
		return d.changed(ctx, sqlUseCode, id, account.HashOf(code))
	}
	step, ok := stepOf(secret, code, d.o.Clock())
	if !ok {
		return false, nil
	}
	return d.changed(ctx, sqlStep, step, id, step)
}

// changed runs a change that works for one caller alone, and tells whether it was this one.
func (d *Desk) changed(ctx context.Context, query string, args ...any) (bool, error) {
	done, err := d.o.DB.ExecContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("use a code: %w", err)
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// stepOf gives the half-minute whose code it is: the one of now, or a neighbour.
func stepOf(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, shift := range []time.Duration{0, -period, period} {
		at := now.Add(shift)
		want, err := totp.GenerateCode(secret, at)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at.Unix() / int64(period/time.Second), true
		}
	}
	return 0, false
}
