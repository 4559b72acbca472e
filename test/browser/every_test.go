// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// apart are routes that no crawl comes to and no list of sheets names, by why they need no look here.
func apart() map[string]string {
	out := map[string]string{}
	for why, list := range map[string][]string{
		"a part of a page, which its page shows": {
			"/work/nav", "/work/rows", "/work/palette", "/work/palette/find", "/work/keys",
			"/work/phone/people", "/work/phone/ringing", "/work/search/suggest", "/find",
			"/requests/{number}/now", "/t/{code}/now", "/requests/{number}/solution", "/t/{code}/solution",
			"/work/tickets/{number}/head", "/work/tickets/{number}/thread", "/work/tickets/{number}/presence", "/work/tickets/{number}/peek",
			"/work/tickets/{number}/side", "/work/tickets/{number}/other", "/work/tickets/{number}/people", "/work/tickets/{number}/mentions",
			"/work/tickets/{number}/act", "/work/tickets/{number}/texts",
		},
		"a file, a frame or a stream": {
			"/manifest.webmanifest", "/sw.js", "/events", "/t/{code}/events",
			"/files/{number}/{token}/{name}", "/t/{code}/files/{token}/{name}", "/frame/{number}/{message}", "/t/{code}/frame/{message}",
			"/articles/{id}/files/{token}", "/requests/{number}/guides/{run}/pictures/{token}/{name}", "/t/{code}/guides/{run}/pictures/{token}/{name}", "/work/report/{file}",
			"/work/report/overrides.csv", "/work/quarantine/{id}/raw", "/work/runbooks/{id}/versions/{version}/file", "/work/runbooks/{id}/pictures/{token}/{name}",
			"/work/articles/new/files/{token}", "/work/articles/{id}/files/{token}", "/rota/{secret}", "/visits/{secret}",
			"/work/devices/register.csv", "/work/scores/scores.xlsx", "/work/month/month.xlsx", "/admin/holidays/{set}/{year}",
			"/admin/directory/runs/{id}/bad.csv", "/admin/letters/{letter}/{lang}/preview",
		},
		"leads on to a page": {
			"/start", "/q/{token}",
		},
		"a test of its own looks at it": {
			"/t/{code}/share", "/requests/{number}/share", "/work/tickets/{number}/remote", "/t/{code}/guides/{run}",
			"/requests/{number}/guides/{run}", "/approve/{code}", "/u/{secret}", "/files/phone",
			"/signin/mail/{secret}", "/work/tickets/{number}/sent",
		},
		"for staff, where it is named": {
			"/me/notices",
		},
		"a form of one question behind a secret or in a state that the sample is not in": {
			"/t/{code}/leave", "/t/{code}/stop", "/setup/{secret}", "/password/{secret}", "/work/tickets/{number}/refuse-hand-over",
		},
		"the sample has none; the stories of the room read it": {
			"/admin/directory/imports/{id}", "/admin/directory/runs/{id}", "/admin/devices/imports/{id}", "/admin/rehearsals/{id}",
			"/admin/mailboxes/{id}",
		},
	} {
		for _, p := range list {
			out[p] = why
		}
	}
	return out
}

// links are the addresses that a page leads to.
var links = regexp.MustCompile(`<a [^>]*href="([^"]*)"`) //nolint:gochecknoglobals // a constant in all but name

// every crawls the sample desk as somebody and returns an address for each page of a face, by its
// pattern.
func (d desk) every(t *testing.T, who string, from []string, faces ...page.Face) map[string]string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if r, err := client.PostForm(d.url+"/signin", url.Values{"email": {who}, "password": {apptest.Passphrase}}); err != nil {
		t.Fatal(err)
	} else {
		_ = r.Body.Close()
	}
	pattern := d.patterns(faces...)
	found, todo := map[string]string{}, from
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		is := pattern(path)
		if is == "" || found[is] != "" {
			continue
		}
		r, err := client.Get(d.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
		_ = r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(strings.ToLower(string(body[:min(20, len(body))])), "<!doctype html") {
			continue // another address may answer
		}
		found[is] = path
		for _, m := range links.FindAllSubmatch(body, -1) {
			if to, err := url.Parse(path); err == nil {
				if to, err = to.Parse(html.UnescapeString(string(m[1]))); err == nil && to.Host == "" && strings.HasPrefix(to.Path, "/") {
					to.Fragment = ""
					todo = append(todo, to.String())
				}
			}
		}
	}
	return found
}

// patterns tells to which route of the faces an address leads; empty for none.
func (d desk) patterns(faces ...page.Face) func(path string) string {
	mux := http.NewServeMux()
	for _, r := range d.Pages.Routes() {
		if r.Method == http.MethodGet && slices.Contains(faces, r.Face) {
			mux.Handle("GET "+r.Pattern, http.NotFoundHandler())
		}
	}
	return func(path string) string {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			return ""
		}
		_, p := mux.Handler(r)
		return strings.TrimPrefix(p, "GET ")
	}
}

// Every page that can be reached and that no list of sheets names is looked at as those are: both
// languages, both themes, three sizes. A new page is looked at from the day it is linked.
func TestEveryOtherPage_A34_A40(t *testing.T) {
	t.Parallel()
	for _, p := range []struct {
		name, who string
		faces     []page.Face
		sheets    []func(desk, *testing.T) []sheet
		from      func(desk, *testing.T) []string // where the crawl begins
	}{
		{"staff", zheng, []page.Face{page.Workspace, page.Admin}, []func(desk, *testing.T) []sheet{desk.forAgent, desk.forAdmin}, func(d desk, t *testing.T) []string {
			answered := d.find(t, ticket.Filter{}, func(x ticket.Ticket) bool { return x.Status == ticket.Resolved && !x.ConfirmedAt.IsZero() })
			return []string{
				"/work", "/admin", "/admin/directory/conflicts", "/work/articles/1/edit", "/work/articles/2/edit", "/work/articles/3/edit", "/work/tickets/" + answered.Ref() + "/archive",
				d.with(t, ticket.Resolved, func(x ticket.Ticket) bool { return x.ConfirmedAt.IsZero() }) + "/confirm", d.with(t, ticket.Closed, any1) + "/reopen",
			}
		}},
		{"requester", wang, []page.Face{page.Portal, page.House}, []func(desk, *testing.T) []sheet{desk.forRequester, desk.outside}, func(desk, *testing.T) []string { return []string{"/"} }},
	} {
		for _, lang := range []string{"zh-CN", "en"} {
			t.Run(p.name+"/"+lang, func(t *testing.T) {
				t.Parallel()
				d := sampleDeskIn(t, lang)
				pattern := d.patterns(p.faces...)
				named := map[string]bool{}
				for _, list := range p.sheets {
					for _, s := range list(d, t) {
						named[pattern(s.path)] = true
					}
				}
				found, set := d.every(t, p.who, p.from(d, t), p.faces...), apart()
				for _, r := range d.Pages.Routes() {
					if r.Method == http.MethodGet && slices.Contains(p.faces, r.Face) && found[r.Pattern] == "" && !named[r.Pattern] && set[r.Pattern] == "" {
						t.Errorf("nobody looks at %s: link it, name it among the sheets, or say why it needs no look", r.Pattern)
					}
				}
				b := open(t, d.url)
				b.signIn(p.who)
				b.speak(lang)
				for is, path := range found {
					if !named[is] {
						b.visit(sheet{name: is, path: path})
						b.look(is, lang)
					}
				}
			})
		}
	}
}
