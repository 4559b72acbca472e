// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// told is a mail on which a server in front says what it found out about its sender.
func told(results, from, text string) []byte {
	return []byte("Authentication-Results: mx.desk.example; " + results + "\r\nReceived: from a by b\r\nFrom: " + from +
		"\r\nTo: " + apptest.Address + "\r\nSubject: 打印机\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
}

func reads(t *testing.T, body string, want ...string) {
	t.Helper()
	body = html.UnescapeString(body)
	for _, s := range want {
		if !strings.Contains(body, s) {
			t.Errorf("%q is not on the page", s)
		}
	}
}

// TestS01_S12_WhoWroteAMailStandsOnIt: quietly where it is proven, clearly where it is not,
// with the address and never the name alone.
func TestS01_S12_WhoWroteAMailStandsOnIt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	if err := h.Intake.SaveTrust(t.Context(), access.Desk(), intake.Trust{
		Checks: intake.TheyCheck, Servers: []string{"mx.desk.example"}, Require: intake.WhenChecked,
	}, 0); err != nil {
		t.Fatal(err)
	}
	lin := h.SignIn(access.Agent)
	page := func(results, text string) string {
		t.Helper()
		h.Receive("wang@corp.example", told(results, "Wang <wang@corp.example>", text))
		p, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 1})
		if err != nil || len(p.Tickets) != 1 {
			t.Fatal(p, err)
		}
		return lin.Get("/work/tickets/" + p.Tickets[0].Ref()).Body
	}
	good := page("spf=pass smtp.mailfrom=wang@corp.example; dmarc=pass (p=reject) header.from=corp.example", "一")
	reads(t, good, "发件人已核实", "corp.example 为这封邮件作证。", "pass · corp.example · p=reject", "mx.desk.example")
	if strings.Contains(good, "冒名") {
		t.Error("a proven sender is doubted")
	}
	reads(t, page("dmarc=fail (p=reject) header.from=corp.example", "二"), "冒名发件人", "corp.example 没有发出这封邮件，并要求拦下这样的邮件。")
	reads(t, page("dmarc=none header.from=corp.example", "三"), "发件人未获证实")

	// A reply with a good token waits beside the ticket, and one press lets it in.
	letters := h.Mailbox("wang@corp.example")
	if len(letters) == 0 {
		t.Fatal("nothing was acknowledged")
	}
	ref, _, _ := strings.Cut(strings.TrimPrefix(letters[0].Header("Subject"), "["), "]")
	x, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	if err != nil {
		t.Fatal(err)
	}
	answer := strings.Trim(letters[0].Header("Reply-To"), "<>")
	answer = answer[strings.LastIndex(answer, "<")+1:]
	raw := strings.Replace(string(told("dmarc=none header.from=corp.example", "Wang <wang@corp.example>", "我是本人<script>")), "To: "+apptest.Address, "To: "+answer, 1)
	which := h.Receive("wang@corp.example", []byte(raw))
	at := "/work/tickets/" + x.Ref()
	body := lin.Get(at).Body
	reads(t, body, "等待决定", "wang@corp.example", "没有凭据证明这封邮件出自发件人，没有放进工单。", "我是本人<script>", "放进工单", "还不在工单里，用户看不到。")
	if strings.Contains(body, "我是本人<script>") {
		t.Error("the words of a held mail are markup")
	}
	held := fmt.Sprintf("/work/quarantine/%d", which)
	reads(t, lin.Get(held).Body, "发件人未获证实", "放进工单", x.Ref())
	if r := lin.Post(held+"/let-in", url.Values{}); r.Status != 303 || r.Header.Get("Location") != at {
		t.Fatalf("%d %s", r.Status, r.Header.Get("Location"))
	}
	after := lin.Get(at).Body
	reads(t, after, "由陈立放进工单")
	if strings.Contains(after, "还不在工单里") {
		t.Error("it still waits")
	}
	if r := lin.Post(held+"/let-in", url.Values{}); r.Status != 409 {
		t.Errorf("twice: %d", r.Status)
	}
}
