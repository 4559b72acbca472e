-- Who answers for a service, and the other services that it depends on: their keys, a line each.

-- +goose Up
ALTER TABLE service ADD COLUMN owner_id BIGINT REFERENCES person (id);
ALTER TABLE service ADD COLUMN depends TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE service DROP COLUMN depends;
ALTER TABLE service DROP COLUMN owner_id;
