package session

const (
	room = "sessions"

	sqlNext  = `SELECT coalesce(max(id), 0) + 1 FROM sessions`
	sqlStart = `INSERT INTO sessions (id, hash, person, how, device, origin, started, seen, rights, data, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)`
	sqlFind       = `SELECT id, person, how, started, seen, rights, data, version FROM sessions WHERE hash = $1`
	sqlSeen       = `UPDATE sessions SET seen = $1 WHERE hash = $2 AND seen = $3`
	sqlRotate     = `UPDATE sessions SET hash = $1, rights = $2, seen = $3, version = version + 1 WHERE hash = $4 AND version = $5`
	sqlKeep       = `UPDATE sessions SET data = $1, version = version + 1 WHERE hash = $2 AND version = $3`
	sqlEnd        = `DELETE FROM sessions WHERE hash = $1`
	sqlEndOne     = `DELETE FROM sessions WHERE id = $1 AND person = $2`
	sqlEndAll     = `DELETE FROM sessions WHERE person = $1 AND hash <> $2`
	sqlEndHow     = `DELETE FROM sessions WHERE person = $1 AND how = $2`
	sqlEndOrphans = `DELETE FROM sessions WHERE person = $1 AND how = $2 AND origin = ''`
	sqlEndAt      = `DELETE FROM sessions WHERE origin = $1 AND origin <> ''`
	sqlList       = `SELECT id, hash, how, device, started, seen FROM sessions WHERE person = $1 ORDER BY seen DESC, id DESC`
	sqlSweep      = `DELETE FROM sessions WHERE seen < $1 OR started < $2 OR (person IS NULL AND started < $3)`
)
