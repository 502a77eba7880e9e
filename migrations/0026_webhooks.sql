-- Subscriptions to webhooks. The secrets are encrypted.
CREATE TABLE webhook_subscriptions (
    id              UUID PRIMARY KEY,
    url             TEXT NOT NULL,
    description     TEXT,
    event_types     JSONB NOT NULL,
    products        JSONB NOT NULL,
    kinds           JSONB NOT NULL,
    state           TEXT NOT NULL,
    state_reason    TEXT,
    secret_sealed   BYTEA NOT NULL,
    former_sealed   BYTEA,
    former_until    TIMESTAMPTZ,
    created_by      TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    verified_at     TIMESTAMPTZ,
    active_from     TIMESTAMPTZ,
    last_success_at TIMESTAMPTZ,
    failing_since   TIMESTAMPTZ,
    paused_until    TIMESTAMPTZ,
    revision        BIGINT NOT NULL
);

-- Events that a subscription may want, written in the transaction of the event. Each row is deleted when its deliveries
-- are created.
CREATE TABLE outbox (
    event_id UUID PRIMARY KEY
);

-- Messages to subscriptions. Without a reference to the subscription, which can be deleted at once: its deliveries are
-- deleted with all old ones.
CREATE TABLE deliveries (
    id              UUID PRIMARY KEY,
    subscription_id UUID NOT NULL,
    message_id      UUID NOT NULL,
    event_type      TEXT NOT NULL,
    body            TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    failed          BIGINT NOT NULL,
    due_at          TIMESTAMPTZ,
    claimed_until   TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    finished_at     TIMESTAMPTZ
);
CREATE INDEX deliveries_by_subscription ON deliveries (subscription_id, id);
CREATE INDEX deliveries_due ON deliveries (subscription_id, due_at) WHERE state = 'pending';

CREATE TABLE delivery_attempts (
    delivery_id  UUID NOT NULL,
    n            BIGINT NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    milliseconds BIGINT NOT NULL,
    status       BIGINT,
    error        TEXT,
    response     TEXT,
    PRIMARY KEY (delivery_id, n)
);
