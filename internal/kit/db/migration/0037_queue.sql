-- A saved list of tickets: its filter is stored as words whose names are keys. queue_favourite is
-- what somebody has beside their pages, and in which order; a list that is shared stands there
-- until they take it off.

-- +goose Up
CREATE TABLE queue_view (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT    NOT NULL,
  icon       TEXT    NOT NULL DEFAULT '',
  filter     TEXT    NOT NULL,
  sort       TEXT    NOT NULL DEFAULT '',
  grouping   TEXT    NOT NULL DEFAULT '',
  columns    TEXT    NOT NULL DEFAULT '',
  dense      BOOLEAN NOT NULL DEFAULT FALSE,
  shared     TEXT    NOT NULL DEFAULT 'own',
  owner_id   BIGINT  NOT NULL REFERENCES person (id),
  group_id   BIGINT  REFERENCES person_group (id),
  version    BIGINT  NOT NULL DEFAULT 1,
  deleted_at BIGINT
);
CREATE TABLE queue_favourite (
  person_id BIGINT  NOT NULL REFERENCES person (id),
  view_id   BIGINT  NOT NULL REFERENCES queue_view (id),
  place     BIGINT  NOT NULL,
  chosen    BOOLEAN NOT NULL,
  PRIMARY KEY (person_id, view_id)
);
CREATE INDEX queue_favourite_view ON queue_favourite (view_id);

-- +goose Down
DROP TABLE queue_favourite;
DROP TABLE queue_view;
