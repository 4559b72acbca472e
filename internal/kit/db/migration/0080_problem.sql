-- What the recurrence radar found (a candidate with its tickets), the problems behind tickets, what
-- is improved because of them, the reviews in which leads decide, and who is told of what of these.

-- +goose Up
CREATE TABLE problem (
  id          BIGSERIAL PRIMARY KEY,
  version     BIGINT NOT NULL DEFAULT 1,
  title       TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  category_id BIGINT REFERENCES category (id),
  service_id  BIGINT REFERENCES service (id),
  owner_id    BIGINT REFERENCES person (id),
  cause       TEXT   NOT NULL DEFAULT '',
  workaround  TEXT   NOT NULL DEFAULT '',
  reply       TEXT   NOT NULL DEFAULT '',
  fix         TEXT   NOT NULL DEFAULT '',
  opened_at   BIGINT NOT NULL,
  opened_by   BIGINT REFERENCES person (id),
  changed_at  BIGINT NOT NULL,
  known_at    BIGINT,
  resolved_at BIGINT,
  closed_at   BIGINT
);
CREATE INDEX problem_state ON problem (state, id);

CREATE TABLE problem_ticket (
  problem_id BIGINT NOT NULL REFERENCES problem (id),
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  by_id      BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL,
  PRIMARY KEY (problem_id, ticket_id)
);
CREATE INDEX problem_ticket_ticket ON problem_ticket (ticket_id, problem_id);

CREATE TABLE problem_candidate (
  id          BIGSERIAL PRIMARY KEY,
  version     BIGINT NOT NULL DEFAULT 1,
  state       TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  head_id     BIGINT NOT NULL REFERENCES ticket (id),
  count       BIGINT NOT NULL,
  days        BIGINT NOT NULL,
  day_at      BIGINT,
  usual       BIGINT NOT NULL,
  seen        BIGINT NOT NULL,
  people      BIGINT NOT NULL,
  words       TEXT   NOT NULL,
  category_id BIGINT REFERENCES category (id),
  service_id  BIGINT REFERENCES service (id),
  site        TEXT   NOT NULL,
  device      TEXT   NOT NULL,
  found_at    BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  gone        BOOLEAN NOT NULL DEFAULT FALSE,
  reason      TEXT   NOT NULL DEFAULT '',
  decided_by  BIGINT REFERENCES person (id),
  decided_at  BIGINT,
  decided_on  BIGINT NOT NULL DEFAULT 0,
  problem_id  BIGINT REFERENCES problem (id)
);
CREATE INDEX problem_candidate_state ON problem_candidate (state, id);

CREATE TABLE problem_candidate_ticket (
  candidate_id BIGINT NOT NULL REFERENCES problem_candidate (id),
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  PRIMARY KEY (candidate_id, ticket_id)
);
CREATE INDEX problem_candidate_ticket_ticket ON problem_candidate_ticket (ticket_id);

CREATE TABLE problem_improvement (
  id          BIGSERIAL PRIMARY KEY,
  version     BIGINT NOT NULL DEFAULT 1,
  title       TEXT   NOT NULL,
  why         TEXT   NOT NULL,
  owner_id    BIGINT REFERENCES person (id),
  due_at      BIGINT,
  state       TEXT   NOT NULL,
  reason      TEXT   NOT NULL DEFAULT '',
  problem_id  BIGINT REFERENCES problem (id),
  category_id BIGINT REFERENCES category (id),
  service_id  BIGINT REFERENCES service (id),
  words       TEXT   NOT NULL DEFAULT '',
  made_at     BIGINT NOT NULL,
  made_by     BIGINT REFERENCES person (id),
  done_at     BIGINT,
  effect      TEXT   NOT NULL DEFAULT '',
  counted_at  BIGINT
);
CREATE INDEX problem_improvement_state ON problem_improvement (state, id);
CREATE INDEX problem_improvement_problem ON problem_improvement (problem_id);

CREATE TABLE problem_review (
  id       BIGSERIAL PRIMARY KEY,
  version  BIGINT NOT NULL DEFAULT 1,
  begin_at BIGINT NOT NULL,
  end_at   BIGINT NOT NULL,
  made_at  BIGINT NOT NULL,
  held_at  BIGINT,
  held_by  BIGINT REFERENCES person (id),
  agenda   TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX problem_review_begin ON problem_review (begin_at);

CREATE TABLE problem_decision (
  id        BIGSERIAL PRIMARY KEY,
  review_id BIGINT NOT NULL REFERENCES problem_review (id),
  item      TEXT   NOT NULL,
  about     TEXT   NOT NULL,
  text      TEXT   NOT NULL,
  owner_id  BIGINT REFERENCES person (id),
  due_at    BIGINT,
  makes     TEXT   NOT NULL,
  made_id   BIGINT NOT NULL DEFAULT 0,
  by_id     BIGINT REFERENCES person (id),
  at        BIGINT NOT NULL
);
CREATE INDEX problem_decision_review ON problem_decision (review_id, id);

CREATE TABLE problem_notice (
  id        BIGSERIAL PRIMARY KEY,
  person_id BIGINT  NOT NULL REFERENCES person (id),
  kind      TEXT    NOT NULL,
  about_id  BIGINT  NOT NULL,
  at        BIGINT  NOT NULL,
  seen      BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX problem_notice_once ON problem_notice (person_id, kind, about_id);
CREATE INDEX problem_notice_open ON problem_notice (person_id) WHERE NOT seen;

-- +goose Down
DROP TABLE problem_notice;
DROP TABLE problem_decision;
DROP TABLE problem_review;
DROP TABLE problem_improvement;
DROP TABLE problem_candidate_ticket;
DROP TABLE problem_candidate;
DROP TABLE problem_ticket;
DROP TABLE problem;
