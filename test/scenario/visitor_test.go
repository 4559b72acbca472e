// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

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
		"{command}", "looked", "{pack}", "reply", "{rule}", "jargon.cache", "/{$}", "/", "{number}", number, "{token}", token, "{run}", run, "{name}", name, "{message}", fmt.Sprint(v.mail), "{code}", v.code, "{set}", "cn", "{year}", "2026", "{month}", "2026-03", "{file}", "report.csv",
		"{key}", "00000000-0000-4000-8000-000000000000", "{secret}", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "{letter}", "acknowledged", "{lang}", lang, "{id}", id, "{event}", event, "{swap}", swap, "{feed}", feed, "{act}", act, "{version}", "1",
		"{session}", v.screen(r), "{what}", fmt.Sprintf("%d.1.%d.%d", v.ticket.Number, v.agent.ID, v.group.ID),
	).Replace(r.pattern)
}
