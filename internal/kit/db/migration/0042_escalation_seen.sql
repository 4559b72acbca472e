-- How the clock stood to the time that really passes when it was last believed, one row for each
-- run of a machine: a process that starts can tell whether the clock was moved while none ran.
-- ahead is the clock less the time since the machine started, in milliseconds.

-- +goose Up
CREATE TABLE escalation_seen (
  boot    TEXT   NOT NULL PRIMARY KEY,
  ahead   BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE escalation_seen;
