-- What somebody is good at, what a category or service asks for, and how much may be in work at
-- once. Lists of words are held in one text, a line each.
--
-- pull_skip is what was passed over; pull_turn lets one person take one ticket at a time.
-- report_clock and report_ticket are computed from the facts of a ticket and made again from them;
-- report_place is how far that is done: up to which fact, and behind which ticket everything is
-- being computed again, -1 where nothing is.

-- +goose Up
ALTER TABLE person ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN work_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person_group ADD COLUMN work_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE category ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN skills TEXT NOT NULL DEFAULT '';

CREATE TABLE pull_skip (
  person_id BIGINT NOT NULL REFERENCES person (id),
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  reason    TEXT   NOT NULL,
  words     TEXT   NOT NULL DEFAULT '',
  at        BIGINT NOT NULL,
  until_at  BIGINT NOT NULL,
  PRIMARY KEY (person_id, ticket_id)
);

CREATE TABLE pull_turn (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  at        BIGINT NOT NULL
);

CREATE TABLE report_clock (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  run       TEXT   NOT NULL,
  name      TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  group_id  BIGINT NOT NULL DEFAULT 0,
  priority  BIGINT NOT NULL,
  due_at    BIGINT,
  done_at   BIGINT,
  PRIMARY KEY (ticket_id, run)
);
CREATE INDEX report_clock_due ON report_clock (due_at, group_id, priority, name, state);

CREATE TABLE report_ticket (
  ticket_id   BIGINT NOT NULL PRIMARY KEY REFERENCES ticket (id),
  opened_at   BIGINT NOT NULL,
  group_id    BIGINT NOT NULL DEFAULT 0,
  priority    BIGINT NOT NULL,
  reassigned  BIGINT NOT NULL DEFAULT 0,
  reopened    BIGINT NOT NULL DEFAULT 0,
  rejected    BIGINT NOT NULL DEFAULT 0,
  closed      BIGINT NOT NULL DEFAULT 0,
  fact_id     BIGINT NOT NULL
);
CREATE INDEX report_ticket_opened ON report_ticket (opened_at, group_id, priority, closed, reassigned, reopened, rejected);

CREATE TABLE report_place (
  id        BIGINT NOT NULL PRIMARY KEY,
  fact_id   BIGINT NOT NULL,
  again_id  BIGINT NOT NULL DEFAULT -1
);

-- +goose Down
DROP TABLE report_place;
DROP TABLE report_ticket;
DROP TABLE report_clock;
DROP TABLE pull_turn;
DROP TABLE pull_skip;
ALTER TABLE service DROP COLUMN skills;
ALTER TABLE category DROP COLUMN skills;
ALTER TABLE person_group DROP COLUMN work_limit;
ALTER TABLE person DROP COLUMN work_limit;
ALTER TABLE person DROP COLUMN skills;
