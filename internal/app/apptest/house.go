// SPDX-License-Identifier: Apache-2.0

package apptest

import (
	"context"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// Address is where the house receives mail and from where it writes.
const Address = "desk@desk.example"

// Passphrase is what everybody signs in with.
const Passphrase = "correct horse battery"

// Start is when the clock of a house stands still unless the test says otherwise: a Monday
// morning in the zone of the desk.
func Start() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }

// House is a desk for one test.
type House struct {
	*app.House
	T     testing.TB
	Clock *clock.Manual
	Mail  *mailtest.Server // where everything goes that the desk sends
	URL   string           // of the web server, without a slash at its end

	people map[access.Role]person.Person
	guests int
}

// Option changes how a house is built.
type Option func(*setup)

type setup struct {
	database string
	start    time.Time
	change   func(*app.Config)
	reach    netguard.Options
}

// On builds the house on the database at a URL (dbtest); it is SQLite in the test's folder otherwise.
func On(database string) Option { return func(s *setup) { s.database = database } }

// At is when the clock stands still.
func At(t time.Time) Option { return func(s *setup) { s.start = t } }

// Reaching is how far messages to browsers go; the world outside otherwise.
func Reaching(o netguard.Options) Option { return func(s *setup) { s.reach = o } }

// Configured lets the test change the configuration before the house is built.
func Configured(change func(*app.Config)) Option { return func(s *setup) { s.change = change } }

// Each runs fn once for each engine, side by side, with a house of its own.
func Each(t *testing.T, fn func(t *testing.T, h *House)) {
	t.Helper()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		fn(t, New(t, On(url)))
	})
}

// sweeping lets the heap of a test grow as that of a desk does (app.Main).
var sweeping = sync.OnceFunc(func() { app.PaceHeap(os.LookupEnv) }) //nolint:gochecknoglobals // once for each process

// New builds a house for the length of the test.
func New(t testing.TB, opts ...Option) *House {
	t.Helper()
	sweeping()
	s := setup{start: Start()}
	for _, o := range opts {
		o(&s)
	}
	web := httptest.NewUnstartedServer(nil)
	h := &House{
		T: t, Clock: clock.NewManual(s.start), Mail: mailtest.Start(t, mailtest.Options{}),
		URL: "http://" + web.Listener.Addr().String(), people: map[access.Role]person.Person{},
	}
	conf := app.Config{Data: t.TempDir(), HTTP: web.Listener.Addr().String(), Database: s.database, SecureCookies: "auto"}
	if s.change != nil {
		s.change(&conf)
	}
	var err error
	h.House, err = app.Open(context.WithoutCancel(t.Context()), conf, app.Options{Clock: h.Clock, Public: h.URL, PasswordCost: sessiontest.Cheap(), Inside: netguard.Options{AllowLoopback: true}, Reach: s.reach})
	if err != nil {
		t.Fatal(err)
	}
	web.Config.Handler = h.Handler()
	web.Start()
	t.Cleanup(func() {
		h.Pages.Close() // ends the streams
		web.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	h.mailing()
	return h
}

// mailing lets the house write through the server of the test.
func (h *House) mailing() {
	h.T.Helper()
	m := notify.Mailing{Address: Address, Tagged: true, Host: h.Mail.Host(), Port: h.Mail.Port(), Security: notify.Plain}
	if err := h.Notices.SaveMailing(h.T.Context(), access.Desk(), m, "", setting.AnyVersion); err != nil {
		h.T.Fatal(err)
	}
	// Each thing is told at once and by itself, so that a test sees what it asks for.
	if err := setting.Save(h.T.Context(), h.Settings, access.Desk(), notify.PaceName, notify.Pace{}, 0); err != nil {
		h.T.Fatal(err)
	}
}

// RunJobs runs everything that is due until nothing is. A job that fails fails the test.
func (h *House) RunJobs() {
	h.T.Helper()
	for {
		done, err := h.Jobs.RunDue(h.T.Context())
		if err != nil {
			h.T.Fatal(err)
		}
		looked, err := h.Escalations.RunDue(h.T.Context())
		if err != nil {
			h.T.Fatal(err)
		}
		if done+looked == 0 {
			return
		}
	}
}

// Advance moves the clock and runs what became due on the way.
func (h *House) Advance(d time.Duration) {
	h.T.Helper()
	h.Clock.Advance(d)
	h.RunJobs()
}

// Mailbox returns what came for an address so far, oldest first.
func (h *House) Mailbox(addr string) []mailtest.Mail { return h.Mail.To(addr) }

// Person returns the one person of a role that the house keeps, made when first asked for.
func (h *House) Person(role access.Role) person.Person {
	h.T.Helper()
	if p, ok := h.people[role]; ok {
		return p
	}
	names := map[access.Role]string{access.Requester: "王海燕", access.Agent: "陈立", access.Lead: "周敏", access.Admin: "郑宁"}
	h.people[role] = h.Add(person.Person{Name: names[role], Email: string(role) + "@desk.example", Role: role})
	return h.people[role]
}

// Somebody makes a further person of a role, another each time.
func (h *House) Somebody(role access.Role) person.Person {
	h.T.Helper()
	h.guests++
	return h.Add(person.Person{Name: "Guest", Email: strings.Repeat("g", h.guests) + "@guest.example", Role: role})
}

// Add makes a person as given, who can sign in with Passphrase.
func (h *House) Add(p person.Person) person.Person {
	h.T.Helper()
	if p.Lang == "" {
		p.Lang = "zh-CN"
	}
	p, err := h.People.Add(h.T.Context(), access.Desk(), p)
	if err != nil {
		h.T.Fatal(err)
	}
	if err := h.Sessions.SetPassword(h.T.Context(), p.ID, Passphrase); err != nil {
		h.T.Fatal(err)
	}
	return p
}

// Actor is a person at a door: "web", "portal", "api".
func Actor(p person.Person, via string) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: via}
}

// Receive takes a raw message in as if the listener had, and runs the jobs that understand it.
func (h *House) Receive(from string, raw []byte) intake.ID {
	h.T.Helper()
	which, err := h.Intake.Journal(h.T.Context(), intake.Delivery{
		Source: "smtp", Sender: from, Recipient: Address, Address: "127.0.0.1", Raw: raw,
	})
	if err != nil {
		h.T.Fatal(err)
	}
	h.RunJobs()
	return which
}

// SMTP opens the listener for mail for the rest of the test and returns its address.
func (h *House) SMTP() string {
	h.T.Helper()
	l, err := (&net.ListenConfig{}).Listen(h.T.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		h.T.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(h.T.Context()))
	ended := make(chan error, 1)
	go func() { ended <- h.Receiver().Serve(ctx, l) }()
	h.T.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.T.Error(err)
		}
	})
	return l.Addr().String()
}

// TURN opens the relay of shared screens on the loopback for the rest of the test and returns its
// address.
func (h *House) TURN() string {
	h.T.Helper()
	udp, err := (&net.ListenConfig{}).ListenPacket(h.T.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		h.T.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(h.T.Context()))
	ended := make(chan error, 1)
	at := udp.LocalAddr().String()
	serve := h.OpenRelay(udp, nil)
	go func() { ended <- serve(ctx) }()
	h.T.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.T.Error(err)
		}
	})
	return at
}
