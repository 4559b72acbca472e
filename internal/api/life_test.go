// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// step is one request of a life, what it answers, and the facts that it leaves.
type step struct {
	name   string
	who    string
	path   string // below the ticket
	body   any
	status int
	want   map[string]any // members of the answer
	facts  []string       // recorded by this step
}

func (h *house) walk(path string, steps []step) {
	h.t.Helper()
	seen := len(h.events("lin", path))
	for _, s := range steps {
		a := h.send(request{who: s.who, method: http.MethodPost, path: path + s.path, body: s.body})
		if a.status != s.status {
			h.t.Fatalf("%s: status %d, want %d: %s", s.name, a.status, s.status, a.raw)
		}
		for member, want := range s.want {
			if diff := cmp.Diff(want, a.at(member)); diff != "" {
				h.t.Errorf("%s: %s (-want +got):\n%s", s.name, member, diff)
			}
		}
		all := h.events("lin", path)
		facts := all[seen:]
		seen = len(all)
		if len(facts) != len(s.facts) || (len(facts) > 0 && !slices.Equal(facts, s.facts)) {
			h.t.Errorf("%s: facts %v, want %v", s.name, facts, s.facts)
		}
		h.clock.Advance(time.Minute)
	}
}

func TestN35_AWholeLifeByProgramAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		if got := h.events("lin", path); !slices.Equal(got, []string{"ticket.recorded", "ticket.acknowledged"}) {
			t.Fatalf("a new ticket has %v", got)
		}
		h.walk(path, []step{
			{"nobody resolves what nobody accepted", "lin", "/resolve", solution(), 409, m{"key": "ticket.not_now", "kind": "conflict"}, nil},
			{"accepting makes an owner", "lin", "/accept", nil, 200, m{"status": "open", "owner.name": "林晓岚", "version": 2.0}, []string{"ticket.accepted"}},
			{"a reply is the first response", "lin", "/reply", m{"text": "您好，我来负责，10:00 前反馈。"}, 200, m{"first_response_at": "2026-11-24T01:32:00Z"}, []string{"ticket.said"}},
			{"a message of a kind is the same", "lin", "/messages", m{"kind": "internal", "text": "先查表空间"}, 201, nil, []string{"ticket.said"}},
			{"a call is recorded", "lin", "/call", m{"text": "用户说还有刘倩", "spoke": true, "seconds": 95}, 200, nil, []string{"ticket.said"}},
			{"work is assigned", "lea", "/assign", m{"assignee": h.id("lea"), "group": int64(h.group.ID)}, 200, m{"assignee.name": "Lea Leader", "owner.name": "林晓岚", "group.name": "Service desk"}, []string{"ticket.assigned"}},
			{"a hand-over says what, why and what for", "lin", "/hand-over", m{"group": int64(h.group.ID), "done": "查了日志"}, 409, m{"kind": "missing", "gaps.0.key": "gap.why", "gaps.1.key": "gap.needed"}, nil},
			{"and then it moves", "lin", "/hand-over", m{"group": int64(h.group.ID), "done": "查了日志", "why": "需要 DBA", "needed": "扩表空间"}, 200, m{"detail.hand_over.why": "需要 DBA", "detail.hand_overs": 1.0}, []string{"ticket.handed_over"}},
			{"category and service", "lin", "/classify", m{"category": int64(h.category.ID), "service": int64(h.service.ID)}, 200, m{"category.name": "软件", "service.name": "ERP"}, []string{"ticket.classified"}},
			{"a subject alone leaves the rest", "lin", "/classify", m{"subject": "付款单报错"}, 200, m{"category.name": "软件", "subject": "付款单报错"}, []string{"ticket.classified"}},
			{"three answers make a priority", "lin", "/grade", m{"core": true, "affected": "team", "halt": "stopped"}, 200, m{"priority": "P2", "detail.grade.computed": "P2"}, []string{"ticket.graded"}},
			{"another priority needs a reason", "lin", "/grade", m{"core": true, "affected": "team", "halt": "stopped", "override": "P1"}, 422, m{"errors.0.field": "reason"}, nil},
			{"blocked needs three answers", "lin", "/hold", m{"reason": "blocked"}, 409, m{"gaps.0.clause": "N30", "gaps.2.key": "gap.next"}, nil},
			{"and tells them", "lin", "/hold", m{"reason": "blocked", "stuck": "等备份", "doing": "正在备份", "next": "2026-11-24T03:00:00Z"}, 200, m{"status": "pending", "waiting": "blocked", "promise_at": "2026-11-24T03:00:00Z", "detail.hold.stuck": "等备份"}, []string{"ticket.held"}},
			{"the wait ends", "lin", "/resume", nil, 200, m{"status": "open", "waiting": nil}, []string{"ticket.resumed"}},
			{"gates list everything at once", "lin", "/resolve", m{}, 409, m{"gaps.0.key": "gap.intake", "gaps.1.key": "gap.solution", "gaps.1.deviable": false, "gaps.2.key": "gap.verify", "gaps.3.key": "gap.cause", "gaps.4.key": "gap.prevention"}, nil},
			{"the record is filled", "lin", "/record", m{"intake": m{"since": m{"value": "今天 09:10"}, "affected": m{"value": "付款"}, "people": m{"unknown": true, "reason": "用户不知道"}, "wanted": m{"value": "15:00 前"}}}, 200, m{"detail.complete": 7.0}, []string{"ticket.noted"}},
			{"solved", "lin", "/resolve", solution(), 200, m{"status": "resolved", "detail.resolutions": 1.0}, []string{"ticket.resolved"}},
			{"staff cannot confirm for the user", "lin", "/confirm", nil, 403, m{"key": "access.only_requester"}, nil},
			{"the user says no", "wang", "/reject", m{"reason": "还是报错", "resolutions": 1}, 200, m{"status": "open", "detail.rejections.0.reason": "还是报错"}, []string{"ticket.rejected"}},
			{"solved again", "lin", "/resolve", solution(), 200, m{"detail.resolutions": 2.0}, []string{"ticket.resolved"}},
			{"a confirmation of the old solution is none", "wang", "/confirm", m{"resolutions": 1}, 409, m{"key": "ticket.old_solution"}, nil},
			{"confirmed, and waits for its sheet", "wang", "/confirm", m{"resolutions": 2}, 200, m{"status": "resolved", "confirmed_at": "2026-11-24T01:52:00Z"}, []string{"ticket.confirmed"}},
			{"the sheet closes it", "lin", "/archive", m{"difficulties": "日志很大", "approach": "按时间过滤"}, 200, m{"status": "closed", "closed_as": "confirmed", "detail.confirmation.how": "api"}, []string{"ticket.archived", "ticket.closed"}},
			{"the user may bring it back", "wang", "/reopen", m{"reason": "又出现了"}, 200, m{"status": "open", "detail.reopened": 1.0}, []string{"ticket.reopened"}},
			{"and call it off", "wang", "/close", m{"as": "cancelled", "reason": "自己好了"}, 200, m{"status": "closed", "closed_as": "cancelled"}, []string{"ticket.closed"}},
		})
	})
}

