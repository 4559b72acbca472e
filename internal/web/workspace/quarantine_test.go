// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// mail lets a mail come in and be read, and returns its line in the journal.
func (h *house) mail(raw string) intake.Entry {
	h.Helper()
	which, err := h.intake.Journal(h.Context(), intake.Delivery{Source: "smtp", Sender: "bounce@example.test", Recipient: "desk@desk.example", Address: "192.0.2.7", Raw: []byte(raw)})
	if err != nil {
		h.Fatal(err)
	}
	h.runDue(h.Context())
	return h.entry(which)
}

func (h *house) entry(which intake.ID) intake.Entry {
	h.Helper()
	e, err := h.intake.Entry(h.Context(), access.Desk(), which)
	if err != nil {
		h.Fatal(err)
	}
	return e
}

const canary = `<img src=x onerror=alert(1)>`

func TestTheJournalLosesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mail("From: a@example.test\nSubject: 打印机\n\n卡纸了")
	h.mail("From: b@example.test\nBounce: yes\nSubject: 退信\n\n没有送到")
	held := h.mail("Subject: " + canary + "\n\n没有发件人" + canary)
	broken := h.mail("谁也读不懂" + canary)
	b := h.as(h.agent)
	body := b.page("/work/quarantine")
	for label, n := range map[string]int{"收到": 4, "新建": 1, "追加": 0, "不处理": 1, "隔离": 2} {
		h.holds(body, fmt.Sprintf(`<dt>%s</dt><dd class="num">%d</dd>`, label, n))
	}
	h.holds(body, "对得上，差 0 封", "隔离 2", html.EscapeString(canary), "邮件没有写明发件人，或写了不止一个。", "邮件读不出来", fmt.Sprintf("/work/quarantine/%d", held.ID),
		fmt.Sprintf("/work/quarantine/%d", broken.ID))
	h.lacks(body, canary)
	h.holds(b.page("/work/quarantine?state=suppressed"), "退信，不建单也不答复。")
	h.holds(b.page("/work/quarantine?state=done"), "建成新工单", "LD-")
	h.holds(b.page("/work/quarantine?state=discarded"), "没有丢弃过邮件。")
	h.holds(b.page("/work/quarantine?state=nonsense"), html.EscapeString(canary))
}

func TestAHeldMailIsShownAsTextOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	raw := "Subject: " + canary + "\n\n没有发件人 <script>alert(2)</script>"
	e := h.mail(raw)
	b := h.as(h.agent)
	at := fmt.Sprintf("/work/quarantine/%d", e.ID)
	body := b.page(at)
	h.holds(body, "邮件没有写明发件人，或写了不止一个。", "bounce@example.test", "desk@desk.example", "192.0.2.7", html.EscapeString("没有发件人 <script>alert(2)</script>"), "手工建单", "重新读取")
	h.lacks(body, canary, "<script>alert")
	a := b.get(at + "/raw")
	if a.Code != http.StatusOK || a.Body.String() != raw {
		t.Fatalf("%d, %q", a.Code, a.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": fmt.Sprintf(`attachment; filename="mail-%d.eml.txt"`, e.ID),
	} {
		if got := a.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := a.Header().Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("policy: %q", got)
	}
	for _, path := range []string{"/work/quarantine/4711", "/work/quarantine/4711/raw", "/work/quarantine/x", "/work/quarantine/0"} {
		if a := b.get(path); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Code)
		}
	}
}

func TestAHeldMailIsReadAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := h.mail("Subject: 没有发件人\n\n一句话")
	b := h.as(h.agent)
	if a := b.post(fmt.Sprintf("/work/quarantine/%d/retry", e.ID)); a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	if got := h.entry(e.ID).State; got != intake.Received {
		t.Errorf("it is %s", got)
	}
	body := b.page("/work/quarantine?state=received")
	h.holds(body, "已放回，正在重新读取", "另有 1 封正在读取", "没有发件人")
	h.runDue(t.Context())
	if got := h.entry(e.ID).State; got != intake.Quarantined {
		t.Errorf("read again it is %s", got)
	}
}

