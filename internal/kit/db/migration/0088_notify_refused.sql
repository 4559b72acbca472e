-- Who wants no mail that nobody wrote, since when, and by the letter of which ticket they said so.

-- +goose Up
CREATE TABLE mail_refused (
  person_id  BIGINT PRIMARY KEY REFERENCES person (id),
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  at         BIGINT NOT NULL
);

-- +goose Down
DROP TABLE mail_refused;
