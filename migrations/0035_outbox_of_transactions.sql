-- One row for each transaction instead of one for each event: `event_id` is its first event, and `more` holds the ids of the
-- others, 16 bytes each. A batch of the activation desk has dozens.
ALTER TABLE outbox ADD COLUMN more BYTEA;