// TestP5_AHeaderAloneIsNotOfferedToBeReadAgain: the page says where the rest is and offers a ticket by hand.
func TestP5_AHeaderAloneIsNotOfferedToBeReadAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	which, err := h.intake.Journal(t.Context(), intake.Delivery{
		Source: "imap", Recipient: "desk@desk.example", Raw: []byte("From: a@example.test\nSubject: 录屏\n\n"), Held: intake.HeaderOnly, Mailbox: "box", UIDValidity: 1, UID: 7,
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.as(h.agent)
	at := fmt.Sprintf(workspace.QuarantinePath+"/%d", which)
	body := b.page(at)
	h.holds(body, "这里只有信头", "手工建单")
	h.lacks(body, "重新读取", at+"/retry")
	a := b.post(at + "/retry") // from a page of before
	if a.Code != http.StatusConflict || !strings.Contains(a.Body.String(), "这封邮件只收取了信头") {
		t.Errorf("%d\n%s", a.Code, a.Body)
	}
	if got := h.entry(which).State; got != intake.Quarantined {
		t.Errorf("it is %s", got)
	}
}

func TestATicketIsMadeOfAHeldMailByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := h.mail("Subject: 没有发件人\n\n读出来的一句话")
	b := h.as(h.agent)
	at := fmt.Sprintf("/work/quarantine/%d/ticket", e.ID)
	a := b.post(at, "name", "新同事", "email", "", "subject", "写好的标题", "text", "写好的正文"+canary)
	if a.Code != http.StatusUnprocessableEntity {
		t.Fatalf("without an address: %d", a.Code)
	}
	h.holds(a.Body.String(), "填写报障人的邮箱，才能建单。", `value="新同事"`, `value="写好的标题"`, html.EscapeString("写好的正文"+canary))
	h.lacks(a.Body.String(), canary)
	if a = b.post(at, "name", "新同事", "email", "desk@desk.example"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("our own address: %d", a.Code)
	}
	if a = b.post(at, "name", "新同事", "email", "neu@example.test", "subject", "写好的标题", "text", "写好的正文"); a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	now := h.entry(e.ID)
	one, err := h.tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: now.Ticket})
	if err != nil || now.State != intake.Done || one.Subject != "写好的标题" || a.Header().Get("Location") != "/work/tickets/"+one.Ref() {
		t.Fatalf("%v, %s, %q, leads to %q", err, now.State, one.Subject, a.Header().Get("Location"))
	}
	h.holds(b.page(fmt.Sprintf("/work/quarantine/%d", e.ID)), one.Ref(), "已处理")
	if a = b.post(at, "email", "neu@example.test"); a.Code != http.StatusConflict {
		t.Errorf("a second time: %d", a.Code)
	}
}

// What leaves the list asks once, with and without a script.
func TestDiscardingAsksOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := h.mail("Subject: 没有发件人\n\n一句话")
	b := h.as(h.agent)
	at := fmt.Sprintf("/work/quarantine/%d", e.ID)
	h.holds(b.page(at), `<dialog class="sheet" id="discard"`, at+"?do=discard")
	h.holds(b.page(at+"?do=discard"), "丢弃这封邮件？", "“没有发件人”会离开隔离区", `action="`+at+`/discard"`)
	if got := h.entry(e.ID).State; got != intake.Quarantined {
		t.Fatalf("asking made it %s", got)
	}
	if a := b.post(at + "/discard"); a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	if got := h.entry(e.ID).State; got != intake.Discarded {
		t.Errorf("it is %s", got)
	}
	body := b.page("/work/quarantine")
	h.holds(body, "隔离区是空的", "隔离中有 1 封已由人丢弃", "对得上，差 0 封")
	body = b.page(at)
	h.lacks(body, "/retry", "/discard", "手工建单")
	h.holds(body, "一句话")
	if a := b.post(at + "/discard"); a.Code != http.StatusConflict {
		t.Errorf("a second time: %d", a.Code)
	}
}
