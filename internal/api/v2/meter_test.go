package v2

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parvis/internal/account"
)

func TestWindowsBeginWhereTheUnitDoes(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 500, time.UTC)
	for unit, want := range map[string][2]string{
		"second": {"2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z"}, "minute": {"2024-02-29T23:59:00Z", "2024-03-01T00:00:00Z"},
		"hour": {"2024-02-29T23:00:00Z", "2024-03-01T00:00:00Z"}, "day": {"2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"},
		"month": {"2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"}, "year": {"2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
	} {
		start, end, ok := span(unit, at)
		if got := [2]string{start.Format(time.RFC3339), end.Format(time.RFC3339)}; got != want || !ok {
			t.Errorf("%s: %v", unit, got)
		}
	}
}

func TestMeterCountsOnceWhoeverAsksAtOnce(t *testing.T) {
	m := meter{windows: map[string]*window{}}
	q := account.Quota{Limit: 100, Unit: "day"}
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	var let atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				if left, _ := m.take("x", q, now); left >= 0 {
					let.Add(1)
				}
			}
		})
	}
	group.Wait()
	if let.Load() != 100 {
		t.Errorf("%d calls were let through of 100", let.Load())
	}
	if left, _ := m.take("x", q, now.Add(24*time.Hour)); left != 99 {
		t.Errorf("%d are left after the first call of the next day", left)
	}
	if left, _ := m.take("y", account.Quota{Limit: 0, Unit: "year"}, now); left != -1 {
		t.Error("a quota of none lets a call through")
	}
	saved := m.unsaved()
	if len(saved) != 1 || saved[0].Calls != 1 || len(m.unsaved()) != 0 {
		t.Errorf("to be written: %+v", saved)
	}
	other := meter{windows: map[string]*window{}}
	other.load(saved)
	if left, _ := other.take("x", q, now.Add(24*time.Hour)); left != 98 {
		t.Errorf("%d are left after a restart", left)
	}
}
