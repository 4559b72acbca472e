-- directory_entry is what a directory server says of each of its entries, by the key that stays
-- when it is renamed: whom it is about, what was said last (what differs from it was written by
-- hand), which role a group gave, and why it could not be taken where it could not.
-- directory_cursor is how far a server was read.

-- +goose Up
CREATE TABLE directory_entry (
  outside   TEXT    PRIMARY KEY,
  person_id BIGINT  NOT NULL DEFAULT 0,
  dn        TEXT    NOT NULL,
  folded    TEXT    NOT NULL,
  leader    TEXT    NOT NULL DEFAULT '',
  role      TEXT    NOT NULL DEFAULT '',
  said      TEXT    NOT NULL DEFAULT '',
  kept      TEXT    NOT NULL DEFAULT '',
  why       TEXT    NOT NULL DEFAULT '',
  gone      BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX directory_entry_person ON directory_entry (person_id);
CREATE INDEX directory_entry_folded ON directory_entry (folded);
CREATE TABLE directory_cursor (
  source  TEXT   PRIMARY KEY,
  setting TEXT   NOT NULL,
  server  TEXT   NOT NULL,
  changed TEXT   NOT NULL,
  full_at BIGINT NOT NULL
);
ALTER TABLE directory_run ADD COLUMN renamed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE directory_run ADD COLUMN whole BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE directory_run ADD COLUMN entries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE directory_run ADD COLUMN job_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE directory_run DROP COLUMN job_id;
ALTER TABLE directory_run DROP COLUMN entries;
ALTER TABLE directory_run DROP COLUMN whole;
ALTER TABLE directory_run DROP COLUMN renamed;
DROP TABLE directory_cursor;
DROP TABLE directory_entry;
