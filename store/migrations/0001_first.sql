-- Times are text, UTC, 2026-11-21T05:47:19.123Z, so that they sort; NULL: never.
-- Domain rows name each other by id without foreign keys: they are written by different owners, and a row must never be lost because
-- another one has not come yet.
CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

CREATE TABLE conversations (
	id       TEXT PRIMARY KEY,
	customer TEXT NOT NULL,
	name     TEXT NOT NULL,
	queue    TEXT NOT NULL,
	agent    TEXT NOT NULL,
	status   TEXT NOT NULL,
	previous TEXT NOT NULL,
	notes    TEXT NOT NULL,
	opened   TEXT,
	changed  TEXT
) STRICT;
CREATE INDEX conversations_not_closed ON conversations (customer) WHERE status <> 'closed';

CREATE TABLE calls (
	id           TEXT PRIMARY KEY,
	node         TEXT NOT NULL, -- the server that has the call
	conversation TEXT NOT NULL,
	direction    TEXT NOT NULL,
	entry        TEXT NOT NULL,
	trunk        TEXT NOT NULL,
	caller       TEXT NOT NULL,
	queue        TEXT NOT NULL,
	agent        TEXT NOT NULL,
	disposition  TEXT NOT NULL,
	began        TEXT,
	answered     TEXT,
	talked       TEXT,
	ended        TEXT,
	end_reason   TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_conversation ON calls (conversation);
CREATE INDEX calls_by_time ON calls (began);
CREATE INDEX calls_open ON calls (node) WHERE ended IS NULL;

CREATE TABLE legs (
	id         TEXT PRIMARY KEY,
	call       TEXT NOT NULL,
	seat       TEXT NOT NULL,
	number     TEXT NOT NULL,
	name       TEXT NOT NULL,
	user       TEXT NOT NULL,
	trunk      TEXT NOT NULL,
	sip_id     TEXT NOT NULL,
	codec      TEXT NOT NULL,
	began      TEXT,
	answered   TEXT,
	ended      TEXT,
	end_reason TEXT NOT NULL
) STRICT;
CREATE INDEX legs_by_call ON legs (call);

CREATE TABLE events (
	node         TEXT    NOT NULL,
	sequence     INTEGER NOT NULL, -- grows by the order of appending; gaps are events that were dropped
	at           TEXT,
	conversation TEXT    NOT NULL,
	call         TEXT    NOT NULL,
	leg          TEXT    NOT NULL,
	kind         TEXT    NOT NULL,
	queue        TEXT    NOT NULL,
	agent        TEXT    NOT NULL,
	detail       TEXT    NOT NULL,
	PRIMARY KEY (node, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_call ON events (call, at);
CREATE INDEX events_by_conversation ON events (conversation, at);

CREATE TABLE agent_changes (
	node     TEXT    NOT NULL,
	sequence INTEGER NOT NULL, -- the same count as events
	at       TEXT,
	user     TEXT    NOT NULL,
	status   TEXT    NOT NULL,
	activity TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	call     TEXT    NOT NULL,
	PRIMARY KEY (node, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_changes_by_user ON agent_changes (user, at);

CREATE TABLE recordings (
	path         TEXT PRIMARY KEY, -- below the recordings directory
	segment      TEXT    NOT NULL,
	conversation TEXT    NOT NULL,
	call         TEXT    NOT NULL,
	leg          TEXT    NOT NULL,
	part         TEXT    NOT NULL,
	format       TEXT    NOT NULL,
	agent        TEXT    NOT NULL,
	end_user     TEXT    NOT NULL,
	end_number   TEXT    NOT NULL,
	began        TEXT,
	ended        TEXT,
	sha256       TEXT    NOT NULL,
	bytes        INTEGER NOT NULL,
	gaps         TEXT    NOT NULL, -- JSON: [{"channel":0,"from":nanoseconds,"to":nanoseconds,"cause":"overflow"}]
	repaired     INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_by_call ON recordings (call);

CREATE TABLE users (
	login   TEXT PRIMARY KEY,
	hash    TEXT NOT NULL, -- argon2id, PHC format
	changed TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
	token_hash TEXT PRIMARY KEY, -- SHA-256 of the cookie's token, hex
	user       TEXT NOT NULL REFERENCES users (login) ON DELETE CASCADE,
	created    TEXT NOT NULL,
	expires    TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_expiry ON sessions (expires);
