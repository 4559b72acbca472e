-- Texts that staff use again and again, with places to fill: of one person, of a group, or of all.

-- +goose Up
CREATE TABLE canned_text (
  id         BIGSERIAL PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  person_id  BIGINT REFERENCES person (id),
  group_id   BIGINT REFERENCES person_group (id),
  lang       TEXT NOT NULL,
  short      TEXT NOT NULL,
  title      TEXT NOT NULL,
  body       TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX canned_text_person ON canned_text (person_id);

-- +goose Down
DROP TABLE canned_text;
