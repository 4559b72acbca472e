-- +goose Up
CREATE VIRTUAL TABLE search_doc USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE TABLE search_state (
  id          BIGINT NOT NULL PRIMARY KEY,
  rules       BIGINT NOT NULL,
  reached     BIGINT NOT NULL,
  started_at  BIGINT NOT NULL,
  finished_at BIGINT
);

-- +goose Down
DROP TABLE search_state;
DROP TABLE search_doc;
