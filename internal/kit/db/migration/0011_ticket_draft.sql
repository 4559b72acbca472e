-- +goose Up
CREATE TABLE ticket_draft (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind      TEXT   NOT NULL,
  text      TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, person_id, kind)
);

-- +goose Down
DROP TABLE ticket_draft;
