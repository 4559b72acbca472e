-- suggest_model is each model that was learned, with what was measured in thousandths; body is empty
-- where it is no longer in use, or where none could be learned and trouble says why.
-- suggest_offer is what was guessed of a ticket and what became of it. suggest_alike is which
-- tickets look like the same matter.

-- +goose Up
CREATE TABLE suggest_model (
  label    TEXT   NOT NULL,
  version  BIGINT NOT NULL,
  learned  BIGINT NOT NULL,
  classes  BIGINT NOT NULL,
  tested   BIGINT NOT NULL,
  accuracy BIGINT NOT NULL,
  macro_f1 BIGINT NOT NULL,
  majority BIGINT NOT NULL,
  sure     BIGINT NOT NULL,
  coverage BIGINT NOT NULL,
  took_ms  BIGINT NOT NULL,
  trouble  TEXT   NOT NULL DEFAULT '',
  at       BIGINT NOT NULL,
  body     BYTEA  NOT NULL,
  PRIMARY KEY (label, version)
);

CREATE TABLE suggest_offer (
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  label      TEXT   NOT NULL,
  value      TEXT   NOT NULL,
  share      BIGINT NOT NULL,
  sure       BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  reasons    TEXT   NOT NULL DEFAULT '',
  at         BIGINT NOT NULL,
  outcome    TEXT   NOT NULL DEFAULT '',
  by_id      BIGINT REFERENCES person (id),
  settled_at BIGINT,
  PRIMARY KEY (ticket_id, label)
);
CREATE INDEX suggest_offer_at ON suggest_offer (at, label, version, outcome);

CREATE TABLE suggest_alike (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  other_id  BIGINT NOT NULL REFERENCES ticket (id),
  share     BIGINT NOT NULL,
  reasons   TEXT   NOT NULL DEFAULT '',
  same      BOOLEAN NOT NULL,
  outcome   TEXT   NOT NULL DEFAULT '',
  by_id     BIGINT REFERENCES person (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, other_id)
);
CREATE INDEX suggest_alike_other ON suggest_alike (other_id);

-- +goose Down
DROP TABLE suggest_alike;
DROP TABLE suggest_offer;
DROP TABLE suggest_model;
