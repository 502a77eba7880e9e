-- The end and the number of seats that a license's terms give it, for filters and orders of lists. A hint: decisions always
-- compute both from the terms.
ALTER TABLE licenses ADD COLUMN ends_at TIMESTAMPTZ;
ALTER TABLE licenses ADD COLUMN seat_limit BIGINT;
-- The job that created the license, if one did.
ALTER TABLE licenses ADD COLUMN batch_id UUID;
-- The revision of the policy that the hints of all its licenses have followed. The server updates them in the background.
ALTER TABLE policies ADD COLUMN hinted_revision BIGINT NOT NULL DEFAULT 0;

CREATE INDEX licenses_by_end ON licenses (ends_at, id) WHERE ends_at IS NOT NULL;
CREATE INDEX licenses_not_started ON licenses (created_at, id) WHERE first_activated_at IS NULL;
CREATE INDEX licenses_by_batch ON licenses (batch_id, id) WHERE batch_id IS NOT NULL;
-- In the order of names, for the list.
DROP INDEX licenses_by_customer;
CREATE INDEX licenses_by_customer ON licenses (customer_key, id);

CREATE TABLE license_tags (
    license_id UUID NOT NULL REFERENCES licenses (id),
    tag        TEXT NOT NULL,
    PRIMARY KEY (license_id, tag)
);
CREATE INDEX license_tags_by_tag ON license_tags (tag, license_id);
