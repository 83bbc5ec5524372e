package privacy

const (
	sqlHead       = `SELECT n, hash FROM privacy_head`
	sqlMoveHead   = `UPDATE privacy_head SET n = $1, hash = $2`
	sqlAppend     = `INSERT INTO privacy_ledger (n, day, kind, body, hash) VALUES ($1, $2, $3, $4, $5)`
	sqlLedger     = `SELECT n, day, kind, body, hash FROM privacy_ledger ORDER BY n`
	sqlOfKind     = `SELECT day, body FROM privacy_ledger WHERE kind = $1 ORDER BY n`
	sqlLastOfKind = `SELECT day, body FROM privacy_ledger WHERE kind = $1 ORDER BY n DESC LIMIT 1`
	sqlKeep       = `INSERT INTO privacy_wordings (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`
	sqlWording    = `SELECT text FROM privacy_wordings WHERE hash = $1`
	sqlWordings   = `SELECT hash, text FROM privacy_wordings ORDER BY hash`
	sqlCount      = `INSERT INTO privacy_choices (day, policy, language, class, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (day, policy, language, class) DO UPDATE SET n = privacy_choices.n + excluded.n`
	sqlEnded = `SELECT day, policy, language, class, n FROM privacy_choices WHERE day < $1 ORDER BY day, policy, language, class`
	sqlClear = `DELETE FROM privacy_choices WHERE day < $1`
)
