-- +goose Up
CREATE SEQUENCE ticket_number START 1001;

-- +goose Down
DROP SEQUENCE ticket_number;
