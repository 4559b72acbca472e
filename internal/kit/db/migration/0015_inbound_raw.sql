-- The bytes of a message stand by themselves: its line is written three times and read in lists,
-- and whoever does that need not pass over as many pages as the message has.

-- +goose Up
CREATE TABLE inbound_raw (
  inbound_id BIGINT NOT NULL PRIMARY KEY REFERENCES inbound (id),
  raw        BYTEA  NOT NULL
);
INSERT INTO inbound_raw (inbound_id, raw) SELECT id, raw FROM inbound;
ALTER TABLE inbound DROP COLUMN raw;

-- +goose Down
ALTER TABLE inbound ADD COLUMN raw BYTEA NOT NULL DEFAULT '';
UPDATE inbound SET raw = (SELECT raw FROM inbound_raw WHERE inbound_id = inbound.id);
DROP TABLE inbound_raw;
