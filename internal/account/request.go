package account

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// Request is somebody's asking for access.
type Request struct {
	ID        int64
	Person    int64 // 0: somebody who was not signed in
	State     RequestState
	Reason    string // given with the decision; may be ""
	Created   time.Time
	Decided   time.Time // zero while it waits
	DecidedBy int64     // person; 0: the operator, or nobody yet
	RequestDraft
}

// RequestDraft is what is asked.
type RequestDraft struct {
	Email    string // of who asks; a signed-in person's own in any case
	Language string // in which they are answered
	Message  string // up to 2000 characters
	Dataset  string // uid; "" for the portal. The caller has checked that who asks may know of it.
}

// RequestState is what became of a request.
type RequestState string

// The states of requests.
const (
	Waiting  RequestState = "waiting"
	Approved RequestState = "approved"
	Rejected RequestState = "rejected"
)

// How many requests a day are taken: of one address, and of people who are not signed in together.
const (
	mostRequests          = 3
	mostAnonymousRequests = 200
)

const (
	sqlNewRequest = `INSERT INTO access_requests (id, person, email, language, message, dataset, state, reason, created)
	     VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', $7)`
	sqlRequests = `SELECT id, person, email, language, message, dataset, state, reason, decided_by, created, decided FROM access_requests
	 WHERE ($1 = 0 OR id = $1) AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT 1000`
	sqlCountRequests   = `SELECT count(*) FROM access_requests WHERE email = $1 AND created > $2`
	sqlCountAnonymous  = `SELECT count(*) FROM access_requests WHERE person IS NULL AND created > $1`
	sqlDecide          = `UPDATE access_requests SET state = $1, reason = $2, decided_by = $3, decided = $4 WHERE id = $5`
	sqlOldRequests     = `DELETE FROM access_requests WHERE decided < $1`
	sqlForgetRequests  = `DELETE FROM access_requests WHERE email = $1`
	sqlForgottenAsking = `DELETE FROM access_requests WHERE decided IS NULL AND created < $1`
)

// Ask asks for access, to the portal or to a dataset. Kinds Invalid; Limited: there were too many today.
func (p *People) Ask(ctx context.Context, by Actor, d RequestDraft) error {
	person := int64(0)
	if by.Person != nil {
		d.Email, person = by.Person.Email, by.Person.ID
	}
	var err error
	if d.Email, err = CleanEmail(d.Email); err != nil {
		return err
	}
	if d.Message, err = CleanText("message", d.Message, 2000); err != nil {
		return err
	}
	if err := checkLanguage(d.Language); err != nil {
		return err
	}
	if len(d.Dataset) > 100 {
		return fault.New(fault.Invalid, "There is no such dataset.")
	}
	err = db.Change(ctx, p.db, func(tx *sql.Tx) error {
		if err := p.mayAsk(ctx, tx, d.Email, person); err != nil {
			return err
		}
		id, err := number(ctx, tx, "request")
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlNewRequest, id, orNull(person), d.Email, d.Language, d.Message, d.Dataset, p.clock().UnixMicro()); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "create", requestObject(id), nil, map[string]string{"dataset": d.Dataset})
	})
	if err != nil {
		return fmt.Errorf("ask for access: %w", err)
	}
	return nil
}

// mayAsk tells whether one more request is taken today.
func (p *People) mayAsk(ctx context.Context, tx *sql.Tx, email string, person int64) error {
	since := p.clock().Add(-24 * time.Hour).UnixMicro()
	var own, anonymous int
	if err := tx.QueryRowContext(ctx, sqlCountRequests, email, since).Scan(&own); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, sqlCountAnonymous, since).Scan(&anonymous); err != nil {
		return err
	}
	if own >= mostRequests || person == 0 && anonymous >= mostAnonymousRequests {
		return fault.New(fault.Limited, "There were too many requests for access today: try again tomorrow.")
	}
	return nil
}

// Requests gives requests in a state, "" for all, the newest first, at most 1000: to who administers the portal all,
// to who manages datasets those for datasets. Kind Forbidden: the actor does neither.
func (p *People) Requests(ctx context.Context, by Actor, state RequestState) ([]Request, error) {
	if !by.May(ManageDataset) {
		if err := by.need(EditDomain); err != nil {
			return nil, err
		}
	}
	found, err := readRequests(ctx, p.db, 0, state)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(r Request) bool { return !by.mayDecide(r) }), nil
}

// Request gives one request. Kind NotFound: there is none, or it is not for the actor to decide on.
func (p *People) Request(ctx context.Context, by Actor, id int64) (Request, error) {
	return p.request(ctx, p.db, by, id)
}

