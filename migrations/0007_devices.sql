-- What support does to devices: a name of its own, blocks that can be listed, and a seat that can be given back.

-- A name that support gave. No activation changes it.
ALTER TABLE activations ADD COLUMN label TEXT;

-- What the seat was before support took it, should that have been a mistake: of which session, and when that was.
ALTER TABLE activations ADD COLUMN taken_session UUID;
ALTER TABLE activations ADD COLUMN taken_at TIMESTAMPTZ;
ALTER TABLE activations ADD COLUMN taken_hold_until TIMESTAMPTZ;
ALTER TABLE activations ADD COLUMN taken_token_expires_at TIMESTAMPTZ;

-- No act of an earlier version writes blocks, so there are none: the table is made anew with what a list of them needs.
DROP TABLE blocked_devices;
CREATE TABLE blocked_devices (
    id               UUID PRIMARY KEY,
    fingerprint_hash BYTEA NOT NULL,
    scope            TEXT NOT NULL,
    scope_id         UUID NOT NULL,
    fingerprint      TEXT NOT NULL,
    reason           TEXT NOT NULL,
    blocked_by       TEXT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (fingerprint_hash, scope, scope_id)
);
CREATE INDEX blocked_devices_by_scope ON blocked_devices (scope_id, id);

CREATE INDEX authorized_devices_by_license ON authorized_devices (license_id, created_at);
