-- Counts the changes to the vendor's profile, so that a form that was opened before one of them is refused instead of undoing
-- it.
ALTER TABLE provider ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
