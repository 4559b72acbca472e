-- Messages that were fetched from a mailbox are known by where they lie there: the mailbox, its
-- UIDVALIDITY and the UID. inbound_mailbox is what the desk remembers of a mailbox: how far it
-- was read, how it goes, and which node reads it now.

-- +goose Up
ALTER TABLE inbound ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound ADD COLUMN uid_validity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inbound ADD COLUMN uid BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX inbound_uid ON inbound (mailbox, uid_validity, uid) WHERE uid > 0;
CREATE TABLE inbound_mailbox (
  mailbox      TEXT   NOT NULL PRIMARY KEY,
  uid_validity BIGINT NOT NULL DEFAULT 0,
  uid_next     BIGINT NOT NULL DEFAULT 0,
  since_at     BIGINT NOT NULL,
  success_at   BIGINT,
  failed_at    BIGINT,
  error        TEXT   NOT NULL DEFAULT '',
  answer       TEXT   NOT NULL DEFAULT '',
  alarmed_at   BIGINT,
  holder       TEXT   NOT NULL DEFAULT '',
  lease_at     BIGINT
);

-- +goose Down
DROP TABLE inbound_mailbox;
DROP INDEX inbound_uid;
ALTER TABLE inbound DROP COLUMN uid;
ALTER TABLE inbound DROP COLUMN uid_validity;
ALTER TABLE inbound DROP COLUMN mailbox;
