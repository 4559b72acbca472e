// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// The properties by which tickets are found.
const (
	byStatus    = "status"
	byOwner     = "owner"
	byAssignee  = "assignee"
	byGroup     = "group"
	byRequester = "requester"
	byPriority  = "priority"
	byService   = "service"
	byCategory  = "category"
	byCreated   = "created"
	byHas       = "has"
	byIs        = "is"   // an article and no ticket
	byFact      = "fact" // an error code, an address, a device (N16); staff only
)

// Properties lists the names of the properties in a language, in the order in which help shows
// them. Both languages' names are understood everywhere.
func Properties(lang string) []string {
	var out []string
	for _, names := range properties() {
		if lang == "en" {
			out = append(out, names[0])
		} else {
			out = append(out, names[1])
		}
	}
	return out
}

// properties are the names of each, in English, in Chinese, and what else is understood.
func properties() [][]string {
	var out [][]string
	for _, f := range []queue.Field{
		queue.Status, queue.Assignee, queue.Owner, queue.Group, queue.Priority, queue.Requester, queue.Service, queue.Category, queue.Created,
	} {
		s, _ := queue.SpecOf(f) // a filter and a search call a thing the same
		out = append(out, s.Names())
	}
	return append(out, []string{byHas, "含", "包含"}, []string{byFact, "线索", "clue"}, []string{byIs, "类型"})
}

// propertyOf returns the property that a name means; "" where it means none.
func propertyOf(name string) string {
	name = fold(name)
	for _, names := range properties() {
		if slices.Contains(names, name) {
			return names[0]
		}
	}
	return ""
}

// forAll are the properties that whoever sees a ticket sees of it.
func forAll(property string) bool {
	return property == byStatus || property == byCreated || property == byHas || property == byIs
}

func mark(property string, id int64) text.Term { return text.Mark(property, strconv.FormatInt(id, 10)) }

// understand makes a plan of what was typed.
func (s *Service) understand(ctx context.Context, by access.Actor, q Query) (*plan, error) {
	if err := checkLength(q.Text); err != nil {
		return nil, err
	}
	p := &plan{}
	pieces := split(q.Text)
	for _, x := range pieces {
		var err error
		switch {
		case x.typed != "":
			err = s.property(ctx, by, q, x, p)
		case x.quoted:
			err = p.add(text.Phrase(x.value))
		default:
			err = p.add(text.Words(x.value))
		}
		if err != nil {
			return nil, err
		}
	}
	p.within(q.Within)
	if len(pieces) == 1 && pieces[0].typed == "" {
		p.number = ticket.ParseRef(pieces[0].value)
	}
	return p, nil
}

// within adds the properties that are named by their keys.
func (p *plan) within(f ticket.Filter) {
	for _, x := range []struct {
		property string
		id       int64
		of       func(ticket.Ticket) int64
	}{
		{byGroup, int64(f.Group), func(t ticket.Ticket) int64 { return int64(t.Group) }},
		{byOwner, int64(f.Owner), func(t ticket.Ticket) int64 { return int64(t.Owner) }},
		{byRequester, int64(f.Requester), func(t ticket.Ticket) int64 { return int64(t.Requester) }},
		{byCategory, int64(f.Category), func(t ticket.Ticket) int64 { return int64(t.Category) }},
		{byService, int64(f.Service), func(t ticket.Ticket) int64 { return int64(t.Service) }},
		{byPriority, int64(f.Priority), func(t ticket.Ticket) int64 { return int64(t.Priority) }},
	} {
		if x.id != 0 {
			p.clauses = append(p.clauses, idClause(x.property, []int64{x.id}, x.of))
		}
	}
	if f.View == ticket.Done {
		p.clauses = append(p.clauses, isStatus(ticket.Closed))
	}
	if f.Status != "" {
		p.clauses = append(p.clauses, isStatus(f.Status))
	}
}

func isStatus(st ticket.Status) clause {
	return clause{any: []text.Term{text.Mark(byStatus, string(st))}, holds: func(t ticket.Ticket) bool { return t.Status == st }}
}

// property adds what one property asks to the plan. A property that the reader does not see is
// refused, never passed over: what it would leave out would tell of it (S24).
func (s *Service) property(ctx context.Context, by access.Actor, q Query, x piece, p *plan) error {
	switch {
	case x.name == "":
		return errs.Field("q", "search.filter_unknown", "Name", x.typed, "Value", x.value)
	case !by.Staff() && !forAll(x.name):
		return errs.Field("q", "search.filter_staff", "Name", x.typed)
	case len(p.clauses) >= maxClauses:
		return errs.Field("q", "search.many", "Max", maxClauses)
	case x.name == byCreated:
		return p.created(x, q.Zone, s.Clock.Now())
	case x.name == byIs && slices.Contains([]string{"article", "articles", "文章", "知识", "知识文章"}, fold(x.value)):
		p.articles = true
		return nil
	}
	c, err := s.clause(ctx, by, x)
	if err == nil {
		p.clauses = append(p.clauses, c)
	}
	return err
}

