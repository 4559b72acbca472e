// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

// ways are the addresses that a page leads to by itself or by a press, apart from forms.
var ways = regexp.MustCompile(`(?:href|src|hx-get)="([^"]*)"`) //nolint:gochecknoglobals // a constant in all but name

// links returns the addresses of our own that an answer names, without duplicates.
func (v *visitor) links(from string, a answer) []string {
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		return nil
	}
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	var out []string
	for _, m := range ways.FindAllStringSubmatch(a.body, -1) {
		u, err := base.Parse(html.UnescapeString(m[1]))
		if err != nil || (u.Host != "" && "http://"+u.Host != v.URL) || (u.Scheme != "" && u.Scheme != "http") {
			continue
		}
		u.Scheme, u.Host, u.Fragment = "", "", ""
		if p := u.String(); strings.HasPrefix(p, "/") && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// crawl follows everything that somebody can reach from the given addresses, at most so many
// pages, and shows each answer to look.
func (v *visitor) crawl(most int, look func(path string, a answer), from ...string) int {
	v.Helper()
	seen, queue := map[string]bool{}, slices.Clone(from)
	n := 0
	for len(queue) > 0 && n < most {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/assets/") {
			continue
		}
		seen[path] = true
		n++
		a := v.get(path)
		look(path, a)
		if to := a.header.Get("Location"); strings.HasPrefix(to, "/") {
			queue = append(queue, to)
		}
		queue = append(queue, v.links(path, a)...)
	}
	if n == most {
		v.Logf("%s: the crawl ended after %d pages with %d addresses left", v.name, n, len(queue))
	}
	return n
}

// TestA37_S30_S55_LookingChangesNothing asks every GET of every door as everybody, as a page,
// as a part of one and as HEAD, and follows every link; afterwards the tables are what they were.
func TestA37_S30_S55_LookingChangesNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.failing()
		dead, held := w.dead(), w.quarantined()
		w.mailbox()
		readers := slices.Concat(w.everybody(), w.programs(), w.holders())
		paths := map[*visitor][]string{}
		for _, v := range readers {
			for _, r := range w.routes() {
				if r.method != http.MethodGet || r.api != (v.token != "") || strings.Contains(r.pattern, "{id}") {
					continue
				}
				paths[v] = append(paths[v], v.filled(r))
			}
			if v.token == "" {
				paths[v] = append(paths[v], "/admin/people/"+key(w.stranger.ID), "/admin/groups/"+key(w.group.ID), "/admin/categories/"+key(w.subject.ID),
					"/admin/services/"+key(w.service.ID), "/work/quarantine/"+key(held), "/work/quarantine/"+key(held)+"/raw", "/admin/jobs?before="+key(dead+1), "/admin/mailboxes/"+w.mailbox(), "/admin/mailboxes/new", "/admin/calendars/new")
			}
		}
		w.must(w.Reports.Follow(w.Context())) // what reports note of facts is a cache, which catches up by itself
		before := w.state()
		for _, mark := range []string{"one_time", "attachment", "job", "event"} {
			if !strings.Contains(before, mark+"\n") {
				t.Fatalf("the state has no %s", mark)
			}
		}
		same := func(what string) {
			t.Helper()
			if d := cmp.Diff(before, w.state()); d != "" {
				t.Fatalf("%s has changed\n%s", what, d)
			}
		}
		asks := 0
		for _, v := range readers {
			for _, path := range paths[v] {
				q := "?"
				if strings.Contains(path, "?") {
					q = "&"
				}
				v.get(path)
				if v.token == "" {
					v.get(path + q + "lang=en&theme=dark&text=x&solution=1&confirm=yes&next=/work&do=resolve")
					v.send(http.MethodGet, path, nil, http.Header{"Hx-Request": {"true"}, "Hx-Request-Type": {"partial"}})
				}
				v.send(http.MethodHead, path, nil, nil)
				asks += 4
			}
			same(v.name)
		}
		for _, v := range readers {
			if v.token == "" {
				asks += v.crawl(150, func(string, answer) {}, "/", "/requests", "/work", "/work?view=all", "/admin", "/me", "/t/"+v.code)
			}
			same("the crawl of " + v.name)
		}
		if asks < 1000 {
			t.Errorf("only %d questions were asked", asks)
		}
	})
}

func key[N ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// TestS30_A37_AScannerThatFollowsEveryLinkOfEveryMail does what mail filters do: it opens every
// link of every letter, twice, before its reader does. Nothing is confirmed, and nothing used up.
func TestS30_A37_AScannerThatFollowsEveryLinkOfEveryMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		ref := strings.TrimPrefix(h.SignInAs(s.user).Post("/new", url.Values{"text": {"打印机卡纸"}}).Location(), "/requests/")
		s.work(ref)
		w := &world{T: t, House: h, owner: s.user}
		if a := w.nobody().post("/forgot", url.Values{"email": {s.user.Email}}); a.status != http.StatusOK {
			t.Fatalf("%d", a.status)
		}
		if a := w.nobody().post("/signin/mail", url.Values{"email": {s.user.Email}}); a.status != http.StatusOK {
			t.Fatalf("%d", a.status)
		}
		h.RunJobs()
		scanner := w.nobody()
		address := regexp.MustCompile(regexp.QuoteMeta(h.URL) + `[^\s"<>)]*`)
		before, opened := w.state(), map[string]bool{}
		for range 2 {
			for _, m := range h.Mailbox(s.user.Email) {
				for _, link := range address.FindAllString(m.Text()+"\n"+html.UnescapeString(m.HTML()), -1) {
					path := strings.TrimPrefix(link, h.URL)
					a := scanner.get(path)
					scanner.send(http.MethodHead, path, nil, nil)
					scanner.send(http.MethodOptions, path, nil, nil)
					if a.status != http.StatusOK && a.status != http.StatusSeeOther {
						t.Errorf("%s: %d", path, a.status)
					}
					for _, next := range scanner.links(path, a) {
						scanner.get(next)
					}
					opened[strings.SplitN(path, "/", 3)[1]] = true
				}
			}
		}
		if !opened["t"] || !opened["password"] || !opened["signin"] {
			t.Fatalf("only links to %v were in the mails: this test proves nothing", opened)
		}
		if d := cmp.Diff(before, w.state()); d != "" {
			t.Errorf("following links has changed\n%s", d)
		}
		if v := s.ticket(ref); !v.ConfirmedAt.IsZero() {
			t.Error("the scanner has confirmed for the user (N35)")
		}
	})
}
