-- +goose Up
CREATE TABLE person (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT    NOT NULL,
  email      TEXT    NOT NULL,
  phone      TEXT    NOT NULL DEFAULT '',
  department TEXT    NOT NULL DEFAULT '',
  place      TEXT    NOT NULL DEFAULT '',
  lang       TEXT    NOT NULL DEFAULT 'zh-CN',
  zone       TEXT    NOT NULL DEFAULT '',
  role       TEXT    NOT NULL DEFAULT 'requester',
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  version    BIGINT  NOT NULL DEFAULT 1,
  created_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX person_email ON person (email);
CREATE INDEX person_role ON person (role, name, id);
CREATE TABLE person_group (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT    NOT NULL,
  name_en    TEXT    NOT NULL DEFAULT '',
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  version    BIGINT  NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_group_name ON person_group (name);
CREATE TABLE person_member (
  group_id   BIGINT NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
  person_id  BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX person_member_person ON person_member (person_id);

-- +goose Down
DROP TABLE person_member;
DROP TABLE person_group;
DROP TABLE person;
