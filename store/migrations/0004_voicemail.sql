-- Messages that callers have left. The sound is the recording of the segment; there is none of a moment ago, nor of one that was deleted.
CREATE TABLE voicemails (
	id           TEXT PRIMARY KEY,
	conversation TEXT    NOT NULL,
	call         TEXT    NOT NULL,
	segment      TEXT    NOT NULL,
	box          TEXT    NOT NULL,
	queue        TEXT    NOT NULL,
	number       TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	entry        TEXT    NOT NULL,
	began        TEXT,
	ms           INTEGER NOT NULL, -- 0: a crash cut it off
	heard        TEXT,
	heard_by     TEXT    NOT NULL DEFAULT '',
	done         TEXT,
	done_by      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX voicemails_by_queue ON voicemails (queue, began);
CREATE INDEX recordings_by_segment ON recordings (segment);
