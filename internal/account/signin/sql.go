package signin

const (
	sqlPassword    = `SELECT hash FROM passwords WHERE person = $1`
	sqlSetPassword = `INSERT INTO passwords (person, hash, changed) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET hash = $2, changed = $3`
	sqlRehash      = `UPDATE passwords SET hash = $1 WHERE person = $2 AND hash = $3`
	sqlChanged     = `SELECT changed FROM passwords WHERE person = $1`

	sqlFactor     = `SELECT secret, made, step FROM second_factors WHERE person = $1`
	sqlSetFactor  = `INSERT INTO second_factors (person, secret, made, step) VALUES ($1, $2, $3, $4) ON CONFLICT (person) DO UPDATE SET secret = $2, made = $3, step = $4`
	sqlStep       = `UPDATE second_factors SET step = $1 WHERE person = $2 AND step < $3`
	sqlEndFactor  = `DELETE FROM second_factors WHERE person = $1`
	sqlEndCodes   = `DELETE FROM recovery_codes WHERE person = $1`
	sqlAddCode    = `INSERT INTO recovery_codes (hash, person) VALUES ($1, $2)`
	sqlUseCode    = `DELETE FROM recovery_codes WHERE person = $1 AND hash = $2`
	sqlCountCodes = `SELECT count(*) FROM recovery_codes WHERE person = $1`

	sqlPasskeys      = `SELECT id, name, credential, made, used FROM passkeys WHERE person = $1 ORDER BY made, id`
	sqlPasskeyPerson = `SELECT person FROM passkeys WHERE id = $1`
	sqlAddPasskey    = `INSERT INTO passkeys (id, person, name, credential, made, used) VALUES ($1, $2, $3, $4, $5, NULL)`
	sqlUsePasskey    = `UPDATE passkeys SET credential = $1, used = $2 WHERE id = $3 AND credential = $4`
	sqlEndPasskey    = `DELETE FROM passkeys WHERE id = $1 AND person = $2`

	sqlIdentity       = `SELECT person FROM identities WHERE issuer = $1 AND subject = $2`
	sqlIdentities     = `SELECT issuer, subject, email, linked, used FROM identities WHERE person = $1 ORDER BY linked, issuer, subject`
	sqlLink           = `INSERT INTO identities (issuer, subject, person, email, linked, used) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlUseIdentity    = `UPDATE identities SET email = $1, used = $2 WHERE issuer = $3 AND subject = $4`
	sqlUnlink         = `DELETE FROM identities WHERE issuer = $1 AND subject = $2 AND person = $3`
	sqlIdentityPerson = `SELECT person FROM identities WHERE issuer = $1 AND subject = $2`

	sqlAddTicket  = `INSERT INTO tickets (hash, kind, person, made, expires) VALUES ($1, $2, $3, $4, $5)`
	sqlTicket     = `SELECT person FROM tickets WHERE hash = $1 AND kind = $2 AND expires > $3`
	sqlUseTicket  = `DELETE FROM tickets WHERE hash = $1 AND kind = $2 AND expires > $3`
	sqlEndTickets = `DELETE FROM tickets WHERE person = $1 OR expires <= $2`
)