func (p *People) request(ctx context.Context, from db.Asker, by Actor, id int64) (Request, error) {
	found, err := readRequests(ctx, from, id, "")
	if err != nil {
		return Request{}, err
	}
	if len(found) == 0 || id == 0 || !by.mayDecide(found[0]) {
		return Request{}, fault.New(fault.NotFound, "There is no request %d.", id)
	}
	return found[0], nil
}

// mayDecide tells whether an actor decides on a request.
func (a Actor) mayDecide(r Request) bool {
	return a.May(EditDomain) || r.Dataset != "" && a.May(ManageDataset)
}

// Approve grants a request: whoever has an account is put into the groups, anybody else invited into them. Access to a
// dataset by itself is given by the catalogue, before this is called. Kinds NotFound; Forbidden: groups or an
// invitation are needed, and the actor does not administer the portal; Conflict: it is decided already; Unavailable: it
// is done, but the mail could not be sent.
func (p *People) Approve(ctx context.Context, by Actor, id int64, groups []int64) error {
	r, err := p.Request(ctx, by, id)
	if err != nil {
		return err
	}
	if r.State != Waiting {
		return decidedAlready(id)
	}
	person, known := p.ByEmail(r.Email)
	var sent error
	switch {
	case !known:
		_, _, sent = p.Invite(ctx, by, InvitationDraft{Email: r.Email, Language: r.Language, Groups: groups})
	case len(groups) > 0:
		err = p.Update(ctx, by, person.ID, func(d *Draft) {
			for _, g := range groups {
				if !slices.ContainsFunc(d.Groups, func(m Membership) bool { return m.Group == g }) {
					d.Groups = append(d.Groups, Membership{Group: g})
				}
			}
		})
	}
	if err != nil {
		return err
	}
	if sent != nil && fault.KindOf(sent) != fault.Unavailable {
		return sent
	}
	if err := p.decide(ctx, by, id, Approved, ""); err != nil {
		return err
	}
	if !known {
		return sent
	}
	return unsent(p.mailer.Decided(ctx, Recipient{r.Email, r.Language}, r.Dataset, true, ""))
}

// Reject refuses a request, with a reason of up to 1000 characters that is told to those who have an account; it may
// be "". Kinds NotFound; Invalid; Conflict: it is decided already; Unavailable: it is done, but the mail could not be
// sent.
func (p *People) Reject(ctx context.Context, by Actor, id int64, reason string) error {
	r, err := p.Request(ctx, by, id)
	if err != nil {
		return err
	}
	if reason, err = CleanText("reason", reason, 1000); err != nil {
		return err
	}
	if err := p.decide(ctx, by, id, Rejected, reason); err != nil {
		return err
	}
	if _, known := p.ByEmail(r.Email); !known {
		return nil // the address was never found to be theirs: nobody is to get mail that they did not ask for
	}
	return unsent(p.mailer.Decided(ctx, Recipient{r.Email, r.Language}, r.Dataset, false, reason))
}

func (p *People) decide(ctx context.Context, by Actor, id int64, state RequestState, reason string) error {
	err := db.Change(ctx, p.db, func(tx *sql.Tx) error {
		r, err := p.request(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if r.State != Waiting {
			return decidedAlready(id)
		}
		_, person := by.who()
		if _, err := tx.ExecContext(ctx, sqlDecide, string(state), reason, orNull(person), p.clock().UnixMicro(), id); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, string(state), requestObject(id), nil, map[string]string{"reason": reason})
	})
	if err != nil {
		return fmt.Errorf("decide on a request: %w", err)
	}
	return nil
}

func decidedAlready(id int64) error {
	return fault.New(fault.Conflict, "The request %d is decided already.", id)
}

// readRequests gives requests by number and state, 0 and "" for all.
func readRequests(ctx context.Context, from db.Asker, id int64, state RequestState) (out []Request, err error) {
	err = list(ctx, from, sqlRequests, []any{id, string(state)}, func(scan func(...any) error) error {
		var r Request
		var person, decidedBy, decided sql.NullInt64
		var created int64
		if err := scan(&r.ID, &person, &r.Email, &r.Language, &r.Message, &r.Dataset, &r.State, &r.Reason, &decidedBy, &created, &decided); err != nil {
			return err
		}
		r.Person, r.DecidedBy, r.Created, r.Decided = person.Int64, decidedBy.Int64, moment(created), maybe(decided)
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the requests for access: %w", err)
	}
	return out, nil
}

func requestObject(id int64) string { return fmt.Sprintf("request/%d", id) }
