// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// The index has one line for each ticket, under its key, and one for each person, under the
// negative of theirs.

// ask writes a question as the engine's index reads it. It holds nothing but terms: no word
// that was typed reaches the index, and so none of its operators (S82).
type ask struct {
	match string // SQLite: ("a") AND ("b" OR "c")
	all   string // PostgreSQL: {1,2}, terms that must be there
	any   []string
}

func (a *ask) args(e db.Engine) []any {
	if e == db.SQLite {
		return []any{a.match}
	}
	out := []any{a.all}
	for _, s := range a.any {
		out = append(out, s)
	}
	return out
}

// empty reports whether the index is asked for nothing.
func (a *ask) empty() bool { return a.match == "" }

func newAsk(groups [][]text.Term) *ask {
	a := &ask{}
	var m strings.Builder
	var all []text.Term
	for _, g := range groups {
		if m.Len() > 0 {
			m.WriteString(" AND ")
		}
		m.WriteByte('(')
		for i, t := range g {
			if i > 0 {
				m.WriteString(" OR ")
			}
			m.WriteString(`"` + word(t) + `"`)
		}
		m.WriteByte(')')
		if len(g) == 1 {
			all = append(all, g[0])
		} else {
			a.any = append(a.any, array(g))
		}
	}
	a.match, a.all = m.String(), array(all)
	return a
}

// word writes a term for SQLite's index.
func word(t text.Term) string { return strconv.FormatUint(uint64(t), 36) }

// words writes the terms of a line, each once.
func words(terms []text.Term) string {
	var b strings.Builder
	b.Grow(7 * len(terms))
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word(t))
	}
	return b.String()
}

// array writes terms for PostgreSQL, whose int4 has a sign.
func array(terms []text.Term) string {
	var b strings.Builder
	b.Grow(12 * len(terms))
	b.WriteByte('{')
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(int32(t)), 10)) // the same bits
	}
	b.WriteByte('}')
	return b.String()
}

// where puts the index's condition together, over the first arguments.
func where(e db.Engine, alternatives int) string {
	if e == db.SQLite {
		return `search_doc MATCH $1`
	}
	cond := `terms @> CAST($1 AS INT4[])`
	for i := range alternatives {
		cond += ` AND terms && CAST($` + strconv.Itoa(i+2) + ` AS INT4[])`
	}
	return cond
}

// after is the number of the first argument behind those of the index.
func (a *ask) after(e db.Engine) int { return len(a.args(e)) + 1 }

// What is read of a ticket while it is weighed: little, because there are many.
const briefColumns = `ticket.id, number, requester_id, status, subject, snippet, created_at`

// brief is a ticket while it is weighed, and which of the fields that count with words hold.
type brief struct {
	ticket.Ticket
	asked int64
}

func scanBrief(r db.Row) (t brief, err error) {
	err = r.Scan(&t.ID, &t.Number, &t.Requester, &t.Status, &t.Subject, &t.Snippet, &t.CreatedAt, &t.asked)
	return t, err
}

// brief are the columns, with the fields where some are asked for.
func (p *plan) brief() string {
	if p.fields == nil && len(p.asked) == 0 {
		return briefColumns + `, 0`
	}
	return briefColumns + `, asked`
}

// found returns the newest tickets up to top for which the index and all fields hold, at most
// limit. Where the index is not asked for anything the tickets are read by their keys.
func found(ctx context.Context, q db.Querier, e db.Engine, a *ask, p *plan, top int64, limit int) ([]brief, error) {
	if a.empty() {
		from, args := p.joinedWith(e, []any{top, limit})
		return db.All(ctx, q, scanBrief, `SELECT `+p.brief()+` FROM `+from+` WHERE ticket.id <= $1 ORDER BY ticket.id DESC LIMIT $2`, args...)
	}
	cond, n := where(e, len(a.any)), a.after(e)
	id := db.Pair{SQLite: `search_doc.rowid`, Postgres: `search_doc.id`}.For(e)
	from, args := p.joinedWith(e, append(a.args(e), top, limit))
	return db.All(ctx, q, scanBrief, `SELECT `+p.brief()+` FROM search_doc JOIN `+from+` ON ticket.id = `+id+
		` WHERE `+cond+` AND `+id+` > 0 AND `+id+` <= $`+strconv.Itoa(n)+
		` ORDER BY `+id+` DESC LIMIT $`+strconv.Itoa(n+1), args...)
}

