-- +goose Up
CREATE TABLE credential (
  person_id  BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  hash       TEXT   NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE TABLE session (
  id         BIGSERIAL PRIMARY KEY,
  hash       TEXT   NOT NULL,
  person_id  BIGINT NOT NULL REFERENCES person (id),
  address    TEXT   NOT NULL DEFAULT '',
  agent      TEXT   NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_person ON session (person_id);
CREATE TABLE api_token (
  id         BIGSERIAL PRIMARY KEY,
  hash       TEXT   NOT NULL,
  person_id  BIGINT NOT NULL REFERENCES person (id),
  name       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE INDEX api_token_person ON api_token (person_id);
CREATE TABLE one_time (
  hash       TEXT   NOT NULL PRIMARY KEY,
  purpose    TEXT   NOT NULL,
  person_id  BIGINT REFERENCES person (id),
  expires_at BIGINT NOT NULL
);
CREATE TABLE attempt (
  name     TEXT   NOT NULL PRIMARY KEY,
  tries    BIGINT NOT NULL,
  since_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE attempt;
DROP TABLE one_time;
DROP TABLE api_token;
DROP TABLE session;
DROP TABLE credential;
