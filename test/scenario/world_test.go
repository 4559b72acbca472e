// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// world is a house with people in every role and a ticket on which a bit of everything
// happened, for the tests that look at every door at once.
type world struct {
	*testing.T
	*apptest.House

	owner, stranger, agent, lead, admin person.Person

	ticket  ticket.Ticket // the owner's
	foreign ticket.Ticket // the stranger's
	mail    ticket.MessageID
	file    string // token of a file of the owner's ticket that the owner may have
	hidden  string // of one on an internal note
	group   person.Group
	subject catalog.Category
	service catalog.Service
	sent    sentBook
	code    string // tracking link of the owner to the ticket
	picture string // of the article that was made last
	forged  string // the same link with the signature of another

	session *visitor // of an administrator, made when first asked for
}

// build furnishes the house. Words are put before everything that nobody but staff may read:
// empty where no test looks for it.
func build(t *testing.T, h *apptest.House, words string) *world {
	t.Helper()
	w := &world{T: t, House: h}
	w.owner, w.stranger = h.Person(access.Requester), h.Somebody(access.Requester)
	w.agent, w.lead, w.admin = h.Person(access.Agent), h.Person(access.Lead), h.Person(access.Admin)
	var err error
	w.group, err = h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "系统组", Members: []person.ID{w.agent.ID}}, 0)
	w.must(err)
	w.subject, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "软件"}, 0)
	w.must(err)
	_, err = h.Catalog.SaveForm(t.Context(), access.Desk(), w.subject.ID, form.Form{{Name: "version", Kind: form.Text, Label: "哪个版本"}}, 0)
	w.must(err)
	w.service, err = h.Catalog.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "ERP", Core: true}, 0)
	w.must(err)

	h.Receive(w.owner.Email, []byte("From: "+w.owner.Email+"\r\nTo: "+apptest.Address+"\r\nSubject: ERP payment fails\r\nMessage-ID: <first@owner.example>\r\n"+
		"Content-Type: text/html; charset=utf-8\r\n\r\n<p>提交付款单<b>报错</b> ORA-01653</p>\r\n"))
	w.ticket = w.only(w.owner)
	file := w.stage(w.owner, "portal", "a.png", png)
	w.do(w.owner, "portal", ticket.Reply{Say: ticket.Say{Text: "附上截图", Files: []string{file}, Channel: ticket.Portal}})
	w.file = file
	w.hidden = w.stage(w.agent, "web", words+"internal.txt", words+"internal bytes")
	w.do(w.agent, "web", ticket.Accept{})
	w.do(w.agent, "web", ticket.Note{Say: ticket.Say{Text: words + "表空间口令", Files: []string{w.hidden}}})
	w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "我来负责"}})
	w.mail = w.firstMail()

	foreign, _, err := h.Tickets.Record(t.Context(), apptest.Actor(w.stranger, "portal"), ticket.Request{
		Requester: w.stranger.ID, Channel: ticket.Portal, Say: ticket.Say{Text: words + "别人的请求"},
	})
	w.must(err)
	w.foreign = foreign
	w.RunJobs()
	w.code = h.Links.Track(session.Bond{Ticket: int64(w.ticket.ID), Person: int64(w.owner.ID)})
	other := h.Links.Track(session.Bond{Ticket: int64(w.foreign.ID), Person: int64(w.stranger.ID)})
	w.forged = w.code[:strings.LastIndexByte(w.code, '-')] + other[strings.LastIndexByte(other, '-'):]
	w.refresh()
	return w
}

// png is a picture of one pixel.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// only returns the one ticket of somebody.
func (w *world) only(p person.Person) ticket.Ticket {
	w.Helper()
	list, err := w.Tickets.List(w.Context(), apptest.Actor(p, "portal"), ticket.Filter{View: ticket.All})
	w.must(err)
	if len(list.Tickets) != 1 {
		w.Fatalf("%s has %d tickets, want 1", p.Email, len(list.Tickets))
	}
	return list.Tickets[0]
}

