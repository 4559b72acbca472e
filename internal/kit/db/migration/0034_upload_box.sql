-- Files that a phone put into the box of a form that is open on another screen.

-- +goose Up
CREATE TABLE upload_box_file (
  token     TEXT NOT NULL PRIMARY KEY,
  box       TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id),
  at        BIGINT NOT NULL
);
CREATE INDEX upload_box_file_box ON upload_box_file (box);

-- +goose Down
DROP TABLE upload_box_file;
