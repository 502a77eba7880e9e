-- People who sign in at an identity provider, and what their logins have there.

-- Who somebody is: an issuer and a subject, never an e-mail address.
CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    email      TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    last_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_account ON identities (account_id);

-- The role that the provider's claims gave last. As long as it is the account's role, the claims decide; one that an
-- owner has given differs from it, and stays.
ALTER TABLE accounts ADD COLUMN mapped_role TEXT;

-- What a login has at its provider: the provider's own session, and the sealed tokens to ask it again with. The id is
-- that of the attempt to sign in, which is thereby used up; rows stay until no attempt of their time could come back.
CREATE TABLE sign_ons (
    id           UUID PRIMARY KEY,
    account_id   UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider     TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    sid          TEXT,
    sealed       BYTEA NOT NULL,
    signed_in_at TIMESTAMPTZ NOT NULL,
    checked_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX sign_ons_by_subject ON sign_ons (issuer, subject);

ALTER TABLE logins ADD COLUMN sign_on UUID;
CREATE INDEX logins_by_sign_on ON logins (sign_on);

-- Logout tokens that were used: each is good once.
CREATE TABLE logout_tokens (
    issuer TEXT NOT NULL,
    jti    TEXT NOT NULL,
    until  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, jti)
);

-- The person who activated with an access token: theirs is the session from then on.
ALTER TABLE activations ADD COLUMN issuer TEXT;
ALTER TABLE activations ADD COLUMN subject TEXT;
