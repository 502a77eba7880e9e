-- Failed sign-ins of the last half hour, for all instances together: by address, and by address and network. The key is a
-- keyed hash, and addresses that no account has are counted alike, so that nothing here tells which accounts there are.
CREATE TABLE failed_sign_ins (
    key       BYTEA PRIMARY KEY,
    failures  BIGINT NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX failed_sign_ins_by_age ON failed_sign_ins (failed_at);
