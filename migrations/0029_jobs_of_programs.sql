-- Jobs that programs start: the kind of their actor (NULL in older rows: an account if there is an id, else a command), and
-- the product of all their licenses, unless they have several.
ALTER TABLE jobs ADD COLUMN actor_kind TEXT;
ALTER TABLE jobs ADD COLUMN product_id UUID;
-- The form of an item's license, until that is created. Never a code.
ALTER TABLE job_items ADD COLUMN input JSONB;
