-- What a start goes on from: agents as they were, and where calls were that nobody has ended. Situations go with the end of their call.
CREATE TABLE agents (
	user         TEXT PRIMARY KEY,
	status       TEXT    NOT NULL,
	activity     TEXT    NOT NULL,
	missed       INTEGER NOT NULL,
	since        TEXT,
	idle_from    TEXT,
	call         TEXT    NOT NULL,
	queue        TEXT    NOT NULL,
	wrapup_began TEXT,
	wrapup_until TEXT,
	wrapup_more  INTEGER NOT NULL
) STRICT;

CREATE TABLE situations (
	call     TEXT PRIMARY KEY,
	stage    TEXT    NOT NULL,
	queue    TEXT    NOT NULL,
	priority INTEGER NOT NULL,
	front    INTEGER NOT NULL,
	since    TEXT,
	at       TEXT,
	whole    TEXT    NOT NULL -- JSON: all that the stage starts from
) STRICT, WITHOUT ROWID;
