-- One text for SQLite and PostgreSQL. Times are written by the server, in UTC, to the microsecond; ids are UUIDv7.

CREATE TABLE provider (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    name         TEXT NOT NULL,
    email        TEXT,
    url          TEXT,
    description  TEXT,
    copyright    TEXT,
    legal_notice TEXT,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE accounts (
    id            UUID PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    password_hash TEXT,
    failures      BIGINT NOT NULL DEFAULT 0,
    failed_at     TIMESTAMPTZ,
    disabled_at   TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL
);

CREATE TABLE setup_links (
    token_hash BYTEA PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

CREATE TABLE logins (
    id_hash    BYTEA PRIMARY KEY,
    account_id UUID REFERENCES accounts (id),
    data       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX logins_by_expiry ON logins (expires_at);

CREATE TABLE products (
    id         UUID PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    lifecycle  TEXT NOT NULL,
    algorithm  TEXT NOT NULL,
    code_shape TEXT NOT NULL,
    features   JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE policies (
    id         UUID PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES products (id),
    name       TEXT NOT NULL,
    terms      JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (product_id, name)
);

CREATE TABLE licenses (
    id                 UUID PRIMARY KEY,
    product_id         UUID NOT NULL REFERENCES products (id),
    policy_id          UUID NOT NULL REFERENCES policies (id),
    code_hmac          BYTEA NOT NULL UNIQUE,
    code_sealed        BYTEA NOT NULL,
    code_tail          TEXT NOT NULL,
    code_imported      BOOLEAN NOT NULL,
    state              TEXT NOT NULL,
    state_reason       TEXT,
    overrides          JSONB NOT NULL,
    features           JSONB NOT NULL,
    customer           TEXT,
    email              TEXT,
    reference          TEXT,
    notes              TEXT,
    metadata           JSONB NOT NULL,
    issued_at          TIMESTAMPTZ NOT NULL,
    first_activated_at TIMESTAMPTZ,
    created_at         TIMESTAMPTZ NOT NULL,
    updated_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX licenses_by_age ON licenses (created_at, id);
CREATE INDEX licenses_by_policy ON licenses (policy_id);

-- One row a device of a license. Devices are found by fingerprint first: two indexes that begin with license_id lead
-- PostgreSQL to the narrower one, which is slow on a license with thousands of devices.
CREATE TABLE activations (
    id               UUID PRIMARY KEY,
    license_id       UUID NOT NULL REFERENCES licenses (id),
    fingerprint_hash BYTEA NOT NULL,
    fingerprint      TEXT NOT NULL,
    device_name      TEXT,
    platform         TEXT,
    software_version TEXT,
    address          TEXT,
    decision_id      UUID NOT NULL,
    activated_at     TIMESTAMPTZ NOT NULL,
    last_seen_at     TIMESTAMPTZ NOT NULL,
    lease_ends_at    TIMESTAMPTZ NOT NULL,
    token_expires_at TIMESTAMPTZ NOT NULL,
    hold_until       TIMESTAMPTZ NOT NULL,
    revoked_at       TIMESTAMPTZ,
    snapshot         JSONB NOT NULL,
    UNIQUE (fingerprint_hash, license_id)
);
CREATE INDEX activations_by_hold ON activations (license_id, hold_until);

CREATE TABLE decisions (
    id            UUID PRIMARY KEY,
    license_id    UUID NOT NULL,
    activation_id UUID,
    outcome       TEXT NOT NULL,
    rule          TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    address       TEXT,
    request_id    TEXT
);

CREATE TABLE events (
    id           UUID PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor_id     UUID,
    actor_name   TEXT NOT NULL,
    act          TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   UUID,
    subject_name TEXT NOT NULL,
    license_id   UUID,
    before       JSONB,
    after        JSONB,
    reason       TEXT,
    address      TEXT,
    request_id   TEXT
);
CREATE INDEX events_by_license ON events (license_id, id);

CREATE TABLE signing_keys (
    kid          TEXT PRIMARY KEY,
    algorithm    TEXT NOT NULL,
    state        TEXT NOT NULL,
    public_jwk   JSONB NOT NULL,
    sealed       BYTEA NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    retired_at   TIMESTAMPTZ
);
