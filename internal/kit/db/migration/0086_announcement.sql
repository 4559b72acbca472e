-- What the desk tells everybody, and who wants to hear of it by mail. A topic is "all", "major:<ticket>".

-- +goose Up
CREATE TABLE announcement (
  id         BIGSERIAL PRIMARY KEY,
  version    BIGINT  NOT NULL DEFAULT 1,
  kind       TEXT    NOT NULL,
  title      TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  title_en   TEXT    NOT NULL DEFAULT '',
  text_en    TEXT    NOT NULL DEFAULT '',
  service_id BIGINT  REFERENCES service (id),
  anonymous  BOOLEAN NOT NULL DEFAULT FALSE,
  from_at    BIGINT,
  until_at   BIGINT,
  by_id      BIGINT  REFERENCES person (id),
  at         BIGINT  NOT NULL,
  over_at    BIGINT
);
CREATE INDEX announcement_standing ON announcement (at) WHERE over_at IS NULL;
CREATE TABLE announcement_follower (
  person_id BIGINT NOT NULL REFERENCES person (id),
  topic     TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (topic, person_id)
);
CREATE INDEX announcement_follower_person ON announcement_follower (person_id);

-- +goose Down
DROP TABLE announcement_follower;
DROP TABLE announcement;
