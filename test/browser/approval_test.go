// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// waitingFor asks somebody on a ticket that an agent has.
func waitingFor(t *testing.T, h *apptest.House, who person.Person) (ticket.Ticket, approval.Approval) {
	t.Helper()
	v := taken(t, h, "财务共享盘写不进去")
	a, err := h.Approvals.Ask(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: v.ID}, approval.Ask{
		Subject: approval.Subject{Title: "开通财务共享盘写权限", Content: "F:\\finance，三个月"}, Levels: []approval.AskLevel{{People: []person.ID{who.ID}}}, Hold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.RunJobs()
	return v, a
}

func decided(t *testing.T, h *apptest.House, a approval.Approval) approval.State {
	t.Helper()
	v, err := h.Approvals.Get(t.Context(), apptest.Actor(h.Person(access.Lead), "web"), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v.State
}

// A letter's link on a phone: opening it decides nothing, a refusal asks for its reason and keeps the
// page, a press decides, and the same link then says what was decided (N31, S04).
func TestN31_S04_AnApprovalByTheLinkOfALetterOnAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	boss := h.Somebody(access.Requester)
	_, a := waitingFor(t, h, boss)
	mails := h.Mailbox(boss.Email)
	if len(mails) != 1 {
		t.Fatalf("%d letters to the approver", len(mails))
	}
	link := regexp.MustCompile(`/approve/[a-z0-9-]+`).FindString(mails[0].Text())
	b := open(t, h.URL)
	b.size(narrow)
	if status := b.goTo(link); status != http.StatusOK {
		t.Fatalf("the link is %d", status)
	}
	b.sees("what is to be approved", `document.querySelector("#what").textContent.includes("F:\\finance")`)
	b.sees("a page that fits the phone", `document.documentElement.scrollWidth <= innerWidth`)
	if decided(t, h, a) != approval.Waiting {
		t.Fatal("opening the link decided")
	}
	b.provoke(http.StatusUnprocessableEntity)
	b.click(`#decide button[value=no]`)
	b.sees("that a refusal says why", `document.querySelector("#decide .err, #decide [aria-invalid=true]")`)
	b.click(`#f-comment`)
	b.focused("#f-comment")
	b.write("同意，到期收回")
	b.click(`#decide button[value=yes]`)
	b.sees("that it is decided", `!document.querySelector("#decide") && document.querySelector("#who").textContent.includes("同意，到期收回")`)
	if got := decided(t, h, a); got != approval.Granted {
		t.Errorf("it is %s", got)
	}
}

// Asking and deciding without the mouse: V on the ticket, who and what, Ctrl Enter; the lead goes to
// what waits by two keys, opens it and decides by one.
func TestByKeyboard_N31_AskAndDecide(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	boss := h.Person(access.Lead)
	v := taken(t, h, "财务共享盘写不进去")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.sees("the ticket", `document.querySelector("#thread .msg")`)
	b.press("s")
	b.arrives("/work/tickets/" + v.Ref() + "/approvals/new")
	b.tabTo("#f-title")
	b.write("开通财务共享盘写权限")
	b.tabTo("#f-content")
	b.write("F:\\finance，三个月")
	b.tabTo("input[name=people]")
	b.write(boss.Email)
	b.press("ctrl+Enter")
	b.arrives("/work/tickets/" + v.Ref())
	b.sees("what was asked, on the ticket", `document.querySelector("#approvals")?.textContent.includes("开通财务共享盘写权限")`)

	c := open(t, h.URL)
	c.signIn(boss.Email)
	c.goTo("/work")
	c.sees("the list", `document.querySelector(".qr")`)
	c.press("g", "s")
	c.arrives("/work/approvals")
	c.sees("what waits", `document.querySelector("[data-row] [data-open-row]")`)
	c.press("j")
	c.sees("a cursor", `document.querySelector("[data-row].cur")`)
	c.press("Enter")
	list, err := h.Approvals.OfTicket(t.Context(), apptest.Actor(boss, "web"), v)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d approvals, %v", len(list), err)
	}
	c.arrives(fmt.Sprintf("/work/approvals/%d", list[0].ID))
	c.sees("the decision", `document.querySelector("#decide")`)
	c.press("y")
	c.sees("that it is decided", `!document.querySelector("#decide") && document.querySelector("#who .chip.ok")`)
	after, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: v.ID})
	if err != nil || after.Status != ticket.Opened {
		t.Errorf("the ticket is %s, %v", after.Status, err)
	}
}

// The letter to an approver and what its link opens, for docs/screenshots.
func TestScreenshotsOfAnApproval(t *testing.T) {
	h := apptest.New(t)
	link := ""
	for _, look := range casts() {
		boss := h.Add(person.Person{Name: "周敏", Email: "boss-" + look.short + "@desk.example", Role: access.Requester, Lang: look.lang})
		waitingFor(t, h, boss)
		box := h.Mailbox(boss.Email)
		if len(box) != 1 {
			t.Fatalf("%d letters to the approver", len(box))
		}
		if link == "" {
			link = regexp.MustCompile(`/approve/[a-z0-9-]+`).FindString(box[0].Text())
		}
		letter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, box[0].HTML())
		}))
		t.Cleanup(letter.Close)
		mail := open(t, letter.URL)
		call(mail, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.theme}}})
		mail.size(narrow)
		mail.goTo("/")
		mail.reads("F:\\finance")
		mail.file(narrow, "approval-mail-"+look.short+"-"+look.theme+"-390")
	}
	b := open(t, h.URL)
	b.goTo("/signin")
	b.series([]picture{{name: "approval-link", path: link, narrow: true}})
}
