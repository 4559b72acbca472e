// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// What is typed in one form of a page is still there when its neighbour was sent, and when that was
// refused; in both languages.
func TestNothingTypedIsLostWhenANeighbourIsSent(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh-CN", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := apptest.New(t)
			lead := apptest.Actor(h.Person(access.Lead), "web")
			v, other := taken(t, h, "网络中断"), taken(t, h, "键盘少一个键")
			if _, err := h.Majors.Declare(t.Context(), lead, ticket.Target{ID: v.ID}, major.Declaration{Headline: "网络中断"}); err != nil {
				t.Fatal(err)
			}
			p, err := h.Problems.Open(t.Context(), lead, problem.Draft{Title: "VPN 网关会话数不足"})
			if err != nil {
				t.Fatal(err)
			}
			incident, about := workspace.Path+"/majors/"+v.Ref(), workspace.Path+"/problems/"+p.ID.Ref()
			boss := h.Somebody(access.Requester)
			_, a := waitingFor(t, h, boss)
			b := asLead(t, h)
			b.speak(lang)

			// an incident: an update and the review while a ticket is attached, refused first
			b.goTo(incident)
			b.into("#f-text", "正在切换备用线路")
			b.into("#f-review", "光纤被挖断")
			b.provoke(http.StatusUnprocessableEntity)
			b.into("#f-request", "LD-999999")
			b.press("Enter")
			b.sees("the refusal", `document.querySelector("#f-request-error")`)
			b.sees("both texts after it", `document.querySelector("#f-text").value === "正在切换备用线路" && document.querySelector("#f-review").value === "光纤被挖断"`)
			b.run(`document.querySelector("#f-request").value = ""`)
			b.into("#f-request", other.Ref())
			b.press("Enter")
			b.sees("the ticket attached", `document.querySelector('.admin a[href$="`+other.Ref()+`"]') && !document.querySelector("#f-request-error")`)
			b.sees("both texts", `document.querySelector("#f-text").value === "正在切换备用线路" && document.querySelector("#f-review").value === "光纤被挖断"`)
			b.click(`form[action$="/update"] button[type=submit]`)
			b.sees("the update, and its form empty", `[...document.querySelectorAll("ol")].some((o) => o.textContent.includes("备用线路")) && document.querySelector("#f-text").value === ""`)
			b.sees("the review", `document.querySelector("#f-review").value === "光纤被挖断"`)
			b.goTo(workspace.Path)
			b.goTo(incident)
			b.sees("nothing that was left behind", `document.querySelector("#f-review").value === ""`)

			// a problem: what is written about it while a ticket is linked and a move is refused
			b.goTo(about)
			b.into("#f-cause", "会话数到顶")
			b.into("#f-ticket", other.Ref())
			b.press("Enter")
			b.sees("the ticket linked", `document.querySelector("#tickets [data-row]")`)
			b.sees("the cause", `document.querySelector("#f-cause").value === "会话数到顶"`)
			b.provoke(http.StatusUnprocessableEntity)
			b.click(`button[value=known]`)
			b.sees("the refusal with the cause", `document.querySelector("#f-workaround-error") && document.querySelector("#f-cause").value === "会话数到顶"`)
			b.into("#f-workaround", "换备用网关")
			b.click("#about button[type=submit]")
			b.arrives(about)
			b.sees("what was saved", `document.querySelector("#f-workaround").value === "换备用网关" && document.querySelector("#f-cause").value === "会话数到顶"`)

			// somebody else writes in the same place meanwhile: nothing of theirs is written over
			now, err := h.Problems.Get(t.Context(), lead, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			b.run(`document.querySelector("#f-cause").value = ""`)
			b.into("#f-cause", "会话表太小")
			theirs := now.Draft
			theirs.Cause = "许可证到期"
			if _, err = h.Problems.Edit(t.Context(), lead, p.ID, now.Version, theirs); err != nil {
				t.Fatal(err)
			}
			b.click(`#tickets ul form button, #tickets li form button`)
			b.sees("no ticket", `!document.querySelector("#tickets [data-row]")`)
			b.sees("one's own words", `document.querySelector("#f-cause").value === "会话表太小"`)
			b.provoke(http.StatusPreconditionFailed)
			b.click("#about button[type=submit]")
			b.sees("that somebody saved", `document.querySelector('.admin a[href="`+about+`"]') && document.querySelector("#f-cause").value === "会话表太小"`)
			if now, err = h.Problems.Get(t.Context(), lead, p.ID); err != nil || now.Cause != "许可证到期" {
				t.Errorf("%q %v", now.Cause, err)
			}

			// an approval: the comment while somebody is called in, who is not known
			c := open(t, h.URL)
			c.signIn(boss.Email)
			c.speak(lang)
			c.goTo(fmt.Sprintf("/approvals/%d", a.ID))
			c.into("#f-comment", "到期收回")
			c.click("#call summary")
			c.into("#f-who", "nobody@desk.example")
			c.into("#f-call-comment", "请看看范围")
			c.provoke(http.StatusUnprocessableEntity)
			c.click("#call button")
			c.sees("the refusal", `document.querySelector("#f-who-error")`)
			c.sees("the comment", `document.querySelector("#f-comment").value === "到期收回"`)
			c.sees("the note of the call", `document.querySelector("#f-call-comment").value === "请看看范围"`)
			c.accessible("the approval")
		})
	}
}

// into writes into a field as a person does.
func (b *tab) into(field, text string) {
	b.Helper()
	b.run(`document.querySelector("` + field + `").focus()`)
	b.write(text)
}
