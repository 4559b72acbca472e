// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Sort is the order of a list.
type Sort string

// The orders.
const (
	ByRisk    Sort = "risk"    // priority, then what is due first
	ByDue     Sort = "due"     // what is due first
	ByPromise Sort = "promise" // what was promised first; nothing promised comes last
	BySilence Sort = "silent"  // who has heard nothing for longest
	ByAge     Sort = "oldest"
	ByBirth   Sort = "newest"
	ByChange  Sort = "changed" // the newest change first
)

// Sorts lists the orders as forms show them.
func Sorts() []Sort { return []Sort{ByRisk, ByDue, ByPromise, BySilence, ByAge, ByBirth, ByChange} }

// Grouping puts a list into parts.
type Grouping string

// The groupings. A list without one is one part.
const (
	GroupPriority Grouping = "priority"
	GroupOwner    Grouping = "owner"
	GroupStatus   Grouping = "status"
	GroupCategory Grouping = "category"
	GroupGroup    Grouping = "group"
)

// Groupings lists the groupings as forms show them.
func Groupings() []Grouping {
	return []Grouping{GroupPriority, GroupOwner, GroupStatus, GroupCategory, GroupGroup}
}

// groupOrder is what a list is sorted by first.
func groupOrder(g Grouping) string {
	if g == "" {
		return ""
	}
	return groupKey(g) + ", "
}

func groupKey(g Grouping) string {
	switch g {
	case GroupPriority:
		return "priority"
	case GroupOwner:
		return "COALESCE(owner_id, 0)"
	case GroupStatus:
		return "CASE status WHEN 'new' THEN 0 WHEN 'open' THEN 1 WHEN 'pending' THEN 2 WHEN 'resolved' THEN 3 ELSE 4 END"
	case GroupCategory:
		return "COALESCE(category_id, 0)"
	default:
		return "COALESCE(group_id, 0)"
	}
}

// Part is the value of a ticket by which a grouping puts it into a part.
func (g Grouping) Part(t Ticket) int64 {
	switch g {
	case GroupPriority:
		return int64(t.Priority)
	case GroupOwner:
		return int64(t.Owner)
	case GroupStatus:
		return int64(slices.Index(Statuses(), t.Status))
	case GroupCategory:
		return int64(t.Category)
	case GroupGroup:
		return int64(t.Group)
	}
	return 0
}

// sortOrder is the order of the tickets of a part. All of it runs one way, so that the page after
// a ticket is one comparison; backwards within parts that run forwards is written with a minus,
// which only a list without parts can spare, for the sake of its index.
func sortOrder(s Sort, g Grouping) string {
	if g == "" {
		switch s {
		case ByBirth:
			return "created_at DESC, id DESC"
		case ByChange:
			return "updated_at DESC, id DESC"
		}
	}
	return sortKey(s)
}

func sortKey(s Sort) string {
	switch s {
	case ByDue:
		return "next_due, id"
	case ByPromise:
		return "COALESCE(promise_at, 253370764800000), id"
	case BySilence:
		return "COALESCE(last_public_at, created_at), id"
	case ByAge:
		return "created_at, id"
	case ByBirth:
		return "-created_at, -id"
	case ByChange:
		return "-updated_at, -id"
	default:
		return "priority, next_due, id"
	}
}

// sortMarks are the placeholders of what sortKey lists.
func sortMarks(s Sort) string {
	if s == ByRisk {
		return "?, ?, ?"
	}
	return "?, ?"
}

// place is where a ticket stands in an order: the values of sortKey.
func (s Sort) place(t Ticket) []int64 {
	id := int64(t.ID)
	switch s {
	case ByDue:
		return []int64{millis(t.NextDue), id}
	case ByPromise:
		if t.PromiseAt.IsZero() {
			return []int64{millis(Never), id}
		}
		return []int64{millis(t.PromiseAt), id}
	case BySilence:
		if t.LastPublicAt.IsZero() {
			return []int64{millis(t.CreatedAt), id}
		}
		return []int64{millis(t.LastPublicAt), id}
	case ByAge:
		return []int64{millis(t.CreatedAt), id}
	case ByBirth:
		return []int64{-millis(t.CreatedAt), -id}
	case ByChange:
		return []int64{-millis(t.UpdatedAt), -id}
	default:
		return []int64{int64(t.Priority), millis(t.NextDue), id}
	}
}

// cursor names the last row of a page by its place in the order.
func cursor(t Ticket, f Filter) string {
	text := string(f.Sort) + "." + string(f.Grouping)
	if f.Grouping != "" {
		text += fmt.Sprintf(".%d", f.Grouping.Part(t))
	}
	for _, n := range f.Sort.place(t) {
		text += fmt.Sprintf(".%d", n)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// after begins the list behind the row that a cursor names.
func (w *where) after(f Filter) error {
	if f.Cursor == "" {
		return nil
	}
	bad := errs.Field("cursor", "ticket.cursor")
	text, err := base64.RawURLEncoding.DecodeString(f.Cursor)
	if err != nil {
		return bad
	}
	parts := strings.Split(string(text), ".")
	if len(parts) < 3 || parts[0] != string(f.Sort) || parts[1] != string(f.Grouping) {
		return bad
	}
	var n []int64
	for _, part := range parts[2:] {
		x, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return bad
		}
		n = append(n, x)
	}
	want := len(f.Sort.place(Ticket{}))
	if f.Grouping != "" {
		want++
	}
	if len(n) != want {
		return bad
	}
	switch {
	case f.Grouping != "":
		w.and("("+groupOrder(f.Grouping)+sortKey(f.Sort)+") > (?, "+sortMarks(f.Sort)+")", plus(n)...)
	case f.Sort == ByBirth:
		w.and("(created_at, id) < (?, ?)", minus(n)...)
	case f.Sort == ByChange:
		w.and("(updated_at, id) < (?, ?)", minus(n)...)
	default:
		w.and("("+sortKey(f.Sort)+") > ("+sortMarks(f.Sort)+")", plus(n)...)
	}
	return nil
}

func plus(list []int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

// minus turns round what sortKey has turned round.
func minus(list []int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = -n
	}
	return out
}
