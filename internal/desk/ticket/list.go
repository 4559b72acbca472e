// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	View      View
	Tree      queue.Tree // and of these; the zero Tree for no filter
	Sort      Sort       // risk for open tickets and the last change for others where it is empty
	Grouping  Grouping
	Status    Status
	Group     person.GroupID
	Owner     person.ID
	Requester person.ID
	Category  catalog.CategoryID
	Service   catalog.ServiceID
	Priority  triage.Priority
	Text      string // part of subject or first words, or a number; wildcards mean themselves
	Cursor    string // from the page before
	Limit     int    // 1–200, 50 where 0
	Free      bool   // nobody works on it and somebody could: new or open, without an assignee
	Narrow    bool   // read only what a line of the list beside an open ticket shows: a third of the cost
}

// Page is a stretch of a list.
type Page struct {
	Tickets []Ticket // without Detail
	Next    string   // cursor of the next page; empty on the last
}

// where gathers conditions. Each is a constant text in which ? stands for the next value.
type where struct {
	text   strings.Builder
	args   []any
	engine db.Engine
}

// and adds a condition.
func (w *where) and(cond string, args ...any) {
	w.text.WriteString(" AND ")
	w.piece(cond, args...)
}

// piece adds a part of one.
func (w *where) piece(cond string, args ...any) {
	for _, part := range strings.SplitAfter(cond, "?") {
		if !strings.HasSuffix(part, "?") {
			w.text.WriteString(part)
			continue
		}
		w.args = append(w.args, args[0])
		args = args[1:]
		w.text.WriteString(strings.TrimSuffix(part, "?") + "$" + strconv.Itoa(len(w.args)))
	}
}

// scope is the one place where what an actor may see becomes SQL.
func (w *where) scope(s access.Scope) {
	switch {
	case s.All:
	case s.Ticket != 0:
		w.and("id = ? AND (requester_id = ? OR id IN (SELECT ticket_id FROM ticket_participant WHERE person_id = ?))", s.Ticket, s.Requester, s.Requester)
	default: // two indexes, each read for one person; OR would read the whole table on PostgreSQL
		w.and("id IN (SELECT mine.id FROM ticket AS mine WHERE mine.requester_id = ? UNION SELECT ticket_id FROM ticket_participant WHERE person_id = ?)",
			s.Requester, s.Requester)
	}
}

// list leaves the detail out: no list shows it, and reading it costs more than the row.
var listColumns = strings.Replace(columns, " detail,", " '{}',", 1) //nolint:gochecknoglobals // derived from a constant

const narrowColumns = `id, number, status, pending, closed_as, subject, requester_id, graded, priority, updated_at, next_due, next_clock`

func scanNarrow(r db.Row, t *Ticket) error {
	return r.Scan(&t.ID, &t.Number, &t.Status, &t.Pending, &t.ClosedAs, &t.Subject, &t.Requester, &t.Graded, &t.Priority, &t.UpdatedAt, &t.NextDue, &t.NextClock)
}

// mostRoom is for how many tickets a list makes room before it knows how many there are.
const mostRoom = 64

// List returns a page of the tickets that the actor may see.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) (Page, error) {
	if by.Kind == access.Nobody {
		return Page{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	w := where{engine: s.DB.Engine()}
	w.scope(access.Tickets(by))
	if err := s.holds(ctx, by, &w, &f); err != nil {
		return Page{}, err
	}
	w.narrow(f)
	if err := w.after(f); err != nil {
		return Page{}, err
	}
	w.args = append(w.args, f.Limit+1)
	shown, read := listColumns, scanInto
	if f.Narrow {
		shown, read = narrowColumns, scanNarrow
	}
	list, err := db.Fill(ctx, s.DB, min(f.Limit+1, mostRoom), read, `SELECT `+shown+` FROM ticket WHERE TRUE`+w.text.String()+` ORDER BY `+groupOrder(f.Grouping)+sortOrder(f.Sort, f.Grouping)+
		` LIMIT $`+strconv.Itoa(len(w.args)), w.args...)
	if err != nil {
		return Page{}, err
	}
	p := Page{Tickets: list}
	if len(list) > f.Limit {
		p.Tickets = list[:f.Limit]
		p.Next = cursor(p.Tickets[f.Limit-1], f)
	}
	return p, nil
}

// Size counts what List would show, up to a bound: limit where there are as many or more.
func (s *Service) Size(ctx context.Context, by access.Actor, f Filter, limit int64) (int64, error) {
	if by.Kind == access.Nobody {
		return 0, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	w := where{engine: s.DB.Engine()}
	w.scope(access.Tickets(by))
	if err := s.holds(ctx, by, &w, &f); err != nil {
		return 0, err
	}
	w.narrow(f)
	w.args = append(w.args, limit)
	return db.One(ctx, s.DB, db.Int, `SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE TRUE`+w.text.String()+` LIMIT $`+strconv.Itoa(len(w.args))+`) AS found`, w.args...)
}

// holds adds the ready-made list and the filter, and settles in which order they come.
func (s *Service) holds(ctx context.Context, by access.Actor, w *where, f *Filter) error {
	tree, known := f.View.Tree()
	if !known {
		return errs.Field("view", "ticket.view_unknown")
	}
	if f.Sort == "" {
		f.Sort = ByRisk
		if f.View == Done || f.View == All {
			f.Sort = ByChange
		}
	}
	if !slices.Contains(Sorts(), f.Sort) {
		return errs.Field("sort", "ticket.sort_unknown")
	}
	if f.Grouping != "" && !slices.Contains(Groupings(), f.Grouping) {
		return errs.Field("group_by", "ticket.group_by_unknown")
	}
	if !f.Tree.Unset() {
		tree = queue.Tree{Op: queue.And, Kids: []queue.Tree{tree, f.Tree}}
	}
	plans, err := s.Plans(ctx, by, tree)
	if err != nil {
		return err
	}
	if plans[0].OnlyOpen() {
		w.and("is_open = 1")
	}
	if tree.Empty() || f.View == Risk && f.Tree.Unset() {
		return nil
	}
	w.text.WriteString(" AND ")
	w.plan(&plans[0], false)
	return nil
}

func (w *where) narrow(f Filter) {
	if f.Status != "" {
		w.and("status = ?", f.Status)
	}
	if f.Group != 0 {
		w.and("group_id = ?", f.Group)
	}
	if f.Owner != 0 {
		w.and("owner_id = ?", f.Owner)
	}
	if f.Requester != 0 {
		w.and("requester_id = ?", f.Requester)
	}
	if f.Category != 0 {
		w.and("category_id = ?", f.Category)
	}
	if f.Service != 0 {
		w.and("service_id = ?", f.Service)
	}
	if f.Free {
		w.and("assignee_id IS NULL AND status IN ('new', 'open')")
	}
	if f.Priority != 0 {
		w.and("priority = ?", f.Priority)
	}
	text := strings.ToLower(strings.TrimSpace(text.Storable(f.Text)))
	if text == "" {
		return
	}
	if n := ParseRef(text); n != 0 {
		w.and("number = ?", n)
		return
	}
	like := db.Literal(text)
	w.and("(lower(subject) LIKE '%' || ? || '%' ESCAPE '!' OR lower(snippet) LIKE '%' || ? || '%' ESCAPE '!')", like, like)
}
