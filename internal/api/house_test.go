// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// house is a desk with a door for programs, a stopped clock and four people: an agent, a lead,
// and two requesters who have nothing to do with each other.
type house struct {
	t        *testing.T
	api      *api.API
	parts    api.Parts
	clock    *clock.Manual
	jobs     *job.Queue
	tokens   map[string]string
	people   map[string]person.Person
	group    person.Group
	category catalog.Category
	service  catalog.Service
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	h := &house{t: t, tokens: map[string]string{}, people: map[string]person.Person{}}
	h.clock = clock.NewManual(time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC)) // Tuesday, 09:30 in Shanghai
	h.jobs = job.New(d, h.clock, nil)
	bus := event.NewBus(h.jobs)
	p := api.Parts{Clock: h.clock, People: person.NewService(d, bus, h.clock), Catalog: catalog.New(d, bus, h.clock), Settings: setting.NewService(d, bus, h.clock)}
	p.Sessions = session.NewService(d, bus, h.clock, p.People, sessiontest.Cheap())
	p.Clocks = sla.NewService(p.Settings, h.jobs, h.clock)
	blobs, err := blob.Open(ctx, "file://"+filepath.ToSlash(t.TempDir()))
	h.must(err)
	t.Cleanup(func() { _ = blobs.Close() })
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: h.clock, People: p.People, Catalog: p.Catalog, Settings: p.Settings, Blobs: blobs,
		Gates: ticket.StandardGates(), Plan: p.Clocks.Plan, Expect: p.Clocks.Expect,
	})
	p.Norm = norm.NewService(p.Settings, func() *ticket.Service { return p.Tickets }, p.Clocks, h.clock)
	p.Promises = promise.NewService(promise.Parts{DB: d, Bus: bus, Clock: h.clock, Jobs: h.jobs, Tickets: p.Tickets})
	p.Promises.Listen()
	p.Rotas = rota.NewService(d, bus, h.clock, p.People)
	p.Majors = major.NewService(major.Parts{DB: d, Bus: bus, Clock: h.clock, Settings: p.Settings, Tickets: p.Tickets})
	p.Problems = problem.NewService(problem.Parts{DB: d, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: p.People, Catalog: p.Catalog, Tickets: p.Tickets})
	p.Escalations = escalation.NewService(escalation.Parts{
		DB: d, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: p.People, Rotas: p.Rotas, Settings: p.Settings, Tickets: p.Tickets,
		Scene: func(context.Context, *db.Tx, ticket.Ticket) (escalation.Scene, error) { return escalation.Scene{}, nil },
	})
	p.Remote = remote.NewService(remote.Parts{
		DB: d, Clock: h.clock, Jobs: h.jobs, People: p.People, Settings: p.Settings, Tickets: p.Tickets, Keys: secret.New(make([]byte, secret.Size)),
	})
	p.Views = queue.New(d, bus, h.clock, p.People)
	p.Search = search.NewService(search.Parts{DB: d, Clock: h.clock, Jobs: h.jobs, People: p.People, Tickets: p.Tickets})
	p.Suggest = suggest.NewService(suggest.Parts{
		DB: d, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: p.People, Catalog: p.Catalog, Settings: p.Settings, Tickets: p.Tickets,
	})
	p.Suggest.Listen()
	p.Inbox = inbox.NewService(inbox.Parts{DB: d, Bus: bus, Clock: h.clock, Jobs: h.jobs, People: p.People, Tickets: p.Tickets, Promises: p.Promises, Settings: p.Settings})
	event.WithinAny(bus, p.Inbox.Heard)
	event.WithinAny(bus, p.Search.Heard)
	event.Within(bus, p.Clocks.SolutionGiven)
	event.Within(bus, p.Sessions.PersonChanged)
	p.Clocks.Serve(p.Tickets)
	h.parts = p
	h.api = api.New(p)
	h.furnish(ctx)
	return h
}

