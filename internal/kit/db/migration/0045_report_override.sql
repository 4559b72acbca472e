-- Priorities that somebody chose in place of the one that was computed. The rows are computed from
-- the facts: everything is computed again once.

-- +goose Up
CREATE TABLE report_override (
  ticket_id BIGINT NOT NULL,
  nth       BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  by_id     BIGINT NOT NULL,
  group_id  BIGINT NOT NULL,
  computed  BIGINT NOT NULL,
  chosen    BIGINT NOT NULL,
  reason    TEXT NOT NULL,
  PRIMARY KEY (ticket_id, nth)
);
CREATE INDEX report_override_at ON report_override (at);
UPDATE report_place SET again_id = 0;

-- +goose Down
DROP TABLE report_override;
