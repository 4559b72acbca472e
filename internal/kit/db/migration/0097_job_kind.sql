-- What is due of one kind is found without walking past what waits of the others.

-- +goose Up
CREATE INDEX job_kind_due ON job (kind, run_at, id) WHERE state < 2;

-- +goose Down
DROP INDEX job_kind_due;
