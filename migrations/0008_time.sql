-- How far time has come, as far as anybody saw: a clock that is set back, or leaps ahead, is held against it.
CREATE TABLE clock (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    mark         TIMESTAMPTZ NOT NULL,
    -- What a clock showed that leapt ahead of the mark, until it is mended or an owner confirms it.
    doubted_at   TIMESTAMPTZ,
    -- When an owner last said what time it is: then the mark is right, whatever was seen before.
    confirmed_at TIMESTAMPTZ
);
