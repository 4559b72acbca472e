// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"regexp"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// A reply stands on the page as being sent, with a button that has it back; the requester sees it
// when it has left and gets their mail then, and after that the refusal says so.
func TestAReplyCanBeTakenBackForAMoment(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	p.Advance(0)
	user := p.SignIn(access.Requester)
	mails := len(p.Mailbox(p.Person(access.Requester).Email))

	f := p.htmx("reply", "at", "reply", "text", "您好，我已经远程清空了打印队列，您可以再试一次。")
	p.shows(f, 200, "正在发送", p.at("take-back"), `data-key="z"`, `data-toast="10000"`)
	p.hides(user.Get("/requests/"+p.ref), "打印队列")
	p.shows(p.agent.Get(p.at("")), 200, "正在发送", "打印队列")
	back := p.htmx("take-back")
	p.shows(back, 200, "已撤回", `hx-target="#reply"`, "打印队列")
	p.shows(p.agent.Get(p.at("")), 200, "在发出前撤回了一条回复")
	p.leaves()
	p.hides(user.Get("/requests/"+p.ref), "打印队列")
	if got := len(p.Mailbox(p.Person(access.Requester).Email)); got != mails {
		t.Errorf("%d mails left for words that were taken back", got-mails)
	}

	p.went(p.post("reply", "at", "reply", "text", "您好，请再试一次。"), p.at(""))
	p.shows(p.agent.Get(p.at("")), 200, p.at("take-back"), "正在发送给")
	p.leaves()
	p.shows(user.Get("/requests/"+p.ref), 200, "请再试一次")
	p.hides(p.agent.Get(p.at("")), p.at("take-back"))
	p.shows(p.post("take-back"), 409, "已经发出")
}

// A split: the form names the messages, what is wrong comes back as it was chosen, and the new
// ticket is what comes next.
func TestASplitFromTheTicket(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	r := p.agent.Get(p.at("split"))
	p.shows(r, 200, "带到新工单的消息", `name="messages"`, "打印机卡纸", "用户原话")
	which := regexp.MustCompile(`name="messages"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="messages"`).FindStringSubmatch(r.Body)
	if which == nil {
		t.Fatal("no message can be chosen")
	}
	p.shows(p.post("split", "at", "act-split", "subject", "另一件"), 422, "选择要带到新工单的消息，其中至少一条是用户的原话", "另一件")
	done := p.post("split", "at", "act-split", "subject", "另一件", "messages", which[1]+which[2])
	x := p.now()
	if done.Status != 303 || done.Location() != "/work/tickets/"+ticket.Ref(x.SplitTo()) {
		t.Fatalf("went to %q with %d", done.Location(), done.Status)
	}
	p.shows(p.agent.Get(done.Location()), 200, "另一件", "拆自它", p.ref)
	p.shows(p.agent.Get(p.at("")), 200, "从本单拆出", ticket.Ref(x.SplitTo()))
}
