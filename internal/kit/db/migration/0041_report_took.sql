-- How long each run of a clock took, in milliseconds of its own working time without the pauses:
-- the longest is reported. Everything is computed again from the facts.

-- +goose Up
ALTER TABLE report_clock ADD COLUMN took BIGINT NOT NULL DEFAULT 0;
DROP INDEX report_clock_due;
CREATE INDEX report_clock_due ON report_clock (due_at, group_id, priority, name, state, took);
UPDATE report_place SET again_id = 0;

-- +goose Down
DROP INDEX report_clock_due;
CREATE INDEX report_clock_due ON report_clock (due_at, group_id, priority, name, state);
ALTER TABLE report_clock DROP COLUMN took;
