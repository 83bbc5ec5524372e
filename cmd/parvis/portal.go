package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/catalog"
	"parvis/internal/db"
	"parvis/internal/engine"
	"parvis/internal/explore"
	"parvis/internal/fault"
	"parvis/internal/privacy"
	"parvis/internal/web/member"
)

// portal is the parts that every subcommand works on. The engine is started only for those that need it.
type portal struct {
	set      settings
	log      *slog.Logger
	db       *sql.DB
	catalog  *catalog.Catalog
	people   *account.People
	keys     *account.Keys
	sessions *session.Store
	letters  *member.Letters
	ledger   *privacy.Ledger // nil before the doors are open
	temp     *catalog.Stage  // of the engine; nil before it is started
	engine   engine.Engine   // nil before it is started
}

// openPortal opens the portal in the data directory, and makes one where there is none if create holds.
func openPortal(ctx context.Context, c *call, create bool) (*portal, error) {
	file := filepath.Join(c.set.data, "parvis.db")
	if create {
		if err := os.MkdirAll(c.set.data, 0o750); err != nil {
			return nil, fmt.Errorf("make the data directory: %w", err)
		}
	} else if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "there is no portal in %q: name its folder with --data, or make one with 'parvis import'", c.set.data)
	}
	p := &portal{set: c.set, log: slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: c.set.logLevel}))}
	var err error
	if p.db, err = db.Open(ctx, file); err != nil {
		return nil, err
	}
	if p.catalog, err = catalog.Open(ctx, catalog.Options{DB: p.db, Dir: c.set.data, Keep: c.set.keep, Language: c.set.language, Log: p.log, CheckFilter: explore.CheckFilter}); err != nil {
		p.close()
		return nil, err
	}
	if err = p.openLetters(); err != nil {
		p.close()
		return nil, err
	}
	if p.people, err = account.OpenPeople(ctx, account.PeopleOptions{DB: p.db, KeepLog: p.set.keepAudit, Mailer: p.letters}); err != nil {
		p.close()
		return nil, err
	}
	if p.sessions, err = session.Open(ctx, session.Options{DB: p.db, People: p.people, Idle: p.set.sessionIdle, Absolute: p.set.sessionMax}); err != nil {
		p.close()
		return nil, err
	}
	if p.keys, err = account.OpenKeys(ctx, account.KeyOptions{DB: p.db, People: p.people}); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// startEngine starts the engine, once, after cleaning up what killed processes left.
func (p *portal) startEngine(ctx context.Context) error {
	if p.engine != nil {
		return nil
	}
	err := p.catalog.Recover(ctx)
	if err != nil {
		return err
	}
	if p.temp, err = p.catalog.Temp(ctx); err != nil {
		return err
	}
	p.engine, err = newEngine(p.set, p.catalog.Dir(), p.temp.Path("engine"))
	return err
}

// explorer makes what answers questions, once the engine is started; it wants to be closed before the portal is.
func (p *portal) explorer() *explore.Explorer {
	return explore.New(explore.Options{Engine: p.engine, Catalog: p.catalog, Log: p.log})
}

// close gives everything back, in the reverse order of its opening. It changes nothing that is published.
func (p *portal) close() {
	if p.engine != nil {
		if err := p.engine.Close(); err != nil {
			p.log.Warn("closing the engine failed", "error", err)
		}
	}
	if p.temp != nil {
		if err := p.temp.Close(); err != nil {
			p.log.Warn("removing temporary files failed", "error", err)
		}
	}
	if err := p.db.Close(); err != nil {
		p.log.Warn("closing the database failed", "error", err)
	}
}
