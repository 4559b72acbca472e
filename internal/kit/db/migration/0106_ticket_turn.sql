-- Whoever gives somebody work and counts what lies with them first takes their turn: taking the next
-- ticket and the rules wait for each other. It was the turn of taking alone.

-- +goose Up
CREATE TABLE ticket_turn (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  at        BIGINT NOT NULL
);
DROP TABLE pull_turn;

-- +goose Down
CREATE TABLE pull_turn (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  at        BIGINT NOT NULL
);
DROP TABLE ticket_turn;
