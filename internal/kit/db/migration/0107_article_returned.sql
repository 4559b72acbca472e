-- What a reviewer sent back is looked for on each page of staff, and is few of all the editions.

-- +goose Up
CREATE INDEX article_edition_returned ON article_edition (article_id) WHERE state = 'draft' AND returned_why <> '';

-- +goose Down
DROP INDEX article_edition_returned;
