// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

const passphrase = "correct horse battery"

// house is the workspace with real services below it on SQLite, and a clock that stands still.
type house struct {
	*testing.T
	router   *page.Router
	db       *db.DB
	jobs     *job.Queue
	clock    *clock.Manual
	people   *person.Service
	sessions *session.Service
	settings *setting.Service
	catalog  *catalog.Desk
	clocks   *sla.Service
	tickets  *ticket.Service
	intake   *intake.Service
	notices  *notify.Service
	suggest  *suggest.Service
	inbox    *inbox.Service

	agent, second, requester, other person.Person
	network                         person.Group
	software                        catalog.Category
	erp                             catalog.Service
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx := t.Context()
	h := &house{T: t, db: dbtest.Open(t, dbtest.SQLite(t)), clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
	h.jobs = job.New(h.db, h.clock, slog.New(slog.DiscardHandler))
	bus := event.NewBus(h.jobs)
	hub := pubsub.New(h.db)
	keys := secret.New(bytes.Repeat([]byte{7}, secret.Size))
	links := session.NewLinks(keys, h.clock)
	h.people = person.NewService(h.db, bus, h.clock)
	h.settings = setting.NewService(h.db, bus, h.clock)
	h.catalog = catalog.New(h.db, bus, h.clock)
	var err error
	h.sessions = session.NewService(h.db, bus, h.clock, h.people, sessiontest.Cheap())
	blobs, err := blob.Open(ctx, "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	h.clocks = sla.NewService(h.settings, h.jobs, h.clock)
	h.tickets = ticket.NewService(ticket.Parts{
		DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Catalog: h.catalog, Settings: h.settings, Blobs: blobs,
		Gates: ticket.StandardGates(), Plan: h.clocks.Plan, Expect: h.clocks.Expect,
	})
	h.clocks.Serve(h.tickets)
	h.notices = notify.NewService(notify.Parts{
		DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Tickets: h.tickets, Settings: h.settings,
		Links: links, Keys: keys, BaseURL: "http://desk.example",
	})
	h.intake = intake.NewService(intake.Parts{
		DB: h.db, Clock: h.clock, Jobs: h.jobs, People: h.people, Tickets: h.tickets, Links: links, Parser: letters{},
		Own: func(addr string) bool { return addr == "desk@desk.example" }, Lang: func() string { return "zh-CN" },
	})
	promises := promise.NewService(promise.Parts{DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, Tickets: h.tickets})
	promises.Listen()
	h.inbox = inbox.NewService(inbox.Parts{
		DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Tickets: h.tickets, Promises: promises, Settings: h.settings, Keys: keys,
	})
	event.WithinAny(bus, h.inbox.Heard)
	rotas := rota.NewService(h.db, bus, h.clock, h.people)
	majors := major.NewService(major.Parts{DB: h.db, Bus: bus, Clock: h.clock, Settings: h.settings, Tickets: h.tickets})
	escalations := escalation.NewService(escalation.Parts{
		DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Rotas: rotas, Settings: h.settings, Tickets: h.tickets,
		Scene: func(context.Context, *db.Tx, ticket.Ticket) (escalation.Scene, error) { return escalation.Scene{}, nil },
	})
	h.router = page.NewRouter(&page.Kit{
		Sessions: h.sessions, People: h.people, Settings: h.settings, Links: links, Tickets: h.tickets, Hub: hub, Keys: keys,
		Clock: h.clock, Log: slog.New(slog.DiscardHandler), Public: "http://desk.example", Together: h.db.Together,
	})
	finds := search.NewService(search.Parts{DB: h.db, Clock: h.clock, Jobs: h.jobs, People: h.people, Tickets: h.tickets})
	event.WithinAny(bus, finds.Heard)
	h.suggest = suggest.NewService(suggest.Parts{
		DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, Log: slog.New(slog.DiscardHandler), People: h.people, Catalog: h.catalog, Settings: h.settings, Tickets: h.tickets,
		Hint: func(*db.Tx, ticket.ID) {},
	})
	h.suggest.Listen()
	devices := device.NewService(device.Parts{DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Catalog: h.catalog, Tickets: h.tickets})
	devices.Listen()
	books := runbook.NewService(runbook.Parts{DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Catalog: h.catalog, Settings: h.settings, Tickets: h.tickets, Blobs: blobs})
	workspace.New(workspace.Parts{
		Devices: devices, Visits: visit.NewService(visit.Parts{DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Settings: h.settings, Tickets: h.tickets}),
		Words: wordbook.NewService(h.settings),
		Inbox: h.inbox,
		Approvals: approval.NewService(approval.Parts{
			DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Settings: h.settings, Tickets: h.tickets, Links: links,
		}),
		Problems:  problem.NewService(problem.Parts{DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Catalog: h.catalog, Tickets: h.tickets}),
		Knowledge: knowledge.NewService(knowledge.Parts{DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Catalog: h.catalog, Tickets: h.tickets}),
		Runbooks:  books,
		Views:     queue.New(h.db, bus, h.clock, h.people),
		Texts:     canned.NewService(h.db, bus, h.clock, h.people),
		Search:    finds,
		Routing:   routing.NewService(routing.Parts{DB: h.db, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: h.people, Catalog: h.catalog, Rotas: rotas, Tickets: h.tickets}),
		Suggest:   h.suggest,
		Telephony: telephony.NewService(telephony.Parts{DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Settings: h.settings, Keys: keys}),
		Remote:    remote.NewService(remote.Parts{DB: h.db, Clock: h.clock, Jobs: h.jobs, People: h.people, Settings: h.settings, Tickets: h.tickets, Keys: keys}),
		Tickets:   h.tickets, People: h.people, Catalog: h.catalog, Settings: h.settings, Clocks: h.clocks,
		Norm: norm.NewService(h.settings, func() *ticket.Service { return h.tickets }, h.clocks, h.clock), Intake: h.intake, Notify: h.notices,
		Pull: pull.NewService(pull.Parts{DB: h.db, Bus: bus, Clock: h.clock, People: h.people, Catalog: h.catalog, Tickets: h.tickets}), Promises: promises, Escalations: escalations, Rotas: rotas, Majors: majors,
	}).Mount(h.router)
	h.furnish()
	return h
}

// letters reads the simplest mail there is: a few header lines, an empty line, words.
type letters struct{}

func (letters) Parse(raw []byte) (intake.Mail, error) {
	head, text, found := strings.Cut(string(raw), "\n\n")
	if !found {
		return intake.Mail{}, errs.New(errs.Invalid, "intake.unreadable")
	}
	m := intake.Mail{Text: text}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "From":
			m.FromAddr = value
		case "Subject":
			m.Subject = value
		case "Bounce":
			m.Bounce = true
		}
	}
	return m, nil
}

