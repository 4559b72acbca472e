-- How closed tickets were done, computed from their facts and made again from them: the three scores,
-- the clauses that were missed, the deviations. -1 is a score of which
-- nothing is known. needed says that the ticket needed the requester's word. score_review is no cache:
-- what a lead says of a deviation, named by its fact.

-- +goose Up
CREATE TABLE score_ticket (
  ticket_id   BIGINT NOT NULL PRIMARY KEY REFERENCES ticket (id),
  closed_at   BIGINT NOT NULL,
  closed_as   TEXT   NOT NULL,
  needed      BIGINT NOT NULL,
  group_id    BIGINT NOT NULL DEFAULT 0,
  category_id BIGINT NOT NULL DEFAULT 0,
  agent_id    BIGINT NOT NULL DEFAULT 0,
  priority    BIGINT NOT NULL,
  efficient   BIGINT NOT NULL,
  friendly    BIGINT NOT NULL,
  book        BIGINT NOT NULL,
  kept        BIGINT NOT NULL,
  broken      BIGINT NOT NULL,
  rating      BIGINT NOT NULL,
  said        BIGINT NOT NULL,
  rough       BIGINT NOT NULL,
  met         BIGINT NOT NULL,
  judged      BIGINT NOT NULL,
  deviated    BIGINT NOT NULL,
  back        BIGINT NOT NULL,
  cause       TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX score_ticket_closed ON score_ticket (closed_at, group_id, category_id, agent_id, closed_as, needed, efficient, friendly, book, rating);

CREATE TABLE score_miss (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  clause    TEXT   NOT NULL,
  closed_at BIGINT NOT NULL,
  group_id  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (ticket_id, clause)
);
CREATE INDEX score_miss_closed ON score_miss (closed_at, group_id, clause);

CREATE TABLE score_deviation (
  ticket_id   BIGINT NOT NULL REFERENCES ticket (id),
  nth         BIGINT NOT NULL,
  event_id    BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  by_id       BIGINT NOT NULL,
  group_id    BIGINT NOT NULL DEFAULT 0,
  clause      TEXT   NOT NULL,
  gap         TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  PRIMARY KEY (ticket_id, nth)
);
CREATE INDEX score_deviation_at ON score_deviation (at, ticket_id, nth);

CREATE TABLE score_review (
  event_id  BIGINT NOT NULL PRIMARY KEY,
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  verdict   TEXT   NOT NULL,
  comment   TEXT   NOT NULL DEFAULT '',
  by_id     BIGINT NOT NULL,
  at        BIGINT NOT NULL
);
UPDATE report_place SET again_id = 0;

-- +goose Down
DROP TABLE score_review;
DROP TABLE score_deviation;
DROP TABLE score_miss;
DROP TABLE score_ticket;