func TestTheCommandsThatNeedASecondTicketOrACall(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		first, second := h.open(nil), h.open(m{"text": "还是付款单"})
		other := h.post("zoe", "/tickets", m{"text": "printer"}).want(t, 201)
		number := func(path string) int64 {
			n, _ := strconv.ParseInt(strings.TrimPrefix(path, "/tickets/"), 10, 64)
			return n
		}
		h.walk(second, []step{
			{"two tickets have to do with each other", "lin", "/link", m{"to": number(first)}, 200, m{"detail.links.0.kind": "related"}, []string{"ticket.linked"}},
			{"a requester names nobody by key", "wang", "/add-participant", m{"person": h.id("zoe")}, 422, m{"errors.0.key": "ticket.participant_unknown"}, nil},
			{"a colleague takes part", "lin", "/add-participant", m{"person": h.id("zoe")}, 200, m{"detail.participants.0.id": float64(h.id("zoe"))}, []string{"ticket.participant_added"}},
			{"and no longer", "wang", "/remove-participant", m{"person": h.id("zoe")}, 200, m{"detail.participants": nil}, []string{"ticket.participant_removed"}},
			{"an address stays outside", "lin", "/leave-out", m{"address": "x@firm.test"}, 200, nil, []string{"ticket.left_out"}},
			{"but only once", "lin", "/link", m{"to": number(first)}, 409, m{"key": "ticket.linked_already"}, nil},
			{"no such ticket", "lin", "/link", m{"to": 999999}, 422, m{"errors.0.field": "to", "errors.0.key": "ticket.not_found"}, nil},
			{"tickets of two people are not merged", "lin", "/merge", m{"into": other.int("number")}, 422, m{"errors.0.field": "into"}, nil},
			{"a duplicate lives on in the other", "lin", "/merge", m{"into": number(first)}, 200, m{"status": "closed", "closed_as": "duplicate", "detail.merged_into": float64(number(first))}, []string{"ticket.linked", "ticket.closed"}},
		})
		a := h.post("lin", "/tickets", m{"text": "打不开邮箱", "requester_email": "Wang@firm.test", "channel": "phone"}).want(t, 201)
		path := "/tickets/" + strconv.FormatInt(a.int("number"), 10)
		h.complete(path)
		h.walk(path, []step{
			{"a spoken request is read back first", "lin", "/resolve", solution(), 409, m{"gaps.0.clause": "N18", "gaps.0.form": "read-back"}, nil},
			{"a gap that nobody has", "lin", "/deviate", m{"gap": "gap.nothing", "reason": "没有这样的缺口"}, 422, m{"errors.0.field": "gap"}, nil},
			{"a gap that allows no way round", "lin", "/deviate", m{"gap": "gap.solution", "reason": "不想写方案"}, 409, m{"key": "ticket.not_deviable"}, nil},
			{"read back", "lin", "/read-back", m{"items": []string{"who", "symptom"}}, 200, m{"detail.read_back.items.1": "symptom"}, []string{"ticket.read_back"}},
			{"an honest way past a gate", "lin", "/deviate", m{"gap": "gap.prevention", "reason": "原因在供应商，无法预防"}, 200, m{"detail.deviations.0.clause": "N34"}, []string{"ticket.deviated"}},
			{"and through", "lin", "/resolve", m{"solution": "重置了密码", "cause": "密码过期", "verify": []string{"登录一次"}, "difficulties": "无", "approach": "无"}, 200, m{"status": "resolved"}, []string{"ticket.resolved", "ticket.archived"}},
			{"heard on the telephone needs evidence", "lin", "/confirm", m{"how": "phone"}, 422, m{"errors.0.field": "evidence"}, nil},
			{"confirmed by telephone", "lin", "/confirm", m{"how": "phone", "evidence": "王海燕 10:20 电话里说好了"}, 200, m{"closed_as": "confirmed", "detail.confirmation.how": "phone"}, []string{"ticket.confirmed", "ticket.closed"}},
			{"nobody rates for the requester", "lin", "/rate", m{"score": 5}, 403, nil, nil},
			{"a rating has five steps", "wang", "/rate", m{"score": 6}, 422, nil, nil},
			{"the requester says how it was", "wang", "/rate", m{"score": 4, "comment": "快"}, 200, m{"detail.rating.score": 4.0, "detail.rating.comment": "快"}, []string{"ticket.rated"}},
			{"and thinks better of it", "wang", "/rate", m{"score": 5}, 200, m{"detail.rating.score": 5.0}, []string{"ticket.rated"}},
			{"a note goes on a closed ticket", "lin", "/note", m{"text": "写成文章"}, 200, nil, []string{"ticket.said"}},
		})
		if got := h.get("wang", path).text("detail.confirmation.evidence"); got != "" {
			t.Errorf("the requester reads the agent's evidence: %q", got)
		}
	})
}

