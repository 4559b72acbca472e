-- +goose Up
CREATE TABLE delivery (
  id         BIGSERIAL PRIMARY KEY,
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  person_id  BIGINT NOT NULL REFERENCES person (id),
  event_id   BIGINT NOT NULL,
  template   TEXT   NOT NULL,
  address    TEXT   NOT NULL,
  state      TEXT   NOT NULL,
  reason     TEXT   NOT NULL DEFAULT '',
  answer     TEXT   NOT NULL DEFAULT '',
  attempts   BIGINT NOT NULL DEFAULT 0,
  message_id TEXT   NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  queued_at  BIGINT NOT NULL,
  tried_at   BIGINT,
  sent_at    BIGINT
);
CREATE UNIQUE INDEX delivery_once ON delivery (event_id, person_id, template);
CREATE INDEX delivery_ticket ON delivery (ticket_id, id);
CREATE INDEX delivery_address ON delivery (address, template, created_at);
CREATE INDEX delivery_unsent ON delivery (state, id) WHERE state <> 'sent';

-- +goose Down
DROP TABLE delivery;
