-- What is known about how to handle a kind of request, as steps. A version is its text, which is
-- never changed once it is reviewed: runs keep the one that they began with. runbook.published is
-- the number of the version that new runs follow, runbook.draft of the one that is written.

-- +goose Up
CREATE TABLE runbook (
  id         BIGSERIAL PRIMARY KEY,
  title      TEXT   NOT NULL,
  lang       TEXT   NOT NULL,
  version    BIGINT NOT NULL DEFAULT 1,
  published  BIGINT NOT NULL DEFAULT 0,
  draft      BIGINT NOT NULL DEFAULT 0,
  author_id  BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL,
  retired_at BIGINT
);
CREATE TABLE runbook_version (
  id           BIGSERIAL PRIMARY KEY,
  runbook_id   BIGINT NOT NULL REFERENCES runbook (id),
  number       BIGINT NOT NULL,
  state        TEXT   NOT NULL,
  text         TEXT   NOT NULL,
  authors      TEXT   NOT NULL,
  note         TEXT   NOT NULL DEFAULT '',
  at           BIGINT NOT NULL,
  reviewer_id  BIGINT REFERENCES person (id),
  reviewed_at  BIGINT,
  publisher_id BIGINT REFERENCES person (id),
  published_at BIGINT
);
CREATE UNIQUE INDEX runbook_version_number ON runbook_version (runbook_id, number);
CREATE TABLE runbook_category (
  runbook_id  BIGINT  NOT NULL REFERENCES runbook (id),
  category_id BIGINT  NOT NULL REFERENCES category (id),
  first_line  BOOLEAN NOT NULL,
  PRIMARY KEY (runbook_id, category_id)
);
CREATE TABLE runbook_file (
  id         BIGSERIAL PRIMARY KEY,
  runbook_id BIGINT NOT NULL REFERENCES runbook (id),
  token      TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  size       BIGINT NOT NULL,
  sha256     TEXT   NOT NULL,
  blob       TEXT   NOT NULL,
  author_id  BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX runbook_file_name ON runbook_file (runbook_id, name);

-- +goose Down
DROP TABLE runbook_file;
DROP TABLE runbook_category;
DROP TABLE runbook_version;
DROP TABLE runbook;
