-- Find looks devices up by their whole name, in upper or lower case. Names rarely change, so a renewal does not touch the
-- indexes.
CREATE INDEX activations_by_name ON activations (LOWER(device_name)) WHERE device_name IS NOT NULL;
CREATE INDEX activations_by_label ON activations (LOWER(label)) WHERE label IS NOT NULL;
