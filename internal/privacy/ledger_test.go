package privacy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

// dated is a registry with a clock that the test moves.
func dated(t *testing.T, now *time.Time, services ...string) *Registry {
	return open(t, func(o *Options) { o.Services = services; o.Clock = func() time.Time { return *now } })
}

func openLedger(t *testing.T, pool *sql.DB, r *Registry) *Ledger {
	t.Helper()
	l, err := OpenLedger(t.Context(), pool, r)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestThePolicyIsAsOldAsItsWords(t *testing.T) {
	pool := dbtest.Open(t)
	now := noon
	for _, step := range []struct {
		after    time.Duration
		services []string
		want     string
	}{
		{0, nil, "2026-11-25"}, {day, nil, "2026-11-25"}, {day, []string{"vimeo"}, "2026-11-27"}, {day, []string{"vimeo"}, "2026-11-27"},
		{day, nil, "2026-11-29"}, // back to the first is a change too
	} {
		now = now.Add(step.after)
		if got := openLedger(t, pool, dated(t, &now, step.services...)).Updated().Format(time.DateOnly); got != step.want {
			t.Errorf("on %s with %v: %s, want %s", now.Format(time.DateOnly), step.services, got, step.want)
		}
	}
	if p, err := Verify(t.Context(), pool, ""); err != nil || p.Rows != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhatWasShownCanBeFoundAgain(t *testing.T) {
	pool := dbtest.Open(t)
	now := noon
	first, second := dated(t, &now), dated(t, &now, "youtube")
	for i, r := range []*Registry{first, second, second} {
		l := openLedger(t, pool, r)
		version := min(i, 1)
		err := l.Archive(t.Context(), []Wording{
			{What: "policy", Language: "fr", Text: fmt.Sprint("<p>politique ", version, "</p>")}, {What: "policy", Language: "en", Text: fmt.Sprint("<p>policy ", version, "</p>")},
			{What: "banner", Language: "en", Text: "the same in both"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range []*Registry{first, second} {
		list, err := openLedger(t, pool, first).Wordings(t.Context(), r.Hash())
		if err != nil || len(list) != 3 {
			t.Fatalf("policy %d: %+v, %v", i, list, err)
		}
		if want := fmt.Sprint("<p>policy ", i, "</p>"); list[1].Text != want || list[1].Language != "en" || list[1].What != "policy" || list[1].Policy != r.Hash() {
			t.Errorf("policy %d: %+v", i, list[1])
		}
	}
	p, err := Verify(t.Context(), pool, "")
	if err != nil || p.Wordings != 5 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestCountsAreOfDaysAndNothingElse(t *testing.T) {
	pool := dbtest.Open(t)
	now := noon
	l := openLedger(t, pool, dated(t, &now, "youtube"))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { l.Count("fr", "refuse"); l.Count("ar", "accept") })
	}
	all.Wait()
	flush := func() {
		t.Helper()
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	flush()
	l.Count("fr", "refuse")
	flush()
	chained := func() (out []string) {
		rows, err := pool.QueryContext(t.Context(), `SELECT day, body FROM privacy_ledger WHERE kind = 'choices'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var day, body string
			if err := rows.Scan(&day, &body); err != nil {
				t.Fatal(err)
			}
			out = append(out, day+" "+body)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := chained(); got != nil {
		t.Errorf("a day that is not over is in the chain: %q", got)
	}
	now = now.Add(13 * time.Hour)
	l.Count("en", "some")
	flush()
	flush()
	want := fmt.Sprintf(`20782 [{"policy":"%[1]s","language":"ar","class":"accept","n":50},{"policy":"%[1]s","language":"fr","class":"refuse","n":51}]`, l.policy)
	if got := chained(); len(got) != 1 || got[0] != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if _, err := Verify(t.Context(), pool, ""); err != nil {
		t.Error(err)
	}
}

func TestCountsOutliveAFailure(t *testing.T) {
	pool := dbtest.Open(t)
	now := noon
	l := openLedger(t, pool, dated(t, &now, "youtube"))
	l.Count("fr", "accept")
	ended, stop := context.WithCancel(t.Context())
	stop()
	if err := l.Flush(ended); err == nil {
		t.Fatal("a flush that was called off succeeds")
	}
	var failed error
	l.Follow(ended, func(err error) { failed = errors.Join(failed, err) }) // the last flush at the end of the process
	var n int
	if err := pool.QueryRowContext(t.Context(), `SELECT n FROM privacy_choices`).Scan(&n); err != nil || n != 1 || failed != nil {
		t.Errorf("%d, %v, %v", n, err, failed)
	}
}

func TestEveryChangeIsFound(t *testing.T) {
	fill := func(t *testing.T) (*sql.DB, string) {
		pool := dbtest.Open(t)
		now := noon
		l := openLedger(t, pool, dated(t, &now, "youtube"))
		if err := l.Archive(t.Context(), []Wording{{What: "banner", Language: "fr", Text: "Tout refuser"}}); err != nil {
			t.Fatal(err)
		}
		early, err := Verify(t.Context(), pool, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			l.Count("fr", "accept")
			now = now.Add(day)
			if err := l.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := Verify(t.Context(), pool, early.Head); err != nil || p.Rows != 5 || !p.Found || p.Head == early.Head {
			t.Fatalf("%+v, %v", p, err)
		}
		return pool, early.Head
	}
	for change, says := range map[string]string{
		`UPDATE privacy_ledger SET body = replace(body, '"n":1', '"n":2') WHERE n = 4`:                                              "row 4 of the ledger was changed",
		`UPDATE privacy_ledger SET day = day + 1 WHERE n = 3`:                                                                       "row 3 of the ledger was changed",
		`UPDATE privacy_ledger SET kind = 'policy' WHERE n = 2`:                                                                     "row 2 of the ledger was changed",
		`UPDATE privacy_ledger SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE n = 1`:                                       "row 1 of the ledger was changed",
		`DELETE FROM privacy_ledger WHERE n = 1`:                                                                                    "row 1 of the ledger is missing",
		`DELETE FROM privacy_ledger WHERE n = 4`:                                                                                    "row 4 of the ledger is missing",
		`DELETE FROM privacy_ledger WHERE n = 5`:                                                                                    "ends with row 4",
		`UPDATE privacy_wordings SET text = 'Tout accepter'`:                                                                        "the text that row 2 of the ledger names was changed",
		`DELETE FROM privacy_wordings`:                                                                                              "the text that row 2 of the ledger names is missing",
		`INSERT INTO privacy_wordings (hash, text) VALUES ('x', 'y')`:                                                               "no row of the ledger names",
		`UPDATE privacy_head SET hash = 'x'`:                                                                                        "the end was changed",
		`INSERT INTO privacy_ledger (n, day, kind, body, hash) SELECT n + 1, day, kind, body, hash FROM privacy_ledger WHERE n = 5`: "row 6 of the ledger was changed",
	} {
		t.Run(says, func(t *testing.T) {
			pool, _ := fill(t)
			done, err := pool.ExecContext(t.Context(), change)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := done.RowsAffected(); err != nil || n != 1 {
				t.Fatalf("%s changes %d rows (%v)", change, n, err)
			}
			if _, err := Verify(t.Context(), pool, ""); fault.KindOf(err) != fault.Conflict || !strings.Contains(fmt.Sprint(err), says) {
				t.Errorf("%s: %v", change, err)
			}
		})
	}
	pool, _ := fill(t)
	if _, err := Verify(t.Context(), pool, strings.Repeat("0", 64)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a head that never was: %v", err)
	}
}
