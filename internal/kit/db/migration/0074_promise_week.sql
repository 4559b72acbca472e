-- The report counts promises by week in one query: the index holds all that it reads.

-- +goose Up
DROP INDEX promise_week;
CREATE INDEX promise_week ON promise (due, group_id, priority, source, state);

-- +goose Down
DROP INDEX promise_week;
CREATE INDEX promise_week ON promise (due, id);
