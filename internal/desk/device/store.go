// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `d.id, d.tag, d.kind, d.model, d.serial, COALESCE(d.owner_id, 0), COALESCE(d.place_id, 0), COALESCE(p.site, ''), COALESCE(p.building, ''),
	COALESCE(p.room, ''), COALESCE(p.token, ''), COALESCE(d.service_id, 0), d.state, d.note, d.bought, d.warranty, d.token, d.version, d.created_at`

const from = ` FROM device AS d LEFT JOIN device_place AS p ON p.id = d.place_id `

func scan(r db.Row) (d Device, err error) {
	err = r.Scan(&d.ID, &d.Tag, &d.Kind, &d.Model, &d.Serial, &d.Owner, &d.Place.ID, &d.Place.Site, &d.Place.Building, &d.Place.Room, &d.Place.Token,
		&d.Service, &d.State, &d.Note, &d.Bought, &d.Warranty, &d.Token, &d.Version, &d.Created)
	d.Place.Active = d.Place.ID != 0
	return d, err
}

func get(ctx context.Context, q db.Querier, which ID) (Device, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+from+`WHERE d.id = $1`, which)
}

func byToken(ctx context.Context, q db.Querier, token string) ([]Device, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+from+`WHERE d.token = $1`, token)
}

func byTag(ctx context.Context, q db.Querier, folded string) ([]Device, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+from+`WHERE d.folded = $1`, folded)
}

// all reads the whole register, for an import.
func all(ctx context.Context, q db.Querier) ([]Device, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+from+`ORDER BY d.folded`)
}

// page reads a stretch of the register in the order of tags.
func page(ctx context.Context, q db.Querier, f Filter, like string) ([]Device, error) {
	var cond strings.Builder
	args := []any{}
	and := func(text string, list ...any) {
		for _, v := range list {
			args = append(args, v)
			text = strings.Replace(text, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		cond.WriteString(" AND " + text)
	}
	if like != "" {
		folded := db.Literal(fold(like))
		and(`(d.folded LIKE '%' || ? || '%' ESCAPE '!' OR d.serial_key LIKE '%' || ? || '%' ESCAPE '!' OR LOWER(d.model) LIKE '%' || ? || '%' ESCAPE '!')`,
			folded, folded, db.Literal(strings.ToLower(like)))
	}
	if f.Kind != "" {
		and(`d.kind = ?`, f.Kind)
	}
	if f.State != "" {
		and(`d.state = ?`, f.State)
	}
	if f.Owner != 0 {
		and(`d.owner_id = ?`, f.Owner)
	}
	if f.Place != 0 {
		and(`d.place_id = ?`, f.Place)
	}
	if f.Service != 0 {
		and(`d.service_id = ?`, f.Service)
	}
	if f.After != "" {
		and(`d.folded > ?`, fold(f.After))
	}
	args = append(args, f.Limit)
	return db.All(ctx, q, scan, `SELECT `+columns+from+`WHERE TRUE`+cond.String()+` ORDER BY d.folded LIMIT $`+strconv.Itoa(len(args)), args...)
}

func insert(ctx context.Context, tx *db.Tx, d Device) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO device (tag, folded, kind, model, serial, serial_key, owner_id, place_id, service_id, state, note, bought, warranty, token, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`,
		d.Tag, fold(d.Tag), d.Kind, d.Model, d.Serial, fold(d.Serial), db.Opt(d.Owner), db.Opt(d.Place.ID), db.Opt(d.Service), d.State, d.Note,
		d.Bought, d.Warranty, d.Token, d.Created)
	return ID(n), err
}

