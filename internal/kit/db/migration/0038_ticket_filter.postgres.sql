-- What filters ask of a ticket and its row did not tell: taken from its detail once, kept with it
-- from here on.

-- +goose Up
ALTER TABLE ticket ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN hand_overs BIGINT NOT NULL DEFAULT 0;
UPDATE ticket SET
  department = COALESCE(detail::json->>'Organisation', ''), place = COALESCE(detail::json->>'Site', ''),
  reopened = COALESCE((detail::json->>'Reopened')::bigint, 0), hand_overs = COALESCE((detail::json->>'HandOvers')::bigint, 0)
WHERE detail <> '{}';

-- +goose Down
ALTER TABLE ticket DROP COLUMN hand_overs;
ALTER TABLE ticket DROP COLUMN reopened;
ALTER TABLE ticket DROP COLUMN place;
ALTER TABLE ticket DROP COLUMN department;