// countFields counts tickets for which the index and all fields hold, and stops at most.
func countFields(ctx context.Context, q db.Querier, e db.Engine, a *ask, p *plan, most int) (int, error) {
	var sql string
	args := []any{most}
	if a.empty() {
		sql, args = p.joinedWith(e, args)
		sql = `SELECT 1 FROM ` + sql + ` LIMIT $1`
	} else {
		cond, n := where(e, len(a.any)), a.after(e)
		id := db.Pair{SQLite: `search_doc.rowid`, Postgres: `search_doc.id`}.For(e)
		sql, args = p.joinedWith(e, append(a.args(e), most))
		sql = `SELECT 1 FROM search_doc JOIN ` + sql + ` ON ticket.id = ` + id + ` WHERE ` + cond + ` AND ` + id + ` > 0 LIMIT $` + strconv.Itoa(n)
	}
	got, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM (`+sql+`) AS part`, args...)
	return int(got), err
}

// count returns how many tickets hold what is asked, and stops at most. In no order: in that of
// the keys PostgreSQL would read line by line what its index counts at once.
func count(ctx context.Context, q db.Querier, e db.Engine, a *ask, most int) (int, error) {
	cond, n := where(e, len(a.any)), a.after(e)
	id := db.Pair{SQLite: `rowid`, Postgres: `id`}.For(e)
	got, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM (SELECT 1 FROM search_doc WHERE `+cond+` AND `+id+` > 0 LIMIT $`+
		strconv.Itoa(n)+`) AS part`, append(a.args(e), most)...)
	return int(got), err
}

// people returns the keys of the people below a key who hold what is asked, newest first.
func people(ctx context.Context, q db.Querier, e db.Engine, a *ask, below person.ID, limit int) ([]person.ID, error) {
	cond, n := where(e, len(a.any)), a.after(e)
	id := db.Pair{SQLite: `rowid`, Postgres: `id`}.For(e)
	return db.All(ctx, q, func(r db.Row) (who person.ID, err error) {
		err = r.Scan(&who)
		return -who, err
	}, `SELECT `+id+` FROM search_doc WHERE `+cond+` AND `+id+` < 0 AND `+id+` > $`+strconv.Itoa(n)+` ORDER BY `+id+` LIMIT $`+strconv.Itoa(n+1),
		append(a.args(e), -int64(below), limit)...)
}

// countPeople counts them, and stops at most.
func countPeople(ctx context.Context, q db.Querier, e db.Engine, a *ask, most int) (int, error) {
	cond, n := where(e, len(a.any)), a.after(e)
	id := db.Pair{SQLite: `rowid`, Postgres: `id`}.For(e)
	got, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM (SELECT 1 FROM search_doc WHERE `+cond+` AND `+id+` < 0 LIMIT $`+
		strconv.Itoa(n)+`) AS part`, append(a.args(e), most)...)
	return int(got), err
}

// own returns the newest tickets up to top that a requester made or takes part in, with that as
// far as the scope asks for it.
func own(ctx context.Context, q db.Querier, e db.Engine, p *plan, who, top int64, limit int) ([]brief, error) {
	from, args := p.joinedWith(e, []any{who, top, limit})
	list, err := db.All(ctx, q, scanBrief, `SELECT `+p.brief()+` FROM `+from+` WHERE ticket.id IN (
		SELECT mine.id FROM ticket AS mine WHERE mine.requester_id = $1 UNION SELECT ticket_id FROM ticket_participant WHERE person_id = $1
		) AND ticket.id <= $2 ORDER BY ticket.id DESC LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	part, err := db.All(ctx, q, db.Int, `SELECT ticket_id FROM ticket_participant WHERE person_id = $1 ORDER BY ticket_id`, who)
	for i, t := range list {
		if _, takes := slices.BinarySearch(part, int64(t.ID)); takes {
			list[i].Detail.Participants = []person.ID{person.ID(who)}
		}
	}
	return list, err
}