func (s *Service) clause(ctx context.Context, by access.Actor, x piece) (clause, error) {
	switch x.name {
	case byStatus:
		return statusClause(x)
	case byHas:
		if slices.Contains([]string{"attachment", "attachments", "file", "files", "附件", "文件"}, fold(x.value)) {
			return clause{any: []text.Term{text.Mark(byHas, "attachment")}}, nil
		}
	case byFact:
		if v := clue.Value(x.value); v != "" {
			return clause{any: []text.Term{text.Mark(byFact, v)}}, nil
		}
	case byPriority:
		if n := triage.ParsePriority(strings.ToUpper(strings.TrimSpace(x.value))); n != 0 {
			return idClause(byPriority, []int64{int64(n)}, func(t ticket.Ticket) int64 { return int64(t.Priority) }), nil
		}
	case byOwner, byAssignee, byRequester:
		return s.personClause(ctx, by, x)
	case byGroup:
		list, err := s.People.Groups(ctx)
		var ids []int64
		for _, g := range list {
			if is(x.value, g.Name, g.NameEN) {
				ids = append(ids, int64(g.ID))
			}
		}
		return named1(ids, err, x, func(t ticket.Ticket) int64 { return int64(t.Group) })
	case byService:
		list, err := s.Catalog.Services(ctx)
		var ids []int64
		for _, v := range list {
			if is(x.value, v.Name, v.NameEN) {
				ids = append(ids, int64(v.ID))
			}
		}
		return named1(ids, err, x, func(t ticket.Ticket) int64 { return int64(t.Service) })
	case byCategory:
		return s.categoryClause(ctx, x)
	}
	return clause{}, valueError(x)
}

func valueError(x piece) error {
	return errs.Field("q", "search.value_unknown", "Name", x.typed, "Value", x.value)
}

// is reports whether a value means something of these names: all of one, or a part of it.
func is(value string, names ...string) bool {
	v := fold(value)
	return v != "" && slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.Contains(fold(n), v) })
}

// none reports whether a value means that there is nobody or nothing.
func none(value string) bool {
	return slices.Contains([]string{"none", "nobody", "无", "没有", "未分配"}, fold(value))
}

func named1(ids []int64, err error, x piece, of func(ticket.Ticket) int64) (clause, error) {
	if none(x.value) {
		ids = []int64{0}
	}
	if err == nil && len(ids) == 0 {
		err = valueError(x)
	}
	return idClause(x.name, ids, of), err
}

func idClause(property string, ids []int64, of func(ticket.Ticket) int64) clause {
	c := clause{holds: func(t ticket.Ticket) bool { return slices.Contains(ids, of(t)) }}
	for _, id := range ids {
		c.any = append(c.any, mark(property, id))
	}
	return c
}

// categoryClause takes a category with all that lies below it.
func (s *Service) categoryClause(ctx context.Context, x piece) (clause, error) {
	list, err := s.Catalog.Categories(ctx)
	in := map[catalog.CategoryID]bool{}
	var ids []int64
	for _, c := range list { // parents come first
		if is(x.value, c.Name, c.NameEN) || in[c.Parent] {
			in[c.ID] = true
			ids = append(ids, int64(c.ID))
		}
	}
	return named1(ids, err, x, func(t ticket.Ticket) int64 { return int64(t.Category) })
}

// maxNamed bounds the people whom one name may mean.
const maxNamed = 50

func (s *Service) personClause(ctx context.Context, by access.Actor, x piece) (clause, error) {
	of := func(t ticket.Ticket) int64 { return int64(t.Requester) }
	switch x.name {
	case byOwner:
		of = func(t ticket.Ticket) int64 { return int64(t.Owner) }
	case byAssignee:
		of = func(t ticket.Ticket) int64 { return int64(t.Assignee) }
	}
	switch v := fold(x.value); {
	case v == "me" || v == "我":
		return idClause(x.name, []int64{by.ID}, of), nil
	case none(v):
		return idClause(x.name, []int64{0}, of), nil
	}
	list, err := s.People.List(ctx, by, person.Filter{Text: x.value, Staff: x.name != byRequester, Limit: maxNamed})
	if err != nil {
		return clause{}, err
	}
	var ids, whole []int64
	for _, p := range list {
		ids = append(ids, int64(p.ID))
		if fold(p.Name) == fold(x.value) || p.Email == fold(x.value) {
			whole = append(whole, int64(p.ID))
		}
	}
	if len(whole) > 0 {
		ids = whole
	}
	if len(ids) == maxNamed {
		return clause{}, errs.Field("q", "search.person_many", "Name", x.typed, "Value", x.value)
	}
	if len(ids) == 0 {
		return clause{}, errs.Field("q", "search.person_unknown", "Name", x.typed, "Value", x.value)
	}
	return idClause(x.name, ids, of), nil
}