func (w *world) do(by person.Person, via string, cmd ticket.Command) {
	w.Helper()
	if _, err := w.Tickets.Do(w.Context(), apptest.Actor(by, via), ticket.Target{ID: w.ticket.ID}, cmd); err != nil {
		w.Fatalf("%s: %v", cmd.Name(), err)
	}
}

func (w *world) stage(by person.Person, via, name, data string) string {
	w.Helper()
	a, err := w.Tickets.Stage(w.Context(), apptest.Actor(by, via), ticket.File{Name: name, Data: strings.NewReader(data)})
	w.must(err)
	return a.Token
}

// refresh reads the ticket as it is now.
func (w *world) refresh() {
	w.Helper()
	var err error
	w.ticket, err = w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{ID: w.ticket.ID})
	w.must(err)
}

func (w *world) firstMail() ticket.MessageID {
	w.Helper()
	list, err := w.Tickets.Thread(w.Context(), access.Desk(), w.ticket)
	w.must(err)
	for _, e := range list {
		if e.Message != nil && e.Message.HTML != "" {
			return e.Message.ID
		}
	}
	w.Fatal("no mail on the ticket")
	return 0
}

// asked is an approval that waits for the visitor; for the lead where the visitor may decide none:
// the requester, for whom it would be, and the administrator, who asks.
func (v *visitor) asked() approval.ID {
	v.Helper()
	who := v.person.ID
	if who == 0 || who == v.owner.ID || who == v.admin.ID {
		who = v.lead.ID
	}
	t, _, err := v.Tickets.Record(v.Context(), apptest.Actor(v.owner, "portal"), ticket.Request{Requester: v.owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "x"}})
	v.must(err)
	a, err := v.Approvals.Ask(v.Context(), apptest.Actor(v.admin, "web"), ticket.Target{ID: t.ID}, approval.Ask{
		Subject: approval.Subject{Title: "x", Content: "x"}, Levels: []approval.AskLevel{{People: []person.ID{who}}},
	})
	v.must(err)
	return a.ID
}

// quarantined makes a message that nobody can place.
func (w *world) quarantined() intake.ID {
	w.Helper()
	which, err := w.Intake.Journal(w.Context(), intake.Delivery{
		Source: "smtp", Recipient: apptest.Address, Address: "127.0.0.1", Raw: []byte("From: nobody at all\r\nSubject: x\r\n\r\nx\r\n"),
	})
	w.must(err)
	_, _ = w.Jobs.RunDue(w.Context()) // a job that dead made may fail again
	return which
}

// dead makes a job that was given up.
func (w *world) dead() int64 {
	w.Helper()
	w.must(w.DB.Write(w.Context(), func(ctx context.Context, tx *db.Tx) error {
		return w.Jobs.Enqueue(ctx, tx, job.Spec{Kind: "scenario:fails"})
	}))
	_, _ = w.Jobs.RunDue(w.Context()) // its failure is the point
	list, err := w.Jobs.Dead(w.Context(), 0, 1)
	w.must(err)
	if len(list) != 1 {
		w.Fatal("the job did not die")
	}
	return list[0].ID
}

// failing lets dead make jobs that die.
func (w *world) failing() {
	w.Jobs.Handle("scenario:fails", func(context.Context, job.Job) error { return job.Permanent(errors.New("as asked")) })
}

