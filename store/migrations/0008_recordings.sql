-- A recording is named by an id, since its path has names of people. What was deleted leaves who, when and why, and nothing of the people in it.
ALTER TABLE recordings ADD COLUMN id       TEXT NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN held     TEXT; -- legal hold since; NULL: none
ALTER TABLE recordings ADD COLUMN held_by  TEXT NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN held_why TEXT NOT NULL DEFAULT '';
UPDATE recordings SET id = lower(hex(randomblob(12)));
CREATE INDEX recordings_by_id ON recordings (id);
CREATE INDEX recordings_by_time ON recordings (began);

CREATE TABLE recording_deletions (
	id           TEXT PRIMARY KEY,
	at           TEXT,
	user         TEXT NOT NULL, -- login; empty: the time that recordings are kept was over
	reason       TEXT NOT NULL,
	conversation TEXT NOT NULL,
	call         TEXT NOT NULL,
	part         TEXT NOT NULL,
	agent        TEXT NOT NULL,
	began        TEXT,
	ended        TEXT
) STRICT;
CREATE INDEX recording_deletions_by_time ON recording_deletions (at);
