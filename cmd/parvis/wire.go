package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver of internal/db

	"parvis/internal/account"
	"parvis/internal/account/oauth"
	"parvis/internal/account/signin"
	"parvis/internal/api/automation"
	v2 "parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/editorial"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/explore"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/statistics"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/back"
	"parvis/internal/web/calendar"
	"parvis/internal/web/data"
	editorialpages "parvis/internal/web/editorial"
	"parvis/internal/web/front"
	"parvis/internal/web/images"
	"parvis/internal/web/machine"
	"parvis/internal/web/maps"
	"parvis/internal/web/member"
	"parvis/internal/web/page"
	"parvis/internal/web/reference"
	"parvis/internal/web/reuses"
	"parvis/internal/web/saved"
	"parvis/internal/web/tabs"
	"parvis/internal/web/terms"
	"parvis/internal/web/usage"
)

// newEngine starts the engine over the version files in dir, with temp for what does not fit into memory.
func newEngine(s settings, dir, temp string) (engine.Engine, error) {
	e, err := duckdb.Open(duckdb.Options{
		Dir: dir, Temp: temp, MemoryLimit: s.memory, LoadLimit: s.loadMemory,
		Threads: s.threads, Deadline: s.deadline, MaxOpen: s.openFiles,
	})
	if err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	return e, nil
}

// doors is what the portal shows to the world.
type doors struct {
	site      http.Handler
	metrics   func(ready func() error) http.Handler
	explorer  *explore.Explorer
	api       *v2.API
	apps      *oauth.Applications
	desk      *signin.Desk
	counter   *statistics.Counter
	editorial *editorial.Pages
	ground    *maps.Ground // nil: the built-in one
	log       *slog.Logger
}

// doors opens the machine door and the pages over a portal, with the engine started.
func (p *portal) doors(ctx context.Context) (*doors, error) {
	if err := p.startEngine(ctx); err != nil {
		return nil, err
	}
	locales := p.letters.Locales
	apps, err := oauth.Open(ctx, oauth.Options{DB: p.db, People: p.people})
	if err != nil {
		return nil, err
	}
	desk, err := p.openDesk(ctx)
	if err != nil {
		return nil, err
	}
	ground, err := maps.OpenGround(p.set.baseMap, p.set.mapCredit)
	if err != nil {
		return nil, err
	}
	registry, err := p.registry(ctx, locales, ground)
	if err != nil {
		return nil, err
	}
	if p.ledger, err = privacy.OpenLedger(ctx, p.db, registry); err != nil {
		return nil, err
	}
	metrics := server.NewMetrics()
	counter, err := statistics.Open(ctx, statistics.Options{
		DB: p.db, Log: p.log, Level: p.set.statistics, Months: p.set.keepCounts, Host: hostOf(p.set.url),
		Objects: func(r *http.Request) bool { return registry.Choices(r).Objects() },
	})
	if err != nil {
		return nil, err
	}
	shared := server.New(server.Options{
		Log: p.log, Metrics: metrics, Privacy: registry, Counter: counter, Proxies: p.set.proxies, URL: p.set.url, Keys: p.keys.Authenticate,
		Tokens: apps.Authenticate, Sessions: p.sessions, Seen: p.people.Saw, Exempt: member.Exempt(), Long: map[string]int64{reuses.NewPath: reuses.LongestForm},
		Lenient: []string{"/i18n/setlang/", "/terms/cookies/", server.ResetPath},
	})
	d := &doors{ground: ground, metrics: metrics.Handler, explorer: p.explorer(), counter: counter, log: p.log, apps: apps, desk: desk}
	d.api = v2.New(v2.Options{
		Explorer: d.explorer, Catalog: p.catalog, Server: shared, Temp: p.temp.Path("engine"), FileBytes: p.set.exportDisk,
		BaseURL: p.set.url, Language: locales.Languages()[0].Rules,
		Quota: v2.Quota{Portal: int64(p.set.calls), Anonymous: int64(p.set.anonymous)},
	})
	d.editorial = editorial.New(editorial.Options{DB: p.db})
	frame, err := page.New(page.Options{Menu: editorialpages.Menu(d.editorial), Server: shared, Locales: locales, Privacy: registry, Title: p.set.title, URL: p.set.url, Operator: p.set.operator, SignIn: true})
	if err != nil {
		d.close()
		return nil, err
	}
	mux := http.NewServeMux()
	d.api.Register(mux)
	automation.New(automation.Options{Server: shared, People: p.people, Keys: p.keys, Catalog: p.catalog, BaseURL: p.set.url}).Register(mux)
	pages, err := p.pages(ctx, frame, d, mux)
	if err != nil {
		d.close()
		return nil, err
	}
	guarded := frame.Guard(pages)
	for _, pattern := range []string{"/", "GET " + reference.Path, "GET " + reference.Path + "/{$}"} { // the last two are below the machine door
		mux.Handle(pattern, guarded)
	}
	d.site = frame.Wrap(mux)
	return d, nil
}

