package oauth

const (
	room = "applications"

	sqlNextApplication = `SELECT coalesce(max(id), 0) + 1 FROM applications`
	sqlRegister        = `INSERT INTO applications (id, client, secret, name, redirects, owner, created) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlUpdate          = `UPDATE applications SET name = $1, redirects = $2 WHERE id = $3 AND owner = $4`
	sqlRenew           = `UPDATE applications SET secret = $1 WHERE id = $2 AND owner = $3 AND secret <> ''`
	sqlRemove          = `DELETE FROM applications WHERE id = $1 AND owner = $2`
	sqlOwned           = `SELECT id, client, secret, name, redirects, owner, created FROM applications WHERE owner = $1 ORDER BY id`
	sqlByClient        = `SELECT id, client, secret, name, redirects, owner, created FROM applications WHERE client = $1`

	sqlNextConsent = `SELECT coalesce(max(id), 0) + 1 FROM consents`
	sqlConsent     = `INSERT INTO consents (id, application, person, given) VALUES ($1, $2, $3, $4) ON CONFLICT (application, person) DO NOTHING`
	sqlConsentOf   = `SELECT id FROM consents WHERE application = $1 AND person = $2`
	sqlConsents    = `SELECT a.id, a.name, c.given FROM consents c JOIN applications a ON a.id = c.application WHERE c.person = $1 ORDER BY a.name, a.id`
	sqlRevoke      = `DELETE FROM consents WHERE application = $1 AND person = $2`

	sqlCode     = `INSERT INTO application_codes (hash, consent, redirect, challenge, expires, used) VALUES ($1, $2, $3, $4, $5, NULL)`
	sqlFindCode = `SELECT k.consent, k.redirect, k.challenge, k.expires, k.used, c.application, c.person
		FROM application_codes k JOIN consents c ON c.id = k.consent WHERE k.hash = $1`
	sqlUseCode = `UPDATE application_codes SET used = $1 WHERE hash = $2 AND used IS NULL`

	sqlToken     = `INSERT INTO application_tokens (hash, consent, kind, family, expires, used) VALUES ($1, $2, $3, $4, $5, NULL)`
	sqlFindToken = `SELECT t.consent, t.family, t.expires, t.used, c.application, c.person
		FROM application_tokens t JOIN consents c ON c.id = t.consent WHERE t.hash = $1 AND t.kind = $2`
	sqlUseToken  = `UPDATE application_tokens SET used = $1 WHERE hash = $2 AND used IS NULL`
	sqlEndFamily = `DELETE FROM application_tokens WHERE family = $1`
	sqlSweepCode = `DELETE FROM application_codes WHERE expires < $1`
	sqlSweep     = `DELETE FROM application_tokens WHERE expires < $1`
)
