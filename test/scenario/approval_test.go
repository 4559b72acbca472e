// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

var approveLink = regexp.MustCompile(`/approve/[a-z0-9-]+`) //nolint:gochecknoglobals // a constant

// linkFor is the newest letter to somebody that leads to a decision, as its path.
func (o *office) linkFor(who person.Person) string {
	o.Helper()
	list := o.Mailbox(who.Email)
	for i := len(list) - 1; i >= 0; i-- {
		if link := approveLink.FindString(list[i].Text()); link != "" {
			return link
		}
	}
	o.Fatalf("no letter to %s leads to a decision", who.Email)
	return ""
}

func (o *office) ask(hold bool, level approval.AskLevel) approval.Approval {
	o.Helper()
	a, err := o.Approvals.Ask(o.Context(), apptest.Actor(o.agent, "web"), ticket.Target{ID: o.t.ID}, approval.Ask{
		Subject: approval.Subject{Title: "开通财务共享盘写权限", Content: "F:\\finance，三个月"}, Levels: []approval.AskLevel{level}, Hold: hold,
	})
	if err != nil {
		o.Fatal(err)
	}
	o.RunJobs()
	return a
}

func (o *office) stands(a approval.Approval) approval.State {
	o.Helper()
	v, err := o.Approvals.Get(o.Context(), apptest.Actor(o.lead, "web"), a.ID)
	if err != nil {
		o.Fatal(err)
	}
	return v.State
}

func (o *office) now() ticket.Ticket {
	o.Helper()
	t, err := o.Tickets.Get(o.Context(), access.Desk(), ticket.Target{ID: o.t.ID})
	if err != nil {
		o.Fatal(err)
	}
	return t
}

// An approver gets a letter, opens its link, which changes nothing, and decides by a button; used
// again the link says what was decided, and passed on to somebody who is signed in it says whose it is.
func TestN31_S04_AnApprovalByTheLinkOfALetter(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		boss := o.Somebody(access.Requester)
		a := o.ask(true, approval.AskLevel{People: []person.ID{boss.ID}})
		if x := o.now(); x.Status != ticket.Pending || x.Pending != ticket.ForApproval {
			t.Fatalf("the ticket is %s/%s", x.Status, x.Pending)
		}
		link := o.linkFor(boss)
		nobody := o.Nobody()
		page := nobody.Get(link)
		if page.Status != http.StatusOK || !strings.Contains(page.Body, "F:\\finance") || strings.Contains(page.Body, "关机也没用") {
			t.Fatalf("the page is %d:\n%s", page.Status, page.Body)
		}
		if o.stands(a) != approval.Waiting {
			t.Fatal("opening the link decided")
		}
		if r := nobody.Post(link+"/decide", url.Values{"answer": {"no"}}); r.Status != http.StatusUnprocessableEntity || o.stands(a) != approval.Waiting {
			t.Errorf("a refusal without a reason: %d", r.Status)
		}
		other := o.SignInAs(o.Somebody(access.Requester))
		if r := other.Post(link+"/decide", url.Values{"answer": {"yes"}}); r.Status != http.StatusForbidden || o.stands(a) != approval.Waiting {
			t.Errorf("somebody to whom it was passed on: %d", r.Status)
		}
		if r := nobody.Post(link[:len(link)-1]+"x/decide", url.Values{"answer": {"yes"}}); r.Status != http.StatusNotFound {
			t.Errorf("a touched link: %d", r.Status)
		}
		if r := nobody.Post(link+"/decide", url.Values{"answer": {"yes"}, "comment": {"同意，到期收回"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("the button: %d\n%s", r.Status, r.Body)
		}
		if x := o.now(); o.stands(a) != approval.Granted || x.Status != ticket.Opened {
			t.Errorf("it is %s, the ticket %s", o.stands(a), x.Status)
		}
		if r := nobody.Post(link+"/decide", url.Values{"answer": {"no"}, "comment": {"反悔"}}); r.Status != http.StatusConflict || o.stands(a) != approval.Granted {
			t.Errorf("replayed: %d", r.Status)
		}
		if r := nobody.Get(link); r.Status != http.StatusOK || !strings.Contains(r.Body, "已批准") && !strings.Contains(r.Body, "Approved") {
			t.Errorf("the link afterwards: %d", r.Status)
		}
		o.RunJobs()
		if got := o.told(o.agent, inbox.Open); len(got) == 0 || got[0] != inbox.Outcome {
			t.Errorf("the asker is told %v", got)
		}
	})
}