// registry makes the register of what may be stored on a visitor's machine from the settings.
func (p *portal) registry(ctx context.Context, locales *locale.Locales, ground *maps.Ground) (*privacy.Registry, error) {
	secret, err := db.Secret(ctx, p.db, "choices")
	if err != nil {
		return nil, err
	}
	o := privacy.Options{
		Operator: cmp.Or(p.set.operator, p.set.title), Secure: strings.HasPrefix(p.set.url, "https:"), Secret: secret,
		SessionIdle: p.set.sessionIdle, SessionMax: p.set.sessionMax, Prefix: p.set.cookiePrefix, Services: p.set.services, Languages: locales.Printers(),
		Measurement: measurement(p.set),
	}
	if ground != nil {
		o.MapHost = ground.Host
	}
	return privacy.New(o)
}

// measurement tells the pages on privacy how visits are counted, in the constants of who counts them.
func measurement(s settings) privacy.Measurement {
	return privacy.Measurement{
		On: s.statistics != statistics.Off, Uniques: s.statistics == statistics.Uniques, UniqueHours: int(statistics.SaltLife / time.Hour),
		RetentionMonths: s.keepCounts, HourlyDays: statistics.HourlyFor, Threshold: statistics.Threshold,
		ReferrerHosts: true, Families: true, TermTimes: statistics.TermTimes, TermDays: statistics.TermDays,
	}
}

// visible gives every dataset of which somebody may know.
func (p *portal) visible(a account.Actor) []*catalog.Entry {
	entries, _ := p.catalog.All(a)
	return entries
}

// requested finds a dataset that somebody asks access to.
func (p *portal) requested(by account.Actor, id, language string) (uid, title string, ok bool) {
	e, err := p.catalog.Find(by, id)
	if err != nil {
		return "", "", false
	}
	return e.UID, e.TitleIn(dataset.Wish{Lang: language, Portal: p.set.language}).Text, true
}

// pages opens the doors of pages over a frame.
func (p *portal) pages(ctx context.Context, frame *page.Frame, d *doors, api http.Handler) (http.Handler, error) {
	mux := http.NewServeMux()
	onData := data.New(frame, data.Explored{Explorer: d.explorer, Catalog: p.catalog})
	made := reuse.New(reuse.Options{DB: p.db})
	gallery, err := reuses.New(reuses.Options{Frame: onData, Reuses: made, Visible: p.visible, Who: reuses.Who(p.set.reuses)})
	if err != nil {
		return nil, err
	}
	first := front.Options{Frame: onData, Reuses: gallery}
	if d.counter.Level() != statistics.Off {
		first.Used = d.counter.MostUsed
	}
	public, err := front.New(first)
	if err != nil {
		return nil, err
	}
	datasets, err := tabs.New(tabs.Options{Frame: onData, Reuses: gallery, API: api, Files: d.api, Counts: d.counter.Level() != statistics.Off, Versions: p.catalog.Versions})
	if err != nil {
		return nil, err
	}
	legal, err := terms.New(terms.Options{Frame: frame, Ledger: p.ledger})
	if err != nil {
		return nil, err
	}
	if err := legal.Archive(ctx); err != nil {
		return nil, err
	}
	use, err := usage.New(usage.Options{Frame: frame, Counter: d.counter, Visible: p.visible, Find: p.catalog.Find})
	if err != nil {
		return nil, err
	}
	members, err := member.New(member.Options{
		Frame: frame, People: p.people, Keys: p.keys, Sessions: p.sessions, Desk: d.desk, Apps: d.apps, Letters: p.letters, Signup: p.set.signup,
		Requested: p.requested,
	})
	if err != nil {
		return nil, err
	}
	office, err := back.New(back.Options{
		Frame: frame, People: p.people, Keys: p.keys, Catalog: p.catalog, Reuses: made, Editorial: d.editorial, Check: explore.CheckFilter, Rows: back.Counted(d.explorer),
		Counter: d.counter, Second: d.desk.HasCodes,
	})
	if err != nil {
		return nil, err
	}
	atlas, err := maps.New(maps.Options{Frame: onData, Ground: d.ground})
	if err != nil {
		return nil, err
	}
	analyses, err := analyse.New(onData)
	if err != nil {
		return nil, err
	}
	calendars, err := calendar.New(onData, nil)
	if err != nil {
		return nil, err
	}
	pictures, err := images.New(onData)
	if err != nil {
		return nil, err
	}
	told, err := editorialpages.New(onData, d.editorial)
	if err != nil {
		return nil, err
	}
	drawn, err := saved.New(saved.Options{Frame: onData, Visuals: visual.New(p.db, nil), Analyses: analyses, Maps: atlas})
	if err != nil {
		return nil, err
	}
	console, err := reference.New(frame, v2.OpenAPI())
	if err != nil {
		return nil, err
	}
	console.Register(mux)
	public.Register(mux)
	drawn.Register(mux)
	told.Register(mux)
	gallery.Register(mux)
	datasets.Register(mux)
	analyses.Register(mux)
	calendars.Register(mux)
	pictures.Register(mux)
	machine.New(machine.Options{Frame: onData, Versions: p.catalog.Versions}).Register(mux)
	atlas.Register(mux)
	legal.Register(mux)
	use.Register(mux)
	members.Register(mux)
	office.Register(mux)
	return mux, nil
}

// close removes what the doors keep for answering; nobody may be answered any more.
func (d *doors) close() {
	d.desk.Close()
	d.api.Close()
	d.explorer.Close()
	late, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.counter.Close(late); err != nil {
		d.log.Warn("the last counts are lost", "error", err)
	}
}

// hostOf gives the host of an address, without its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
