package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"parvis/internal/fault"
)

func TestKindOf(t *testing.T) {
	cause := errors.New("disk full")
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{fault.New(fault.NotFound, "no %s", "x"), fault.NotFound},
		{fmt.Errorf("act: %w", fault.Wrap(cause, fault.Invalid, "bad")), fault.Invalid},
		{fmt.Errorf("query: %w", context.Canceled), fault.Canceled},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), fault.Unavailable},
		{cause, fault.Internal},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}

func TestTheCauseIsNotShown(t *testing.T) {
	cause := errors.New("/secret/path")
	err := fmt.Errorf("act: %w", fault.Wrap(cause, fault.Invalid, "line %d is damaged", 3))
	if got := fault.Message(err); got != "line 3 is damaged" {
		t.Errorf("Message = %q", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost to the log")
	}
	if got := fault.Message(cause); got != "" {
		t.Errorf("a foreign error shows %q", got)
	}
}
