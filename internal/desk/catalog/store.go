// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const categoryColumns = `id, COALESCE(parent_id, 0), name, name_en, COALESCE(group_id, 0), COALESCE(service_id, 0), place, active, skills, version`

func scanCategory(r db.Row) (c Category, err error) {
	err = r.Scan(&c.ID, &c.Parent, &c.Name, &c.NameEN, &c.Group, &c.Service, &c.Place, &c.Active, &c.Skills, &c.Version)
	return c, err
}

func categories(ctx context.Context, q db.Querier) ([]Category, error) {
	return db.All(ctx, q, scanCategory, `SELECT `+categoryColumns+` FROM category ORDER BY place, id`)
}

// lockTree makes two changes of the tree wait for each other: either alone may be fine, and
// both together a circle.
func lockTree(ctx context.Context, tx *db.Tx) error {
	_, err := db.Exec(ctx, tx, `UPDATE category SET place = place`)
	return err
}

func takeCategory(ctx context.Context, tx *db.Tx, which CategoryID) (Category, error) {
	return db.One(ctx, tx, scanCategory, `UPDATE category SET version = version + 1 WHERE id = $1 RETURNING `+categoryColumns, which)
}

func insertCategory(ctx context.Context, tx *db.Tx, c Category) (CategoryID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO category (parent_id, name, name_en, group_id, place, active, skills, service_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		db.Opt(c.Parent), c.Name, c.NameEN, db.Opt(c.Group), c.Place, c.Active, c.Skills, db.Opt(c.Service))
	return CategoryID(n), err
}

func saveCategory(ctx context.Context, tx *db.Tx, c Category) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE category SET parent_id = $2, name = $3, name_en = $4, group_id = $5, place = $6, active = $7, skills = $8, service_id = $9 WHERE id = $1`,
		c.ID, db.Opt(c.Parent), c.Name, c.NameEN, db.Opt(c.Group), c.Place, c.Active, c.Skills, db.Opt(c.Service))
	return err
}

const serviceColumns = `id, name, name_en, core, active, skills, COALESCE(owner_id, 0), depends, version`

func scanService(r db.Row) (s Service, err error) {
	err = r.Scan(&s.ID, &s.Name, &s.NameEN, &s.Core, &s.Active, &s.Skills, &s.Owner, &s.Depends, &s.Version)
	return s, err
}

func services(ctx context.Context, q db.Querier) ([]Service, error) {
	return db.All(ctx, q, scanService, `SELECT `+serviceColumns+` FROM service ORDER BY core DESC, name, id`)
}

// lockServices makes two changes of what depends on what wait for each other: either alone may be
// fine, and both together a loop.
func lockServices(ctx context.Context, tx *db.Tx) error {
	_, err := db.Exec(ctx, tx, `UPDATE service SET name = name`)
	return err
}

func takeService(ctx context.Context, tx *db.Tx, which ServiceID) (Service, error) {
	return db.One(ctx, tx, scanService, `UPDATE service SET version = version + 1 WHERE id = $1 RETURNING `+serviceColumns, which)
}

func insertService(ctx context.Context, tx *db.Tx, s Service) (ServiceID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO service (name, name_en, core, active, skills, owner_id, depends) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		s.Name, s.NameEN, s.Core, s.Active, s.Skills, db.Opt(s.Owner), s.Depends)
	return ServiceID(n), err
}

func saveService(ctx context.Context, tx *db.Tx, s Service) error {
	_, err := db.Exec(ctx, tx, `UPDATE service SET name = $2, name_en = $3, core = $4, active = $5, skills = $6, owner_id = $7, depends = $8 WHERE id = $1`,
		s.ID, s.Name, s.NameEN, s.Core, s.Active, s.Skills, db.Opt(s.Owner), s.Depends)
	return err
}
