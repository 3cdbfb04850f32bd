-- The directory that users fill; that of the operator's file is not here.
CREATE TABLE contacts (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL,
	numbers TEXT NOT NULL, -- JSON: E.164 each
	email   TEXT NOT NULL,
	tags    TEXT NOT NULL, -- JSON
	by      TEXT NOT NULL, -- the user who has added or changed it
	changed TEXT
) STRICT;

ALTER TABLE conversations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON
