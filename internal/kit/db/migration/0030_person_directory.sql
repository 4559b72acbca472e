-- What a directory says of somebody: title, manager, devices, further numbers (a line each), and
-- the key by which that directory knows them for good. person_key holds how a name sounds and the
-- ends of the numbers, so that somebody is found while one types; key_rules says by which rules.



-- +goose Up
ALTER TABLE person ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN manager TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN devices TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN outside TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN key_rules BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX person_outside ON person (source, outside) WHERE outside <> '';
CREATE INDEX person_keyless ON person (key_rules, id);
CREATE TABLE person_key (
  key       TEXT   NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind      TEXT   NOT NULL,
  PRIMARY KEY (person_id, kind, key)
);
CREATE INDEX person_key_typed ON person_key (kind, key, person_id);

-- +goose Down
DROP TABLE person_key;
DROP INDEX person_outside;
DROP INDEX person_keyless;
ALTER TABLE person DROP COLUMN key_rules;
ALTER TABLE person DROP COLUMN outside;
ALTER TABLE person DROP COLUMN source;
ALTER TABLE person DROP COLUMN devices;
ALTER TABLE person DROP COLUMN numbers;
ALTER TABLE person DROP COLUMN manager;
ALTER TABLE person DROP COLUMN title;
