// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// desk is a desk that reads mail.
type desk struct {
	*testing.T
	db      *db.DB
	jobs    *job.Queue
	clock   *clock.Manual
	people  *person.Service
	tickets *ticket.Service
	links   *session.Links
	intake  *intake.Service
	blobs   *blob.Store
	agent   access.Actor

	mu     sync.Mutex
	parsed map[string]intake.Mail  // what the parser makes of raw bytes
	broken error                   // what it says instead, where it is set
	proofs map[string]ticket.Proof // what the verifier says of an author's address
	asked  []intake.Evidence       // what it was asked
	count  int
}

func each(t *testing.T, fn func(t *testing.T, r *desk)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newDesk(t, d)) })
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people := person.NewService(d, bus, c)
	blobs, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	keys, settings := secret.New([]byte(strings.Repeat("k", secret.Size))), setting.NewService(d, bus, c)
	r := &desk{
		T: t, db: d, jobs: jobs, blobs: blobs, clock: c, people: people, parsed: map[string]intake.Mail{},
		tickets: ticket.NewService(ticket.Parts{
			DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs,
			Gates: ticket.StandardGates(),
		}),
		links: session.NewLinks(keys, c),
	}
	r.intake = intake.NewService(intake.Parts{
		DB: d, Clock: c, Jobs: jobs, People: people, Tickets: r.tickets, Links: r.links, Parser: r, Verifier: r, Bus: bus, Settings: settings, Keys: keys,
		Own: func(addr string) bool {
			return strings.HasPrefix(addr, "desk@") || strings.HasPrefix(addr, "desk+") || strings.HasPrefix(addr, "net@")
		},
		Lang: func() string { return "zh-CN" },
	})
	r.agent = r.person("林岚", "lin@example.org", access.Agent)
	return r
}

// Parse returns what the test laid down for the bytes.
func (r *desk) Parse(raw []byte) (intake.Mail, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return intake.Mail{}, r.broken
	}
	m, ok := r.parsed[string(raw)]
	if !ok {
		panic("the parser does not expect this")
	}
	return m, nil
}

// Verify returns what the test laid down for the author; nothing speaks for anybody else.
func (r *desk) Verify(_ context.Context, e intake.Evidence) ticket.Proof {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, e)
	if p, ok := r.proofs[e.From]; ok {
		return p
	}
	return ticket.Proof{Verdict: ticket.Unverified, From: e.From}
}

// proven lets the desk check senders, and says what it finds out about some.
func (r *desk) proven(t intake.Trust, proofs map[string]ticket.Proof) {
	r.Helper()
	r.mu.Lock()
	r.proofs = proofs
	r.mu.Unlock()
	_, version, err := r.intake.Trust(r.Context(), access.Desk())
	if err != nil {
		r.Fatal(err)
	}
	if err := r.intake.SaveTrust(r.Context(), access.Desk(), t, version); err != nil {
		r.Fatal(err)
	}
}

func (r *desk) setBroken(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = err
}

func (r *desk) person(name, email string, role access.Role) access.Actor {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
}

// bytes makes raw bytes that the parser understands as m.
func (r *desk) bytes(m intake.Mail) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	raw := fmt.Sprintf("%d %+v", r.count, m)
	r.parsed[raw] = m
	return []byte(raw)
}

// journal lets bytes come in to an address.
func (r *desk) journal(to, sender string, raw []byte) intake.ID {
	r.Helper()
	which, err := r.intake.Journal(r.Context(), intake.Delivery{Source: "smtp", Sender: sender, Recipient: to, Raw: raw})
	if err != nil {
		r.Fatal(err)
	}
	return which
}

// mail lets one mail come in, runs what is due, and returns its line.
func (r *desk) mail(to string, m intake.Mail) intake.Entry {
	r.Helper()
	sender := m.FromAddr
	if sender == "" {
		sender = "envelope@example.net"
	}
	which := r.journal(to, sender, r.bytes(m))
	r.work()
	return r.entry(which)
}

