-- Whom which news was told by mail: what runs again tells it nobody twice.

-- +goose Up
CREATE TABLE news_told (
  person_id BIGINT NOT NULL REFERENCES person (id),
  token     TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (person_id, token)
);

-- +goose Down
DROP TABLE news_told;