func (h *house) furnish() {
	h.Helper()
	h.agent = h.person("林岚", access.Agent)
	h.second = h.person("周启", access.Agent)
	h.requester = h.person("王海燕", access.Requester)
	h.other = h.person("Tom Reed", access.Requester)
	var err error
	if h.network, err = h.people.SaveGroup(h.Context(), access.Desk(), person.Group{Name: "网络组", Members: []person.ID{h.second.ID}}, 0); err != nil {
		h.Fatal(err)
	}
	if h.software, err = h.catalog.SaveCategory(h.Context(), access.Desk(), catalog.Category{Name: "软件", Group: h.network.ID}, 0); err != nil {
		h.Fatal(err)
	}
	if h.erp, err = h.catalog.SaveService(h.Context(), access.Desk(), catalog.Service{Name: "ERP", Core: true}, 0); err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name string, role access.Role) person.Person {
	h.Helper()
	p, err := h.people.Add(h.Context(), access.Desk(), person.Person{
		Name: name, Email: fmt.Sprintf("%x@example.test", name), Phone: fmt.Sprintf("8%03d", len(name)), Department: "财务部", Lang: "zh-CN", Role: role,
	})
	if err != nil {
		h.Fatal(err)
	}
	return p
}

func actor(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

// open records a request of somebody.
func (h *house) open(who person.Person, text string) ticket.Ticket {
	h.Helper()
	by := actor(who)
	by.Via = "portal"
	t, _, err := h.tickets.Record(h.Context(), by, ticket.Request{Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text}})
	if err != nil {
		h.Fatal(err)
	}
	return t
}

