-- Who was asked to read a version of a runbook, and who said that they have (N9).

-- +goose Up
CREATE TABLE runbook_reader (
  runbook_id BIGINT NOT NULL REFERENCES runbook (id),
  number     BIGINT NOT NULL,
  person_id  BIGINT NOT NULL REFERENCES person (id),
  asked_at   BIGINT NOT NULL,
  read_at    BIGINT,
  PRIMARY KEY (runbook_id, number, person_id)
);
CREATE INDEX runbook_reader_person ON runbook_reader (person_id) WHERE read_at IS NULL;

-- +goose Down
DROP TABLE runbook_reader;
