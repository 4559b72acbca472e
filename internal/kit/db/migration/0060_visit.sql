-- Visits (N27). A row is an appointment as it stands; visit_act is everything that was done to it,
-- once each: by the key under which the engineer's browser sent it, with when it was done there and
-- when it arrived here. times are the proposed stretches in milliseconds, a line each. visit_feed is
-- the secret address of an engineer's calendar, of which only the hash is kept.

-- +goose Up
CREATE TABLE visit (
  id          BIGSERIAL PRIMARY KEY,
  token       TEXT   NOT NULL UNIQUE,
  ticket_id   BIGINT NOT NULL REFERENCES ticket (id),
  engineer_id BIGINT NOT NULL REFERENCES person (id),
  state       TEXT   NOT NULL,
  times       TEXT   NOT NULL DEFAULT '',
  round       BIGINT NOT NULL DEFAULT 0,
  starts_at   BIGINT,
  ends_at     BIGINT,
  place_id    BIGINT REFERENCES device_place (id),
  device_id   BIGINT REFERENCES device (id),
  place       TEXT   NOT NULL DEFAULT '',
  purpose     TEXT   NOT NULL DEFAULT '',
  zone        TEXT   NOT NULL DEFAULT '',
  work        TEXT   NOT NULL DEFAULT '',
  parts       TEXT   NOT NULL DEFAULT '',
  arrived_by  TEXT   NOT NULL DEFAULT '',
  started_at  BIGINT,
  arrived_at  BIGINT,
  done_at     BIGINT,
  signed_at   BIGINT,
  signed_by   TEXT   NOT NULL DEFAULT '',
  signed_how  TEXT   NOT NULL DEFAULT '',
  sign_file   TEXT   NOT NULL DEFAULT '',
  why         TEXT   NOT NULL DEFAULT '',
  moved       BIGINT NOT NULL DEFAULT 0,
  version     BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  by_id       BIGINT NOT NULL
);
CREATE INDEX visit_ticket ON visit (ticket_id, id);
CREATE INDEX visit_engineer ON visit (engineer_id, starts_at);
CREATE INDEX visit_open ON visit (engineer_id, state);
CREATE TABLE visit_act (
  id       BIGSERIAL PRIMARY KEY,
  visit_id BIGINT NOT NULL REFERENCES visit (id),
  key      TEXT   NOT NULL,
  act      TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  by_id    BIGINT NOT NULL DEFAULT 0,
  via      TEXT   NOT NULL DEFAULT '',
  did_at   BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  words    TEXT   NOT NULL DEFAULT '',
  UNIQUE (visit_id, key)
);
CREATE TABLE visit_feed (
  id         BIGSERIAL PRIMARY KEY,
  person_id  BIGINT NOT NULL REFERENCES person (id),
  hash       TEXT   NOT NULL UNIQUE,
  made_at    BIGINT NOT NULL,
  read_at    BIGINT,
  revoked_at BIGINT
);
CREATE INDEX visit_feed_person ON visit_feed (person_id);

-- +goose Down
DROP TABLE visit_feed;
DROP TABLE visit_act;
DROP TABLE visit;