// visitor is a browser or a program of somebody, seen as from outside.
type visitor struct {
	*world
	name   string
	person person.Person // empty for nobody
	client *http.Client
	token  string // of a program
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) nobody() *visitor {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &visitor{world: w, name: "nobody", client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// browser is somebody signed in.
func (w *world) browser(name string, p person.Person) *visitor {
	w.Helper()
	v := w.nobody()
	v.name, v.person = name, p
	v.enter()
	return v
}

// enter signs in, once more where it must.
func (v *visitor) enter() {
	v.Helper()
	if v.person.ID == 0 {
		return
	}
	a := v.post("/signin", url.Values{"email": {v.person.Email}, "password": {apptest.Passphrase}})
	if a.status != http.StatusSeeOther {
		v.Fatalf("%s could not sign in: %d\n%s", v.name, a.status, a.body)
	}
}

// program is somebody's program with a token.
func (w *world) program(name string, p person.Person) *visitor {
	w.Helper()
	v := w.nobody()
	v.name, v.person = name, p
	var err error
	v.token, _, err = w.Sessions.MakeToken(w.Context(), access.Desk(), p.ID, "scenario")
	w.must(err)
	return v
}

// everybody are the people of the house at their browsers, with nobody among them.
func (w *world) everybody() []*visitor {
	w.Helper()
	return []*visitor{
		w.nobody(), w.browser("owner", w.owner), w.browser("stranger", w.stranger),
		w.browser("agent", w.agent), w.browser("lead", w.lead), w.browser("admin", w.admin),
	}
}

// programs are the same people by their programs.
func (w *world) programs() []*visitor {
	w.Helper()
	return []*visitor{
		w.nobody(), w.program("owner", w.owner), w.program("stranger", w.stranger),
		w.program("agent", w.agent), w.program("lead", w.lead), w.program("admin", w.admin),
	}
}

func (v *visitor) get(path string) answer {
	v.Helper()
	return v.send(http.MethodGet, path, nil, nil)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.Helper()
	return v.send(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func (v *visitor) json(method, path, body string) answer {
	v.Helper()
	return v.send(method, path, strings.NewReader(body), http.Header{"Content-Type": {"application/json"}})
}

// send asks over the wire. Of an answer that never ends only the beginning is read.
func (v *visitor) send(method, path string, body io.Reader, head http.Header) answer {
	v.Helper()
	ctx, stop := context.WithCancel(v.Context())
	defer stop()
	req, err := http.NewRequestWithContext(ctx, method, v.URL+path, body)
	if err != nil {
		v.Fatalf("%s %s: %v", method, path, err)
	}
	for name, values := range head {
		req.Header[name] = values
	}
	switch {
	case v.token != "":
		req.Header.Set("Authorization", "Bearer "+v.token)
	case method != http.MethodGet && method != http.MethodHead && req.Header.Get("Sec-Fetch-Site") == "":
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return a
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.Fatalf("%s %s: %v", method, path, err)
	}
	a.body = string(text)
	return a
}

// route is one row of the matrix, whichever door it belongs to.
type route struct {
	method, pattern, action string
	api                     bool
}

// routes are all of the house.
func (w *world) routes() []route {
	var out []route
	for _, r := range w.Pages.Routes() {
		method := r.Method
		if method == "" {
			method = http.MethodGet
		}
		out = append(out, route{method, r.Pattern, string(r.Action), false})
	}
	for _, r := range w.House.House.API.Routes() {
		out = append(out, route{r.Method, r.Pattern, string(r.Action), true})
	}
	return out
}

// filled replaces the parts of a pattern by things that exist and belong where they should.
func (v *visitor) filled(r route) string {
	v.Helper()
	number := v.ticket.Ref()
	if r.api {
		number = key(v.ticket.Number)
	}
	id, name, swap, feed, event, token, act := "", "a.png", "1", "1", "1", v.file, "hold"
	if strings.Contains(r.pattern, "/q/{token}") {
		token = v.printer().Token
	}
	if strings.Contains(r.pattern, "/visits/{id}/{act}") {
		act = "propose" // a form without times is refused, whoever sends it
	}
	if strings.Contains(r.pattern, "/deviations/{event}") {
		event = key(v.deviation())
	}
	if strings.Contains(r.pattern, "/rota/{id}/swap/{swap}") {
		swap = v.swap()
	}
	if strings.Contains(r.pattern, "{feed}") && v.person.Role.Staff() {
		if strings.Contains(r.pattern, "/visits/") {
			feed = v.visitFeed()
		} else {
			feed = v.feed()
		}
	}
	if strings.Contains(r.pattern, "{id}") {
		id = v.thing(r)
	}
	switch {
	case strings.Contains(r.pattern, "/articles/{id}/files/"):
		token = v.picture
	case strings.Contains(r.pattern, "/articles/new/files/") && v.person.ID != 0:
		token = v.stage(v.person, "web", "b.png", png)
	}
	if strings.Contains(r.pattern, "/calendars/") {
		name = "china-office"
	}
	run := ""
	if strings.Contains(r.pattern, "{run}") || strings.Contains(r.pattern, "/runbooks/{id}") {
		sent := v.guide()
		if run = sent.run; strings.Contains(r.pattern, "/pictures/") {
			token = sent.picture
		}
	}
	lang := "zh-CN"
	if strings.Contains(r.pattern, "/wording/") {
		lang = "zh" // a pack knows no places
	}
	return strings.NewReplacer(
		"{command}", "looked", "{pack}", "reply", "{rule}", "jargon.cache", "/{$}", "/", "{number}", number, "{token}", token, "{run}", run, "{name}", name, "{message}", fmt.Sprint(v.mail), "{code}", v.code, "{set}", "cn", "{year}", "2026", "{file}", "report.csv",
		"{key}", "00000000-0000-4000-8000-000000000000", "{secret}", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "{letter}", "acknowledged", "{lang}", lang, "{id}", id, "{event}", event, "{swap}", swap, "{feed}", feed, "{act}", act, "{version}", "1",
		"{session}", v.screen(r), "{what}", fmt.Sprintf("%d.1.%d.%d", v.ticket.Number, v.agent.ID, v.group.ID),
	).Replace(r.pattern)
}

// screen is a share of the ticket that is open, where the pattern names one; the last one where
// none can be opened any more.
func (w *world) screen(r route) string {
	w.Helper()
	if !strings.Contains(r.pattern, "{session}") {
		return ""
	}
	by := apptest.Actor(w.agent, "web")
	x, err := w.Remote.Ask(w.Context(), by, ticket.Target{ID: w.ticket.ID}, true)
	if err != nil {
		x, err = w.Remote.Share(w.Context(), by, w.ticket)
	}
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return "1" // there never was one
	}
	w.must(err)
	return key(int64(x.ID))
}

// thing is something that the id of a pattern may name: one's own where it is about oneself.
func (v *visitor) thing(r route) string {
	v.Helper()
	by := apptest.Actor(v.person, "web")
	if strings.Contains(r.pattern, "/views/") {
		return key(v.view())
	}
	if strings.Contains(r.pattern, "/articles/{id}") {
		return key(v.article())
	}
	if strings.HasPrefix(r.pattern, "/approvals/") {
		return key(v.asked())
	}
	switch parts := strings.Split(strings.TrimPrefix(r.pattern, "/api"), "/"); parts[2] {
	case "people":
		return key(v.stranger.ID)
	case "scores":
		return key(v.agent.ID)
	case "rehearsals":
		return key(v.rehearsed())
	case "groups":
		return key(v.group.ID)
	case "categories":
		return key(v.subject.ID)
	case "services":
		return key(v.service.ID)
	case "jobs":
		return key(v.dead())
	case "quarantine":
		return key(v.quarantined())
	case "mailboxes":
		return v.mailbox()
	case "approvals":
		return key(v.asked())
	case "routing":
		rule, err := v.Routing.Save(v.Context(), access.Desk(), routing.Rule{Name: "x", Condition: `requester == "nobody"`, Group: v.group.ID, Active: true}, 0)
		v.must(err)
		return key(rule.ID)
	case "directory":
		return v.imported(parts[3])
	case "rota":
		return key(v.rota())
	case "texts":
		t, err := v.Texts.Save(v.Context(), access.Desk(), canned.Text{Lang: "en", Short: "x", Title: "x", Body: "x"}, 0) // everybody's
		v.must(err)
		return key(t.ID)
	case "announcements":
		a, err := v.Announcements.Save(v.Context(), access.Desk(), announcement.Announcement{Kind: announcement.Advice, Title: "x", Text: "x"}, 0, false)
		v.must(err)
		return key(a.ID)
	case "runbooks":
		return v.guide().book
	case "notices":
		return "1"
	case "devices":
		if parts[3] == "imports" {
			x, err := v.Devices.Upload(v.Context(), apptest.Actor(v.admin, "web"), device.Import{Name: "devices.csv"}, []byte("tag,kind\nNEW-1,laptop\n"))
			v.must(err)
			return key(x.ID)
		}
		return key(v.printer().ID)
	case "places":
		p, err := v.Devices.Places(v.Context(), access.Desk())
		v.must(err)
		if len(p) == 0 {
			return key(v.printer().Place.ID)
		}
		return key(p[0].ID)
	case "visits":
		return key(v.visit().ID)
	case "problems", "problem-candidates", "improvements", "reviews", "tickets":
		return v.behind(strings.TrimPrefix(r.pattern, "/api"))
	case "push":
		return key(v.wakeable())
	case "tokens":
		if v.person.ID == 0 {
			return "1"
		}
		_, t, err := v.Sessions.MakeToken(v.Context(), by, v.person.ID, "x")
		v.must(err)
		return key(t.ID)
	case "sessions":
		if v.person.ID == 0 {
			return "1"
		}
		v.browser(v.name, v.person) // a visit elsewhere, to be ended from here
		list, err := v.Sessions.Sessions(v.Context(), by)
		v.must(err)
		newest := list[0].ID
		for _, s := range list {
			newest = max(newest, s.ID)
		}
		return key(newest)
	}
	v.Fatalf("what does the id of %s name?", r.pattern)
	return ""
}

// imported is a file of people, or a run of it.
func (w *world) imported(what string) string {
	w.Helper()
	x, err := w.Directory.Upload(w.Context(), apptest.Actor(w.admin, "web"), directory.Import{Name: "people.csv"}, []byte("name,email\nNobody New,nobody.new@firm.example\n"))
	w.must(err)
	if what == "imports" {
		return key(x.ID)
	}
	r, err := w.Directory.Apply(w.Context(), apptest.Actor(w.admin, "web"), x.ID, false)
	w.must(err)
	return key(r.ID)
}

// rota is one on which the agent is on call.
func (w *world) rota() rota.ID {
	w.Helper()
	list, err := w.Rotas.List(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].ID
	}
	r, err := w.Rotas.Save(w.Context(), access.Desk(), rota.Rota{Name: "Rota", Zone: "UTC", Active: true, Shifts: []rota.Shift{{
		Name: "day", Days: rota.EveryDay, People: []person.ID{w.agent.ID}, Every: 7, Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}}}, 0)
	w.must(err)
	return r.ID
}

// view is a saved view of the visitor's own where they can have one, else of the agent.
func (v *visitor) view() queue.ViewID {
	v.Helper()
	who := v.person
	if !who.Role.Staff() {
		who = v.agent
	}
	out, err := v.Views.Save(v.Context(), apptest.Actor(who, "web"), queue.View{Name: "x", Filter: "status:open", Sharing: queue.Own}, 0)
	v.must(err)
	return out.ID
}

// swap is a swap of the visitor's own where they can have one, else of the agent.
func (v *visitor) swap() string {
	v.Helper()
	at := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	x := rota.Swap{Rota: v.rota(), From: at, To: at.Add(time.Hour), Person: v.agent.ID, Agreed: "yes"}
	if v.person.Role.Staff() {
		x.Person = v.person.ID
	}
	x, err := v.Rotas.Trade(v.Context(), access.Desk(), x)
	v.must(err)
	return key(x.ID)
}

// feed is a calendar of the visitor's own.
func (v *visitor) feed() string {
	v.Helper()
	f, _, err := v.Rotas.MakeFeed(v.Context(), apptest.Actor(v.person, "web"), 0)
	v.must(err)
	return key(f.ID)
}

// visitFeed is a calendar of the visitor's own visits.
func (v *visitor) visitFeed() string {
	v.Helper()
	f, _, err := v.Visits.MakeFeed(v.Context(), apptest.Actor(v.person, "web"))
	v.must(err)
	return key(f.ID)
}

// printer is a device of the register, in a room of its own.
func (w *world) printer() device.Device {
	w.Helper()
	list, _, err := w.Devices.List(w.Context(), access.Desk(), device.Filter{Text: "PRN-1"})
	w.must(err)
	if len(list) > 0 {
		return list[0]
	}
	p, err := w.Devices.SavePlace(w.Context(), access.Desk(), device.Place{Site: "HQ", Room: "301"}, 0)
	w.must(err)
	d, err := w.Devices.Save(w.Context(), access.Desk(), device.Device{Tag: "PRN-1", Kind: device.Printer, Place: p}, 0)
	w.must(err)
	return d
}

// visit is one of the agent on the owner's ticket.
func (w *world) visit() visit.Visit {
	w.Helper()
	list, err := w.Visits.Of(w.Context(), access.Desk(), w.now())
	w.must(err)
	if len(list) > 0 {
		return list[0]
	}
	from := w.Clock.Now().Add(time.Hour)
	v, err := w.Visits.Propose(w.Context(), apptest.Actor(w.agent, "web"), ticket.Target{ID: w.ticket.ID}, visit.Wish{
		Act: visit.Fix, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "HQ 301", Engineer: w.agent.ID,
	})
	w.must(err)
	return v
}

// now is the owner's ticket as it stands.
func (w *world) now() ticket.Ticket {
	w.Helper()
	t, err := w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{ID: w.ticket.ID})
	w.must(err)
	return t
}

// mailbox is one that mail would be fetched from, if anything answered there.
func (w *world) mailbox() string {
	w.Helper()
	list, _, err := w.Intake.Mailboxes(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].Key
	}
	b := intake.StartMailbox()
	b.Name, b.Address, b.Host, b.Port, b.User = "Desk", "box@desk.example", "127.0.0.1", 1, "box"
	b, err = w.Intake.SaveMailbox(w.Context(), access.Desk(), b, intake.Secrets{Password: "none"}, 0)
	w.must(err)
	return b.Key
}

