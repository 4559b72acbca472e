// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// careful is a first line whose second step needs an approval and a second person.
const careful = `# 打印服务卡住
lang: zh-CN

## look 看看队列
kind: instruct

-> done: end solved

## wipe 删除卡住的作业
kind: act
risk: data-deletion
expect: 队列清空

按工单写明的范围删除。

-> done: end solved
-> failed: end unsolved
`

// hand is somebody at a door: what they do is the same, how it is said is the door's.
type hand interface {
	begin(book runbook.ID) int
	mark(seq int, step, outcome, value string) int
	prepare(what string) int
	release(digest string) int
	ask(ref string, who person.ID) int
	decide(which approval.ID, yes bool) int
	handOver(to person.GroupID) int
}

// ok says that a door carried out what was asked of it.
func ok(status int) bool { return status == http.StatusSeeOther || status/100 == 2 }

// webHand sends the forms of the pages.
type webHand struct {
	*apptest.Client
	s  *story
	at string
}

func (w webHand) post(path string, form url.Values) int { return w.Post(path, form).Status }

func (w webHand) run(what string) string {
	return w.at + "/runbook/" + fmt.Sprint(w.s.runOf(w.at)) + "/" + what
}

func (w webHand) begin(book runbook.ID) int {
	return w.post(w.at+"/runbook", url.Values{"runbook": {fmt.Sprint(book)}, "do": {"run"}})
}

func (w webHand) mark(seq int, step, outcome, value string) int {
	return w.post(w.run("mark"), url.Values{"seq": {strconv.Itoa(seq)}, "step": {step}, "outcome": {outcome}, "value": {value}, "digest": {w.s.lock(w.at).Digest}})
}

func (w webHand) prepare(what string) int {
	return w.post(w.run("prepare"), url.Values{"seq": {"2"}, "what": {what}, "rollback": {"从备份恢复"}})
}

func (w webHand) release(digest string) int {
	return w.post(w.run("release"), url.Values{"digest": {digest}})
}

func (w webHand) ask(ref string, who person.ID) int {
	return w.post(w.at+"/approvals", url.Values{"kind": {runbook.ApprovalKind}, "ref": {ref}, "people": {w.s.People.Card(w.s.Context(), who).Email}, "hold": {"on"}, "note": {"队列堵了一上午"}})
}

func (w webHand) decide(which approval.ID, yes bool) int {
	form := url.Values{"answer": {"no"}, "comment": {"范围太大"}}
	if yes {
		form = url.Values{"answer": {"yes"}}
	}
	return w.post("/work/approvals/"+fmt.Sprint(which)+"/decide", form)
}

func (w webHand) handOver(to person.GroupID) int {
	return w.post(w.at+"/hand-over", url.Values{"group": {fmt.Sprint(to)}, "done": {"看了队列"}, "why": {"驱动要改"}, "needed": {"换驱动"}})
}

// apiHand sends the bodies of a program.
type apiHand struct {
	*apptest.Client
	s  *story
	at string
}

func (p apiHand) send(path string, body map[string]any) int {
	raw, err := json.Marshal(body)
	p.s.must(err)
	method := http.MethodPost
	if strings.HasSuffix(path, "/deed") {
		method = http.MethodPut
	}
	return p.JSON(method, path, string(raw)).Status
}

func (p apiHand) run(what string) string {
	return p.at + "/runs/" + fmt.Sprint(p.s.runOf(p.at)) + "/" + what
}

func (p apiHand) begin(book runbook.ID) int {
	return p.send(p.at+"/runs", map[string]any{"runbook": book})
}

func (p apiHand) mark(seq int, step, outcome, value string) int {
	return p.send(p.run("marks"), map[string]any{"seq": seq, "step": step, "outcome": outcome, "value": value, "digest": p.s.lock(p.at).Digest})
}

func (p apiHand) prepare(what string) int {
	return p.send(p.run("deed"), map[string]any{"seq": 2, "what": what, "rollback": "从备份恢复"})
}

func (p apiHand) release(digest string) int {
	return p.send(p.run("release"), map[string]any{"digest": digest})
}

func (p apiHand) ask(ref string, who person.ID) int {
	return p.send(p.at+"/approvals", map[string]any{"kind": runbook.ApprovalKind, "ref": ref, "hold": true, "levels": []any{map[string]any{"people": []any{who}}}})
}

func (p apiHand) decide(which approval.ID, yes bool) int {
	body := map[string]any{"yes": yes}
	if !yes {
		body["comment"] = "范围太大"
	}
	return p.send("/api/v1/approvals/"+fmt.Sprint(which)+"/decide", body)
}

