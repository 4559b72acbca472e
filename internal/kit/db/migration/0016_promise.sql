-- A promise is a time that was told to a requester. A row is a function of the facts of its
-- ticket; fact_id names the one that told it.

-- +goose Up
CREATE TABLE promise (
  id          BIGSERIAL PRIMARY KEY,
  ticket_id   BIGINT NOT NULL REFERENCES ticket (id),
  source      TEXT   NOT NULL,
  fact_id     BIGINT NOT NULL,
  told_at     BIGINT NOT NULL,
  told_by     BIGINT,
  due         BIGINT NOT NULL,
  words       TEXT   NOT NULL DEFAULT '',
  state       TEXT   NOT NULL,
  done_at     BIGINT,
  done_fact   BIGINT,
  moved_to    BIGINT,
  group_id    BIGINT,
  owner_id    BIGINT,
  assignee_id BIGINT,
  priority    BIGINT NOT NULL
);
CREATE UNIQUE INDEX promise_fact ON promise (fact_id);
CREATE INDEX promise_ticket ON promise (ticket_id, id);
CREATE INDEX promise_open ON promise (due, id) WHERE state = 'open';
CREATE INDEX promise_due ON promise (state, due, id);
CREATE INDEX promise_week ON promise (due, id);

-- +goose Down
DROP TABLE promise;
