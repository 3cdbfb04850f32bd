-- Events that webhooks are still to be told of, in order.
CREATE TABLE webhook_events (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: webhooks know by it what they have been told
	hook         TEXT NOT NULL,
	at           TEXT NOT NULL,
	kind         TEXT NOT NULL,
	conversation TEXT NOT NULL,
	call         TEXT NOT NULL,
	queue        TEXT NOT NULL,
	agent        TEXT NOT NULL,
	detail       TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_events_by_hook ON webhook_events (hook, id);
