-- A run that was said to have solved the matter, and whose ticket came back (N5).

-- +goose Up
ALTER TABLE runbook_run ADD COLUMN came_back BIGINT;

-- +goose Down
ALTER TABLE runbook_run DROP COLUMN came_back;
