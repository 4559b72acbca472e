-- What is asked of approvers and what they said. approval holds exactly what is to be approved and
-- its digest; levels are the steps in their order, as JSON: [{"ID": 1, "Need": 0}]. approval_seat is
-- one approver's place in a level. approval_leave says who sits there while somebody is away.

-- +goose Up
CREATE TABLE approval (
  id         BIGSERIAL PRIMARY KEY,
  ticket_id  BIGINT  NOT NULL REFERENCES ticket (id),
  kind       TEXT    NOT NULL,
  ref        TEXT    NOT NULL,
  title      TEXT    NOT NULL,
  content    TEXT    NOT NULL,
  digest     TEXT    NOT NULL,
  note       TEXT    NOT NULL,
  levels     TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  reason     TEXT    NOT NULL DEFAULT '',
  asked_by   BIGINT  NOT NULL REFERENCES person (id),
  for_id     BIGINT  NOT NULL REFERENCES person (id),
  holds      BOOLEAN NOT NULL,
  days       BIGINT  NOT NULL,
  version    BIGINT  NOT NULL DEFAULT 1,
  reminders  BIGINT  NOT NULL DEFAULT 0,
  asked_at   BIGINT  NOT NULL,
  remind_at  BIGINT,
  expires_at BIGINT  NOT NULL,
  ended_at   BIGINT,
  ended_by   BIGINT,
  until_at   BIGINT
);
CREATE INDEX approval_ticket ON approval (ticket_id, id);
CREATE INDEX approval_waiting ON approval (id) WHERE state = 'waiting';
CREATE TABLE approval_seat (
  id          BIGSERIAL PRIMARY KEY,
  approval_id BIGINT NOT NULL REFERENCES approval (id),
  level       BIGINT NOT NULL,
  person_id   BIGINT NOT NULL REFERENCES person (id),
  because     TEXT   NOT NULL,
  group_id    BIGINT,
  answer      TEXT   NOT NULL DEFAULT '',
  by_id       BIGINT,
  at          BIGINT,
  comment     TEXT   NOT NULL DEFAULT '',
  via         TEXT   NOT NULL DEFAULT '',
  gone_at     BIGINT,
  UNIQUE (approval_id, level, person_id),
  UNIQUE (approval_id, level, by_id)
);
CREATE INDEX approval_seat_person ON approval_seat (person_id, approval_id);
CREATE TABLE approval_leave (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  deputy_id BIGINT NOT NULL REFERENCES person (id),
  from_at   BIGINT NOT NULL,
  to_at     BIGINT NOT NULL
);
CREATE INDEX approval_leave_deputy ON approval_leave (deputy_id);

-- +goose Down
DROP TABLE approval_leave;
DROP TABLE approval_seat;
DROP TABLE approval;
