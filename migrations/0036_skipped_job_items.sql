-- Number of items that a job skipped because its act does not apply to their licenses.
ALTER TABLE jobs ADD COLUMN skipped BIGINT NOT NULL DEFAULT 0;
