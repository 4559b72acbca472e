-- Runbooks as they are followed on tickets. A run is its marks; step and marks are where it
-- stands after them. runbook_deed is what will be done at a step with a risk, before it is done.

-- +goose Up
CREATE TABLE runbook_run (
  id         BIGSERIAL PRIMARY KEY,
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  runbook_id BIGINT NOT NULL REFERENCES runbook (id),
  number     BIGINT NOT NULL,
  version    BIGINT NOT NULL DEFAULT 1,
  state      TEXT   NOT NULL,
  step       TEXT   NOT NULL,
  marks      BIGINT NOT NULL DEFAULT 0,
  reason     TEXT   NOT NULL DEFAULT '',
  starter_id BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL,
  sent_at    BIGINT,
  ended_at   BIGINT
);
CREATE INDEX runbook_run_ticket ON runbook_run (ticket_id);
CREATE INDEX runbook_run_book ON runbook_run (runbook_id);
CREATE TABLE runbook_mark (
  run_id     BIGINT  NOT NULL REFERENCES runbook_run (id),
  seq        BIGINT  NOT NULL,
  runbook_id BIGINT  NOT NULL REFERENCES runbook (id),
  step       TEXT    NOT NULL,
  outcome    TEXT    NOT NULL,
  value      TEXT    NOT NULL DEFAULT '',
  reason     TEXT    NOT NULL DEFAULT '',
  by_user    BOOLEAN NOT NULL,
  person_id  BIGINT  REFERENCES person (id),
  at         BIGINT  NOT NULL,
  PRIMARY KEY (run_id, seq)
);
CREATE INDEX runbook_mark_book ON runbook_mark (runbook_id);
CREATE TABLE runbook_deed (
  id          BIGSERIAL PRIMARY KEY,
  run_id      BIGINT NOT NULL REFERENCES runbook_run (id),
  seq         BIGINT NOT NULL,
  step        TEXT   NOT NULL,
  what        TEXT   NOT NULL,
  rollback    TEXT   NOT NULL,
  person_id   BIGINT REFERENCES person (id),
  at          BIGINT NOT NULL,
  releaser_id BIGINT REFERENCES person (id),
  released_at BIGINT
);
CREATE UNIQUE INDEX runbook_deed_seq ON runbook_deed (run_id, seq);

-- +goose Down
DROP TABLE runbook_deed;
DROP TABLE runbook_mark;
DROP TABLE runbook_run;
