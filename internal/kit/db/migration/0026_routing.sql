-- routing_rule says where tickets go whose condition holds, asked in the order of place; trouble is
-- what went wrong when it was asked last. routing_run is each ticket that a rule sent; routing_kept
-- the tickets whose group a person chose.

-- +goose Up
CREATE TABLE routing_rule (
  id         BIGSERIAL PRIMARY KEY,
  place      BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  condition  TEXT    NOT NULL,
  group_id   BIGINT  NOT NULL REFERENCES person_group (id),
  assign     BOOLEAN NOT NULL DEFAULT FALSE,
  skills     TEXT    NOT NULL DEFAULT '',
  rota_id    BIGINT  REFERENCES rota (id),
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  version    BIGINT  NOT NULL DEFAULT 1,
  trouble    TEXT    NOT NULL DEFAULT '',
  trouble_at BIGINT,
  troubles   BIGINT  NOT NULL DEFAULT 0
);

CREATE TABLE routing_run (
  id         BIGSERIAL PRIMARY KEY,
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  rule_id    BIGINT NOT NULL REFERENCES routing_rule (id),
  name       TEXT   NOT NULL,
  group_id   BIGINT NOT NULL REFERENCES person_group (id),
  person_id  BIGINT REFERENCES person (id),
  choice     TEXT   NOT NULL,
  in_work    BIGINT NOT NULL DEFAULT 0,
  at         BIGINT NOT NULL,
  bounced_at BIGINT
);
CREATE INDEX routing_run_ticket ON routing_run (ticket_id, id);
CREATE INDEX routing_run_at ON routing_run (at, rule_id);

CREATE TABLE routing_kept (
  ticket_id BIGINT NOT NULL PRIMARY KEY REFERENCES ticket (id),
  at        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE routing_kept;
DROP TABLE routing_run;
DROP TABLE routing_rule;
