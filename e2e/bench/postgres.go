package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL, where it is installed
)

// postgres is a cluster of our own in a folder, on a Unix socket.
type postgres struct {
	db   *sql.DB
	stop func()
}

// openPostgres makes a cluster, loads the made data with an index a facet, and gives nil where PostgreSQL is not installed.
func openPostgres(ctx context.Context, dir, csvPath string) (*postgres, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return nil, nil
	}
	bin := filepath.Dir(found[len(found)-1])
	dir = filepath.Join(dir, "postgres")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	cred, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	run := func(name string, args ...string) error {
		cmd := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	if err := run("initdb", "-D", dir+"/db", "-U", "bench", "-A", "trust", "--no-sync"); err != nil {
		return nil, err
	}
	options := "-k " + dir + " -c listen_addresses='' -c fsync=off -c shared_buffers=1GB -c work_mem=64MB -c max_parallel_workers_per_gather=2"
	if err := run("pg_ctl", "-D", dir+"/db", "-w", "-l", dir+"/log", "-o", options, "start"); err != nil {
		return nil, err
	}
	p := &postgres{stop: func() { _ = run("pg_ctl", "-D", dir+"/db", "-m", "immediate", "stop") }}
	p.db, err = sql.Open("pgx", "host="+dir+" user=bench dbname=postgres")
	if err != nil {
		p.stop()
		return nil, err
	}
	names := strings.Split(csvHeader, ",")
	statements := []string{
		"CREATE UNLOGGED TABLE rows (" + strings.Join(names, " text, ") + " text)",
		"COPY rows FROM '" + csvPath + "' (FORMAT csv, HEADER)",
	}
	for _, f := range facets {
		statements = append(statements, "CREATE INDEX ON rows ("+f.name+")")
	}
	statements = append(statements, "CREATE INDEX ON rows (region, day)", "VACUUM ANALYZE rows")
	for _, s := range statements {
		if _, err := p.db.ExecContext(ctx, s); err != nil {
			p.stop()
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	return p, nil
}

// unprivileged gives the folder to the user postgres when we are root, since PostgreSQL refuses to run as root.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	for d := dir; d != filepath.Dir(d) && strings.HasPrefix(d, os.TempDir()) && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}
