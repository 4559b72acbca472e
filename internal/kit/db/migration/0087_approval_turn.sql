-- Who wrote what is to be approved (they never decide), and the level whose turn it is while it
-- waits: 0 where it is over, and for what waited when the column came, until its next change.

-- +goose Up
ALTER TABLE approval ADD COLUMN author_id BIGINT REFERENCES person (id);
ALTER TABLE approval ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE approval DROP COLUMN turn;
ALTER TABLE approval DROP COLUMN author_id;
