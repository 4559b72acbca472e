// SPDX-License-Identifier: Apache-2.0

package suggest_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// solve leads a ticket to its solution, and closes it by the requester's word.
func (r *room) solve(who person.Person, t ticket.Ticket, solution string, confirmed bool) ticket.Ticket {
	r.Helper()
	whole := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		whole[e] = ticket.Answer{Value: "已问"}
	}
	r.do(r.lin, t, ticket.Accept{})
	r.do(r.lin, t, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}})
	r.do(r.lin, t, ticket.Record{Intake: whole})
	t = r.do(r.lin, t, ticket.Resolve{
		Solution: ticket.Solution{Text: solution, Cause: "查明", Prevention: "记下", Verify: []string{"再试一次"}}, Difficulties: "无", Approach: "无",
	})
	if confirmed {
		t = r.do(who, t, ticket.Confirm{})
	}
	return t
}

func (r *room) solved(t ticket.Ticket) []suggest.Solved {
	r.Helper()
	list, err := r.Solved(r.Context(), as(r.lin), r.get(t))
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// A new ticket is shown the closed ones that were alike, weeks later; that one helped is noted
// once, counted, and taken back (N24).
func TestN24_ASolvedTicketIsOfferedUsedAndTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, words := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音", "鼠标坏了", "想装一个软件"} {
			r.solve(r.li, r.record(r.li, words, words), "办好了", true)
		}
		old := r.solve(r.wang, r.record(r.wang, "扫码枪扫不出", "扫码枪扫不出条码，指示灯红色"), "换了底座的网线", true)
		waiting := r.solve(r.wang, r.record(r.wang, "扫码枪又扫不出", "扫码枪扫不出条码，指示灯红色，另一把"), "换了电池", false)
		gone := r.record(r.li, "扫码枪", "扫码枪扫不出条码，指示灯红色，发错了")
		r.do(r.lin, gone, ticket.Close{As: ticket.Invalid, Reason: "发错了"})
		r.settle()
		r.clock.Advance(30 * 24 * time.Hour)

		x := r.record(r.zhao, "收货台扫码枪", "收货台的扫码枪扫不出条码，指示灯是红色的")
		r.settle()
		list := r.solved(x)
		if len(list) != 1 || list[0].Ticket.ID != old.ID || list[0].Used || list[0].Helped != 0 || list[0].Ticket.Detail.Solution.Text != "换了底座的网线" || len(list[0].Reasons) == 0 {
			t.Fatalf("want %s alone, with its solution; neither %s, which waits, nor %s, which was no matter: %+v", old.Ref(), waiting.Ref(), gone.Ref(), list)
		}
		on, other := ticket.Target{ID: x.ID}, ticket.Target{ID: old.ID}
		for range 2 { // pressed twice it counts once
			if err := r.UseSolved(t.Context(), as(r.lin), on, other); err != nil {
				t.Fatal(err)
			}
		}
		if list = r.solved(x); !list[0].Used || list[0].Helped != 1 {
			t.Errorf("used: %+v", list)
		}
		if u := r.overview().Solved; u != (suggest.SolvedUse{Offered: 2, Used: 1}) { // the one that waits was like it, too
			t.Errorf("counted: %+v", u)
		}

		// One closed meanwhile is known without a new start, and the count is told there too.
		later := r.record(r.li, "扫码枪", "扫码枪扫不出条码")
		r.settle()
		if list = r.solved(later); len(list) != 1 || list[0].Used || list[0].Helped != 1 {
			t.Errorf("on another ticket: %+v", list)
		}
		if err := r.UnuseSolved(t.Context(), as(r.lin), on, other); err != nil {
			t.Fatal(err)
		}
		if list = r.solved(x); len(list) != 1 || list[0].Used || list[0].Helped != 0 {
			t.Errorf("taken back: %+v", list)
		}
		r.solve(r.li, later, "重插了数据线", true)
		next := r.record(r.wang, "扫码枪", "扫码枪扫不出条码")
		r.settle()
		if list = r.solved(next); len(list) != 2 {
			t.Errorf("closed meanwhile: %+v", list)
		}

		// What was reopened is no longer a solved one; what was used stays to be seen on a closed ticket.
		r.do(r.li, later, ticket.Reopen{Reason: "又不行了"})
		if list = r.solved(next); len(list) != 1 || list[0].Ticket.ID != old.ID {
			t.Errorf("reopened: %+v", list)
		}
		if err := r.UseSolved(t.Context(), as(r.lin), ticket.Target{ID: next.ID}, other); err != nil {
			t.Fatal(err)
		}
		r.solve(r.wang, next, "照样重插", true)
		if list = r.solved(next); len(list) != 1 || !list[0].Used {
			t.Errorf("closed itself: %+v", list)
		}
		if err := r.UnuseSolved(t.Context(), as(r.lin), ticket.Target{ID: next.ID}, other); errs.KindOf(err) != errs.Conflict {
			t.Errorf("taken back after the end: %v", err)
		}
	})
}

func TestA69_N24_SolvedTicketsAreForStaff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, words := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号"} {
			r.record(r.li, words, words)
		}
		old := r.solve(r.wang, r.record(r.wang, "扫码枪扫不出", "扫码枪扫不出条码，指示灯红色"), "换了底座的网线", true)
		x := r.record(r.zhao, "扫码枪扫不出", "扫码枪扫不出条码，指示灯红色")
		stranger := r.record(r.zhao, "键盘进水", "键盘进水了")
		r.settle()
		if list, err := r.Solved(t.Context(), as(r.zhao), r.get(x)); err != nil || len(list) != 0 {
			t.Errorf("to a requester: %v %+v", err, list)
		}
		on, other := ticket.Target{ID: x.ID}, ticket.Target{ID: old.ID}
		if err := r.UseSolved(t.Context(), as(r.zhao), on, other); errs.KindOf(err) != errs.Denied {
			t.Errorf("by a requester: %v", err)
		}
		if err := r.UnuseSolved(t.Context(), as(r.zhao), on, other); errs.KindOf(err) != errs.Denied {
			t.Errorf("by a requester: %v", err)
		}
		if err := r.UseSolved(t.Context(), as(r.lin), ticket.Target{ID: stranger.ID}, other); errs.KindOf(err) != errs.NotFound {
			t.Errorf("what was not offered: %v", err)
		}
		if err := r.UseSolved(t.Context(), access.Actor{}, on, other); err == nil {
			t.Error("by nobody")
		}
	})
}