// put writes a line of the index in place of the one that was there. On PostgreSQL an older
// reading of the same thing never takes the place of a newer one; on SQLite there is one writer.
func put(ctx context.Context, tx *db.Tx, id, version int64, terms []text.Term) error {
	if tx.Engine() == db.SQLite {
		_, err := db.Exec(ctx, tx, `INSERT OR REPLACE INTO search_doc (rowid, terms) VALUES ($1, $2)`, id, words(terms))
		return err
	}
	_, err := db.Exec(ctx, tx, `
		INSERT INTO search_doc (id, version, terms) VALUES ($1, $2, CAST($3 AS INT4[]))
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, terms = excluded.terms
		WHERE search_doc.version <= excluded.version`, id, version, array(terms))
	return err
}

// drop takes lines out of the index: those between two keys that are not kept.
func drop(ctx context.Context, tx *db.Tx, from, to int64, keep []int64) error {
	id := db.Pair{SQLite: `rowid`, Postgres: `id`}.For(tx.Engine())
	have, err := db.All(ctx, tx, db.Int, `SELECT `+id+` FROM search_doc WHERE `+id+` >= $1 AND `+id+` <= $2`, from, to)
	if err != nil {
		return err
	}
	for _, x := range have {
		if slices.Contains(keep, x) {
			continue
		}
		if _, err := db.Exec(ctx, tx, `DELETE FROM search_doc WHERE `+id+` = $1`, x); err != nil {
			return err
		}
	}
	return nil
}

// indexed is a ticket as the index needs it.
type indexed struct {
	ticket.Ticket
	detail string
}

const indexedColumns = `id, number, version, status, pending, closed_as, subject, snippet, requester_id,
	COALESCE(owner_id, 0), COALESCE(assignee_id, 0), COALESCE(group_id, 0), COALESCE(category_id, 0), COALESCE(service_id, 0),
	graded, priority, created_at, updated_at, next_due, next_clock, detail`

func scanIndexed(r db.Row) (t indexed, err error) {
	err = r.Scan(&t.ID, &t.Number, &t.Version, &t.Status, &t.Pending, &t.ClosedAs, &t.Subject, &t.Snippet, &t.Requester,
		&t.Owner, &t.Assignee, &t.Group, &t.Category, &t.Service,
		&t.Graded, &t.Priority, &t.CreatedAt, &t.UpdatedAt, &t.NextDue, &t.NextClock, &t.detail)
	return t, err
}

func ticketsOf(ctx context.Context, q db.Querier, keys []ticket.ID) ([]indexed, error) {
	return db.All(ctx, q, scanIndexed, `SELECT `+indexedColumns+` FROM ticket WHERE id IN (`+db.List(len(keys), 1)+`) ORDER BY id`, args(keys)...)
}

// before returns the keys of the newest tickets or people below a key.
func before(ctx context.Context, q db.Querier, ofPeople bool, below int64, limit int) ([]int64, error) {
	if ofPeople {
		return db.All(ctx, q, db.Int, `SELECT id FROM person WHERE id < $1 ORDER BY id DESC LIMIT $2`, below, limit)
	}
	return db.All(ctx, q, db.Int, `SELECT id FROM ticket WHERE id < $1 ORDER BY id DESC LIMIT $2`, below, limit)
}

