-- escalation_due is when a ticket is looked at next, and which alert stands on it. escalation is
-- the memory: one row per ticket, run of a clock and step, raised or passed over, once for ever.
-- escalation_notice is what people were told on the page. major and major_update are those of
-- the room major.

-- +goose Up
CREATE TABLE escalation_due (
  ticket_id    BIGINT NOT NULL PRIMARY KEY REFERENCES ticket (id),
  wake_at      BIGINT NOT NULL,
  alert        TEXT   NOT NULL DEFAULT '',
  alert_id     BIGINT NOT NULL DEFAULT 0,
  alert_due_at BIGINT,
  alert_at     BIGINT
);
CREATE INDEX escalation_due_wake ON escalation_due (wake_at, ticket_id);
CREATE INDEX escalation_due_alert ON escalation_due (ticket_id) WHERE alert <> '';

CREATE TABLE escalation (
  id           BIGSERIAL PRIMARY KEY,
  ticket_id    BIGINT  NOT NULL REFERENCES ticket (id),
  run          TEXT    NOT NULL,
  step         TEXT    NOT NULL,
  raised       BOOLEAN NOT NULL,
  moment_at    BIGINT  NOT NULL,
  clock_due_at BIGINT,
  at           BIGINT  NOT NULL
);
CREATE UNIQUE INDEX escalation_once ON escalation (ticket_id, run, step);

CREATE TABLE escalation_notice (
  escalation_id BIGINT  NOT NULL REFERENCES escalation (id),
  person_id     BIGINT  NOT NULL REFERENCES person (id),
  ticket_id     BIGINT  NOT NULL REFERENCES ticket (id),
  seen          BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (escalation_id, person_id)
);
CREATE INDEX escalation_notice_person ON escalation_notice (person_id, escalation_id) WHERE NOT seen;

CREATE TABLE major (
  ticket_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES ticket (id),
  headline    TEXT    NOT NULL,
  public      BOOLEAN NOT NULL DEFAULT TRUE,
  version     BIGINT  NOT NULL DEFAULT 1,
  declared_at BIGINT  NOT NULL,
  declared_by BIGINT  REFERENCES person (id),
  told_at     BIGINT,
  ended_at    BIGINT,
  ended_by    BIGINT  REFERENCES person (id),
  review      TEXT    NOT NULL DEFAULT '',
  deviation   TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX major_open ON major (ticket_id) WHERE ended_at IS NULL;

CREATE TABLE major_update (
  id        BIGSERIAL PRIMARY KEY,
  ticket_id BIGINT  NOT NULL REFERENCES major (ticket_id),
  text      TEXT    NOT NULL,
  public    BOOLEAN NOT NULL,
  spread    BIGINT  NOT NULL DEFAULT 0,
  by_id     BIGINT  REFERENCES person (id),
  at        BIGINT  NOT NULL
);
CREATE INDEX major_update_ticket ON major_update (ticket_id, id);

CREATE TABLE major_request (
  ticket_id BIGINT NOT NULL PRIMARY KEY REFERENCES ticket (id),
  major_id  BIGINT NOT NULL REFERENCES major (ticket_id),
  by_id     BIGINT REFERENCES person (id),
  at        BIGINT NOT NULL
);
CREATE INDEX major_request_major ON major_request (major_id, ticket_id);

-- +goose Down
DROP TABLE major_request;
DROP TABLE major_update;
DROP TABLE major;
DROP TABLE escalation_notice;
DROP TABLE escalation;
DROP TABLE escalation_due;
