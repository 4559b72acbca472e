-- Who gets the monthly report by mail.

-- +goose Up
CREATE TABLE score_reader (
  person_id BIGINT PRIMARY KEY REFERENCES person (id),
  at        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE score_reader;