func statusClause(x piece) (clause, error) {
	words := map[string]ticket.Status{
		"new": ticket.New, "新": ticket.New, "新建": ticket.New, "未受理": ticket.New, "待受理": ticket.New,
		"working": ticket.Opened, "in progress": ticket.Opened, "处理中": ticket.Opened, "进行中": ticket.Opened,
		"pending": ticket.Pending, "waiting": ticket.Pending, "等待": ticket.Pending, "等待中": ticket.Pending, "挂起": ticket.Pending,
		"resolved": ticket.Resolved, "待确认": ticket.Resolved, "待用户确认": ticket.Resolved, "to be confirmed": ticket.Resolved, "已解决": ticket.Resolved,
		"closed": ticket.Closed, "已关闭": ticket.Closed, "关闭": ticket.Closed,
	}
	v := fold(x.value)
	if slices.Contains([]string{"open", "未关闭", "未完成", "打开"}, v) {
		return clause{any: []text.Term{text.Mark("open", "1")}, holds: ticket.Ticket.Open}, nil
	}
	st, ok := words[v]
	if !ok {
		return clause{}, valueError(x)
	}
	return isStatus(st), nil
}

// created reads >2026-01-31, >=, <, <=, 2026-01-31, 2026-01, 2026, 7d (within the last seven
// days), today and 今天, in the reader's time zone.
func (p *plan) created(x piece, zone *time.Location, now time.Time) error {
	if zone == nil {
		zone = time.UTC
	}
	v := strings.NewReplacer("》", ">", "《", "<", "＞", ">", "＜", "<", "＝", "=", "/", "-").Replace(fold(x.value))
	op := v[:len(v)-len(strings.TrimLeft(v, "<>="))]
	from, to, ok := stretch(strings.TrimLeft(v, "<>="), now.In(zone))
	if !ok {
		return errs.Field("q", "search.date", "Name", x.typed, "Value", x.value)
	}
	switch op {
	case "", "=":
	case ">":
		from, to = to, time.Time{}
	case ">=":
		to = time.Time{}
	case "<":
		from, to = time.Time{}, from
	case "<=":
		from = time.Time{}
	default:
		return errs.Field("q", "search.date", "Name", x.typed, "Value", x.value)
	}
	if from.After(p.from) {
		p.from = from
	}
	if !to.IsZero() && (p.to.IsZero() || to.Before(p.to)) {
		p.to = to
	}
	return nil
}

// stretch is the day, month or year that a value names. 7d begins seven days ago and has no end.
func stretch(v string, now time.Time) (from, to time.Time, ok bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch v {
	case "today", "今天":
		return day, day.AddDate(0, 0, 1), true
	case "yesterday", "昨天":
		return day.AddDate(0, 0, -1), day, true
	}
	for _, suffix := range []string{"d", "天"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(v, suffix)); err == nil && strings.HasSuffix(v, suffix) && n > 0 && n <= 3660 {
			return day.AddDate(0, 0, 1-n), now.AddDate(0, 0, 1), true
		}
	}
	for _, l := range []struct {
		layout  string
		y, m, d int
	}{{"2006-1-2", 0, 0, 1}, {"2006-1", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if at, err := time.ParseInLocation(l.layout, v, now.Location()); err == nil && at.Year() >= 1970 && at.Year() < 3000 {
			return at, at.AddDate(l.y, l.m, l.d), true
		}
	}
	return from, to, false
}

// The years for which there are marks; what was made before or after has those of the ends.
const (
	firstYear = 2000
	lastYear  = 2060
)

// marksOf are the marks of an instant: its year and its month.
func marksOf(at time.Time) []text.Term {
	if at = at.UTC(); at.Year() < firstYear {
		at = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if at.Year() > lastYear {
		at = time.Date(lastYear, 12, 1, 0, 0, 0, 0, time.UTC)
	}
	return []text.Term{text.Mark("year", at.Format("2006")), text.Mark("month", at.Format("2006-01"))}
}

// spanTerms are marks of which every instant of a stretch has one: months at its ends, years
// between. Nil where the stretch has neither beginning nor end.
func spanTerms(from, to time.Time) []text.Term {
	if from.IsZero() && to.IsZero() {
		return nil
	}
	first, last := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(lastYear, 12, 1, 0, 0, 0, 0, time.UTC)
	if from.After(last) {
		first = last
	} else if from.After(first) {
		first = time.Date(from.UTC().Year(), from.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	if !to.IsZero() && to.Before(last) {
		if last = to.Add(-time.Millisecond).UTC(); last.Before(first) && last.Year() < firstYear {
			last = first
		}
	}
	out := []text.Term{}
	for at := first; !at.After(last); {
		if at.Month() == 1 && !at.AddDate(0, 11, 0).After(last) {
			out = append(out, text.Mark("year", at.Format("2006")))
			at = at.AddDate(1, 0, 0)
			continue
		}
		out = append(out, text.Mark("month", at.Format("2006-01")))
		at = at.AddDate(0, 1, 0)
	}
	if len(out) == 0 {
		out = append(out, text.Mark("month", "none")) // a stretch that ends before it begins
	}
	return out
}
