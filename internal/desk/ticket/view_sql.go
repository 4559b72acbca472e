// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// plan writes a filter as a condition, for the same tickets as queue.Plan.Holds: a test holds the
// two equal on both engines. not turns it round at its leaves, where what has no value is told apart.
func (w *where) plan(p *queue.Plan, not bool) {
	if p.Test != queue.Join {
		w.leaf(p, not)
		return
	}
	if p.Op == queue.Not {
		w.plan(&p.Kids[0], !not)
		return
	}
	all := (p.Op == queue.And) != not
	if len(p.Kids) == 0 {
		w.always(all)
		return
	}
	w.piece("(")
	for i := range p.Kids {
		switch {
		case i == 0:
		case all:
			w.piece(" AND ")
		default:
			w.piece(" OR ")
		}
		w.plan(&p.Kids[i], not)
	}
	w.piece(")")
}

// Condition writes a filter for whoever joins tickets with a table of their own: over the columns
// of the ticket, without their table's name. The values follow those that args has already.
func Condition(e db.Engine, p *queue.Plan, args []any) (sql string, all []any) {
	w := where{engine: e, args: args}
	w.plan(p, false)
	return w.text.String(), w.args
}

func (w *where) always(yes bool) {
	if yes {
		w.piece("1 = 1")
	} else {
		w.piece("1 = 0")
	}
}

// leaf writes one question. A condition that is turned round must not be unknown where there is
// no value; one that is not may use the index of the bare column.
func (w *where) leaf(p *queue.Plan, not bool) {
	if not {
		w.piece("NOT (")
		defer w.piece(")")
	}
	switch p.Test {
	case queue.OneOf:
		w.oneOf(p, not)
	case queue.Named:
		w.piece(wordColumn(p.Col))
		w.piece(" IN (")
		for i, v := range p.Words {
			w.next(i)
			w.piece("?", v)
		}
		w.piece(")")
	case queue.Holds:
		w.holds(p)
	case queue.Within:
		w.within(p)
	case queue.Later:
		w.piece("COALESCE(last_requester_at, 0) > COALESCE(last_public_at, 0)")
	case queue.Takes:
		if len(p.Keys) == 0 {
			w.always(false)
			return
		}
		w.piece("id IN (SELECT ticket_id FROM ticket_participant WHERE person_id IN (")
		w.keys(p.Keys)
		w.piece("))")
	}
}

func (w *where) next(i int) {
	if i > 0 {
		w.piece(",")
	}
}

func (w *where) keys(list []int64) {
	for i, k := range list {
		w.next(i)
		w.piece("?", k)
	}
}

// oneOf asks whether a number is one of some. Nobody, 0, is stored as NULL.
func (w *where) oneOf(p *queue.Plan, not bool) {
	if p.Col == queue.ColOpen && len(p.Keys) == 1 && p.Keys[0] == 1 {
		w.piece("is_open = 1") // as the indexes of the open tickets say it
		return
	}
	nobody, some := false, make([]int64, 0, len(p.Keys))
	for _, k := range p.Keys {
		if k == 0 && optional(p.Col) {
			nobody = true
		} else {
			some = append(some, k)
		}
	}
	w.piece("(")
	if nobody {
		w.piece(numColumn(p.Col))
		w.piece(" IS NULL OR ")
	}
	switch {
	case len(some) == 0:
		w.always(false)
	case not && optional(p.Col):
		w.piece("COALESCE(")
		w.piece(numColumn(p.Col))
		w.piece(", 0) IN (")
		w.keys(some)
		w.piece(")")
	case len(some) == 1:
		w.piece(numColumn(p.Col))
		w.piece(" = ?", some[0])
	default:
		w.piece(numColumn(p.Col))
		w.piece(" IN (")
		w.keys(some)
		w.piece(")")
	}
	w.piece(")")
}

// within asks whether a number lies in a stretch; no number lies in none.
func (w *where) within(p *queue.Plan) {
	w.piece("(")
	w.piece(numColumn(p.Col))
	w.piece(" IS NOT NULL")
	if p.From != queue.Earliest {
		w.piece(" AND ")
		w.piece(numColumn(p.Col))
		w.piece(" >= ?", p.From)
	}
	if p.To != queue.Latest {
		w.piece(" AND ")
		w.piece(numColumn(p.Col))
		w.piece(" < ?", p.To)
	}
	w.piece(")")
}

// The lower case of a text, of a–z alone: so that both engines and Go agree, whatever the locale.
var (
	lowerSubject    = db.Pair{SQLite: `lower(subject)`, Postgres: `lower(subject COLLATE "C")`}       //nolint:gochecknoglobals // pairs of constant texts
	lowerSnippet    = db.Pair{SQLite: `lower(snippet)`, Postgres: `lower(snippet COLLATE "C")`}       //nolint:gochecknoglobals // as above
	lowerDepartment = db.Pair{SQLite: `lower(department)`, Postgres: `lower(department COLLATE "C")`} //nolint:gochecknoglobals // as above
	lowerPlace      = db.Pair{SQLite: `lower(place)`, Postgres: `lower(place COLLATE "C")`}           //nolint:gochecknoglobals // as above
)

// holds asks whether a text holds a word; wildcards mean themselves.
func (w *where) holds(p *queue.Plan) {
	const has = " LIKE '%' || ? || '%' ESCAPE '!'"
	like := db.Literal(p.Words[0])
	w.piece("(")
	switch p.Col {
	case queue.ColDepartment:
		w.piece(lowerDepartment.For(w.engine))
	case queue.ColPlace:
		w.piece(lowerPlace.For(w.engine))
	default:
		w.piece(lowerSubject.For(w.engine))
		w.piece(has+" OR ", like)
		w.piece(lowerSnippet.For(w.engine))
	}
	w.piece(has+")", like)
}

func wordColumn(c queue.Col) string {
	switch c {
	case queue.ColPending:
		return "pending"
	case queue.ColClock:
		return "next_clock"
	case queue.ColChannel:
		return "channel"
	default:
		return "status"
	}
}

// optional reports whether a column is NULL where there is nobody.
func optional(c queue.Col) bool {
	switch c {
	case queue.ColOwner, queue.ColAssignee, queue.ColGroup, queue.ColCategory, queue.ColService:
		return true
	default:
		return false
	}
}

func numColumn(c queue.Col) string {
	switch c {
	case queue.ColOpen:
		return "is_open"
	case queue.ColPriority:
		return "priority"
	case queue.ColGraded:
		return "CASE WHEN graded THEN 1 ELSE 0 END"
	case queue.ColOwner:
		return "owner_id"
	case queue.ColAssignee:
		return "assignee_id"
	case queue.ColGroup:
		return "group_id"
	case queue.ColCategory:
		return "category_id"
	case queue.ColService:
		return "service_id"
	case queue.ColRequester:
		return "requester_id"
	case queue.ColReopened:
		return "reopened"
	case queue.ColHandOvers:
		return "hand_overs"
	case queue.ColCreated:
		return "created_at"
	case queue.ColUpdated:
		return "updated_at"
	case queue.ColSilent:
		return "COALESCE(last_public_at, created_at)"
	case queue.ColDue:
		return "next_due"
	case queue.ColPromise:
		return "promise_at"
	default:
		return "id"
	}
}
