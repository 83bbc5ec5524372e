package editorial

const (
	sqlNew    = `INSERT INTO editorial_pages (slug, author, restricted, menu, created) VALUES ($1, $2, false, false, $3) RETURNING id`
	sqlSet    = `UPDATE editorial_pages SET slug = $1, restricted = $2, menu = $3 WHERE id = $4`
	sqlTaken  = `SELECT count(*) FROM editorial_pages WHERE slug = $1 AND id <> $2`
	sqlRemove = `DELETE FROM editorial_pages WHERE id = $1`
	sqlLast   = `SELECT coalesce(max(number), 0) FROM editorial_versions WHERE page = $1 AND language = $2`
	sqlSave   = `INSERT INTO editorial_versions (page, language, number, title, lede, blocks, at, by_person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlForget = `DELETE FROM editorial_versions WHERE page = $1 AND language = $2 AND number <= $3
	 AND number NOT IN (SELECT number FROM editorial_live WHERE page = $1 AND language = $2)`
	sqlPublish = `INSERT INTO editorial_live (page, language, number, since) VALUES ($1, $2, $3, $4)
	 ON CONFLICT (page, language) DO UPDATE SET number = excluded.number, since = excluded.since`
	sqlWithdraw = `DELETE FROM editorial_live WHERE page = $1 AND language = $2`

	sqlPages = `SELECT p.id, p.slug, p.author, p.restricted, p.menu, p.created, v.language, v.title, v.number, v.at, l.number
	 FROM editorial_pages p
	 JOIN editorial_versions v ON v.page = p.id AND v.number = (SELECT max(w.number) FROM editorial_versions w WHERE w.page = p.id AND w.language = v.language)
	 LEFT JOIN editorial_live l ON l.page = p.id AND l.language = v.language
	 WHERE $1 = 0 OR p.id = $1 ORDER BY p.id DESC, v.language`
	sqlVersions = `SELECT v.page, v.language, v.number, v.title, v.lede, v.blocks, v.at, v.by_person, l.number IS NOT NULL
	 FROM editorial_versions v LEFT JOIN editorial_live l ON l.page = v.page AND l.language = v.language AND l.number = v.number `
	sqlHistory = sqlVersions + `WHERE v.page = $1 AND v.language = $2 AND ($3 = 0 OR v.number = $3) ORDER BY v.number DESC`
	sqlLive    = sqlVersions + `WHERE l.number IS NOT NULL ORDER BY v.page, v.language`
)
