-- Every attempt with its decision: what was asked, what the rules saw, and what they said. A grant is written in the
-- transaction that it belongs to; a refusal is written behind, and may be of a code that no license has.

ALTER TABLE decisions RENAME TO decisions_of_0001;
CREATE TABLE decisions (
    id               UUID PRIMARY KEY,
    at               TIMESTAMPTZ NOT NULL,
    purpose          TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    rule             TEXT NOT NULL,
    license_id       UUID,
    product_id       UUID,
    activation_id    UUID,
    code_tail        TEXT,
    email            TEXT,
    device_name      TEXT,
    fingerprint_hash BYTEA,
    address          TEXT,
    request_id       TEXT,
    facts            JSONB
);
INSERT INTO decisions (id, at, purpose, outcome, rule, license_id, product_id, activation_id, address, request_id)
    SELECT d.id, d.at, 'activate', d.outcome, d.rule, d.license_id, l.product_id, d.activation_id, d.address, d.request_id
    FROM decisions_of_0001 d LEFT JOIN licenses l ON l.id = d.license_id;
DROP TABLE decisions_of_0001;

CREATE INDEX decisions_by_license ON decisions (license_id, id);
-- Refusals are few among the grants, and looked at most.
CREATE INDEX decisions_refused ON decisions (id) WHERE outcome <> 'granted';
