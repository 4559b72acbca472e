-- A letter may wait: for others to the same reader about the same ticket (due_at, with_id), or for
-- the end of quiet hours. One that came back is bounced. mail_address is what the desk knows of an
-- address: when it last got an automatic answer, and that nothing reaches it. mail_reader is when
-- somebody wants no mail.

-- +goose Up
ALTER TABLE delivery ADD COLUMN due_at BIGINT;
ALTER TABLE delivery ADD COLUMN with_id BIGINT;
ALTER TABLE delivery ADD COLUMN early BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN bounced_at BIGINT;
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_with ON delivery (with_id) WHERE with_id IS NOT NULL;
CREATE TABLE mail_address (
  address     TEXT   NOT NULL PRIMARY KEY,
  answered_at BIGINT,
  dead_at     BIGINT,
  answer      TEXT   NOT NULL DEFAULT ''
);
CREATE TABLE mail_reader (
  person_id  BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
  mode       TEXT   NOT NULL,
  quiet_from BIGINT NOT NULL DEFAULT 0,
  quiet_to   BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE mail_reader;
DROP TABLE mail_address;
DROP INDEX delivery_with;
DROP INDEX delivery_message;
ALTER TABLE delivery DROP COLUMN bounced_at;
ALTER TABLE delivery DROP COLUMN early;
ALTER TABLE delivery DROP COLUMN with_id;
ALTER TABLE delivery DROP COLUMN due_at;
