package export

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parvis/internal/fault"
)

// desk gives a desk whose directory is looked at when the test ends: nothing may be left in it.
func desk(t *testing.T, most int64) *Desk {
	dir := t.TempDir()
	d := NewDesk(dir, most)
	t.Cleanup(func() {
		d.Close()
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("the desk leaves %v, %v", left, err)
		}
	})
	return d
}

func key(name string) (k Key) {
	copy(k[:], name)
	return k
}

// text is a maker of a text, row by row, that waits for go before each.
func text(row string, rows int, next <-chan struct{}) maker {
	return func(ctx context.Context, path string, so *made) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for range rows {
			if next != nil {
				select {
				case <-next:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			so.rows.Add(1)
			if _, err := io.WriteString(limited{f, so}, row); err != nil {
				return err
			}
		}
		return nil
	}
}

// must opens a file and gives what is in it.
func must(t *testing.T, f *os.File, err error) string {
	t.Helper()
	if err != nil || f == nil {
		t.Fatalf("no file: %v", err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAFileIsMadeOnceForAllWhoFetchIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := desk(t, 100)
		var mu sync.Mutex
		times := 0
		next := make(chan struct{})
		once := func(ctx context.Context, path string, so *made) error {
			mu.Lock()
			times++
			mu.Unlock()
			return text("a", 1, next)(ctx, path, so)
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				f, err := d.open(t.Context(), key("a"), once)
				if got := must(t, f, err); got != "a" {
					t.Errorf("%q", got)
				}
			})
		}
		synctest.Wait()
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := d.open(gone, key("a"), once); !errors.Is(err, context.Canceled) {
			t.Errorf("who goes away while others wait: %v", err)
		}
		close(next)
		all.Wait()
		if times != 1 {
			t.Errorf("it was made %d times", times)
		}
		for range 2 { // what depends on the moment is made each time
			f, err := d.open(t.Context(), Key{}, once)
			must(t, f, err)
		}
		if times != 3 {
			t.Errorf("it was made %d times", times)
		}
	})
}

func TestOldFilesGo(t *testing.T) {
	d := desk(t, 10)
	for _, name := range []string{"a", "b", "c"} {
		f, err := d.open(t.Context(), key(name), text(name, 4, nil))
		must(t, f, err)
		d.Kept(key("a")).Close() // asked for last
	}
	for name, there := range map[string]bool{"a": true, "b": false, "c": true} {
		f := d.Kept(key(name))
		if (f != nil) != there {
			t.Errorf("%s is kept: %v", name, f != nil)
		}
		if f != nil {
			f.Close()
		}
	}
	f, err := d.open(t.Context(), key("large"), text("l", 40, nil)) // who fetches it gets it
	if got := must(t, f, err); len(got) != 40 {
		t.Errorf("%q", got)
	}
	k, _ := d.kept.Get(key("large"))
	os.Remove(k.path)
	if f := d.Kept(key("large")); f != nil {
		t.Error("a file that somebody took away is kept")
	}
}

func TestPreparedInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := desk(t, 1000)
		next := map[string]chan struct{}{}
		ask := func(name string) Progress {
			t.Helper()
			if next[name] == nil {
				next[name] = make(chan struct{})
			}
			p, err := d.prepare(t.Context(), key(name), text("row\n", 3, next[name]))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for name, want := range map[string]Progress{"a": {State: Making, For: moment}} {
			if p := ask(name); p != want {
				t.Errorf("%s: %+v", name, p)
			}
		}
		next["a"] <- struct{}{}
		if p := ask("a"); p.Rows != 1 || p.Bytes != 4 {
			t.Errorf("after a row: %+v", p)
		}
		if p := ask("b"); p.State != Making {
			t.Errorf("the second: %+v", p)
		}
		for i, name := range []string{"c", "d"} {
			if p := ask(name); p.State != Waiting || p.Ahead != atOnce+i {
				t.Errorf("%s: %+v", name, p)
			}
		}
		// Who fetches a file does not wait in line, and the page sees that it is being made.
		got := make(chan string)
		go func() {
			f, err := d.open(t.Context(), key("d"), text("row\n", 3, next["d"]))
			got <- must(t, f, err)
		}()
		synctest.Wait()
		if p := ask("d"); p.State != Making {
			t.Errorf("d, which somebody fetches: %+v", p)
		}
		for _, name := range []string{"a", "b", "d", "c"} {
			close(next[name])
		}
		if text := <-got; text != "row\nrow\nrow\n" {
			t.Errorf("fetched: %q", text)
		}
		for _, name := range []string{"a", "b", "c", "d"} {
			if p := ask(name); p != (Progress{State: Ready, Bytes: 12}) {
				t.Errorf("%s in the end: %+v", name, p)
			}
			if text := must(t, d.Kept(key(name)), nil); text != "row\nrow\nrow\n" {
				t.Errorf("%s holds %q", name, text)
			}
		}
	})
}

func TestNobodyWaitsForWhatNobodyAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := desk(t, 1000)
		never := make(chan struct{})
		ask := func(name string) (Progress, error) {
			return d.prepare(t.Context(), key(name), text("row\n", 3, never))
		}
		for i := range atOnce + inLine {
			if _, err := ask(string(rune('A' + i))); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ask("one more"); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a full line: %v", err)
		}
		for range 3 { // the first goes on being asked for
			<-time.After(forgotten * 2 / 3)
			if _, err := ask("A"); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		d.mu.Lock()
		jobs, line := len(d.jobs), len(d.line)
		d.mu.Unlock()
		if jobs != 1 || line != 0 {
			t.Errorf("%d are left, %d in line", jobs, line)
		}
		if _, err := ask("one more"); err != nil {
			t.Error(err)
		}
	})
}

func TestFailuresAreToldOnce(t *testing.T) {
	d := desk(t, 20)
	broken := errors.New("no space")
	failing := func(context.Context, string, *made) error { return broken }
	for range 2 {
		if _, err := d.prepare(t.Context(), key("a"), failing); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
	if p, err := d.prepare(t.Context(), key("a"), text("a", 1, nil)); err != nil || p.State != Ready {
		t.Errorf("after a failure: %+v, %v", p, err)
	}
	if _, err := d.prepare(t.Context(), key("b"), text(strings.Repeat("b", 7), 3, nil)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a large file: %v", err)
	}
	plain := func(_ context.Context, path string, _ *made) error {
		return os.WriteFile(path, make([]byte, 21), 0o600)
	}
	if _, err := d.prepare(t.Context(), key("c"), plain); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a large file of the engine: %v", err)
	}
	if _, err := d.open(t.Context(), key("c"), plain); err != nil {
		t.Errorf("the same, fetched: %v", err)
	}
	if _, err := d.prepare(t.Context(), Key{}, plain); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a file of the moment: %v", err)
	}
	if _, err := d.open(t.Context(), key("d"), failing); !errors.Is(err, broken) {
		t.Errorf("fetched: %v", err)
	}
	wild := func(context.Context, string, *made) error { panic("a mistake of ours") }
	for range 2 {
		if _, err := d.open(t.Context(), key("e"), wild); err == nil || !strings.Contains(err.Error(), "a mistake of ours") {
			t.Errorf("a panic: %v", err)
		}
	}
}

func TestCloseStopsWhatIsBeingMade(t *testing.T) {
	d := desk(t, 1000)
	for _, name := range []string{"a", "b", "c"} {
		if _, err := d.prepare(t.Context(), key(name), text("row", 3, make(chan struct{}))); err != nil {
			t.Fatal(err)
		}
	}
	d.Close() // or it would wait for ever
}
