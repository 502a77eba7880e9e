-- What calls with an Idempotency-Key came to, so that a repeat is answered alike. Keys and requests are kept hashed.
CREATE TABLE kept_calls (
    key_hash   BYTEA PRIMARY KEY,
    body_hash  BYTEA NOT NULL,
    outcome    JSONB NOT NULL,
    kept_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX kept_calls_by_end ON kept_calls (kept_until);

-- Release tickets that were used: each is good once. Kept until it would have expired.
CREATE TABLE used_tickets (
    id         UUID PRIMARY KEY,
    license_id UUID NOT NULL,
    used_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX used_tickets_by_end ON used_tickets (expires_at);
