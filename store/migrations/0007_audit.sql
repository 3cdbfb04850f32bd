-- What supervisors and admins did to others, and to running calls.
CREATE TABLE audit (
	id     TEXT PRIMARY KEY,
	at     TEXT NOT NULL,
	who    TEXT NOT NULL,
	what   TEXT NOT NULL,
	call   TEXT NOT NULL,
	user   TEXT NOT NULL,
	detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_at ON audit (at);
