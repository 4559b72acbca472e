-- Who sent a mail, as far as it could be found out: beside the delivery, and beside the message
-- that it became. hello is by which name the delivering server greeted.

-- +goose Up
ALTER TABLE inbound ADD COLUMN hello TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN proof TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE message DROP COLUMN proof;
ALTER TABLE inbound DROP COLUMN proof;
ALTER TABLE inbound DROP COLUMN hello;
