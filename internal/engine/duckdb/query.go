package duckdb

import (
	"context"
	"errors"
	"strconv"
	"time"

	"parvis/internal/engine"
	"parvis/internal/fault"
)

// errDeadline is the cause of a query's cancelling when it takes longer than Options.Deadline.
var errDeadline = errors.New("the deadline of a query passed")

// Query runs a statement. The deadline counts from its turn until the answer stands ready, not while it is read.
//
// Failures are Canceled where ctx was, Unavailable for the deadline, for want of memory or disk and where too many
// others wait, else Internal.
func (e *Engine) Query(ctx context.Context, st engine.Statement) (engine.Rows, error) {
	loan, err := e.begin(ctx, st.Source)
	if err != nil {
		return nil, err
	}
	if err := e.asking.take(loan.ctx); err != nil {
		err = e.failure(loan.ctx, err)
		loan.end()
		return nil, err
	}
	timer := time.AfterFunc(e.options.Deadline, func() { loan.cancel(errDeadline) })
	reader, err := loan.session.arrow.QueryContext(loan.ctx, st.SQL)
	timer.Stop()
	e.asking.done()
	if err != nil {
		err = e.failure(loan.ctx, err)
		loan.end()
		return nil, err
	}
	r, err := newRows(loan, reader, st.Columns)
	if err != nil {
		reader.Release()
		loan.end()
		return nil, err
	}
	return r, nil
}

// loan is what one question holds of the engine: a session, its version, and a context that ends with the
// asker's, with the engine, or when cancelled.
type loan struct {
	e       *Engine
	session *session
	version *version
	ctx     context.Context
	cancel  context.CancelCauseFunc
	unhook  func() bool
}

func (e *Engine) begin(ctx context.Context, s engine.Source) (*loan, error) {
	if err := ctx.Err(); err != nil {
		return nil, e.failure(ctx, err)
	}
	l := &loan{e: e}
	var err error
	if l.session, err = e.session(ctx); err != nil {
		return nil, err
	}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.unhook = context.AfterFunc(e.stop, func() { l.cancel(context.Canceled) })
	if l.version, err = e.versions.use(l.ctx, s); err != nil {
		err = e.failure(l.ctx, err)
		l.end()
		return nil, err
	}
	return l, nil
}

// end gives everything back.
func (l *loan) end() {
	l.unhook()
	l.cancel(nil)
	if l.version != nil {
		l.e.versions.release(l.version)
	}
	l.e.giveBack(l.session)
}

// failure says what an error of DuckDB means to whoever asked.
func (e *Engine) failure(ctx context.Context, err error) error {
	var known *fault.Error
	lack := shortageIn(err)
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(context.Cause(ctx), errDeadline):
		return fault.Wrap(err, fault.Unavailable,
			"The query took longer than %s and was stopped: narrow it with a filter, or ask for less at once.", seconds(e.options.Deadline))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, "The query took longer than was allowed and was stopped: narrow it with a filter, or ask for less at once.")
	case ctx.Err() != nil:
		return fault.Wrap(err, fault.Canceled, "the query was cancelled")
	case lack == ofDisk:
		return fault.Wrap(err, fault.Unavailable,
			"The query needs more room on disk than there is: narrow it with a filter, or group by fewer values.")
	case lack == ofMemory:
		return fault.Wrap(err, fault.Unavailable,
			"The query needs more memory than it may have: narrow it with a filter, or group by fewer values; whoever runs the portal can raise the engine's memory limit.")
	}
	return fault.Wrap(err, fault.Internal, "the engine failed")
}

// seconds writes a duration for people, as in "30 s".
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'g', 3, 64) + " s"
}
