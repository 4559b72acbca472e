-- +goose Up
CREATE TABLE inbound (
  id          BIGSERIAL PRIMARY KEY,
  source      TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  sender      TEXT   NOT NULL DEFAULT '',
  recipient   TEXT   NOT NULL DEFAULT '',
  address     TEXT   NOT NULL DEFAULT '',
  size        BIGINT NOT NULL,
  raw         BYTEA  NOT NULL,
  state       TEXT   NOT NULL,
  outcome     TEXT   NOT NULL DEFAULT '',
  reason      TEXT   NOT NULL DEFAULT '',
  ticket_id   BIGINT REFERENCES ticket (id),
  author      TEXT   NOT NULL DEFAULT '',
  subject     TEXT   NOT NULL DEFAULT '',
  received_at BIGINT NOT NULL,
  done_at     BIGINT
);
CREATE INDEX inbound_digest ON inbound (digest, id);
CREATE INDEX inbound_state ON inbound (state, id);
CREATE INDEX inbound_author ON inbound (author, received_at);
CREATE INDEX inbound_ticket ON inbound (ticket_id, id);

-- +goose Down
DROP TABLE inbound;
