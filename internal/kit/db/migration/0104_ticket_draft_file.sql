-- +goose Up
-- The files beside a draft: what waits with one is not swept away.
CREATE TABLE ticket_draft_file (
  ticket_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  kind      TEXT   NOT NULL,
  place     BIGINT NOT NULL,
  token     TEXT   NOT NULL,
  PRIMARY KEY (ticket_id, person_id, kind, place),
  FOREIGN KEY (ticket_id, person_id, kind) REFERENCES ticket_draft (ticket_id, person_id, kind) ON DELETE CASCADE
);
CREATE INDEX ticket_draft_file_token ON ticket_draft_file (token);

-- +goose Down
DROP TABLE ticket_draft_file;