func (r *desk) work() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func (r *desk) entry(which intake.ID) intake.Entry {
	r.Helper()
	e, err := r.intake.Entry(r.Context(), r.agent, which)
	if err != nil {
		r.Fatal(err)
	}
	return e
}

// became fails unless a message became what was wanted.
func (r *desk) became(e intake.Entry, state intake.State, outcome intake.Outcome, reason string) {
	r.Helper()
	if e.State != state || e.Outcome != outcome || e.Reason != reason {
		r.Errorf("%s %s %q, want %s %s %q", e.State, e.Outcome, e.Reason, state, outcome, reason)
	}
}

// open lets a first mail make a ticket.
func (r *desk) open(from string) ticket.Ticket {
	r.Helper()
	e := r.mail("desk@example.org", intake.Mail{FromName: "王海燕", FromAddr: from, Subject: "打印机没反应", Text: "第一封", MessageID: "<first@example.net>"})
	r.became(e, intake.Done, intake.NewTicket, "")
	return r.ticket(e.Ticket)
}

func (r *desk) ticket(which ticket.ID) ticket.Ticket {
	r.Helper()
	t, err := r.tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// address is where the requester of a ticket answers to.
func (r *desk) address(t ticket.Ticket) string {
	return "desk+" + r.links.Reply(session.Bond{Ticket: int64(t.ID), Person: int64(t.Requester)}) + "@example.org"
}

// said returns who said what on a ticket, as "kind author text".
func (r *desk) said(t ticket.Ticket) []string {
	r.Helper()
	var out []string
	for _, m := range r.messages(t) {
		out = append(out, fmt.Sprintf("%s %s %s", m.Kind, r.people.Card(r.Context(), m.Author).Email, m.Text))
	}
	return out
}

func (r *desk) messages(t ticket.Ticket) []ticket.Message {
	r.Helper()
	thread, err := r.tickets.Thread(r.Context(), access.Desk(), r.ticket(t.ID))
	if err != nil {
		r.Fatal(err)
	}
	var out []ticket.Message
	for _, e := range thread {
		if e.Message != nil {
			out = append(out, *e.Message)
		}
	}
	return out
}

func (r *desk) do(by access.Actor, t ticket.Ticket, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	out, err := r.tickets.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd)
	if err != nil {
		r.Fatalf("%s: %v", cmd.Name(), err)
	}
	return out
}

// resolve gives a ticket a solution that waits for the user's word.
func (r *desk) resolve(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	r.do(r.agent, t, ticket.Accept{})
	r.do(r.agent, t, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Impaired}})
	r.do(r.agent, t, ticket.Record{Intake: map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: "09:20"}, ticket.Affected: {Value: "付款"}, ticket.People: {Value: "6"}, ticket.Wanted: {Unknown: true, Reason: "用户不确定"},
	}})
	return r.do(r.agent, t, ticket.Resolve{Solution: ticket.Solution{Text: "换了驱动", Cause: "驱动旧", Prevention: "自动更新", Verify: []string{"打印一页"}}})
}

// cancel closes a ticket.
func (r *desk) cancel(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	return r.do(r.agent, t, ticket.Close{As: ticket.Cancelled, Reason: "不再需要"})
}

// tally returns the journal's counts as "state outcome" → count, and the total.
func (r *desk) tally() (map[string]int64, int64) {
	r.Helper()
	list, err := r.intake.Tally(r.Context(), r.agent)
	if err != nil {
		r.Fatal(err)
	}
	out, all := map[string]int64{}, int64(0)
	for _, c := range list {
		out[strings.TrimSpace(string(c.State)+" "+string(c.Outcome))] = c.Count
		all += c.Count
	}
	return out, all
}

// tickets returns how many tickets there are.
func (r *desk) countTickets() int {
	r.Helper()
	page, err := r.tickets.List(r.Context(), access.Desk(), ticket.Filter{Limit: 200})
	if err != nil {
		r.Fatal(err)
	}
	return len(page.Tickets)
}

func isKind(err error, kind errs.Kind, key string) bool {
	return errors.Is(err, errs.New(kind, key))
}

// fails makes the parser fail with a kind of error.
func fails(key string) error { return errs.New(errs.Invalid, key) }
