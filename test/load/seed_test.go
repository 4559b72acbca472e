// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/test/running"
)

// What a seeded desk holds.
const (
	requesters   = 500
	openShare    = 3 // of ten tickets, so many are open
	longMessages = 30
	longEvery    = 500 // every so many tickets one has longMessages messages
	seedBatch    = 100 // tickets in a commit
)

// seed fills the data of a desk that does not run with n tickets and their lives over sixty
// days, through the same commands as everybody uses. It returns the numbers of those with
// longMessages messages. more, where it is not nil, adds to the desk before it is closed.
func seed(t *testing.T, d *running.Desk, n int, more ...func(s *seeding, now time.Time)) (long []int64) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	moving := clock.NewManual(now.Add(-61 * 24 * time.Hour))
	h, err := app.Open(ctx, app.Config{Data: d.Data, Database: d.Database, HTTP: d.HTTP, SecureCookies: "auto"}, app.Options{Clock: moving})
	if err != nil {
		t.Fatal(err)
	}
	s := &seeding{T: t, h: h, clock: moving}
	s.people()
	for from := 0; from < n; from += seedBatch {
		var list []*life
		for i := from; i < min(from+seedBatch, n); i++ {
			list = append(list, s.plan(i, now.Add(-3*time.Hour-60*24*time.Hour/time.Duration(n)*time.Duration(n-i))))
		}
		s.live(list)
		for _, l := range list {
			if l.long {
				long = append(long, l.number)
			}
		}
	}
	for _, add := range more {
		add(s, now)
	}
	moving.Set(now)
	if _, err := h.Jobs.RunDue(ctx); err != nil { // letters that nobody will get: there is no mail server
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return long
}

// seeding writes the past of a desk.
type seeding struct {
	*testing.T
	h          *app.House
	clock      *clock.Manual
	agents     []person.Person
	users      []person.Person
	groups     []person.GroupID
	categories []catalog.CategoryID
}

func (s *seeding) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *seeding) people() {
	s.Helper()
	ctx := s.Context()
	s.must(s.h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s.agents, s.users = nil, nil
		for i := range 10 + requesters {
			p := person.Person{Name: fmt.Sprintf("用户 %d", i), Email: fmt.Sprintf("u%d@example.test", i), Role: access.Requester, Lang: "zh-CN", Department: "财务部"}
			if i < 10 {
				p.Name, p.Role = fmt.Sprintf("支持 %d", i), access.Agent
			}
			p, err := s.h.People.AddIn(ctx, tx, access.Desk(), p)
			if err != nil {
				return err
			}
			if i < 10 {
				s.agents = append(s.agents, p)
			} else {
				s.users = append(s.users, p)
			}
		}
		return nil
	}))
	for i, name := range []string{"桌面", "网络", "系统", "应用"} {
		g, err := s.h.People.SaveGroup(ctx, access.Desk(), person.Group{Name: name, Members: []person.ID{s.agents[i].ID, s.agents[i+4].ID}}, 0)
		s.must(err)
		s.groups = append(s.groups, g.ID)
		c, err := s.h.Catalog.SaveCategory(ctx, access.Desk(), catalog.Category{Name: name + "问题", NameEN: "Area " + fmt.Sprint(i), Group: g.ID, Place: int64(i)}, 0)
		s.must(err)
		s.categories = append(s.categories, c.ID)
	}
}

// deed is one command of a life.
type deed struct {
	at  time.Time
	by  access.Actor
	cmd ticket.Command
}

// life is a ticket and what happens to it.
type life struct {
	at      time.Time
	user    person.Person
	request ticket.Request
	deeds   []deed
	long    bool
	number  int64
}

// plan decides about the i-th ticket: it depends on nothing but i.
func (s *seeding) plan(i int, at time.Time) *life {
	user, agent := s.users[i*7%len(s.users)], s.agents[i%len(s.agents)]
	l := &life{at: at, user: user, long: i%longEvery == longEvery/2}
	l.request = ticket.Request{
		Requester: user.ID, Subject: subjects()[i%len(subjects())] + fmt.Sprintf(" #%d", i), Channel: ticket.Portal,
		Category: s.categories[i%len(s.categories)], Say: ticket.Say{Text: words(i)}, Quiet: "seed",
		Group: s.groups[i%len(s.groups)],
	}
	open, kind := i*7919%10 < openShare || l.long, i%3
	if open && kind == 0 && !l.long {
		return l // nobody took it yet
	}
	staff := access.Actor{Kind: access.Person, ID: int64(agent.ID), Role: access.Agent, Via: "web"}
	self := access.Actor{Kind: access.Person, ID: int64(user.ID), Role: access.Requester, Via: "portal"}
	do := func(by access.Actor, cmd ticket.Command) {
		l.deeds = append(l.deeds, deed{at.Add(time.Duration(len(l.deeds)+1) * 4 * time.Minute), by, cmd})
	}
	do(staff, ticket.Accept{})
	do(staff, ticket.Grade{Answers: triage.Answers{Core: i%5 == 0, Affected: triage.One, Halt: []triage.Halt{triage.Working, triage.Impaired, triage.Stopped}[i%3]}})
	said := 1
	if l.long {
		said = longMessages - 1
	}
	for n := range said {
		if n%2 == 0 {
			do(staff, ticket.Reply{Say: ticket.Say{Text: words(i + n)}})
		} else {
			do(self, ticket.Reply{Say: ticket.Say{Text: words(i + n)}})
		}
	}
	switch {
	case !open:
		do(staff, ticket.Close{As: ticket.Cancelled, Reason: "用户说已经不需要了"})
	case kind == 1 && !l.long:
		do(staff, ticket.HoldFor{Reason: ticket.ForRequester})
	}
	return l
}

// live carries lives out in one commit. Each deed has its own instant all the same.
func (s *seeding) live(list []*life) {
	s.Helper()
	ready := make([][]ticket.Ready, len(list))
	for i, l := range list {
		for _, d := range l.deeds {
			s.clock.Set(d.at)
			r, err := s.h.Tickets.Ready(s.Context(), d.by, d.cmd)
			s.must(err)
			ready[i] = append(ready[i], r)
		}
	}
	s.must(s.h.DB.Write(s.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i, l := range list {
			s.clock.Set(l.at)
			by := access.Actor{Kind: access.Person, ID: int64(l.user.ID), Role: access.Requester, Via: "portal"}
			t, err := s.h.Tickets.RecordIn(ctx, tx, by, l.request)
			if err != nil {
				return err
			}
			l.number = t.Number
			for k, r := range ready[i] {
				if _, err := r.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
					return fmt.Errorf("%s: %w", l.deeds[k].cmd.Name(), err)
				}
			}
		}
		return nil
	}))
}

func subjects() []string {
	return []string{
		"打印机卡纸，无法打印", "VPN 连不上", "Outlook keeps asking for my password", "财务系统登录后白屏", "Laptop does not wake up from sleep",
		"共享盘没有权限", "会议室投影没有信号", "Wi-Fi on the third floor drops every few minutes", "ERP 报错 ORA-01653", "申请安装 Visio",
	}
}

// words are what people write: a few sentences, of changing length.
func words(i int) string {
	text := "今天上午十点左右开始，" + subjects()[i%len(subjects())] + "。重启过一次，还是一样，错误代码 0x80070035。"
	for range i % 5 {
		text += " It worked yesterday; my colleague at the next desk has the same trouble since this morning. 希望今天下班前能用。"
	}
	return text
}