// The same by program: the gates are the same, and what may not be decided is a problem with its reason.
func TestN31_AnApprovalByProgram(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		agent, lead, user := o.API(o.agent), o.API(o.lead), o.API(o.user)
		path := "/api/v1/tickets/" + o.t.Ref() + "/approvals"
		who := strconv.FormatInt(int64(o.lead.ID), 10)
		if r := user.JSON("POST", path, `{"title":"x","content":"y","levels":[{"people":[`+who+`]}]}`); r.Status != http.StatusForbidden {
			t.Errorf("the requester asks: %d", r.Status)
		}
		own := strconv.FormatInt(int64(o.user.ID), 10)
		if r := agent.JSON("POST", path, `{"title":"x","content":"y","levels":[{"people":[`+own+`]}]}`); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("the requester is to decide: %d %s", r.Status, r.Body)
		}
		r := agent.JSON("POST", path, `{"title":"x","content":"y","hold":true,"levels":[{"people":[`+who+`]}]}`)
		if r.Status != http.StatusCreated {
			t.Fatalf("asked: %d %s", r.Status, r.Body)
		}
		id := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(r.Body)[1]
		if r := agent.JSON("POST", "/api/v1/approvals/"+id+"/decide", `{"yes":true}`); r.Status != http.StatusForbidden {
			t.Errorf("whoever asked decides: %d %s", r.Status, r.Body)
		}
		if r := user.JSON("GET", "/api/v1/approvals/"+id, ""); r.Status != http.StatusNotFound {
			t.Errorf("the requester reads it: %d", r.Status)
		}
		if r := lead.JSON("GET", "/api/v1/approvals", ""); r.Status != http.StatusOK || !strings.Contains(r.Body, `"may_decide":true`) {
			t.Errorf("what waits: %d %s", r.Status, r.Body)
		}
		if r := lead.JSON("POST", "/api/v1/approvals/"+id+"/decide", `{"yes":false,"comment":"改只读"}`); r.Status != http.StatusOK || !strings.Contains(r.Body, `"state":"refused"`) {
			t.Errorf("decided: %d %s", r.Status, r.Body)
		}
		if r := lead.JSON("POST", "/api/v1/approvals/"+id+"/decide", `{"yes":true}`); r.Status != http.StatusConflict {
			t.Errorf("decided twice: %d", r.Status)
		}
		if x := o.now(); x.Status != ticket.Opened {
			t.Errorf("the ticket is %s", x.Status)
		}
	})
}

