-- Whether codes and links that let somebody in were covered before the message was stored (S02).

-- +goose Up
ALTER TABLE message ADD COLUMN masked BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE message DROP COLUMN masked;
