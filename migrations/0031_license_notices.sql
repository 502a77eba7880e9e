-- Notices about the ends of licenses that were sent: each once.
CREATE TABLE license_notices (
    license_id UUID NOT NULL REFERENCES licenses (id),
    kind       TEXT NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (license_id, kind, ends_at)
);

-- The time up to which ends of licenses were looked at: one row, written in the first round, so that nobody is told of the
-- licenses that ended before.
CREATE TABLE notice_mark (
    id           BIGINT PRIMARY KEY,
    looked_until TIMESTAMPTZ NOT NULL
);