// A hand-over is refused and raised, handed over again, not answered in time and escalated, and
// then accepted; the owner stays (N11, N12, N28).
func TestN28_N11_RefusedEscalatedAccepted(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		specialist := o.Somebody(access.Agent)
		group := func(name string, of ...person.ID) person.GroupID {
			g, err := o.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: name, Active: true, Members: of}, 0)
			if err != nil {
				t.Fatal(err)
			}
			return g.ID
		}
		desk, network := group("一线组", o.agent.ID, o.lead.ID), group("网络专家组", specialist.ID)
		o.do(o.agent, ticket.Assign{Group: desk})
		over := ticket.HandOver{Group: network, Done: "重启过交换机", Why: "疑似端口", Needed: "查端口"}
		o.do(o.agent, over)
		program := o.API(specialist)
		at := "/api/v1/tickets/" + o.t.Ref()
		if r := program.JSON("POST", at+"/refuse-hand-over", `{"reason":"端口正常，请先查系统"}`); r.Status != http.StatusOK {
			t.Fatalf("refused: %d %s", r.Status, r.Body)
		}
		if x := o.now(); x.Group != desk || x.Assignee != o.agent.ID || x.Owner != o.agent.ID {
			t.Errorf("it is with group %d and %d, owned by %d", x.Group, x.Assignee, x.Owner)
		}
		o.RunJobs()
		for who, p := range map[string]person.Person{"whoever sent it": o.agent, "their lead": o.lead} {
			if got := o.told(p, inbox.Open); len(got) == 0 || got[0] != inbox.Trouble {
				t.Errorf("%s is told %v", who, got)
			}
		}
		o.do(o.agent, over)
		o.RunJobs()
		o.Advance(72 * time.Hour)
		if _, err := o.Escalations.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.RunJobs()
		raised, err := o.Escalations.ForTicket(t.Context(), apptest.Actor(o.lead, "web"), o.now())
		if err != nil {
			t.Fatal(err)
		}
		late := false
		for _, e := range raised {
			late = late || e.Clock == "accept"
		}
		if !late {
			t.Errorf("nobody was told that the hand-over lies: %+v", raised)
		}
		if r := o.API(o.agent).JSON("POST", at+"/take-over", `{}`); r.Status != http.StatusForbidden {
			t.Errorf("whoever sent it takes it: %d", r.Status)
		}
		if r := program.JSON("POST", at+"/take-over", `{}`); r.Status != http.StatusOK {
			t.Fatalf("taken over: %d %s", r.Status, r.Body)
		}
		if x := o.now(); x.Assignee != specialist.ID || x.Owner != o.agent.ID || x.HandedOver() {
			t.Errorf("it is with %d, owned by %d", x.Assignee, x.Owner)
		}
	})
}

// A form that is sent twice asks once: nobody gets two letters about the same. Whoever asks somebody
// else, or for something else, asks anew, and so they do where the first is over.
func TestN31_AnApprovalAskedTwiceIsOne(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		agent := o.SignInAs(o.agent)
		other := o.Somebody(access.Requester)
		ask := func(content string, of person.Person) {
			o.Helper()
			is(o.T, "asked", agent.Post(workspace.TicketsPath+o.t.Ref()+"/approvals", url.Values{
				"kind": {"free"}, "title": {"开通写权限"}, "content": {content}, "people": {of.Email}, "mode": {"all"}, "hours": {"8"}, "hold": {"yes"},
			}), http.StatusSeeOther)
			o.RunJobs()
		}
		are := func(n int, when string) (list []approval.View) {
			o.Helper()
			list, err := o.Approvals.OfTicket(o.Context(), apptest.Actor(o.agent, "web"), o.now())
			if err != nil || len(list) != n {
				o.Fatalf("%s: %d approvals, want %d: %v", when, len(list), n, err)
			}
			return list
		}
		ask("三个月", o.lead)
		ask("三个月", o.lead)
		first := are(1, "sent twice")[0]
		letters := 0
		for _, m := range o.Mailbox(o.lead.Email) {
			if approveLink.MatchString(m.Text()) {
				letters++
			}
		}
		if letters != 1 {
			o.Errorf("%d letters", letters)
		}
		ask("三个月", other)
		are(2, "asked of somebody else")
		ask("六个月", o.lead)
		are(3, "asked for something else")
		if _, err := o.Approvals.Withdraw(o.Context(), apptest.Actor(o.agent, "web"), first.ID); err != nil {
			o.Fatal(err)
		}
		ask("三个月", o.lead)
		are(4, "asked after it was withdrawn")
	})
}

// A ticket that is closed and opened again asks for an approval before the desk has heard of the
// closing: what was asked after it waits on, because the ticket is open.
func TestN31_AnApprovalAskedAfterReopeningWaitsOn(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		o.do(o.user, ticket.Close{As: ticket.Cancelled, Reason: "不用了"})
		o.do(o.user, ticket.Reopen{Reason: "还是要用"})
		if a := o.ask(true, approval.AskLevel{People: []person.ID{o.lead.ID}}); o.stands(a) != approval.Waiting {
			o.Errorf("it is %s, and the ticket %s", o.stands(a), o.now().Status)
		}
	})
}
