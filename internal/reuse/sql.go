package reuse

const (
	sqlSubmit = `INSERT INTO reuses (title, kind, address, author, description, language, state, reason, hash, created, picture)
	 VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', $7, $8, $9) RETURNING id`
	sqlName         = `INSERT INTO reuse_datasets (reuse, dataset, place) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	sqlForget       = `DELETE FROM reuses WHERE state = 'refused' AND decided < $1`
	sqlCountWaiting = `SELECT count(*) FROM reuses WHERE state = 'waiting'`
	sqlCountOpen    = `SELECT count(*) FROM reuses WHERE state = 'waiting' OR state = 'published' AND id IN (SELECT reuse FROM reuse_reports)`
	sqlDecide       = `UPDATE reuses SET state = $1, reason = $2, decided_by = $3, decided = $4 WHERE id = $5`
	sqlRemove       = `DELETE FROM reuses WHERE id = $1`
	sqlPicture      = `SELECT state, picture FROM reuses WHERE id = $1`
	sqlReport       = `INSERT INTO reuse_reports (reuse, reason, created) SELECT $1, $2, $3 WHERE (SELECT count(*) FROM reuse_reports WHERE reuse = $1) < $4`
	sqlReports      = `SELECT reason, created FROM reuse_reports WHERE reuse = $1 ORDER BY id DESC`
	sqlSettle       = `DELETE FROM reuse_reports WHERE reuse = $1`

	// One line for each dataset of a reuse, in their order.
	sqlRead = `SELECT r.id, r.title, r.kind, r.address, r.author, r.description, r.language, r.state, r.reason, r.created, r.decided, r.decided_by,
	 r.picture IS NOT NULL, (SELECT count(*) FROM reuse_reports p WHERE p.reuse = r.id), d.dataset
	 FROM reuses r LEFT JOIN reuse_datasets d ON d.reuse = r.id `
	sqlByID    = sqlRead + `WHERE r.id = $1 ORDER BY d.place`
	sqlByToken = sqlRead + `WHERE r.hash = $1 ORDER BY d.place`
	sqlByState = sqlRead + `WHERE r.id IN (SELECT id FROM reuses WHERE $1 = '' OR state = $1 ORDER BY id DESC LIMIT 1000) ORDER BY r.id DESC, d.place`
)
