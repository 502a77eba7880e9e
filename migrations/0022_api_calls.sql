-- Writing calls of the management API that carried an Idempotency-Key: what each made, so that a repeat makes nothing
-- again. Neither requests nor responses are kept, since some contain activation codes.
CREATE TABLE api_calls (
    key_hash   BYTEA PRIMARY KEY,
    body_hash  BYTEA NOT NULL,
    attempt    UUID NOT NULL,
    subject_id UUID,
    event_id   UUID NOT NULL,
    kept_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_calls_by_end ON api_calls (kept_until);