// save writes a device and returns its new version; 0 where it is not there.
func save(ctx context.Context, tx *db.Tx, d Device) (int64, error) {
	list, err := db.All(ctx, tx, db.Int, `
		UPDATE device SET version = version + 1, tag = $2, folded = $3, kind = $4, model = $5, serial = $6, serial_key = $7, owner_id = $8, place_id = $9,
			service_id = $10, state = $11, note = $12, bought = $13, warranty = $14
		WHERE id = $1 RETURNING version`,
		d.ID, d.Tag, fold(d.Tag), d.Kind, d.Model, d.Serial, fold(d.Serial), db.Opt(d.Owner), db.Opt(d.Place.ID), db.Opt(d.Service), d.State, d.Note,
		d.Bought, d.Warranty)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

func retoken(ctx context.Context, tx *db.Tx, which ID, token string) error {
	_, err := db.Exec(ctx, tx, `UPDATE device SET version = version + 1, token = $2 WHERE id = $1`, which, token)
	return err
}

const placeColumns = `id, site, building, room, token, active, version`

func scanPlace(r db.Row) (p Place, err error) {
	err = r.Scan(&p.ID, &p.Site, &p.Building, &p.Room, &p.Token, &p.Active, &p.Version)
	return p, err
}

func places(ctx context.Context, q db.Querier) ([]Place, error) {
	return db.All(ctx, q, scanPlace, `SELECT `+placeColumns+` FROM device_place ORDER BY site, building, room, id`)
}

func place(ctx context.Context, q db.Querier, which PlaceID) (Place, error) {
	return db.One(ctx, q, scanPlace, `SELECT `+placeColumns+` FROM device_place WHERE id = $1`, which)
}

func placeByToken(ctx context.Context, q db.Querier, token string) ([]Place, error) {
	return db.All(ctx, q, scanPlace, `SELECT `+placeColumns+` FROM device_place WHERE token = $1`, token)
}

func insertPlace(ctx context.Context, tx *db.Tx, p Place) (PlaceID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO device_place (site, building, room, folded, token, active) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		p.Site, p.Building, p.Room, p.folded(), p.Token, p.Active)
	return PlaceID(n), err
}

func savePlace(ctx context.Context, tx *db.Tx, p Place) ([]Place, error) {
	return db.All(ctx, tx, scanPlace, `
		UPDATE device_place SET version = version + 1, site = $2, building = $3, room = $4, folded = $5, active = $6 WHERE id = $1 RETURNING `+placeColumns,
		p.ID, p.Site, p.Building, p.Room, p.folded(), p.Active)
}

func tie(ctx context.Context, tx *db.Tx, device int64, t ticket.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO device_ticket (device_id, ticket_id, at) VALUES ($1, $2, $3) ON CONFLICT (device_id, ticket_id) DO UPDATE SET at = excluded.at`, device, t, at)
	return err
}

func untie(ctx context.Context, tx *db.Tx, device int64, t ticket.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM device_ticket WHERE device_id = $1 AND ticket_id = $2`, device, t)
	return err
}

// tied are the tickets of a device, the newest first.
func tied(ctx context.Context, q db.Querier, which ID, limit int) ([]ticket.ID, error) {
	return db.All(ctx, q, func(r db.Row) (x ticket.ID, err error) {
		err = r.Scan(&x)
		return x, err
	}, `SELECT ticket_id FROM device_ticket WHERE device_id = $1 ORDER BY at DESC, ticket_id DESC LIMIT $2`, which, limit)
}

func insertImport(ctx context.Context, tx *db.Tx, x Import) (ImportID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO device_import (name, text, encoding, comma, by_id, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		x.Name, x.Text, x.Encoding, x.Comma, x.By, x.At)
	return ImportID(n), err
}

func getImport(ctx context.Context, q db.Querier, which ImportID) (Import, error) {
	return db.One(ctx, q, func(r db.Row) (x Import, err error) {
		err = r.Scan(&x.ID, &x.Name, &x.Text, &x.Encoding, &x.Comma, &x.By, &x.At)
		return x, err
	}, `SELECT id, name, text, encoding, comma, by_id, created_at FROM device_import WHERE id = $1`, which)
}

func dropImports(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM device_import WHERE created_at < $1`, before)
	return err
}
