-- People and machines that may come in, and the logins of the people.

-- Who may come in and as what: by the first sign-in with that address, or by a link that was handed over.
CREATE TABLE invitations (
    id           UUID PRIMARY KEY,
    email        TEXT NOT NULL,
    role         TEXT NOT NULL,
    invited_by   TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    accepted_at  TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX invitations_by_email ON invitations (email);

-- Links that are good once: to take an invitation, or to set the password of an account.
CREATE TABLE account_links (
    token_hash    BYTEA PRIMARY KEY,
    purpose       TEXT NOT NULL,
    account_id    UUID REFERENCES accounts (id),
    invitation_id UUID REFERENCES invitations (id),
    created_at    TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ
);
CREATE INDEX account_links_by_account ON account_links (account_id);
CREATE INDEX account_links_by_invitation ON account_links (invitation_id);

-- What owners decide for the whole server, beside what the configuration says. What is not here is as it was at first.
CREATE TABLE server_settings (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- A login keeps its id when the secret in its cookie is renewed; the secret before it can still end it, and do nothing else.
ALTER TABLE logins ADD COLUMN id UUID;
ALTER TABLE logins ADD COLUMN previous_hash BYTEA;
ALTER TABLE logins ADD COLUMN role TEXT;
ALTER TABLE logins ADD COLUMN seen_at TIMESTAMPTZ;
ALTER TABLE logins ADD COLUMN address TEXT;
ALTER TABLE logins ADD COLUMN agent TEXT;
CREATE INDEX logins_by_account ON logins (account_id);
CREATE INDEX logins_by_previous ON logins (previous_hash);

-- What a person did lately. Devices have no actor_id, so that their many events cost nothing here.
CREATE INDEX events_by_actor ON events (actor_id, id) WHERE actor_id IS NOT NULL;

-- The vendor's own systems. The secret is kept as its SHA-256 alone, the one before it too while both are good.
CREATE TABLE api_tokens (
    id                UUID PRIMARY KEY,
    name              TEXT NOT NULL,
    secret_hash       BYTEA NOT NULL,
    former_hash       BYTEA,
    former_until      TIMESTAMPTZ,
    scopes            JSONB NOT NULL,
    products          JSONB NOT NULL,
    networks          JSONB NOT NULL,
    created_by        TEXT NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    rotated_at        TIMESTAMPTZ,
    last_used_at      TIMESTAMPTZ,
    revoked_at        TIMESTAMPTZ
);