// belonging returns the keys of the newest tickets of a requester below a key.
func belonging(ctx context.Context, q db.Querier, who person.ID, below int64, limit int) ([]int64, error) {
	return db.All(ctx, q, db.Int, `SELECT id FROM ticket WHERE requester_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, who, below, limit)
}

func scanPerson(r db.Row) (p person.Person, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.Name, &p.Email, &p.Phone, &p.Department, &p.Place)
	return p, err
}

func peopleOf(ctx context.Context, q db.Querier, keys []person.ID) ([]person.Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT id, version, name, email, phone, department, place FROM person WHERE id IN (`+db.List(len(keys), 1)+`)`, args(keys)...)
}

// said is a message as far as words are looked for in it.
type said struct {
	ID     ticket.MessageID
	Ticket ticket.ID
	Kind   ticket.Kind
	Author person.ID
	ByUser bool
	Body   string
	Quoted string
	At     time.Time
}

func scanSaid(r db.Row) (m said, err error) {
	err = r.Scan(&m.ID, &m.Ticket, &m.Kind, &m.Author, &m.ByUser, &m.Body, &m.Quoted, &m.At)
	return m, err
}

const saidColumns = `SELECT id, ticket_id, kind, COALESCE(author_id, 0), by_user, body, quoted, at FROM message WHERE ticket_id IN (`

// messages returns what was said on tickets: everything, or what is public alone. Repeated
// words of a mail are for staff: they may hold what somebody forwarded without thinking (S25).
func messages(ctx context.Context, q db.Querier, keys []ticket.ID, staff bool) ([]said, error) {
	if staff { // what is not said yet may be taken back
		return db.All(ctx, q, scanSaid, saidColumns+db.List(len(keys), 1)+`) AND kind <> 'unsent' ORDER BY ticket_id, id`, args(keys)...)
	}
	list, err := db.All(ctx, q, scanSaid, saidColumns+db.List(len(keys), 1)+`) AND kind = 'public' ORDER BY ticket_id, id`, args(keys)...)
	for i := range list {
		list[i].Quoted = ""
	}
	return list, err
}

// file is the name of an attachment.
type file struct {
	Ticket  ticket.ID
	Message ticket.MessageID
	Name    string
	Inline  bool
}

func files(ctx context.Context, q db.Querier, keys []ticket.ID) ([]file, error) {
	return db.All(ctx, q, func(r db.Row) (f file, err error) {
		err = r.Scan(&f.Ticket, &f.Message, &f.Name, &f.Inline)
		return f, err
	}, `SELECT COALESCE(ticket_id, 0), message_id, name, inline FROM attachment
		WHERE message_id IN (SELECT id FROM message WHERE ticket_id IN (`+db.List(len(keys), 1)+`)) ORDER BY id`, args(keys)...)
}

func args[T ~int64](keys []T) []any {
	out := make([]any, 0, len(keys))
	for _, k := range keys {
		out = append(out, k)
	}
	return out
}

// state is how far the index was made.
type state struct {
	Rules    int64
	Reached  int64 // tickets below this key are still to come; 0 where all are in
	Started  time.Time
	Finished time.Time
}

func readState(ctx context.Context, q db.Querier) (state, error) {
	list, err := db.All(ctx, q, func(r db.Row) (s state, err error) {
		err = r.Scan(&s.Rules, &s.Reached, &s.Started, &s.Finished)
		return s, err
	}, `SELECT rules, reached, started_at, finished_at FROM search_state WHERE id = 1`)
	if err != nil || len(list) == 0 {
		return state{}, err
	}
	return list[0], nil
}

func saveState(ctx context.Context, tx *db.Tx, s state) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO search_state (id, rules, reached, started_at, finished_at) VALUES (1, $1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET rules = excluded.rules, reached = excluded.reached, started_at = excluded.started_at, finished_at = excluded.finished_at`,
		s.Rules, s.Reached, s.Started, s.Finished)
	return err
}
