-- Whoever gives somebody work and counts what lies with them first takes their turn: taking the next
-- ticket and the rules wait for each other. It was the turn of taking
-- alone: pull_turn stands for nodes of the version before, and goes in the release after.

-- +goose Up
CREATE TABLE ticket_turn (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  at        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE ticket_turn;
