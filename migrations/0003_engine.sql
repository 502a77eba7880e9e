-- What a device may do with its seat: give it up for good, or check it out for a while.
ALTER TABLE activations ADD COLUMN released_at TIMESTAMPTZ;
ALTER TABLE activations ADD COLUMN checked_out_at TIMESTAMPTZ;

-- The versions of its software that the vendor has released.
ALTER TABLE products ADD COLUMN releases JSONB NOT NULL DEFAULT '[]';

-- When a device first activated a trial of a product, under whatever license.
CREATE TABLE trials (
    fingerprint_hash BYTEA NOT NULL,
    product_id       UUID NOT NULL REFERENCES products (id),
    license_id       UUID NOT NULL,
    began_at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (fingerprint_hash, product_id)
);

-- Fingerprints that may activate a license whose terms let nobody else in.
CREATE TABLE authorized_devices (
    fingerprint_hash BYTEA NOT NULL,
    license_id       UUID NOT NULL REFERENCES licenses (id),
    fingerprint      TEXT NOT NULL,
    note             TEXT,
    created_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (fingerprint_hash, license_id)
);

-- Fingerprints that may not activate: a license, a product (scope_id), or anything (scope_id is the nil UUID).
CREATE TABLE blocked_devices (
    fingerprint_hash BYTEA NOT NULL,
    scope            TEXT NOT NULL,
    scope_id         UUID NOT NULL,
    fingerprint      TEXT NOT NULL,
    reason           TEXT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (fingerprint_hash, scope, scope_id)
);

-- Seats that were given up for good, by devices or with tickets: what the limits on releases and moves are counted from.
CREATE TABLE releases (
    id            UUID PRIMARY KEY,
    license_id    UUID NOT NULL REFERENCES licenses (id),
    activation_id UUID NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    moves         BOOLEAN NOT NULL,
    forgiven_at   TIMESTAMPTZ
);
CREATE INDEX releases_by_license ON releases (license_id, at);
