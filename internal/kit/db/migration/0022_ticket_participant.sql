-- Who takes part in a ticket beside its requester: folded from its facts, and held here as well
-- for what can be listed. copied is whom a mail was sent to beside the desk, an address a line.

-- +goose Up
CREATE TABLE ticket_participant (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  person_id BIGINT NOT NULL REFERENCES person (id),
  added_by  BIGINT REFERENCES person (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, person_id)
);
CREATE INDEX ticket_participant_person ON ticket_participant (person_id, ticket_id);
ALTER TABLE message ADD COLUMN copied TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE message DROP COLUMN copied;
DROP TABLE ticket_participant;