func (p apiHand) handOver(to person.GroupID) int {
	return p.send(p.at+"/hand-over", map[string]any{"group": to, "done": "看了队列", "why": "驱动要改", "needed": "换驱动"})
}

// refOf is the ticket that an address of either door names.
func refOf(at string) string { return at[strings.LastIndexByte(at, '/')+1:] }

// runOf is the run on the ticket that was begun last; 0 before the first.
func (s *story) runOf(at string) int64 {
	list := s.ticket(refOf(at)).Detail.Guides
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].Run
}

// lock is what stands before the step of that run.
func (s *story) lock(at string) runbook.Lock {
	s.Helper()
	c, err := s.Runbooks.Course(s.Context(), access.Desk(), runbook.RunID(s.runOf(at)))
	s.must(err)
	return c.Lock
}

// last approval of the ticket.
func (s *story) approvalOf(ref string) approval.Approval {
	s.Helper()
	list, err := s.Approvals.OfTicket(s.Context(), access.Desk(), s.ticket(ref))
	s.must(err)
	if len(list) == 0 {
		s.Fatal("nothing was asked")
	}
	best := list[0].Approval
	for _, v := range list {
		if v.ID > best.ID {
			best = v.Approval
		}
	}
	return best
}

// TestN31_FromAskingToDone goes through a risky step with the approvals of the house and nothing put
// in their place: locked, written down, asked for, refused, changed, asked again, granted, released by
// a second person, done, confirmed by the requester. Each refusal is the same at both doors.
func TestN31_FromAskingToDone(t *testing.T) {
	t.Parallel()
	for door, made := range map[string]func(*story, person.Person, string) hand{
		"web": func(s *story, p person.Person, ref string) hand {
			return webHand{s.SignInAs(p), s, "/work/tickets/" + ref}
		},
		"api": func(s *story, p person.Person, ref string) hand {
			return apiHand{s.API(p), s, "/api/v1/tickets/" + ref}
		},
	} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			apptest.Each(t, func(t *testing.T, h *apptest.House) { riskyStory(tell(t, h), made) })
		})
	}
}

func riskyStory(s *story, made func(*story, person.Person, string) hand) {
	below := s.category()
	book := s.published(careful, runbook.Place{Category: below, First: true})
	x := s.asked(below)
	second, lead := s.Somebody(access.Agent), s.Person(access.Lead)
	agent, colleague, boss := made(s, s.agent.Person, x.Ref()), made(s, second, x.Ref()), made(s, lead, x.Ref())
	group, err := s.People.SaveGroup(s.Context(), access.Desk(), person.Group{Name: "驱动组", Active: true, Members: []person.ID{second.ID}}, 0)
	s.must(err)
	want := func(what string, got, status int) {
		s.Helper()
		if status == 0 && !ok(got) || status != 0 && got != status {
			s.Fatalf("%s: %d, want %d", what, got, status)
		}
	}
	stands := func(want approval.State) approval.Approval {
		s.Helper()
		s.RunJobs()
		a := s.approvalOf(x.Ref())
		if a.State != want {
			s.Fatalf("the approval is %s, want %s", a.State, want)
		}
		return a
	}
	lock := func() runbook.Lock { return s.lock("/" + x.Ref()) }

	want("handed over before the first simple things", agent.handOver(group.ID), http.StatusConflict)
	want("begun", agent.begin(book), 0)
	want("the first step", agent.mark(1, "look", runbook.Failed, ""), 0)
	want("done while locked", agent.mark(2, "wipe", runbook.Done, "删了"), http.StatusConflict)
	want("written down", agent.prepare("全部作业"), 0)
	want("its own approver", agent.ask(lock().Deed.Ref(), s.agent.Person.ID), http.StatusUnprocessableEntity)
	want("asked", agent.ask(lock().Deed.Ref(), lead.ID), 0)
	first := stands(approval.Waiting)
	if v := s.ticket(x.Ref()); v.Status != ticket.Pending || v.Pending != ticket.ForApproval || !strings.Contains(first.Subject.Content, "全部作业") {
		s.Fatalf("the ticket is %s/%s, asked about %q", v.Status, v.Pending, first.Subject.Content)
	}
	want("the asker decides", agent.decide(first.ID, true), http.StatusForbidden)
	want("refused", boss.decide(first.ID, false), 0)
	stands(approval.Refused)
	want("done though refused", agent.mark(2, "wipe", runbook.Done, "删了"), http.StatusConflict)

	want("asked again", agent.ask(lock().Deed.Ref(), lead.ID), 0)
	asked := stands(approval.Waiting)
	want("written anew", agent.prepare("昨天 18 点以前的作业"), 0)
	want("decided on what was changed", boss.decide(asked.ID, true), http.StatusConflict)
	stands(approval.Void)
	want("asked about the new text", agent.ask(lock().Deed.Ref(), lead.ID), 0)
	want("granted", boss.decide(stands(approval.Waiting).ID, true), 0)
	stands(approval.Granted)
	if v := s.ticket(x.Ref()); v.Status != ticket.Opened {
		s.Fatalf("the ticket is %s/%s", v.Status, v.Pending)
	}

	want("done without a second person", agent.mark(2, "wipe", runbook.Done, "删了"), http.StatusConflict)
	if got := agent.release(lock().Digest); got != http.StatusForbidden && got != http.StatusConflict || lock().Released { // the page says why where the step stands
		s.Fatalf("released by its writer: %d", got)
	}
	want("released by what was read before", colleague.release(strings.Repeat("0", 64)), http.StatusPreconditionFailed)
	want("released", colleague.release(lock().Digest), 0)
	want("done by whoever released it", colleague.mark(2, "wipe", runbook.Done, "删了"), http.StatusForbidden)
	want("done without an outcome", agent.mark(2, "wipe", runbook.Done, ""), http.StatusUnprocessableEntity)
	want("done", agent.mark(2, "wipe", runbook.Done, "删了 14 个作业"), 0)
	want("done twice", agent.mark(2, "wipe", runbook.Done, "删了 14 个作业"), http.StatusConflict)
	s.toldOnTicket(x.Ref(), second.ID)
	s.end(x.Ref())
}

