-- The register of devices (N8). folded is the asset tag as it is compared, serial_key the serial
-- number likewise; token stands in the code on the label and says nothing by itself. device_place is
-- where things stand and people sit; device_ticket is which tickets were about a device, kept from
-- the facts of the ticket; device_import is a file that was uploaded and not applied yet.

-- +goose Up
CREATE TABLE device_place (
  id       BIGSERIAL PRIMARY KEY,
  site     TEXT    NOT NULL,
  building TEXT    NOT NULL DEFAULT '',
  room     TEXT    NOT NULL DEFAULT '',
  folded   TEXT    NOT NULL UNIQUE,
  token    TEXT    NOT NULL UNIQUE,
  active   BOOLEAN NOT NULL DEFAULT TRUE,
  version  BIGINT  NOT NULL DEFAULT 1
);
CREATE TABLE device (
  id         BIGSERIAL PRIMARY KEY,
  tag        TEXT   NOT NULL,
  folded     TEXT   NOT NULL UNIQUE,
  kind       TEXT   NOT NULL,
  model      TEXT   NOT NULL DEFAULT '',
  serial     TEXT   NOT NULL DEFAULT '',
  serial_key TEXT   NOT NULL DEFAULT '',
  owner_id   BIGINT REFERENCES person (id),
  place_id   BIGINT REFERENCES device_place (id),
  service_id BIGINT REFERENCES service (id),
  state      TEXT   NOT NULL,
  note       TEXT   NOT NULL DEFAULT '',
  bought     TEXT   NOT NULL DEFAULT '',
  warranty   TEXT   NOT NULL DEFAULT '',
  token      TEXT   NOT NULL UNIQUE,
  version    BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_serial ON device (serial_key) WHERE serial_key <> '';
CREATE INDEX device_owner ON device (owner_id, folded);
CREATE INDEX device_place_of ON device (place_id, folded);
CREATE INDEX device_service ON device (service_id);
CREATE TABLE device_ticket (
  device_id BIGINT NOT NULL REFERENCES device (id),
  ticket_id BIGINT NOT NULL REFERENCES ticket (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (device_id, ticket_id)
);
CREATE INDEX device_ticket_of ON device_ticket (ticket_id);
CREATE TABLE device_import (
  id         BIGSERIAL PRIMARY KEY,
  name       TEXT   NOT NULL,
  text       TEXT   NOT NULL,
  encoding   TEXT   NOT NULL,
  comma      TEXT   NOT NULL,
  by_id      BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE device_import;
DROP TABLE device_ticket;
DROP TABLE device;
DROP TABLE device_place;
