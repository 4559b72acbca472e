// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// post is a mail server in memory: it keeps what it is sent, or answers as the test says.
type post struct {
	mu      sync.Mutex
	mails   []notify.Mail
	vias    []notify.Server
	answers []error // taken one by one; nil takes the mail
}

// Send takes a mail.
func (p *post) Send(_ context.Context, via notify.Server, m notify.Mail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var answer error
	if len(p.answers) > 0 {
		answer, p.answers = p.answers[0], p.answers[1:]
	}
	if answer == nil {
		p.mails, p.vias = append(p.mails, m), append(p.vias, via)
	}
	return answer
}

// all returns what was taken so far and forgets it.
func (p *post) all() []notify.Mail {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.mails
	p.mails = nil
	return out
}

// plain writes letters that tests can look into: the template as subject, the notice as text.
type plain struct{}

// Render writes a letter.
func (plain) Render(n notify.Notice) (notify.Body, error) {
	return notify.Body{Subject: fmt.Sprintf("[%s] %s", n.Ref, n.Template), Text: fmt.Sprintf("%+v", n)}, nil
}

// Draft is the house's text: the template, and what it may name.
func (plain) Draft(w notify.Template, _ i18n.Lang) notify.Letter {
	return notify.Letter{Subject: string(w), Body: "{{" + strings.Join(w.Placeholders(), "}} {{") + "}}"}
}

// desk is a desk that writes and reads mail.
type desk struct {
	*testing.T
	db        *db.DB
	bus       *event.Bus
	jobs      *job.Queue
	clock     *clock.Manual
	people    *person.Service
	settings  *setting.Service
	tickets   *ticket.Service
	links     *session.Links
	sessions  *session.Service
	intake    *intake.Service
	notify    *notify.Service
	post      *post
	parsed    map[string]intake.Mail // what the parser makes of raw bytes
	admin     access.Actor
	agent     access.Actor
	lead      access.Actor
	requester access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *desk)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newDesk(t, d, "desk@example.org")) })
}

// Parse returns what the test laid down for the bytes.
func (r *desk) Parse(raw []byte) (intake.Mail, error) { return r.parsed[string(raw)], nil }

func newDesk(t *testing.T, d *db.DB, address string) *desk {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people, settings := person.NewService(d, bus, c), setting.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	tickets := ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs, Gates: ticket.StandardGates(),
	})
	keys := secret.New([]byte(fmt.Sprintf("%-32.32s", address)))
	r := &desk{
		T: t, db: d, bus: bus, jobs: jobs, clock: c, people: people, settings: settings, tickets: tickets,
		links: session.NewLinks(keys, c), post: &post{}, parsed: map[string]intake.Mail{},
	}
	r.sessions = session.NewService(d, bus, c, people, sessiontest.Cheap())
	r.notify = notify.NewService(notify.Parts{
		DB: d, Bus: bus, Clock: c, Jobs: jobs, People: people, Tickets: tickets, Settings: settings, Links: r.links, Keys: keys, Sessions: r.sessions,
		Sender: r.post, Renderer: plain{}, BaseURL: "https://desk.example.org/",
	})
	event.After(bus, "notify:acknowledged", notify.Hear[ticket.Acknowledged](r.notify))
	event.After(bus, "notify:said", notify.Hear[ticket.Said](r.notify))
	event.After(bus, "notify:held", notify.Hear[ticket.Held](r.notify))
	event.After(bus, "notify:resolved", notify.Hear[ticket.SolutionGiven](r.notify))
	event.After(bus, "notify:reminded", notify.Hear[ticket.Reminded](r.notify))
	event.After(bus, "notify:rejected", notify.Hear[ticket.UserRejected](r.notify))
	event.After(bus, "notify:time_up", notify.Hear[ticket.TimeUp](r.notify))
	event.After(bus, "notify:closed", notify.Hear[ticket.Ended](r.notify))
	event.After(bus, "notify:reopened", notify.Hear[ticket.Reopened](r.notify))
	event.After(bus, "notify:assigned", notify.Hear[ticket.Assigned](r.notify))
	event.After(bus, "notify:handed_over", notify.Hear[ticket.HandedOver](r.notify))
	event.After(bus, "notify:mail_held", notify.Hear[ticket.MailHeld](r.notify))
	event.After(bus, "notify:bounced", r.notify.Bounced)
	r.intake = intake.NewService(intake.Parts{
		DB: d, Bus: bus, Settings: settings, Clock: c, Jobs: jobs, People: people, Tickets: tickets, Links: r.links, Parser: r,
		Own:  func(addr string) bool { return r.notify.Own(ctx, addr) },
		Lang: func() string { return "zh-CN" },
	})
	r.admin = r.person("管理员", "admin", access.Admin, "web", "zh-CN")
	r.agent = r.person("林岚", "lin", access.Agent, "web", "zh-CN")
	r.lead = r.person("周启", "zhou", access.Lead, "web", "zh-CN")
	r.requester = r.person("王海燕", "wang", access.Requester, "portal", "zh-CN")
	if err := r.notify.SaveMailing(ctx, r.admin, notify.Mailing{
		Address: address, Tagged: true, Host: "smtp.example.org", Port: 587, Security: notify.StartTLS,
	}, "", 0); err != nil {
		t.Fatal(err)
	}
	r.pace(notify.Pace{})
	return r
}

