-- What happened in the call while it was recorded: transfers, and who came and went. JSON.
ALTER TABLE recordings ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';
