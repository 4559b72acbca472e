-- What a category asks. A version is never changed: tickets keep the one that they were filled
-- in with, and no questions at all is a version too.

-- +goose Up
CREATE TABLE category_form (
  id          BIGSERIAL PRIMARY KEY,
  category_id BIGINT NOT NULL REFERENCES category (id),
  version     BIGINT NOT NULL,
  fields      TEXT   NOT NULL,
  author_id   BIGINT REFERENCES person (id),
  at          BIGINT NOT NULL
);
CREATE UNIQUE INDEX category_form_version ON category_form (category_id, version);
ALTER TABLE category ADD COLUMN service_id BIGINT REFERENCES service (id);

-- +goose Down
ALTER TABLE category DROP COLUMN service_id;
DROP TABLE category_form;