func TestEveryCommandOfALifeHasAnOperation(t *testing.T) {
	t.Parallel()
	routes := map[string]bool{}
	for _, r := range api.New(api.Parts{}).Routes() {
		routes[r.Method+" "+r.Pattern] = true
	}
	for _, s := range ticket.Statuses() {
		for _, c := range ticket.Commands(s) {
			if want := "POST " + api.Prefix + "/tickets/{number}/" + string(c); !c.Automatic() && !routes[want] {
				t.Errorf("%s has no operation", c)
			}
			if c.Automatic() && c != ticket.CmdDevice && routes["POST "+api.Prefix+"/tickets/{number}/"+string(c)] {
				t.Error("the desk alone says that time is up")
			}
		}
	}
}

func TestADryRunSaysWhatWouldHappenAndChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		h.complete(path)
		if _, err := h.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		before, facts := h.get("lin", path), h.events("lin", path)
		a := h.post("lin", path+"/resolve?dry_run=true", solution()).want(t, 200)
		if a.text("status") != "resolved" || a.header.Get("Dry-Run") != "true" {
			t.Errorf("a dry run answers %s, %q", a.text("status"), a.header.Get("Dry-Run"))
		}
		h.post("lin", path+"/reply?dry_run=true", m{"text": "只是试试"}).want(t, 200)
		gaps := h.post("lin", path+"/resolve?dry_run=true", m{}).want(t, 409)
		if got := gaps.each("gaps", "key"); !slices.Equal(got, []string{"gap.solution", "gap.verify", "gap.cause", "gap.prevention"}) {
			t.Errorf("gaps of a dry run: %v", got)
		}
		after := h.get("lin", path)
		if diff := cmp.Diff(before.body, after.body); diff != "" {
			t.Errorf("a dry run changed the ticket:\n%s", diff)
		}
		if diff := cmp.Diff(facts, h.events("lin", path)); diff != "" {
			t.Errorf("a dry run left facts:\n%s", diff)
		}
		if n := len(h.get("lin", path+"/messages").each("items", "text")); n != 1 {
			t.Errorf("a dry run left a message: %d", n)
		}
		if jobs, err := h.jobs.RunDue(t.Context()); err != nil || jobs != 0 {
			t.Errorf("a dry run left %d jobs, %v", jobs, err)
		}
	})
}

