-- +goose Up
CREATE TABLE ticket_number (value BIGINT NOT NULL);
INSERT INTO ticket_number (value) VALUES (1000);

-- +goose Down
DROP TABLE ticket_number;
