-- +goose Up
CREATE TABLE category (
  id         BIGSERIAL PRIMARY KEY,
  parent_id  BIGINT  REFERENCES category (id),
  name       TEXT    NOT NULL,
  name_en    TEXT    NOT NULL DEFAULT '',
  group_id   BIGINT  REFERENCES person_group (id),
  place      BIGINT  NOT NULL DEFAULT 0,
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  version    BIGINT  NOT NULL DEFAULT 1
);
CREATE TABLE service (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT    NOT NULL,
  name_en    TEXT    NOT NULL DEFAULT '',
  core       BOOLEAN NOT NULL DEFAULT FALSE,
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  version    BIGINT  NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX service_name ON service (name);

-- +goose Down
DROP TABLE service;
DROP TABLE category;
