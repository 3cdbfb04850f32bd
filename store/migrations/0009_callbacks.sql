-- Promises to call customers.
CREATE TABLE callbacks (
	id           TEXT PRIMARY KEY,
	conversation TEXT    NOT NULL,
	plan         TEXT    NOT NULL, -- entry of callbacks in the file; empty: promised by an agent
	automatic    INTEGER NOT NULL,
	state        TEXT    NOT NULL,
	queue        TEXT    NOT NULL,
	number       TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	entry        TEXT    NOT NULL, -- the number of ours that is shown
	priority     INTEGER NOT NULL,
	front        INTEGER NOT NULL,
	since        TEXT,
	created      TEXT,
	due          TEXT,
	changed      TEXT,
	owner        TEXT    NOT NULL,
	anyone       INTEGER NOT NULL, -- personal, but its owner was not there
	by           TEXT    NOT NULL, -- agent who has promised it; empty: the customer has asked
	agent        TEXT    NOT NULL,
	attempts     INTEGER NOT NULL,
	call         TEXT    NOT NULL,
	epoch        INTEGER NOT NULL, -- grows with every change: an older state never overwrites a newer one
	lease        TEXT              -- an active one is its call's until then
) STRICT;
CREATE INDEX callbacks_open ON callbacks (state) WHERE state NOT IN ('completed', 'exhausted', 'cancelled');
CREATE INDEX callbacks_by_due ON callbacks (due);