// furnish adds the people, their tokens, a group, a category and a service.
func (h *house) furnish(ctx context.Context) {
	h.t.Helper()
	for _, p := range []person.Person{
		{Name: "林晓岚", Email: "lin@desk.test", Lang: "zh-CN", Role: access.Agent},
		{Name: "Lea Leader", Email: "lea@desk.test", Lang: "en", Role: access.Lead},
		{Name: "王海燕", Email: "wang@firm.test", Lang: "zh-CN", Role: access.Requester, Phone: "8001", Department: "财务部"},
		{Name: "Zoe Stranger", Email: "zoe@firm.test", Lang: "en", Role: access.Requester},
	} {
		got, err := h.parts.People.Add(ctx, access.Desk(), p)
		h.must(err)
		name, _, _ := strings.Cut(p.Email, "@")
		h.people[name] = got
		h.tokens[name], _, err = h.parts.Sessions.MakeToken(ctx, access.Desk(), got.ID, "test")
		h.must(err)
	}
	var err error
	h.group, err = h.parts.People.SaveGroup(ctx, access.Desk(), person.Group{Name: "服务台", NameEN: "Service desk", Members: []person.ID{h.people["lin"].ID}}, 0)
	h.must(err)
	h.category, err = h.parts.Catalog.SaveCategory(ctx, access.Desk(), catalog.Category{Name: "软件", NameEN: "Software", Group: h.group.ID}, 0)
	h.must(err)
	h.service, err = h.parts.Catalog.SaveService(ctx, access.Desk(), catalog.Service{Name: "ERP", Core: true}, 0)
	h.must(err)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) id(name string) int64 { return int64(h.people[name].ID) }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// request is what is sent; who names a token, "" sends none.
type request struct {
	who    string
	method string
	path   string
	body   any // a string is sent as it is
	header map[string]string
}

func (h *house) send(r request) answer {
	h.t.Helper()
	return sendTo(h.t, h.api, h.tokens[r.who], r)
}

func sendTo(t testing.TB, to http.Handler, token string, r request) answer {
	t.Helper()
	var body io.Reader
	switch b := r.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	case []byte:
		body = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	path := r.path
	if !strings.HasPrefix(path, "/api") {
		path = api.Prefix + path
	}
	req := httptest.NewRequest(r.method, path, body)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
		if v == "" {
			req.Header.Del(k)
		}
	}
	w := httptest.NewRecorder()
	to.ServeHTTP(w, req)
	if strings.Contains(w.Body.String(), "⟦") {
		t.Errorf("%s %s: a message is not written: %s", r.method, path, w.Body)
	}
	out := answer{status: w.Code, header: w.Result().Header, raw: w.Body.String()}
	if strings.Contains(out.header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &out.body); err != nil {
			t.Fatalf("%s %s: the answer is not JSON: %v\n%s", r.method, path, err, out.raw)
		}
		if door, ok := to.(*api.API); ok {
			for _, err := range door.Differs(req, w.Code, any(out.body)) {
				t.Errorf("%s %s answers what docs/openapi.json does not describe: %v\n%s", r.method, path, err, out.raw)
			}
		}
	}
	return out
}

func (h *house) get(who, path string) answer {
	h.t.Helper()
	return h.send(request{who: who, method: http.MethodGet, path: path})
}

func (h *house) post(who, path string, body any) answer {
	h.t.Helper()
	return h.send(request{who: who, method: http.MethodPost, path: path, body: body})
}

// want fails the test where the status is another one.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// at reads a member by its path: "detail.solution.text", "gaps.0.key".
func (a answer) at(path string) any {
	var v any = a.body
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

func (a answer) int(path string) int64 {
	n, _ := a.at(path).(float64)
	return int64(n)
}

// each reads one member of every element of a list.
func (a answer) each(list, member string) []string {
	items, _ := a.at(list).([]any)
	out := []string{}
	for i := range items {
		out = append(out, a.text(list+"."+strconv.Itoa(i)+"."+member))
	}
	return out
}

// open records a ticket of wang's and returns its path.
func (h *house) open(body map[string]any) string {
	h.t.Helper()
	if body == nil {
		body = map[string]any{"text": "ERP 提交付款单报错。15:00 银行截单。"}
	}
	a := h.post("wang", "/tickets", body).want(h.t, http.StatusCreated)
	return "/tickets/" + strconv.FormatInt(a.int("number"), 10)
}

// events names what happened to a ticket, in order.
func (h *house) events(who, path string) []string {
	h.t.Helper()
	return h.get(who, path+"/events?limit=200").want(h.t, http.StatusOK).each("items", "name")
}

// m is a body.
type m = map[string]any

// complete fills what the gates before resolving ask for.
func (h *house) complete(path string) {
	h.t.Helper()
	h.post("lin", path+"/accept", nil).want(h.t, http.StatusOK)
	h.post("lin", path+"/grade", m{"core": true, "affected": "team", "halt": "stopped"}).want(h.t, http.StatusOK)
	h.post("lin", path+"/record", m{"intake": m{
		"since": m{"value": "今天 09:10"}, "affected": m{"value": "付款"},
		"people": m{"unknown": true, "reason": "用户只知道自己"}, "wanted": m{"value": "15:00 前"},
	}}).want(h.t, http.StatusOK)
}

func solution() m {
	return m{
		"solution": "系统组扩充了存储空间，付款单可以提交了。", "cause": "存放财务数据的空间用满了", "prevention": "已设容量告警",
		"verify": []string{"打开一笔草稿付款单，点提交", "看到提交成功"},
	}
}
