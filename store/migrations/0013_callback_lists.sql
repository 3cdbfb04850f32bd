-- For the lists of callbacks and of messages, and for figures of callbacks, without reading what is over and done with.
CREATE INDEX callbacks_by_queue ON callbacks (queue, due);
CREATE INDEX voicemails_todo ON voicemails (began, id) WHERE done IS NULL;
CREATE INDEX events_of_callbacks ON events (at) WHERE kind IN ('callback-asked', 'callback-dialled', 'callback-ended');
