-- state: 0 waits, 1 runs, 2 is dead. run_at is when a waiting job may start, when the lease of
-- a running one ends, and when a dead one died, so that one index finds all that must be taken.
-- due_at is when the run was to start; it outlives the claim.

-- +goose Up
CREATE TABLE job (
  id         BIGSERIAL PRIMARY KEY,
  kind       TEXT   NOT NULL,
  payload    TEXT   NOT NULL DEFAULT '',
  key        TEXT   NOT NULL DEFAULT '',
  state      BIGINT NOT NULL DEFAULT 0,
  attempt    BIGINT NOT NULL DEFAULT 0,
  run_at     BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  claim      TEXT   NOT NULL DEFAULT '',
  error      TEXT   NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE INDEX job_due ON job (run_at, id) WHERE state < 2;
CREATE INDEX job_dead ON job (id) WHERE state = 2;
CREATE UNIQUE INDEX job_key ON job (key) WHERE state = 0 AND key <> '';
CREATE INDEX job_running_key ON job (key) WHERE state = 1 AND key <> '';

-- +goose Down
DROP TABLE job;
