-- Keys that take turns, the instances that publish them, and the lists that say which tokens are good no more.

-- Which key signs follows from these times alone, so that no instance can have another opinion: the `state` of 0001 goes.
ALTER TABLE signing_keys RENAME TO signing_keys_of_0001;
CREATE TABLE signing_keys (
    kid             TEXT PRIMARY KEY,
    algorithm       TEXT NOT NULL,
    product_id      UUID REFERENCES products (id),
    public_jwk      JSONB NOT NULL,
    sealed          BYTEA NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    signs_from      TIMESTAMPTZ NOT NULL,
    tokens_until    TIMESTAMPTZ NOT NULL,
    retired_at      TIMESTAMPTZ,
    revoked_at      TIMESTAMPTZ,
    revoked_because TEXT
);
-- Which token of theirs ends last nobody wrote down: published they stay until the last one of all devices ends.
INSERT INTO signing_keys (kid, algorithm, public_jwk, sealed, created_at, signs_from, tokens_until, retired_at)
    SELECT kid, algorithm, public_jwk, sealed, created_at, created_at,
        COALESCE((SELECT MAX(CASE WHEN hold_until > token_expires_at THEN hold_until ELSE token_expires_at END)
            FROM activations), created_at),
        retired_at
    FROM signing_keys_of_0001;
DROP TABLE signing_keys_of_0001;

CREATE TABLE instances (
    id      UUID PRIMARY KEY,
    seen_at TIMESTAMPTZ NOT NULL,
    serves  JSONB NOT NULL
);

CREATE TABLE status_lists (
    id        UUID PRIMARY KEY,
    size      BIGINT NOT NULL,
    used      BIGINT NOT NULL CHECK (used >= 0 AND used <= size),
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);

CREATE TABLE status_entries (
    status_list   UUID NOT NULL REFERENCES status_lists (id),
    status_index  BIGINT NOT NULL,
    state         TEXT NOT NULL,
    until         TIMESTAMPTZ NOT NULL,
    activation_id UUID NOT NULL,
    PRIMARY KEY (status_list, status_index)
);
CREATE INDEX status_entries_by_end ON status_entries (until);

-- The key that signed the device's last token, and the place of its session in a status list.
ALTER TABLE activations ADD COLUMN kid TEXT;
ALTER TABLE activations ADD COLUMN status_list UUID;
ALTER TABLE activations ADD COLUMN status_index BIGINT;

-- The few whose devices a status list must name.
CREATE INDEX licenses_not_active ON licenses (id) WHERE state <> 'active';
