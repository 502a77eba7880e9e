-- Acts on many licenses, done in the background. Each item is an ordinary act; its state is written in the act's own
-- transaction. A job holds no activation code: the codes of new licenses are stored with the licenses alone.
CREATE TABLE jobs (
    id            UUID PRIMARY KEY,
    act           TEXT NOT NULL,
    state         TEXT NOT NULL,
    input         JSONB NOT NULL,
    total         BIGINT NOT NULL,
    done          BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    error         TEXT,
    actor_id      UUID,
    actor_name    TEXT NOT NULL,
    permission    TEXT,
    address       TEXT,
    request_id    TEXT,
    claimed_by    UUID,
    claimed_until TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    finished_at   TIMESTAMPTZ
);
CREATE INDEX jobs_by_age ON jobs (created_at, id);
CREATE INDEX jobs_running ON jobs (created_at, id) WHERE state = 'running';

CREATE TABLE job_items (
    job_id     UUID NOT NULL REFERENCES jobs (id),
    n          BIGINT NOT NULL,
    state      TEXT NOT NULL,
    license_id UUID,
    error      TEXT,
    PRIMARY KEY (job_id, n)
);
CREATE INDEX job_items_by_state ON job_items (job_id, state, n);
