-- The last time that subscriptions were told of a refusal under a license.
CREATE TABLE refusal_notices (
    license_id UUID NOT NULL REFERENCES licenses (id),
    refusal    TEXT NOT NULL,
    sent_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (license_id, refusal)
);

-- Attributes of the envelope that a subscription is limited to, with their values.
ALTER TABLE webhook_subscriptions ADD COLUMN attributes JSONB NOT NULL DEFAULT '{}';
