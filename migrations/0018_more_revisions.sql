-- Accounts, API tokens and the names that support gives devices count their changes too, as products, policies and licenses
-- do. A device's row also changes whenever it renews, so only its name is counted.
ALTER TABLE accounts ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE api_tokens ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE activations ADD COLUMN label_revision BIGINT NOT NULL DEFAULT 1;
