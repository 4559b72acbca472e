-- telephony_call is a call as the telephone system tells of it: which of its extensions rings, who
-- works there, and when it rang, was answered and ended. telephony_event holds the keys of the
-- messages that were taken, so that one that comes again does nothing.

-- +goose Up
CREATE TABLE telephony_call (
  id          BIGSERIAL PRIMARY KEY,
  call        TEXT    NOT NULL,
  number      TEXT    NOT NULL DEFAULT '',
  extension   TEXT    NOT NULL,
  incoming    BOOLEAN NOT NULL DEFAULT TRUE,
  person_id   BIGINT,
  rung_at     BIGINT,
  answered_at BIGINT,
  ended_at    BIGINT
);
CREATE UNIQUE INDEX telephony_call_once ON telephony_call (call, extension);
CREATE INDEX telephony_call_person ON telephony_call (person_id, id);
CREATE TABLE telephony_event (
  id TEXT   PRIMARY KEY,
  at BIGINT NOT NULL
);
CREATE INDEX telephony_event_old ON telephony_event (at);

-- +goose Down
DROP TABLE telephony_event;
DROP TABLE telephony_call;
