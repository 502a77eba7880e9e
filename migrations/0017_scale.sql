-- Lists, searches and pages that stay quick with a million licenses. None of these indexes is written by an activation but
-- the last two, which hold few rows.

-- Each list is read in the order of its index, youngest first.
CREATE INDEX licenses_by_product_and_age ON licenses (product_id, created_at, id);
CREATE INDEX licenses_by_policy_and_age ON licenses (policy_id, created_at, id);
DROP INDEX licenses_by_policy;
-- Suspended and revoked licenses are few among the active ones.
CREATE INDEX licenses_not_active_by_age ON licenses (state, created_at, id) WHERE state <> 'active';
CREATE INDEX licenses_not_active_of_product ON licenses (product_id, state, created_at, id) WHERE state <> 'active';
CREATE INDEX licenses_not_active_of_policy ON licenses (policy_id, state, created_at, id) WHERE state <> 'active';

-- What a license is searched by, folded by the server (`licensing::fold`), never by the database's locale. NULL in rows that
-- the server has yet to fold. Keys are bytes, so that both databases order them alike, and a range of them is a prefix.
ALTER TABLE licenses ADD COLUMN folded TEXT;
ALTER TABLE licenses ADD COLUMN customer_key BYTEA;
ALTER TABLE licenses ADD COLUMN email_key BYTEA;
ALTER TABLE licenses ADD COLUMN reference_key BYTEA;
CREATE INDEX licenses_unfolded ON licenses (created_at, id) WHERE folded IS NULL;
CREATE INDEX licenses_by_customer ON licenses (customer_key);
CREATE INDEX licenses_by_email ON licenses (email_key);
CREATE INDEX licenses_by_reference ON licenses (reference_key);
CREATE INDEX licenses_by_tail ON licenses (code_tail);

-- What people and the server did, among the many events of devices.
CREATE INDEX events_not_of_devices ON events (id) WHERE actor_kind <> 'device';

-- Devices whose token outlives their seat, and seats that support took: few.
CREATE INDEX activations_outlived ON activations (license_id, token_expires_at) WHERE token_expires_at > hold_until;
CREATE INDEX activations_taken ON activations (license_id, taken_at) WHERE taken_at IS NOT NULL;
