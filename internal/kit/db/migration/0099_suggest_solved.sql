-- suggest_solved is which solved tickets looked like a new one when it was recorded, and whether
-- somebody said that one of them helped.

-- +goose Up
CREATE TABLE suggest_solved (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  other_id  BIGINT NOT NULL REFERENCES ticket (id),
  share     BIGINT NOT NULL,
  reasons   TEXT   NOT NULL DEFAULT '',
  at        BIGINT NOT NULL,
  used_by   BIGINT REFERENCES person (id),
  used_at   BIGINT,
  PRIMARY KEY (ticket_id, other_id)
);
CREATE INDEX suggest_solved_used ON suggest_solved (other_id) WHERE used_at IS NOT NULL;

-- +goose Down
DROP TABLE suggest_solved;