// toldOnTicket looks at what the ticket keeps of the step: covered by an approval, released by a
// second person, with its outcome, in the log, in the timeline and in the judgement.
func (s *story) toldOnTicket(ref string, releaser person.ID) {
	s.Helper()
	v := s.ticket(ref)
	thread, err := s.Tickets.Thread(s.Context(), access.Desk(), v)
	s.must(err)
	var done []ticket.DeedDone
	for _, e := range thread {
		if f, is := e.Fact.(ticket.DeedDone); is {
			done = append(done, f)
		}
	}
	if len(done) != 1 || done[0].Cover != ticket.ByApproval || done[0].Releaser != releaser || done[0].Writer != s.agent.Person.ID || !strings.Contains(done[0].Outcome, "14 个作业") {
		s.Fatalf("the ticket keeps %+v", done)
	}
	if page := s.agent.Get("/work/tickets/" + ref); !strings.Contains(page.Body, "按审批执行了风险步骤") {
		s.Error("the timeline does not tell it")
	}
	if r := s.API(s.agent.Person).JSON(http.MethodGet, "/api/v1/tickets/"+ref+"/events", ""); !strings.Contains(r.Body, `"cover":"approval"`) {
		s.Error("a program does not read it")
	}
	c, err := s.Norm.Judge(s.Context(), access.Desk(), v)
	s.must(err)
	for _, verdict := range c.Verdicts {
		if (verdict.Clause == "N31" || verdict.Clause == "N25") && verdict.State != norm.Met {
			s.Errorf("%s is %s: %s", verdict.Clause, verdict.State, verdict.Text("zh-CN", s.Clock.Now(), time.UTC))
		}
	}
}

// end solves the ticket and lets its requester confirm.
func (s *story) end(ref string) {
	s.Helper()
	s.Clock.Advance(time.Minute)
	s.do(ref, "grade", url.Values{"core": {"no"}, "affected": {"one"}, "halt": {"impaired"}})
	s.do(ref, "reply", url.Values{"text": {"打印队列已经清空，请再打印一次"}})
	s.do(ref, "record", url.Values{
		"who": {"王海燕"}, "contact": {"8206"}, "since": {"09:20"}, "symptom": {"不打印"}, "affected": {"打印"}, "people": {"1"}, "wanted": {""}, "wanted_reason": {"用户没有要求"},
	})
	s.do(ref, "resolve", url.Values{
		"solution": {"清除了卡住的打印作业"}, "cause": {"驱动出错"}, "prevention": {"换驱动"}, "verify": {"打印一页"}, "difficulties": {"无"}, "approach": {"删除作业"},
	})
	if r := s.SignInAs(s.user).Post("/requests/"+ref+"/confirm", url.Values{"solution": {"1"}}); r.Status != http.StatusSeeOther {
		s.Fatalf("confirm: %d", r.Status)
	}
	s.RunJobs()
	s.closed(ref, "portal")
}
