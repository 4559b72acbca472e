-- +goose Up
CREATE TABLE event (
  id         BIGSERIAL PRIMARY KEY,
  room       TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  subject    BIGINT NOT NULL,
  actor_id   BIGINT NOT NULL DEFAULT 0,
  actor_kind TEXT   NOT NULL DEFAULT '',
  via        TEXT   NOT NULL DEFAULT '',
  at         BIGINT NOT NULL,
  data       TEXT   NOT NULL
);
CREATE INDEX event_subject ON event (room, subject, id);

-- +goose Down
DROP TABLE event;
