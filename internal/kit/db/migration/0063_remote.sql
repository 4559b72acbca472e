-- Help at a distance: one row a session, and what the two browsers of an open share have to tell
-- each other until they have found each other. Of each way one session is open on a ticket.

-- +goose Up
CREATE TABLE remote_session (
  id             BIGSERIAL PRIMARY KEY,
  ticket_id      BIGINT  NOT NULL REFERENCES ticket (id),
  way            TEXT    NOT NULL,
  state          TEXT    NOT NULL,
  version        BIGINT  NOT NULL DEFAULT 1,
  agent_id       BIGINT  NOT NULL REFERENCES person (id),
  tool           TEXT    NOT NULL DEFAULT '',
  target         TEXT    NOT NULL DEFAULT '',
  wants          BOOLEAN NOT NULL DEFAULT FALSE,
  pictures       BOOLEAN NOT NULL DEFAULT FALSE,
  words          BIGINT  NOT NULL DEFAULT 0,
  relay          TEXT    NOT NULL DEFAULT '',
  kept           BIGINT  NOT NULL DEFAULT 0,
  said           BIGINT  NOT NULL DEFAULT 0,
  holder         TEXT    NOT NULL DEFAULT '',
  asked_at       BIGINT  NOT NULL,
  agreed_at      BIGINT,
  started_at     BIGINT,
  ended_at       BIGINT,
  requester_seen BIGINT,
  agent_seen     BIGINT,
  reason         TEXT    NOT NULL DEFAULT '',
  outcome        TEXT    NOT NULL DEFAULT '',
  note           TEXT    NOT NULL DEFAULT '',
  ended_by       BIGINT  REFERENCES person (id)
);
CREATE UNIQUE INDEX remote_session_one ON remote_session (ticket_id, way) WHERE ended_at IS NULL;
CREATE INDEX remote_session_ticket ON remote_session (ticket_id);
CREATE INDEX remote_session_agent ON remote_session (agent_id);
CREATE TABLE remote_signal (
  id         BIGSERIAL PRIMARY KEY,
  session_id BIGINT NOT NULL REFERENCES remote_session (id),
  side       TEXT   NOT NULL,
  body       TEXT   NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX remote_signal_session ON remote_signal (session_id, id);

-- +goose Down
DROP TABLE remote_signal;
DROP TABLE remote_session;
