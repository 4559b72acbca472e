-- +goose Up
-- What was closed since a day, by category, is counted without reading every ticket.
CREATE INDEX ticket_closed ON ticket (closed_at, category_id, closed_as) WHERE is_open = 0;

-- +goose Down
DROP INDEX ticket_closed;
