// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// View is a ready-made list.
type View string

// The views. Those above Done list open tickets in risk order, the others by last change.
const (
	Risk      View = "risk"      // everything open
	Mine      View = "mine"      // owner or assignee is the actor
	Unclaimed View = "unclaimed" // nobody took it yet
	ForUser   View = "waiting"   // waits for the requester
	Promised  View = "promised"  // something was promised within the hour, or is overdue
	Overdue   View = "overdue"   // the next clock has run out
	ToConfirm View = "confirm"   // solution given, the user's word is missing
	ToArchive View = "archive"   // only the closure sheet is missing
	Done      View = "closed"    // closed, newest change first
	All       View = "all"       // everything, newest change first
)

// Views lists the ready-made lists in the order of the navigation.
func Views() []View {
	return []View{Risk, Mine, Unclaimed, ForUser, Promised, Overdue, ToConfirm, ToArchive, Done, All}
}

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	View      View
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
	text strings.Builder
	args []any
}

func (w *where) and(cond string, args ...any) {
	w.text.WriteString(" AND ")
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

func scanNarrow(r db.Row) (t Ticket, err error) {
	err = r.Scan(&t.ID, &t.Number, &t.Status, &t.Pending, &t.ClosedAs, &t.Subject, &t.Requester, &t.Graded, &t.Priority, &t.UpdatedAt, &t.NextDue, &t.NextClock)
	return t, err
}

// List returns a page of the tickets that the actor may see.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) (Page, error) {
	if by.Kind == access.Nobody {
		return Page{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	var w where
	w.scope(access.Tickets(by))
	byRisk, err := w.view(f.View, by, s.Clock.Now())
	if err != nil {
		return Page{}, err
	}
	w.narrow(f)
	if err := w.after(f.Cursor, byRisk); err != nil {
		return Page{}, err
	}
	order := " ORDER BY updated_at DESC, id DESC"
	if byRisk {
		order = " ORDER BY priority, next_due, id"
	}
	w.args = append(w.args, f.Limit+1)
	shown, read := listColumns, scan
	if f.Narrow {
		shown, read = narrowColumns, scanNarrow
	}
	list, err := db.All(ctx, s.DB, read, `SELECT `+shown+` FROM ticket WHERE TRUE`+w.text.String()+order+` LIMIT $`+strconv.Itoa(len(w.args)), w.args...)
	if err != nil {
		return Page{}, err
	}
	p := Page{Tickets: list}
	if len(list) > f.Limit {
		p.Tickets = list[:f.Limit]
		p.Next = cursor(p.Tickets[f.Limit-1], byRisk)
	}
	return p, nil
}

func (w *where) view(v View, by access.Actor, now time.Time) (byRisk bool, err error) {
	if v != Done && v != All {
		w.and("is_open = 1")
	}
	switch v {
	case Risk, "":
	case Mine:
		w.and("(owner_id = ? OR assignee_id = ?)", by.ID, by.ID)
	case Unclaimed:
		w.and("status = 'new'")
	case ForUser:
		w.and("pending = 'requester'")
	case Promised:
		w.and("promise_at < ?", now.Add(time.Hour))
	case Overdue:
		w.and("next_due < ?", now)
	case ToConfirm:
		w.and("status = 'resolved' AND next_clock <> 'archive'")
	case ToArchive:
		w.and("status = 'resolved' AND next_clock = 'archive'")
	case Done:
		w.and("is_open = 0")
		return false, nil
	case All:
		return false, nil
	default:
		return false, errs.Field("view", "ticket.view_unknown")
	}
	return true, nil
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
	text := strings.ToLower(strings.TrimSpace(clean(f.Text)))
	if text == "" {
		return
	}
	if n := ParseRef(text); n != 0 {
		w.and("number = ?", n)
		return
	}
	like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
	w.and("(lower(subject) LIKE ? ESCAPE '!' OR lower(snippet) LIKE ? ESCAPE '!')", like, like)
}

// cursor names the last row of a page by its place in the order.
func cursor(t Ticket, byRisk bool) string {
	text := fmt.Sprintf("u.%d.%d", t.UpdatedAt.UnixMilli(), t.ID)
	if byRisk {
		text = fmt.Sprintf("r.%d.%d.%d", t.Priority, t.NextDue.UnixMilli(), t.ID)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func (w *where) after(c string, byRisk bool) error {
	if c == "" {
		return nil
	}
	bad := errs.Field("cursor", "ticket.cursor")
	text, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return bad
	}
	var n []int64
	kind, rest, _ := strings.Cut(string(text), ".")
	for _, part := range strings.Split(rest, ".") {
		x, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return bad
		}
		n = append(n, x)
	}
	switch {
	case byRisk && kind == "r" && len(n) == 3:
		w.and("(priority, next_due, id) > (?, ?, ?)", n[0], n[1], n[2])
	case !byRisk && kind == "u" && len(n) == 2:
		w.and("(updated_at, id) < (?, ?)", n[0], n[1])
	default:
		return bad
	}
	return nil
}
