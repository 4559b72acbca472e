-- Automatic answers of the last hour are counted for each one more: for the desk and for a domain
-- (S14). Only those that go out stand in the index, so that counting costs what the bound allows.

-- +goose Up
CREATE INDEX delivery_answered ON delivery (created_at) WHERE template = 'acknowledged' AND state <> 'skipped';

-- +goose Down
DROP INDEX delivery_answered;
