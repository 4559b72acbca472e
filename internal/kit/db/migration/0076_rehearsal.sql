-- A rehearsal judges the closed tickets of some months by a norm pack or policy that is not in force.
-- last_id is how far it is: a run that was cut off goes on behind it. rehearsal_change lists tickets of
-- which something would change, as many as a page can show.

-- +goose Up
CREATE TABLE rehearsal (
  id         BIGSERIAL PRIMARY KEY,
  kind       TEXT   NOT NULL,
  body       TEXT   NOT NULL,
  months     BIGINT NOT NULL,
  from_at    BIGINT NOT NULL,
  state      TEXT   NOT NULL,
  total      BIGINT NOT NULL,
  done       BIGINT NOT NULL DEFAULT 0,
  last_id    BIGINT NOT NULL DEFAULT 0,
  changed    BIGINT NOT NULL DEFAULT 0,
  worked_ms  BIGINT NOT NULL DEFAULT 0,
  by_id      BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at   BIGINT
);
CREATE TABLE rehearsal_clause (
  rehearsal_id BIGINT NOT NULL REFERENCES rehearsal (id),
  clause       TEXT   NOT NULL,
  met_was      BIGINT NOT NULL,
  missed_was   BIGINT NOT NULL,
  met_now      BIGINT NOT NULL,
  missed_now   BIGINT NOT NULL,
  PRIMARY KEY (rehearsal_id, clause)
);
CREATE TABLE rehearsal_change (
  rehearsal_id BIGINT NOT NULL REFERENCES rehearsal (id),
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  what         TEXT   NOT NULL,
  PRIMARY KEY (rehearsal_id, ticket_id)
);

-- +goose Down
DROP TABLE rehearsal_change;
DROP TABLE rehearsal_clause;
DROP TABLE rehearsal;
