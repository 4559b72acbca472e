// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

const passphrase = "correct horse battery"

// house is a router with real services below it on SQLite, and a clock that stands still.
type house struct {
	*testing.T
	router    *page.Router
	db        *db.DB
	bus       *event.Bus
	hub       *pubsub.Hub
	clock     *clock.Manual
	people    *person.Service
	sessions  *session.Service
	settings  *setting.Service
	tickets   *ticket.Service
	links     *session.Links
	log       *log
	forgotten []string
	linked    []string

	admin, lead, agent, requester, other person.Person
}

// log keeps what the house wrote, for tests that look for what must or must not stand there.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newHouse builds the house. Change may alter the kit before the router is made of it.
func newHouse(t *testing.T, change ...func(*page.Kit)) *house {
	t.Helper()
	ctx := t.Context()
	d := dbtest.Open(t, dbtest.SQLite(t))
	h := &house{T: t, db: d, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)), log: &log{}}
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.bus = event.NewBus(job.New(d, h.clock, slog.New(slog.DiscardHandler)))
	h.people = person.NewService(d, h.bus, h.clock)
	h.settings = setting.NewService(d, h.bus, h.clock)
	h.hub = pubsub.New(d)
	keys := secret.New(bytes.Repeat([]byte{7}, secret.Size))
	h.links = session.NewLinks(keys, h.clock)
	var err error
	h.sessions = session.NewService(d, h.bus, h.clock, h.people, sessiontest.Cheap())
	event.Within(h.bus, h.sessions.PersonChanged)
	blobs, err := blob.Open(ctx, "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: h.bus, Clock: h.clock, People: h.people, Catalog: catalog.New(d, h.bus, h.clock), Settings: h.settings, Blobs: blobs,
	})
	k := &page.Kit{
		Sessions: h.sessions, People: h.people, Settings: h.settings, Links: h.links, Tickets: h.tickets, Hub: h.hub, Keys: keys,
		Clock: h.clock, Log: logger, Public: "http://desk.example",
		Forgot:     func(_ context.Context, email string) error { h.forgotten = append(h.forgotten, email); return nil },
		SignInLink: func(_ context.Context, email string) error { h.linked = append(h.linked, email); return nil },
	}
	for _, fn := range change {
		fn(k)
	}
	h.router = page.NewRouter(k)
	h.admin = h.person("管理员", access.Admin)
	h.lead = h.person("周启", access.Lead)
	h.agent = h.person("林岚", access.Agent)
	h.requester = h.person("王海燕", access.Requester)
	h.other = h.person("Tom Reed", access.Requester)
	return h
}

// person adds somebody without a password; whoever signs in by the form is given one by it.
func (h *house) person(name string, role access.Role) person.Person {
	h.Helper()
	p, err := h.people.Add(h.Context(), access.Desk(), person.Person{
		Name: name, Email: fmt.Sprintf("%x@example.test", name), Lang: "zh-CN", Role: role,
	})
	if err != nil {
		h.Fatal(err)
	}
	return p
}

func (h *house) password(p person.Person) {
	h.Helper()
	if err := h.sessions.SetPassword(h.Context(), p.ID, passphrase); err != nil {
		h.Fatal(err)
	}
}

func (h *house) actor(p person.Person, via string) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: via}
}

// record opens a ticket of the requester with one text and maybe staged files.
func (h *house) record(by person.Person, say ticket.Say) ticket.Ticket {
	h.Helper()
	t, _, err := h.tickets.Record(h.Context(), h.actor(by, "portal"), ticket.Request{Requester: by.ID, Channel: ticket.Portal, Say: say})
	if err != nil {
		h.Fatal(err)
	}
	return t
}

// stage stores a file of somebody and returns its token.
func (h *house) stage(by person.Person, f ticket.File) string {
	h.Helper()
	a, err := h.tickets.Stage(h.Context(), h.actor(by, "web"), f)
	if err != nil {
		h.Fatal(err)
	}
	return a.Token
}

func (h *house) code(t ticket.Ticket) string {
	return h.links.Track(session.Bond{Ticket: int64(t.ID), Person: int64(t.Requester)})
}

// browser is somebody at the desk: cookies, and the headers a browser of today sends.
type browser struct {
	*house
	cookies map[string]string
	headers map[string]string
}

// nobody is a browser without a session.
func (h *house) nobody() *browser {
	return &browser{house: h, cookies: map[string]string{}, headers: map[string]string{"Accept": "text/html"}}
}

// as is a browser that signed in by the form.
func (h *house) as(p person.Person) *browser {
	h.Helper()
	h.password(p)
	b := h.nobody()
	a := b.post("/signin", "email", p.Email, "password", passphrase)
	if a.Code != http.StatusSeeOther {
		h.Fatalf("sign in as %s: %d\n%s", p.Name, a.Code, a.Body)
	}
	return b
}

// with returns the browser with one more header on each request.
func (b *browser) with(name, value string) *browser {
	out := &browser{house: b.house, cookies: b.cookies, headers: map[string]string{name: value}}
	for k, v := range b.headers {
		if k != name {
			out.headers[k] = v
		}
	}
	return out
}

// htmx is the browser as our script asks for a part of a page.
func (b *browser) htmx() *browser {
	return b.with("HX-Request", "true").with("HX-Request-Type", "partial")
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form of pairs of name and value.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	b.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// sent is one file on its way.
type sent struct {
	name string
	data io.Reader
}

// upload posts files as a browser does.
func (b *browser) upload(path string, files ...sent) *httptest.ResponseRecorder {
	b.Helper()
	pr, pw := io.Pipe()
	w := multipart.NewWriter(pw)
	go func() {
		for _, f := range files {
			part, err := w.CreateFormFile("upload", f.name)
			if err != nil {
				_ = pw.CloseWithError(err)
				return
			}
			if _, err := io.Copy(part, f.data); err != nil {
				return // the server has hung up
			}
		}
		_ = pw.CloseWithError(w.Close())
	}()
	r := httptest.NewRequest(http.MethodPost, path, pr)
	r.Header.Set("Content-Type", w.FormDataContentType())
	defer func() { _ = pr.Close() }()
	return b.do(r)
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.Helper()
	r.Host = "desk.example"
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
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

// fresh takes the administrator's role away behind everybody's back, as if nobody had it yet.
func (h *house) fresh() {
	h.Helper()
	err := h.db.Write(h.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE person SET role = 'requester' WHERE id = $1`, h.admin.ID)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
}

// say is a message of plain words.
func say(text string, files ...string) ticket.Say { return ticket.Say{Text: text, Files: files} }

// png is a picture of one pixel.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

// The names that templ components use for what they are given.
type (
	ctxType = context.Context
	writer  = io.Writer
)

// setPath puts an address into a request as a client would have sent it.
func setPath(r *http.Request, address string) error {
	u, err := url.ParseRequestURI(address)
	if err == nil {
		r.URL, r.RequestURI = u, address
	}
	return err
}
