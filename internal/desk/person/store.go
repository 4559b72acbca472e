// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/phonetic"
)

const columns = `id, name, email, phone, department, place, title, manager, numbers, devices, source, outside, lang, zone, role, active, skills, work_limit, version, created_at`

func scan(r db.Row) (p Person, err error) {
	err = r.Scan(&p.ID, &p.Name, &p.Email, &p.Phone, &p.Department, &p.Place, &p.Title, &p.Manager, &p.Further, &p.Devices,
		&p.Source, &p.Outside, &p.Lang, &p.Zone, &p.Role, &p.Active, &p.Skills, &p.Limit, &p.Version, &p.CreatedAt)
	return p, err
}

// insert returns NotFound, and leaves the transaction whole, where somebody has the address already.
func insert(ctx context.Context, tx *db.Tx, p Person) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO person (name, email, phone, department, place, lang, zone, role, active, created_at, skills, work_limit,
			title, manager, numbers, devices, source, outside, key_rules)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT (email) DO NOTHING RETURNING id`,
		p.Name, p.Email, p.Phone, p.Department, p.Place, p.Lang, p.Zone, p.Role, p.Active, p.CreatedAt, p.Skills, p.Limit,
		p.Title, p.Manager, p.Further, p.Devices, p.Source, p.Outside, phonetic.Rules)
	return ID(n), err
}

func get(ctx context.Context, q db.Querier, which ID) (Person, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM person WHERE id = $1`, which)
}

func byEmail(ctx context.Context, q db.Querier, email string) (Person, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM person WHERE email = $1`, email)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Person, error) {
	return db.One(ctx, tx, scan, `UPDATE person SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func save(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE person SET name = $2, email = $3, phone = $4, department = $5, place = $6, lang = $7, zone = $8, role = $9, active = $10,
			skills = $11, work_limit = $12, title = $13, manager = $14, numbers = $15, devices = $16, source = $17, outside = $18, key_rules = $19
		WHERE id = $1`,
		p.ID, p.Name, p.Email, p.Phone, p.Department, p.Place, p.Lang, p.Zone, p.Role, p.Active, p.Skills, p.Limit,
		p.Title, p.Manager, p.Further, p.Devices, p.Source, p.Outside, phonetic.Rules)
	return err
}

// search narrows a list. Both texts are parts of patterns, empty for no narrowing.
type search struct {
	staff  bool
	active bool
	lower  string // the text in small letters
	typed  string // as typed: SQLite makes only a–z small
	sound  string // the text as a key of how a name sounds, and the first key behind all that begin so
	beyond string
	after  Person
	limit  int
}

// list reads people whose name, address, department or phone holds the text, by name. Wildcards
// in the text mean themselves (S82). The order of names is the engine's own; pages are complete
// on either, because one statement compares as it sorts.
func list(ctx context.Context, q db.Querier, f search) ([]Person, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM person
		WHERE (name, id) > ($1, $2) AND ($3 = FALSE OR role <> 'requester') AND ($4 = FALSE OR active = TRUE)
		AND ($5 = '' OR lower(name) LIKE '%' || $5 || '%' ESCAPE '!' OR name LIKE '%' || $6 || '%' ESCAPE '!' OR email LIKE '%' || $5 || '%' ESCAPE '!'
			OR lower(department) LIKE '%' || $5 || '%' ESCAPE '!' OR department LIKE '%' || $6 || '%' ESCAPE '!' OR phone LIKE '%' || $5 || '%' ESCAPE '!'
			OR numbers LIKE '%' || $5 || '%' ESCAPE '!'
			OR $8 <> '' AND id IN (SELECT person_id FROM person_key WHERE kind = 'sound' AND key >= $8 AND ($9 = '' OR key < $9)))
		ORDER BY name, id LIMIT $7`,
		f.after.Name, f.after.ID, f.staff, f.active, f.lower, f.typed, f.limit, f.sound, f.beyond)
}

// called reads the people whose whole name or address a text is.
func called(ctx context.Context, q db.Querier, text string, limit int) ([]Person, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM person
		WHERE lower(name) = lower($1) OR email = lower($1) ORDER BY name, id LIMIT $2`, text, limit)
}

// lockAdmins makes two changes of administrators wait for each other, so that neither counts
// on the one whom the other takes away.
func lockAdmins(ctx context.Context, tx *db.Tx) error {
	_, err := db.Exec(ctx, tx, `UPDATE person SET active = active WHERE role = $1 AND active = TRUE`, access.Admin)
	return err
}

func countAdmins(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, scanCount, `SELECT COUNT(*) FROM person WHERE role = $1 AND active = TRUE`, access.Admin)
}

func scanCount(r db.Row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

const groupColumns = `id, name, name_en, active, work_limit, version`

func scanGroup(r db.Row) (g Group, err error) {
	err = r.Scan(&g.ID, &g.Name, &g.NameEN, &g.Active, &g.Limit, &g.Version)
	return g, err
}

func groups(ctx context.Context, q db.Querier) ([]Group, error) {
	list, err := db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM person_group ORDER BY id`)
	if err != nil {
		return nil, err
	}
	type member struct {
		Group  GroupID
		Person ID
	}
	members, err := db.All(ctx, q, func(r db.Row) (m member, err error) {
		err = r.Scan(&m.Group, &m.Person)
		return m, err
	}, `SELECT group_id, person_id FROM person_member ORDER BY group_id, person_id`)
	for _, m := range members {
		for i := range list {
			if list[i].ID == m.Group {
				list[i].Members = append(list[i].Members, m.Person)
			}
		}
	}
	return list, err
}

func insertGroup(ctx context.Context, tx *db.Tx, g Group) (GroupID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO person_group (name, name_en, active, work_limit) VALUES ($1, $2, $3, $4) RETURNING id`, g.Name, g.NameEN, g.Active, g.Limit)
	return GroupID(n), err
}

func takeGroup(ctx context.Context, tx *db.Tx, which GroupID) (Group, error) {
	return db.One(ctx, tx, scanGroup, `UPDATE person_group SET version = version + 1 WHERE id = $1 RETURNING `+groupColumns, which)
}

func saveGroup(ctx context.Context, tx *db.Tx, g Group) error {
	if _, err := db.Exec(ctx, tx, `UPDATE person_group SET name = $2, name_en = $3, active = $4, work_limit = $5 WHERE id = $1`, g.ID, g.Name, g.NameEN, g.Active, g.Limit); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM person_member WHERE group_id = $1`, g.ID); err != nil {
		return err
	}
	for _, p := range g.Members {
		if _, err := db.Exec(ctx, tx, `INSERT INTO person_member (group_id, person_id) VALUES ($1, $2)`, g.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// workers are the staff among some people, and those of a group.
func workers(ctx context.Context, q db.Querier, who []ID, of GroupID) ([]Worker, error) {
	args := []any{of, 0} // nobody has the key 0
	for _, w := range who {
		args = append(args, w)
	}
	return db.All(ctx, q, func(r db.Row) (w Worker, err error) {
		err = r.Scan(&w.ID, &w.Role, &w.Member)
		return w, err
	}, `
		SELECT p.id, p.role, m.person_id IS NOT NULL FROM person p
		LEFT JOIN person_member m ON m.person_id = p.id AND m.group_id = $1
		WHERE p.active AND p.role IN ('agent', 'lead', 'admin') AND (m.person_id IS NOT NULL OR p.id IN (`+db.List(len(args)-1, 2)+`))
		ORDER BY p.id`, args...)
}
