-- What filters ask of a ticket and its row did not tell: taken from its detail once, kept with it
-- from here on.

-- +goose Up
ALTER TABLE ticket ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN hand_overs BIGINT NOT NULL DEFAULT 0;
UPDATE ticket SET
  department = COALESCE(json_extract(detail, '$.Organisation'), ''), place = COALESCE(json_extract(detail, '$.Site'), ''),
  reopened = COALESCE(json_extract(detail, '$.Reopened'), 0), hand_overs = COALESCE(json_extract(detail, '$.HandOvers'), 0)
WHERE detail <> '{}';

-- +goose Down
ALTER TABLE ticket DROP COLUMN hand_overs;
ALTER TABLE ticket DROP COLUMN reopened;
ALTER TABLE ticket DROP COLUMN place;
ALTER TABLE ticket DROP COLUMN department;