// wakeable is a browser of the visitor's that the desk may wake; 1 for who has none.
func (v *visitor) wakeable() inbox.BrowserID {
	v.Helper()
	if !v.person.Role.Staff() {
		return 1
	}
	// The public key of the example in RFC 8291, appendix A.
	b, err := v.Inbox.Subscribe(v.Context(), apptest.Actor(v.person, "web"), inbox.Browser{
		Endpoint: "https://push.example.net/" + v.name, Auth: "BTBZMqHH6r4Tts7J_aSIgg", Agent: "x",
		P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
	})
	v.must(err)
	return b.ID
}

// article is a published one for everybody, with a picture, that the agent wrote and the lead read.
func (w *world) article() knowledge.ID {
	w.Helper()
	by := apptest.Actor(w.agent, "web")
	w.picture = w.stage(w.agent, "web", "a.png", png)
	a, err := w.Knowledge.Save(w.Context(), by, knowledge.Manuscript{
		Lang: "zh", Content: knowledge.Content{Title: "打印机卡纸", Body: "打开前盖\n\n![图](cid:" + w.picture + ")", Audience: knowledge.Public},
	})
	w.must(err)
	_, err = w.Knowledge.Submit(w.Context(), by, a.ID, 0, w.lead.ID)
	w.must(err)
	_, err = w.Knowledge.Publish(w.Context(), apptest.Actor(w.lead, "web"), a.ID, knowledge.Release{})
	w.must(err)
	return a.ID
}

// deviation is one of the agent's, on the owner's ticket.
func (w *world) deviation() int64 {
	w.Helper()
	for range 2 {
		p, err := w.Scores.Deviations(w.Context(), access.Desk(), score.Filter{By: w.agent.ID}, time.UTC)
		w.must(err)
		if len(p.List) > 0 {
			return p.List[0].Event
		}
		w.do(w.agent, "web", ticket.Deviate{Gap: "gap.intake", Reason: "用户在现场，先处理"})
	}
	w.Fatal("what was deviated from is not listed")
	return 0
}

// rehearsed is a rehearsal of the house's own pack.
func (w *world) rehearsed() rehearsal.ID {
	w.Helper()
	list, err := w.Rehearsals.List(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].ID
	}
	id, err := w.Rehearsals.Start(w.Context(), access.Desk(), rehearsal.Pack, "", 1)
	w.must(err)
	return id
}
