-- +goose Up
CREATE TABLE setting (
  name       TEXT   NOT NULL PRIMARY KEY,
  value      TEXT   NOT NULL,
  version    BIGINT NOT NULL DEFAULT 1,
  changed_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE setting;