// pace says how soon letters go; a desk of these tests sends each at once.
func (r *desk) pace(p notify.Pace) {
	r.Helper()
	if err := setting.Save(r.Context(), r.settings, r.admin, notify.PaceName, p, setting.AnyVersion); err != nil {
		r.Fatal(err)
	}
}

func (r *desk) person(name, local string, role access.Role, via, lang string) access.Actor {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: local + "@example.net", Lang: lang, Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
}

// work runs what is due and returns the mails that went out.
func (r *desk) work() []notify.Mail {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
	return r.post.all()
}

// try is work where trouble is wanted.
func (r *desk) try() []notify.Mail {
	_, _ = r.jobs.RunDue(r.Context())
	return r.post.all()
}

func (r *desk) record(text string) ticket.Ticket {
	r.Helper()
	t, _, err := r.tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: text},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *desk) do(by access.Actor, t ticket.Ticket, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	out, err := r.tickets.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd)
	if err != nil {
		r.Fatalf("%s: %v", cmd.Name(), err)
	}
	return out
}

func (r *desk) log(t ticket.Ticket) []notify.Delivery {
	r.Helper()
	list, err := r.notify.ForTicket(r.Context(), r.agent, t)
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// last is the newest line of the send log.
func (r *desk) last(t ticket.Ticket) notify.Delivery {
	r.Helper()
	list := r.log(t)
	if len(list) == 0 {
		r.Fatal("nothing stands in the send log")
	}
	return list[len(list)-1]
}

// resolve gives an accepted ticket what the gates ask for, and a solution that waits for the user's word.
func (r *desk) resolve(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	r.do(r.agent, t, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Impaired}})
	r.do(r.agent, t, ticket.Record{Intake: map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: "09:20"}, ticket.Affected: {Value: "付款"}, ticket.People: {Value: "6"}, ticket.Wanted: {Unknown: true, Reason: "用户不确定"},
	}})
	return r.do(r.agent, t, ticket.Resolve{Solution: ticket.Solution{
		Text: "扩容完成，可以再提交一次", Cause: "空间满", Prevention: "85% 告警", Verify: []string{"提交一笔"},
	}})
}

// mail lets a mail come in and be understood.
func (r *desk) mail(recipient string, m intake.Mail) {
	r.Helper()
	raw := fmt.Sprintf("%s %d %v %+v", recipient, len(r.parsed), r.clock.Now(), m)
	r.parsed[raw] = m
	if _, err := r.intake.Journal(r.Context(), intake.Delivery{Source: "smtp", Sender: m.FromAddr, Recipient: recipient, Raw: []byte(raw)}); err != nil {
		r.Fatal(err)
	}
}

func subjects(list []notify.Mail) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.To.Address+" "+m.Body.Subject)
	}
	return out
}
