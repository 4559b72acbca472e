-- +goose Up
CREATE TABLE search_doc (
  id      BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  terms   INT4[] NOT NULL
) WITH (toast_tuple_target = 8160);
CREATE INDEX search_doc_terms ON search_doc USING GIN (terms) WITH (gin_pending_list_limit = 1024);
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
