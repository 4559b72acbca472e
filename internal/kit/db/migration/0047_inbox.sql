-- What staff are told on their pages: one row a fact and a reader, so that nothing is told twice.
-- letter says that desk/notify has a letter of its own about the fact; mail_due is when the
-- summary leaves that tells it by mail. inbox_watch is who follows a ticket, inbox_rule by which
-- way somebody hears of a kind (no row: as the house does), inbox_reader when summaries come.

-- +goose Up
CREATE TABLE inbox_item (
  id        BIGSERIAL PRIMARY KEY,
  person_id BIGINT  NOT NULL REFERENCES person (id),
  ticket_id BIGINT  NOT NULL REFERENCES ticket (id),
  event_id  BIGINT  NOT NULL,
  kind      TEXT    NOT NULL,
  what      TEXT    NOT NULL,
  actor_id  BIGINT  NOT NULL DEFAULT 0,
  at        BIGINT  NOT NULL,
  page      BOOLEAN NOT NULL,
  letter    BOOLEAN NOT NULL,
  read_at   BIGINT,
  done_at   BIGINT,
  told_at   BIGINT,
  mail_due  BIGINT,
  mailed_at BIGINT,
  UNIQUE (person_id, event_id)
);
CREATE INDEX inbox_item_open ON inbox_item (person_id, ticket_id) WHERE done_at IS NULL;
CREATE INDEX inbox_item_done ON inbox_item (person_id, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX inbox_item_mail ON inbox_item (person_id, mail_due) WHERE mail_due IS NOT NULL;
CREATE INDEX inbox_item_event ON inbox_item (event_id);
CREATE INDEX inbox_item_ticket ON inbox_item (ticket_id);
CREATE TABLE inbox_watch (
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  person_id BIGINT NOT NULL REFERENCES person (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, person_id)
);
CREATE INDEX inbox_watch_person ON inbox_watch (person_id);
CREATE TABLE inbox_rule (
  person_id BIGINT  NOT NULL REFERENCES person (id),
  kind      TEXT    NOT NULL,
  page      BOOLEAN NOT NULL,
  mail      TEXT    NOT NULL,
  push      BOOLEAN NOT NULL,
  PRIMARY KEY (person_id, kind)
);
CREATE TABLE inbox_reader (
  person_id BIGINT  NOT NULL PRIMARY KEY REFERENCES person (id),
  digest    TEXT    NOT NULL,
  hour      BIGINT  NOT NULL,
  words     BOOLEAN NOT NULL
);

-- +goose Down
DROP TABLE inbox_reader;
DROP TABLE inbox_rule;
DROP TABLE inbox_watch;
DROP TABLE inbox_item;
