package statistics

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"parvis/internal/fault"
)

// Options are the parts of a Counter. DB and Log must be given.
type Options struct {
	DB     *sql.DB
	Log    *slog.Logger
	Level  Level
	Months int              // that counts are kept; 0 is Retention, which is also the most
	Host   string           // the portal's own, whose links to itself are no referrers; that which a request names is so anyway
	Clock  func() time.Time // nil is time.Now

	// Objects tells whether who asks does not want to be counted. nil: whose browser says so.
	Objects func(*http.Request) bool
}

// Counter counts what the portal is used for. All methods may be called at once from many goroutines.
type Counter struct {
	db        *sql.DB
	log       *slog.Logger
	level     Level
	months    int
	host      string
	clock     func() time.Time
	objects   func(*http.Request) bool
	agents    *agents
	referrers referrers
	uniques   *uniques // nil unless the level is Uniques

	mu       sync.Mutex // guards what follows
	now      *batch
	searches *searches
	numbers  map[uniqueKey]uniqueCount // of days that are over, not written yet

	writing sync.Mutex // held by the one who writes a batch

	publishing sync.Mutex // guards what follows
	published  map[Month]*monthly
}

// Open begins to count. Kind Invalid: counts would be kept for longer than Retention allows.
func Open(ctx context.Context, o Options) (*Counter, error) {
	if o.Months == 0 {
		o.Months = Retention
	}
	if o.Months < 1 || o.Months > Retention {
		return nil, fault.New(fault.Invalid, "statistics are kept for 1 to %d months, not for %d", Retention, o.Months)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Objects == nil {
		o.Objects = Signal
	}
	known, err := newAgents()
	if err != nil {
		return nil, err
	}
	c := &Counter{
		db: o.DB, log: o.Log, level: o.Level, months: o.Months, host: o.Host, clock: o.Clock, objects: o.Objects, agents: known, referrers: referrers{readSpam()},
		now: newBatch(), searches: newSearches(), numbers: map[uniqueKey]uniqueCount{},
		published: map[Month]*monthly{},
	}
	today := DayOf(o.Clock())
	if o.Level == Uniques {
		c.uniques = newUniques(today)
	}
	return c, c.readTerms(ctx, today.Month())
}

// Level tells how much is counted.
func (c *Counter) Level() Level { return c.level }

// Months tells for how many months counts are kept.
func (c *Counter) Months() int { return c.months }

// Today gives the day that the counter writes to.
func (c *Counter) Today() Day { return DayOf(c.clock()) }

// goneAway is the status of a request that was given up before its answer: nobody's failure.
const goneAway = 499

// Note counts a request that was answered with a status. It never waits for the disk and keeps nothing of r.
func (c *Counter) Note(r *http.Request, status int, h *Hit) {
	if c == nil || c.level == Off {
		return
	}
	now := c.clock()
	day := DayOf(now)
	if h.Staff || c.objects(r) {
		c.mu.Lock()
		c.now.served[day]++
		c.mu.Unlock()
		return
	}
	at := c.agents.find(r.Header.Get("User-Agent"))
	who := c.agents.known[at]
	left := status == goneAway
	asked := r.Method == http.MethodGet && !left && !inAdvance(r.Header)
	use := asked && h.Kind != None && given(r, status)
	var from, app string
	if use && who.class == human && h.Kind == View {
		from = c.referrer(r)
	}
	if use && h.Endpoint != "" {
		app = appOf(r.Header)
	}
	var over map[uniqueKey]uniqueCount
	if use && c.uniques != nil && who.class == human && h.Kind == View && h.Address.IsValid() {
		over = c.uniques.note(day, h.Address, who.family, h.Dataset)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.now
	b.turn(now.Unix()/3600, c.agents.known)
	b.served[day]++
	c.keep(over)
	if asked && h.Endpoint != "" {
		b.calls[callKey{day, h.Endpoint, status / 100}]++
	}
	if status >= 400 && !left {
		b.errors[errorKey{day, h.door(), status}]++
	}
	if use {
		b.families[at]++
		c.use(day, h, who, from, app)
	}
}

// use counts a use in each dimension, apart.
func (c *Counter) use(day Day, h *Hit, who client, from, app string) {
	b := c.now
	kind := trafficOf(h.Kind, who.class)
	b.kinds[kind]++
	if h.Kind == View {
		b.pages[pageKey{day, h.Page, who.class}]++
	}
	if h.Dataset != "" {
		b.uses[useKey{day, h.Dataset, kind, h.detail(kind)}]++
	}
	if h.Searched && who.class == human {
		b.searches[searchKey{day, h.Found}]++
		if key, n, empty := c.searches.note(day, h.Terms, h.Found); key != "" {
			b.addTerm(termKey{day.Month(), key}, n, empty)
		}
	}
	if from != "" {
		named(b.referrers, nameKey{day.week(), from})
	}
	if app != "" {
		named(b.apps, nameKey{day.week(), app})
	}
}

// keep holds numbers of a day that is over until they are written.
func (c *Counter) keep(over map[uniqueKey]uniqueCount) {
	for key, n := range over {
		c.numbers[key] = n
	}
}

// referrer gives the host that a visitor came from, where it is worth knowing.
func (c *Counter) referrer(r *http.Request) string {
	text := r.Header.Get("Referer")
	if text == "" {
		return ""
	}
	host := c.referrers.host(text, r.Host)
	if host == c.host {
		return ""
	}
	return host
}

// detail tells more of a use of a dataset than its kind does.
func (h *Hit) detail(kind traffic) string {
	switch kind {
	case traffic(Download):
		return h.Format
	case traffic(Call):
		return h.Endpoint
	}
	return ""
}

// door tells where a failure was shown.
func (h *Hit) door() string {
	if h.Endpoint != "" {
		return "api"
	}
	return "page"
}

// Run writes batches until ctx ends, and cleans once a day. What failed is logged, and tried again with the next batch.
func (c *Counter) Run(ctx context.Context) {
	if c.level == Off {
		<-ctx.Done()
		return
	}
	ticks := time.NewTicker(BatchEvery)
	defer ticks.Stop()
	cleaned := Day(0)
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		err := c.Flush(ctx)
		if today := c.Today(); err == nil && today != cleaned {
			if err = c.Clean(ctx); err == nil {
				cleaned = today
			}
		}
		if err != nil && ctx.Err() == nil && !failing {
			c.log.Error("statistics cannot be written; they are kept for the next batch", "error", err)
		}
		failing = err != nil
	}
}

// Close writes the last batch, with the daily numbers so far; nothing may be noted any more.
func (c *Counter) Close(ctx context.Context) error {
	if c.level == Off {
		return nil
	}
	if c.uniques != nil {
		over := c.uniques.end()
		c.mu.Lock()
		c.keep(over)
		c.mu.Unlock()
	}
	return c.Flush(ctx)
}
