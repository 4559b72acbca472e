-- A browser that somebody lets the desk wake. endpoint is an address that its maker gave it; whoever
-- knows it and the keys can write to that browser and to no other.

-- +goose Up
CREATE TABLE inbox_browser (
  id        BIGSERIAL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES person (id),
  endpoint  TEXT   NOT NULL UNIQUE,
  p256dh    TEXT   NOT NULL,
  auth      TEXT   NOT NULL,
  agent     TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  used_at   BIGINT
);
CREATE INDEX inbox_browser_person ON inbox_browser (person_id);

-- +goose Down
DROP TABLE inbox_browser;
