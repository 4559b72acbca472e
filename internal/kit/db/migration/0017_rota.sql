-- +goose Up
CREATE TABLE rota (
  id      BIGSERIAL PRIMARY KEY,
  name    TEXT    NOT NULL,
  name_en TEXT    NOT NULL DEFAULT '',
  zone    TEXT    NOT NULL,
  shifts  TEXT    NOT NULL,
  active  BOOLEAN NOT NULL DEFAULT TRUE,
  version BIGINT  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX rota_name ON rota (name);

CREATE TABLE rota_swap (
  id         BIGSERIAL PRIMARY KEY,
  rota_id    BIGINT  NOT NULL REFERENCES rota (id),
  from_at    BIGINT  NOT NULL,
  to_at      BIGINT  NOT NULL,
  person_id  BIGINT  NOT NULL REFERENCES person (id),
  instead_id BIGINT  REFERENCES person (id),
  agreed     TEXT    NOT NULL,
  by_id      BIGINT  REFERENCES person (id),
  at         BIGINT  NOT NULL,
  off        BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX rota_swap_end ON rota_swap (to_at, id);

CREATE TABLE rota_feed (
  id         BIGSERIAL PRIMARY KEY,
  hash       TEXT   NOT NULL,
  rota_id    BIGINT REFERENCES rota (id),
  person_id  BIGINT REFERENCES person (id),
  by_id      BIGINT REFERENCES person (id),
  made_at    BIGINT NOT NULL,
  read_at    BIGINT,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX rota_feed_hash ON rota_feed (hash);

-- +goose Down
DROP TABLE rota_feed;
DROP TABLE rota_swap;
DROP TABLE rota;
