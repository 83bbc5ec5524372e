package main

import (
	"context"
	"database/sql"
	"fmt"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/text"
)

// entry finds a dataset.
func (p *portal) entry(id string) (*catalog.Entry, error) {
	return p.catalog.Find(account.Actor{Everything: true}, id)
}

// fold gives the form of a word that the index holds.
func fold(word string) string { return text.Terms(word)[0] }

// normalised makes an engine of its own with one stored column: the folded words of every row, as a portal without an index would keep it.
func normalised(ctx context.Context, p *portal, src engine.Source) (*sql.DB, error) {
	connector, err := driverpkg.NewConnector("", nil)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	if _, err := db.ExecContext(ctx, "CREATE TABLE n (words VARCHAR)"); err != nil {
		return nil, err
	}
	rows, err := p.engine.Query(ctx, engine.Statement{
		Source: src, SQL: "SELECT c1 || ' ' || c2 FROM " + engine.Table(src.Name, engine.Records), Columns: columns(dataset.Text),
	})
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	conn, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	appender, err := driverpkg.NewAppenderFromConn(conn, "", "n")
	if err != nil {
		return nil, err
	}
	for {
		b, err := rows.Next()
		if err != nil {
			return nil, err
		}
		if b == nil {
			break
		}
		for i := range b.Len {
			if err := appender.AppendRow(string(text.AppendTerms(nil, string(b.Vectors[0].Text(i))))); err != nil {
				return nil, fmt.Errorf("load the normalised column: %w", err)
			}
		}
	}
	return db, appender.Close()
}

// copied is a second engine over the same file, for statements that the portal's own may not run.
type copied struct {
	db    *sql.DB
	run   func() error
	close func()
}

// newCopy readies the engine's own COPY of every row of a version to a file.
func newCopy(ctx context.Context, src engine.Source, path string) (*copied, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, "ATTACH "+engine.Quote(src.Path)+" AS "+src.Name+" (READ_ONLY)"); err != nil {
		db.Close()
		return nil, err
	}
	statement := copyStatement(src, path)
	return &copied{db: db, close: func() { db.Close() }, run: func() error {
		_, err := db.ExecContext(ctx, statement)
		return err
	}}, nil
}
