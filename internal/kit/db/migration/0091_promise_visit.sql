-- A visit that was agreed is a promise, too: which one (N27).

-- +goose Up
ALTER TABLE promise ADD COLUMN visit_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE promise DROP COLUMN visit_id;
