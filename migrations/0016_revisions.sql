-- Counts the changes that people made, so that a form that was opened before one of them is refused instead of undoing it.
ALTER TABLE products ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE policies ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE licenses ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