func TestTheDoorOverTheWire(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	mux := http.NewServeMux()
	h.api.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	ask := func(method, path, kind, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+api.Prefix+path, strings.NewReader(body))
		h.must(err)
		req.Header.Set("Authorization", "bearer "+h.tokens["wang"])
		req.Header.Set("Content-Type", kind)
		req.ContentLength = -1 // as a stream, whose length nobody told
		res, err := server.Client().Do(req)
		h.must(err)
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		h.must(err)
		return res.StatusCode, string(text)
	}
	for _, tt := range []struct {
		method, path, kind, body string
		status                   int
	}{
		{"GET", "/openapi.json", "", "", 200},
		{"POST", "/tickets", "application/json", `{"text":"ERP"}`, 201},
		{"GET", "/tickets/1001", "", "", 200},
		{"HEAD", "/tickets/1001", "", "", 200},
		{"POST", "/files?name=a.bin", "application/octet-stream", strings.Repeat("x", 1<<20), 201},
		{"POST", "/tickets", "application/json", `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		{"POST", "/tickets", "text/plain", "hello", 415},
		{"DELETE", "/tickets/1001", "", "", 405},
	} {
		if status, text := ask(tt.method, tt.path, tt.kind, tt.body); status != tt.status {
			t.Errorf("%s %s: %d, want %d: %.300s", tt.method, tt.path, status, tt.status, text)
		}
	}
}
