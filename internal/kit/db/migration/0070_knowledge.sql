-- Articles. What is read is an edition: its words, who may read it, and its category were reviewed
-- together. live is the published one, work the one that is being written or reviewed; 0 for none.
-- article_file holds the pictures; article_ticket where an article comes from and where it was
-- used; article_shown how often it was read, a line a day; article_voice what readers said of it,
-- once a person, kind and day; article_reader who is asked to have read a changed one (N9);
-- article_draft what somebody is still typing.

-- +goose Up
CREATE TABLE article (
  id           BIGSERIAL PRIMARY KEY,
  version      BIGINT  NOT NULL DEFAULT 1,
  lang         TEXT    NOT NULL,
  family       BIGINT  NOT NULL DEFAULT 0,
  live         BIGINT  NOT NULL DEFAULT 0,
  work         BIGINT  NOT NULL DEFAULT 0,
  retired_at   BIGINT,
  retired_why  TEXT    NOT NULL DEFAULT '',
  keeper_id    BIGINT  REFERENCES person (id),
  review_at    BIGINT,
  review_due   BOOLEAN NOT NULL DEFAULT FALSE,
  created_by   BIGINT  REFERENCES person (id),
  created_at   BIGINT  NOT NULL,
  published_at BIGINT,
  changed_at   BIGINT  NOT NULL
);
CREATE INDEX article_family ON article (family) WHERE family <> 0;
CREATE INDEX article_keeper ON article (keeper_id) WHERE review_due;
CREATE TABLE article_edition (
  id           BIGSERIAL PRIMARY KEY,
  article_id   BIGINT  NOT NULL REFERENCES article (id),
  number       BIGINT  NOT NULL,
  state        TEXT    NOT NULL,
  title        TEXT    NOT NULL,
  body         TEXT    NOT NULL,
  category_id  BIGINT  REFERENCES category (id),
  audience     TEXT    NOT NULL,
  group_id     BIGINT  REFERENCES person_group (id),
  change       TEXT    NOT NULL DEFAULT '',
  masked       TEXT    NOT NULL DEFAULT '',
  writers      TEXT    NOT NULL DEFAULT '',
  reviewer_id  BIGINT  REFERENCES person (id),
  returned_why TEXT    NOT NULL DEFAULT '',
  sure_by      BIGINT,
  begun_at     BIGINT  NOT NULL,
  published_at BIGINT,
  UNIQUE (article_id, number)
);
CREATE INDEX article_edition_reviewer ON article_edition (reviewer_id) WHERE state = 'review';
CREATE TABLE article_file (
  token      TEXT   NOT NULL PRIMARY KEY,
  article_id BIGINT NOT NULL REFERENCES article (id),
  name       TEXT   NOT NULL,
  type       TEXT   NOT NULL,
  size       BIGINT NOT NULL,
  sha256     TEXT   NOT NULL,
  blob       TEXT   NOT NULL,
  by_id      BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL
);
CREATE INDEX article_file_article ON article_file (article_id);
CREATE TABLE article_ticket (
  article_id BIGINT NOT NULL REFERENCES article (id),
  ticket_id  BIGINT NOT NULL REFERENCES ticket (id),
  how        TEXT   NOT NULL,
  edition    BIGINT NOT NULL DEFAULT 0,
  by_id      BIGINT REFERENCES person (id),
  at         BIGINT NOT NULL,
  solved_at  BIGINT,
  PRIMARY KEY (article_id, ticket_id, how)
);
CREATE INDEX article_ticket_ticket ON article_ticket (ticket_id);
CREATE TABLE article_shown (
  article_id BIGINT NOT NULL REFERENCES article (id),
  day        BIGINT NOT NULL,
  times      BIGINT NOT NULL,
  PRIMARY KEY (article_id, day)
);
CREATE TABLE article_voice (
  article_id BIGINT NOT NULL REFERENCES article (id),
  person_id  BIGINT NOT NULL REFERENCES person (id),
  kind       TEXT   NOT NULL,
  day        BIGINT NOT NULL,
  comment    TEXT   NOT NULL DEFAULT '',
  at         BIGINT NOT NULL,
  PRIMARY KEY (article_id, person_id, kind, day)
);
CREATE TABLE article_reader (
  article_id BIGINT NOT NULL REFERENCES article (id),
  edition    BIGINT NOT NULL,
  person_id  BIGINT NOT NULL REFERENCES person (id),
  asked_by   BIGINT REFERENCES person (id),
  asked_at   BIGINT NOT NULL,
  read_at    BIGINT,
  PRIMARY KEY (article_id, edition, person_id)
);
CREATE INDEX article_reader_open ON article_reader (person_id) WHERE read_at IS NULL;
CREATE TABLE article_draft (
  person_id  BIGINT NOT NULL REFERENCES person (id),
  article_id BIGINT NOT NULL,
  fields     TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (person_id, article_id)
);

-- +goose Down
DROP TABLE article_draft;
DROP TABLE article_reader;
DROP TABLE article_voice;
DROP TABLE article_shown;
DROP TABLE article_ticket;
DROP TABLE article_file;
DROP TABLE article_edition;
DROP TABLE article;
