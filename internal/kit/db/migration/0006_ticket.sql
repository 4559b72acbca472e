-- +goose Up
CREATE TABLE ticket (
  id                BIGSERIAL PRIMARY KEY,
  number            BIGINT NOT NULL,
  token             TEXT   NOT NULL,
  version           BIGINT NOT NULL DEFAULT 1,
  status            TEXT   NOT NULL,
  is_open           BIGINT NOT NULL DEFAULT 1,
  pending           TEXT   NOT NULL DEFAULT '',
  closed_as         TEXT   NOT NULL DEFAULT '',
  subject           TEXT   NOT NULL,
  snippet           TEXT   NOT NULL DEFAULT '',
  channel           TEXT   NOT NULL,
  requester_id      BIGINT NOT NULL REFERENCES person (id),
  owner_id          BIGINT REFERENCES person (id),
  assignee_id       BIGINT REFERENCES person (id),
  group_id          BIGINT REFERENCES person_group (id),
  category_id       BIGINT REFERENCES category (id),
  service_id        BIGINT REFERENCES service (id),
  graded            BOOLEAN NOT NULL DEFAULT FALSE,
  priority          BIGINT NOT NULL,
  detail            TEXT   NOT NULL DEFAULT '{}',
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  accepted_at       BIGINT,
  first_response_at BIGINT,
  last_public_at    BIGINT,
  last_requester_at BIGINT,
  resolved_at       BIGINT,
  confirmed_at      BIGINT,
  closed_at         BIGINT,
  merged_into_id    BIGINT REFERENCES ticket (id),
  next_due          BIGINT NOT NULL,
  next_clock        TEXT   NOT NULL DEFAULT '',
  promise_at        BIGINT
);
CREATE UNIQUE INDEX ticket_number_key ON ticket (number);
CREATE UNIQUE INDEX ticket_token_key ON ticket (token);
CREATE INDEX ticket_requester ON ticket (requester_id, updated_at, id);
CREATE INDEX ticket_updated ON ticket (updated_at, id);
CREATE INDEX ticket_risk ON ticket (priority, next_due, id) WHERE is_open = 1;
CREATE INDEX ticket_risk_group ON ticket (group_id, priority, next_due, id) WHERE is_open = 1;
CREATE INDEX ticket_risk_assignee ON ticket (assignee_id, priority, next_due, id) WHERE is_open = 1;
CREATE INDEX ticket_risk_owner ON ticket (owner_id, priority, next_due, id) WHERE is_open = 1;

CREATE TABLE message (
  id         BIGSERIAL PRIMARY KEY,
  ticket_id  BIGINT  NOT NULL REFERENCES ticket (id),
  kind       TEXT    NOT NULL,
  author_id  BIGINT  REFERENCES person (id),
  by_user    BOOLEAN NOT NULL,
  first      BOOLEAN NOT NULL DEFAULT FALSE,
  channel    TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  quoted     TEXT    NOT NULL DEFAULT '',
  html       TEXT    NOT NULL DEFAULT '',
  inbound_id BIGINT,
  mail_id    TEXT    NOT NULL DEFAULT '',
  seconds    BIGINT  NOT NULL DEFAULT 0,
  at         BIGINT  NOT NULL
);
CREATE INDEX message_ticket ON message (ticket_id, id);

CREATE TABLE attachment (
  id         BIGSERIAL PRIMARY KEY,
  token      TEXT    NOT NULL,
  ticket_id  BIGINT  REFERENCES ticket (id),
  message_id BIGINT  REFERENCES message (id),
  name       TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  size       BIGINT  NOT NULL,
  sha256     TEXT    NOT NULL,
  blob       TEXT    NOT NULL,
  cid        TEXT    NOT NULL DEFAULT '',
  inline     BOOLEAN NOT NULL DEFAULT FALSE,
  owner_id   BIGINT,
  at         BIGINT  NOT NULL
);
CREATE UNIQUE INDEX attachment_token_key ON attachment (token);
CREATE INDEX attachment_message ON attachment (message_id);
CREATE INDEX attachment_staged ON attachment (at) WHERE message_id IS NULL;

CREATE TABLE ticket_key (
  key       TEXT   NOT NULL PRIMARY KEY,
  hash      TEXT   NOT NULL,
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  at        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE ticket_key;
DROP TABLE attachment;
DROP TABLE message;
DROP TABLE ticket;
