package duckdb

import (
	"context"
	"time"

	"parvis/internal/fault"
)

// turns bounds how many questions are worked on at once: each takes a thread of the operating system and memory
// while it is, and more of them than the machine has threads are not answered sooner. The others wait in line.
type turns struct {
	places  chan struct{}
	patient time.Duration // how long one waits before it is sent away
}

func newTurns(places int, patient time.Duration) turns {
	return turns{places: make(chan struct{}, places), patient: patient}
}

// take waits for a turn, which done gives back. Kind Unavailable: too many others were before. An end of ctx is
// given as it is.
func (t turns) take(ctx context.Context) error {
	select {
	case t.places <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(t.patient)
	defer timer.Stop()
	select {
	case t.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fault.New(fault.Unavailable, "Too many questions are being answered at once: ask again in a moment.")
	}
}

func (t turns) done() { <-t.places }
