// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// longest is what a text of a form takes that says nothing else, in characters.
const longest = 4000

// full is a form with as much in every text as it takes, in the widest characters, and with a field
// that no form has: it is refused for that, and nothing is done.
func full(n *html.Node) (v url.Values, texts int) {
	v = url.Values{"no_such_field": {"x"}}
	for at := range n.Descendants() {
		name, most := attr(at, "name"), longest
		if m, err := strconv.Atoi(attr(at, "maxlength")); err == nil {
			most = min(m, longest)
		}
		written := at.Data == "textarea" || at.Data == "input" && (attr(at, "type") == "" || attr(at, "type") == "text")
		if name == "" || !written || at.Data == "input" && attr(at, "maxlength") == "" {
			continue
		}
		v.Add(name, strings.Repeat("长", most))
		texts++
	}
	return v, texts
}

// TestS81_NoFormIsTooLargeForItsOwnFields fills every form of every page as far as its fields go, in
// Chinese, which takes nine bytes a character on its way: none is refused for its size, for what is
// refused so cannot be given back.
func TestS81_NoFormIsTooLargeForItsOwnFields(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		_, err := h.Catalog.SaveForm(t.Context(), access.Desk(), w.subject.ID, form.Form{
			{Name: "steps", Kind: form.Long, Label: "怎么做的"}, {Name: "error", Kind: form.Long, Label: "报什么错"}, {Name: "wish", Kind: form.Long, Label: "要什么"},
		}, 1)
		w.must(err)
		w.do(w.agent, "web", ticket.Classify{Category: w.subject.ID})
		w.do(w.agent, "web", ticket.Ask{Elements: []ticket.Element{ticket.Since, ticket.Affected, ticket.Symptom}, Questions: []string{"steps", "error"}, Channel: ticket.Web})
		numbers, seen, texts := regexp.MustCompile(`\d+`), map[string]bool{}, 0
		for who, from := range map[*visitor][]string{
			w.browser("owner", w.owner): {"/requests/" + w.ticket.Ref(), "/new", "/"},
			w.browser("admin", w.admin): {workspace.TicketsPath + w.ticket.Ref(), "/work?view=all", "/work/new", "/work/phone", "/admin", workspace.TicketsPath + w.ticket.Ref() + "?act=hold"},
		} {
			who.crawl(120, func(_ string, a answer) {
				tree, err := html.Parse(strings.NewReader(a.body))
				w.must(err)
				for n := range tree.Descendants() {
					action := attr(n, "action")
					if n.Data != "form" || attr(n, "method") != "post" || !strings.HasPrefix(action, "/") {
						continue
					}
					v, count := full(n)
					path, _, _ := strings.Cut(action, "?")
					kind := numbers.ReplaceAllString(path, "#") + " " + strconv.Itoa(count)
					if count == 0 || seen[kind] {
						continue
					}
					seen[kind], texts = true, texts+count
					if r := who.post(action, v); r.status == http.StatusRequestEntityTooLarge {
						t.Errorf("%s: %d texts are too much for it", action, count)
					}
				}
			}, from...)
		}
		t.Logf("%d forms with %d texts", len(seen), texts)
		if len(seen) < 30 {
			t.Errorf("only %d forms were found", len(seen))
		}
	})
}
