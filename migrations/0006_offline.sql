-- What devices have signed that are never online, each good once: requests, with what was granted, so that a lost answer
-- can be written again, and proofs that a token was deleted. Found by SHA-256 of the device's key and the nonce.
CREATE TABLE offline_papers (
    paper_hash    BYTEA PRIMARY KEY,
    id            UUID NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    license_id    UUID NOT NULL REFERENCES licenses (id),
    activation_id UUID NOT NULL,
    device_key    BYTEA NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ NOT NULL,
    granted       JSONB
);
CREATE INDEX offline_papers_by_activation ON offline_papers (activation_id, used_at);
CREATE INDEX offline_papers_by_age ON offline_papers (used_at, id);
