-- directory_import is a file of people as it was uploaded, with what was chosen about it.
-- directory_run is one import or one synchronisation and what it came to; directory_line is what it
-- did with one entry. Nothing is left out: a bad line stands there with its reason and its text.

-- +goose Up
CREATE TABLE directory_import (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT   NOT NULL,
  text       TEXT   NOT NULL,
  encoding   TEXT   NOT NULL,
  comma      TEXT   NOT NULL,
  leavers    BOOLEAN NOT NULL DEFAULT FALSE,
  by_id      BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE directory_run (
  id          BIGSERIAL PRIMARY KEY,
  source      TEXT   NOT NULL,
  import_id   BIGINT REFERENCES directory_import (id),
  state       TEXT   NOT NULL,
  allowed     BOOLEAN NOT NULL DEFAULT FALSE,
  by_id       BIGINT NOT NULL DEFAULT 0,
  started_at  BIGINT NOT NULL,
  finished_at BIGINT,
  added       BIGINT NOT NULL DEFAULT 0,
  changed     BIGINT NOT NULL DEFAULT 0,
  same        BIGINT NOT NULL DEFAULT 0,
  disabled    BIGINT NOT NULL DEFAULT 0,
  held        BIGINT NOT NULL DEFAULT 0,
  bad         BIGINT NOT NULL DEFAULT 0,
  why         TEXT   NOT NULL DEFAULT '',
  answer      TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX directory_run_last ON directory_run (source, id);
CREATE TABLE directory_line (
  run_id    BIGINT NOT NULL REFERENCES directory_run (id) ON DELETE CASCADE,
  line      BIGINT NOT NULL,
  kind      TEXT   NOT NULL,
  person_id BIGINT NOT NULL DEFAULT 0,
  name      TEXT   NOT NULL DEFAULT '',
  fields    TEXT   NOT NULL DEFAULT '',
  why       TEXT   NOT NULL DEFAULT '',
  text      TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (run_id, line)
);

-- +goose Down
DROP TABLE directory_line;
DROP TABLE directory_run;
DROP TABLE directory_import;
