-- Tokens of programs that use the API. The token itself is not kept.
CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	hash       TEXT NOT NULL UNIQUE, -- SHA-256, hex; a token has 256 random bits
	role       TEXT NOT NULL,        -- supervisor, admin; empty: that of its user
	user       TEXT NOT NULL,        -- login as whom it acts; empty: as itself
	reads      INTEGER NOT NULL,     -- 1: it changes nothing
	created    TEXT NOT NULL,
	created_by TEXT NOT NULL,
	expires    TEXT                  -- NULL: never
) STRICT;