// do gives commands as somebody and returns the ticket after them.
func (h *house) do(by person.Person, t ticket.Ticket, list ...ticket.Command) ticket.Ticket {
	h.Helper()
	for _, cmd := range list {
		var err error
		if t, err = h.tickets.Do(h.Context(), actor(by), ticket.Target{ID: t.ID}, cmd); err != nil {
			h.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
	return t
}

func (h *house) get(t ticket.Ticket) ticket.Ticket {
	h.Helper()
	now, err := h.tickets.Get(h.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err != nil {
		h.Fatal(err)
	}
	return now
}

// all lists every ticket of somebody, newest first.
func (h *house) all(who person.Person) []ticket.Ticket {
	h.Helper()
	p, err := h.tickets.List(h.Context(), access.Desk(), ticket.Filter{View: ticket.All, Requester: who.ID, Limit: 200})
	if err != nil {
		h.Fatal(err)
	}
	return p.Tickets
}

// graded is the grade of an outage of everybody in core business.
func graded() ticket.Grade {
	return ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}}
}

// browser is somebody at the desk: cookies, and the headers a browser of today sends.
type browser struct {
	*house
	cookies map[string]string
	headers map[string]string
}

// as is a browser in which somebody has signed in.
func (h *house) as(p person.Person) *browser {
	h.Helper()
	if err := h.sessions.SetPassword(h.Context(), p.ID, passphrase); err != nil {
		h.Fatal(err)
	}
	b := &browser{house: h, cookies: map[string]string{}, headers: map[string]string{"Accept": "text/html"}}
	if a := b.post("/signin", "email", p.Email, "password", passphrase); a.Code != http.StatusSeeOther {
		h.Fatalf("sign in as %s: %d\n%s", p.Name, a.Code, a.Body)
	}
	return b
}

// htmx is the browser as our script asks for a part of a page.
func (b *browser) htmx() *browser {
	return &browser{house: b.house, cookies: b.cookies, headers: map[string]string{"Accept": "text/html", "HX-Request": "true", "HX-Request-Type": "partial"}}
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.Helper()
	return b.send(httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
}

// page is the text of a page that has to be there.
func (b *browser) page(path string) string {
	b.Helper()
	a := b.get(path)
	if a.Code != http.StatusOK {
		b.Fatalf("GET %s: %d\n%s", path, a.Code, a.Body)
	}
	return a.Body.String()
}

// post sends a form of pairs of name and value.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	b.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	b.Helper()
	r.Host = "desk.example"
	if r.Method != http.MethodGet {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range b.headers {
		r.Header.Set(k, v)
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.router.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		if k.MaxAge < 0 {
			delete(b.cookies, k.Name)
		} else {
			b.cookies[k.Name] = k.Value
		}
	}
	return w
}

// holds fails for every text that the answer does not hold.
func (h *house) holds(body string, texts ...string) {
	h.Helper()
	for _, s := range texts {
		if !strings.Contains(body, s) {
			h.Errorf("%q is missing from\n%s", s, body)
		}
	}
}

// lacks fails for every text that the answer holds.
func (h *house) lacks(body string, texts ...string) {
	h.Helper()
	for _, s := range texts {
		if strings.Contains(body, s) {
			h.Errorf("%q does not belong in\n%s", s, body)
		}
	}
}

// runDue lets the jobs that are due run.
func (h *house) runDue(ctx context.Context) {
	h.Helper()
	if _, err := h.jobs.RunDue(ctx); err != nil {
		h.Fatal(err)
	}
}
