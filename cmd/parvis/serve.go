package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

func serveCommand() *command {
	return &command{
		name: "serve", summary: "serve the portal",
		details: `Imports may go on beside a running server: what they publish is served within a second.
SIGTERM or SIGINT ends the server when the requests in flight are answered, a second one at once.`,
		settings: []string{"addr", "metrics-addr", "language", "languages", "title", "operator", "url", "session-idle", "cookie-prefix", "services",
			"keep-versions", "keep-audit", "shutdown-timeout", "daily-calls", "daily-anonymous-calls", "base-map", "base-map-credit", "reuses", "statistics", "keep-statistics", "trusted-proxies",
			"smtp", "mail-from", "signup", "session-lifetime", "oidc-issuer", "oidc-client-id", "oidc-client-secret", "oidc-name", "oidc-scopes",
			"oidc-groups-claim", "oidc-attributes", "oidc-signup",
			"memory-limit", "threads", "query-timeout", "open-versions", "export-disk"},
		run: serve,
	}
}

func serve(ctx context.Context, c *call) error {
	p, err := openPortal(ctx, c, true)
	if err != nil {
		return err
	}
	defer p.close()
	doors, err := p.doors(ctx)
	if err != nil {
		return err
	}
	defer doors.close()
	defer p.follow(doors)()

	public, err := listen(ctx, c.set.addr)
	if err != nil {
		return err
	}
	defer public.Close()
	var ending atomic.Bool
	stopMetrics, err := p.serveMetrics(ctx, c, doors.metrics(func() error {
		if ending.Load() {
			return errors.New("the portal is ending")
		}
		return nil
	}))
	if err != nil {
		return err
	}
	defer stopMetrics()

	var open atomic.Int64
	server := &http.Server{
		Handler:           doors.site,
		ConnState:         countConnections(&open),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute, // nobody sends us more than a form as yet
		MaxHeaderBytes:    64 << 10,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	welcome, err := p.welcome(ctx, public.Addr().String())
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Parvis listens on http://%s\n%s", public.Addr(), welcome)
	p.log.Info("serving", "addr", public.Addr().String(), "data", p.catalog.Dir())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(stallListener{public, time.Minute}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending.Store(true)
	p.log.Info("ending", "within", c.set.grace)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.set.grace)
	defer cancel()
	// Shutdown alone would drop requests on connections that were just accepted. So first nobody new comes in, and
	// every answer closes its connection; who is in has a moment to say what they want.
	server.SetKeepAlivesEnabled(false)
	public.Close()
	<-failed
	drain(late, &open)
	if err := server.Shutdown(late); err != nil {
		server.Close()
		return fmt.Errorf("end: requests went on for more than %s and were broken off (--shutdown-timeout)", c.set.grace)
	}
	return nil
}

// drainFor is how long accepted connections may take to send their request once the portal is ending.
const drainFor = 2 * time.Second

// drain waits until no connection is open, or for drainFor.
func drain(ctx context.Context, open *atomic.Int64) {
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for open.Load() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// countConnections keeps the number of open connections.
func countConnections(open *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}
}

// listen opens an address, with a message that says what to do when that fails.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q (choose another address with --addr): %w", addr, err)
	}
	return l, nil
}

// serveMetrics serves the inner listener, until stop is called. Where nobody asked for the address, one that is
// taken is no reason not to serve the portal.
func (p *portal) serveMetrics(ctx context.Context, c *call, handler http.Handler) (stop func(), err error) {
	if c.set.metricsAddr == "" {
		return func() {}, nil
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", c.set.metricsAddr)
	if err != nil && !c.set.given["metrics-addr"] {
		p.log.Warn("metrics are not served: choose another address with --metrics-addr, or off", "error", err)
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %q for metrics (choose another address with --metrics-addr): %w", c.set.metricsAddr, err)
	}
	p.log.Info("serving metrics", "addr", l.Addr().String())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("serving metrics failed", "error", err)
		}
	})
	return func() {
		server.Close()
		running.Wait()
	}, nil
}

// follow takes in what other processes publish and which keys they make, until stop is called.
func (p *portal) follow(d *doors) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { p.catalog.Follow(ctx) })
	running.Go(func() { d.explorer.Follow(ctx) })
	running.Go(func() {
		d.apps.Follow(ctx, func(err error) { p.log.Error("following the applications failed", "error", err) })
	})
	running.Go(func() { d.counter.Run(ctx) })
	running.Go(func() {
		d.api.Follow(ctx, func(err error) { p.log.Error("keeping the counts of calls failed", "error", err) })
	})
	running.Go(func() {
		p.people.Follow(ctx, func(err error) { p.log.Error("following the people failed", "error", err) })
	})
	running.Go(func() {
		p.sessions.Follow(ctx, func(err error) { p.log.Error("following the sessions failed", "error", err) })
	})
	running.Go(func() {
		p.keys.Follow(ctx, func(err error) { p.log.Error("following the keys failed", "error", err) })
	})
	running.Go(func() {
		p.ledger.Follow(ctx, func(err error) { p.log.Error("writing the counts of choices failed", "error", err) })
	})
	return func() {
		cancel()
		running.Wait()
	}
}
