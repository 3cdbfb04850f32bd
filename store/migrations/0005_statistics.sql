-- For statistics: what began in a time, without reading all events; and who called whom when, for callers who gave up.
CREATE INDEX events_of_queues ON events (at, call) WHERE kind IN ('queued', 'away', 'offered');
CREATE INDEX calls_by_caller ON calls (caller, began);
CREATE INDEX calls_out_by_number ON calls (entry, began) WHERE direction = 'outbound';
DROP INDEX agent_changes_by_user;
CREATE INDEX agent_changes_by_user ON agent_changes (user, at, status, activity); -- nothing else is read for an agent's times
