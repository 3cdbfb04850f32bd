-- How the line of a leg was over its whole life. MOS 0: nothing could be rated; far_…: what the party's reports said of what it heard, 0: it sent none.
ALTER TABLE legs ADD COLUMN rated_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN mos           REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN mos_lowest    REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN loss_percent  REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN late          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN discarded     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN jitter_ms     REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN round_trip_ms REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN far_mos       REAL    NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN far_loss_percent REAL NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN far_jitter_ms REAL    NOT NULL DEFAULT 0;
