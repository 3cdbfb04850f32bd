-- What supervisors have set for queues for a time: closings and incidents. One that was taken back has its until in the past.
CREATE TABLE queue_notices (
	queue   TEXT NOT NULL,
	kind    TEXT NOT NULL, -- closed, incident
	until   TEXT NOT NULL,
	say     TEXT NOT NULL,
	file    TEXT NOT NULL,
	by_user TEXT NOT NULL,
	at      TEXT NOT NULL,
	PRIMARY KEY (queue, kind)
) STRICT;
