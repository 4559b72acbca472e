// SPDX-License-Identifier: Apache-2.0

package promise_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func blocked(next time.Time) ticket.HoldFor {
	return ticket.HoldFor{Reason: ticket.Blocked, Stuck: "缺备件", Doing: "已下单", Next: next}
}

func solve(r *room, which ticket.ID) {
	full := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		full[e] = ticket.Answer{Value: "x"}
	}
	r.do(r.agent, which, ticket.Record{Intake: full})
	r.do(r.agent, which, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}})
	r.do(r.agent, which, ticket.Resolve{Solution: ticket.Solution{Text: "换了搓纸轮", Cause: "磨损", Prevention: "每年更换", Verify: []string{"打印一页"}}})
}

func TestN20_TheAcknowledgementPromisesAHumansWord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		kept, late, machine := r.accepted(), r.accepted(), r.accepted()
		r.want(kept, "acknowledgement open")
		r.pass(30 * minute)
		r.do(r.agent, kept, ticket.Note{Say: ticket.Say{Text: "内部"}})
		r.do(r.requester, kept, ticket.Reply{Say: ticket.Say{Text: "急"}})
		r.do(access.Desk(), machine, ticket.Reply{Say: ticket.Say{Text: "自动"}})
		r.want(kept, "acknowledgement open") // neither a note nor the user's word nor a machine's
		r.want(machine, "acknowledgement open")
		r.do(r.agent, kept, ticket.Reply{Say: ticket.Say{Text: "正在看"}})
		r.want(kept, "acknowledgement kept")
		r.pass(30 * minute)
		r.want(late, "acknowledgement open") // due this very minute
		r.pass(time.Millisecond)
		r.want(late, "acknowledgement broken")
		r.do(r.agent, late, ticket.Reply{Say: ticket.Say{Text: "抱歉"}})
		r.want(late, "acknowledgement broken")
	})
}

// Whoever answers a hand-over, the open promises go with the work: to whoever takes it over, and back
// to whoever sent what is refused.
func TestN28_N30_PromisesFollowTheAnswerToAHandOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p, err := r.Tickets.People.Add(t.Context(), access.Desk(), person.Person{Name: "zhao", Email: "zhao@desk.test", Lang: "zh-CN", Role: access.Lead})
		if err != nil {
			t.Fatal(err)
		}
		other := access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
		for name, answer := range map[string]ticket.Command{"refused": ticket.RefuseHandOver{Reason: "不是网络问题"}, "taken over": ticket.TakeOver{}} {
			which := r.accepted()
			r.do(r.agent, which, blocked(r.clock.Now().Add(3*hour)))
			r.do(r.agent, which, ticket.HandOver{Group: r.group, Done: "查过", Why: "网络", Needed: "看交换机"})
			v := r.do(other, which, answer)
			open := slices.DeleteFunc(r.rows(which), func(p promise.Promise) bool { return p.State != promise.Open })
			if len(open) != 1 || open[0].Group != v.Group || open[0].Assignee != v.Assignee {
				t.Errorf("%s: the ticket has group %d and assignee %d; open promises %+v", name, v.Group, v.Assignee, open)
			}
		}
	})
}

func TestN30_TheNextFeedbackOfAWaitIsAPromise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		which := r.accepted()
		due := start().Add(3 * hour)
		r.do(r.agent, which, blocked(due))
		r.want(which, "acknowledgement kept", "wait open") // its three answers are a word
		r.pass(hour)
		r.do(r.agent, which, blocked(due.Add(hour)))
		r.want(which, "acknowledgement kept", "wait renegotiated", "wait open")
		if p := r.rows(which)[1]; !p.MovedTo.Equal(due.Add(hour)) || !p.DoneAt.Equal(start().Add(hour)) {
			t.Errorf("moved to %v at %v", p.MovedTo, p.DoneAt)
		}
		r.do(r.agent, which, ticket.Resume{})
		r.want(which, "acknowledgement kept", "wait renegotiated", "wait open") // the word is still owed
		r.pass(4 * hour)
		r.want(which, "acknowledgement kept", "wait renegotiated", "wait broken")
		r.do(r.agent, which, blocked(start().Add(24*hour))) // too late to renegotiate
		r.want(which, "acknowledgement kept", "wait renegotiated", "wait broken", "wait open")
		want := []string{"made", "kept", "made", "renegotiated", "made", "broken", "made"}
		if d := cmp.Diff(want, r.facts(which)); d != "" {
			t.Error(d)
		}
	})
}

func TestN29_ATimeInAReplyIsAPromise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		which := r.accepted()
		due := start().Add(6 * hour)
		got := r.do(r.agent, which, say("下午3点前回复您", due))
		if !got.PromiseAt.Equal(due) {
			t.Errorf("the list shows %v", got.PromiseAt)
		}
		r.want(which, "acknowledgement kept", "reply open")
		if p := r.rows(which)[1]; p.Words != "下午3点前回复您" || p.ToldBy != person.ID(r.agent.ID) || !p.Due.Equal(due) {
			t.Errorf("%+v", p)
		}
		r.pass(hour)
		r.do(r.agent, which, say("提前到下午1点", start().Add(4*hour))) // a word, and an earlier time
		r.want(which, "acknowledgement kept", "reply kept", "reply open")
		solve(r, which)
		r.want(which, "acknowledgement kept", "reply kept", "reply kept")
		if got, err := r.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: which}); err != nil || !got.PromiseAt.IsZero() {
			t.Errorf("still promised: %v, %v", got.PromiseAt, err)
		}
	})
}

func TestAPromiseIsVoidWhereTheTicketEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		cancelled, merged, late, other := r.accepted(), r.accepted(), r.accepted(), r.accepted()
		for _, x := range []ticket.ID{cancelled, merged, late} {
			r.do(r.agent, x, say("两小时内", start().Add(2*hour)))
		}
		r.do(r.requester, cancelled, ticket.Close{As: ticket.Cancelled, Reason: "好了"})
		r.do(r.agent, merged, ticket.Merge{Into: other})
		r.want(cancelled, "acknowledgement kept", "reply void")
		r.want(merged, "acknowledgement kept", "reply void")
		r.clock.Advance(3 * hour) // no job has run yet
		r.do(r.agent, late, ticket.Close{As: ticket.Invalid, Reason: "误报"})
		r.want(late, "acknowledgement kept", "reply broken") // it was broken before it ended
		r.runs()
		r.want(late, "acknowledgement kept", "reply broken")
	})
}

func TestP8_APromiseBreaksOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		which, spoken := r.accepted(), r.accepted()
		for _, x := range []ticket.ID{which, spoken} {
			r.do(r.agent, x, say("两小时内", start().Add(2*hour)))
		}
		broken := func(which ticket.ID) int {
			n := 0
			for _, f := range r.facts(which) {
				if f == "broken" {
					n++
				}
			}
			return n
		}
		r.clock.Set(start().Add(2*hour + time.Millisecond))
		r.clock.Set(start().Add(-24 * hour)) // the clock jumps back before anybody looks
		r.runs()
		if n := broken(which); n != 0 {
			t.Fatalf("broken %d times before it was due", n)
		}
		r.clock.Set(start().Add(3 * hour))
		r.do(r.agent, spoken, ticket.Reply{Say: ticket.Say{Text: "抱歉，晚了"}}) // notices it before the job does
		r.runs()
		r.clock.Set(start()) // back once more, and forth: nothing is told again
		r.runs()
		r.clock.Set(start().Add(100 * hour))
		r.runs()
		for _, x := range []ticket.ID{which, spoken} {
			if n := broken(x); n != 1 {
				t.Errorf("%d facts say that it broke, want 1", n)
			}
			r.want(x, "acknowledgement kept", "reply broken")
		}
		if p := r.rows(which)[1]; !p.DoneAt.Equal(p.Due) {
			t.Errorf("broken at %v, it was due at %v", p.DoneAt, p.Due)
		}
	})
}

func TestARefusedReplyLeavesNoPromise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		which := r.accepted()
		for name, at := range map[string]time.Time{"past": start().Add(-minute), "far": time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "now": start()} {
			_, err := r.Tickets.Do(t.Context(), r.agent, ticket.Target{ID: which}, say("好的", at))
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v", name, err)
			}
			_, err = r.Tickets.Do(t.Context(), r.agent, ticket.Target{ID: which}, blocked(at))
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("wait, %s: %v", name, err)
			}
		}
		r.want(which, "acknowledgement open")
		got := r.do(r.requester, which, say("我明天给您", start().Add(hour))) // not the desk's word
		r.want(which, "acknowledgement open")
		if len(got.Detail.Owed) != 1 {
			t.Errorf("owed: %v", got.Detail.Owed)
		}
	})
}

func TestN30_AVendorWhoStaysSilentIsReported(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		which, answered := r.accepted(), r.accepted()
		hold := ticket.HoldFor{Reason: ticket.ForVendor, Stuck: "等补丁", Vendor: ticket.Vendor{Name: "Oracle", Case: "SR 3-1234", By: start().Add(2 * hour)}}
		got := r.do(r.agent, which, hold)
		if v := got.Detail.Hold.Vendor; v.Name != "Oracle" || v.Case != "SR 3-1234" || !v.By.Equal(hold.Vendor.By) {
			t.Errorf("%+v", v)
		}
		r.do(r.agent, answered, hold)
		r.pass(hour)
		r.do(r.agent, answered, ticket.Resume{})
		hold.Vendor.By = start().Add(4 * hour)
		r.do(r.agent, which, hold) // they asked for more time
		silent := func(which ticket.ID) (n int) {
			list, err := r.Tickets.Records(t.Context(), which)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				if x.Name == (ticket.VendorSilent{}).EventName() {
					n++
				}
			}
			return n
		}
		r.pass(2 * hour)
		if silent(which) != 0 || silent(answered) != 0 {
			t.Errorf("reported %d and %d times too early", silent(which), silent(answered))
		}
		r.pass(2 * hour)
		r.pass(2 * hour)
		if silent(which) != 1 || silent(answered) != 0 {
			t.Errorf("reported %d and %d times, want 1 and 0", silent(which), silent(answered))
		}
	})
}

func TestTheListShowsWhatIsDueFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var on []ticket.ID
		for i := range 5 {
			x := r.accepted()
			r.do(r.agent, x, say("稍后", start().Add(time.Duration(9-i)*hour)))
			on = append(on, x)
		}
		r.do(r.agent, on[0], ticket.Assign{Group: r.group})
		page := func(f promise.Filter) (out []ticket.ID, next string) {
			t.Helper()
			p, err := r.List(t.Context(), r.agent, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range p.Lines {
				if l.On.ID != l.Ticket || l.On.Subject == "" {
					t.Errorf("a promise without its ticket: %+v", l)
				}
				out = append(out, l.Ticket)
			}
			return out, p.Next
		}
		var all []ticket.ID
		for f := (promise.Filter{Limit: 2}); ; {
			some, next := page(f)
			all = append(all, some...)
			if f.Cursor = next; next == "" {
				break
			}
		}
		want := slices.Clone(on)
		slices.Reverse(want)
		if d := cmp.Diff(want, all); d != "" {
			t.Error(d)
		}
		if got, _ := page(promise.Filter{Group: r.group}); !slices.Equal(got, on[:1]) {
			t.Errorf("of the group: %v", got)
		}
		if got, _ := page(promise.Filter{Person: person.ID(r.agent.ID)}); len(got) != 5 {
			t.Errorf("of the agent: %v", got)
		}
		r.pass(7 * hour)
		if got, _ := page(promise.Filter{State: promise.Broken, Limit: 1}); !slices.Equal(got, on[3:4]) {
			t.Errorf("broken last: %v, want %v", got, on[3:4])
		}
		if got, err := r.Standing(t.Context(), r.agent, person.ID(r.agent.ID)); err != nil || got != (promise.Standing{Open: 3, Near: 1}) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := r.List(t.Context(), r.requester, promise.Filter{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester: %v", err)
		}
		for _, bad := range []promise.Filter{{State: "nonsense"}, {Cursor: "nonsense"}} {
			if _, err := r.List(t.Context(), r.agent, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestN30_PromisesAreCountedByWeekGroupAndPriority(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		kept, broken := r.accepted(), r.accepted()
		r.do(r.agent, kept, ticket.Assign{Group: r.group})
		r.do(r.agent, kept, say("稍后", start().Add(hour)))
		r.do(r.agent, broken, say("下周", start().Add(8*24*hour)))
		r.do(r.agent, kept, ticket.Reply{Say: ticket.Say{Text: "好了"}})
		r.pass(9 * 24 * hour)
		loc, err := time.LoadLocation("Asia/Shanghai")
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Counts(t.Context(), r.agent, start(), r.clock.Now(), loc)
		if err != nil {
			t.Fatal(err)
		}
		first := time.Date(2026, 3, 2, 0, 0, 0, 0, loc)
		second := first.AddDate(0, 0, 7)
		want := []promise.Count{
			{first, 0, triage.P3, promise.Acknowledgement, promise.Kept, 1},
			{first, r.group, triage.P3, promise.Acknowledgement, promise.Kept, 1},
			{first, r.group, triage.P3, promise.Reply, promise.Kept, 1},
			{second, 0, triage.P3, promise.Reply, promise.Broken, 1},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if _, err := r.Counts(t.Context(), r.requester, start(), start(), loc); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester: %v", err)
		}
	})
}

func TestN27_AnAgreedVisitIsAPromise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		at := func(h int) []ticket.Span {
			return []ticket.Span{{From: start().Add(time.Duration(h) * hour), To: start().Add(time.Duration(h+1) * hour)}}
		}
		step := func(which ticket.ID, s ticket.VisitStep, times []ticket.Span, did time.Time) {
			by := r.agent
			if s == ticket.VisitAgreed {
				by = r.requester
			}
			r.do(by, which, ticket.Visit{Note: ticket.VisitNote{ID: 1, Step: s, Times: times, Engineer: person.ID(r.agent.ID), Place: "A座 301", Did: did}})
		}
		moved, late, offline, nobody, off, unheard := r.accepted(), r.accepted(), r.accepted(), r.accepted(), r.accepted(), r.accepted()
		for _, x := range []ticket.ID{moved, late, offline, nobody, off, unheard} {
			r.do(r.agent, x, say("上门看", time.Time{}))
			step(x, ticket.VisitProposed, at(2), time.Time{})
			r.want(x, "acknowledgement kept")
			step(x, ticket.VisitAgreed, at(2), time.Time{})
			r.want(x, "acknowledgement kept", "visit open")
		}
		if p := r.rows(moved)[1]; !p.Due.Equal(start().Add(3*hour)) || p.ToldBy != person.ID(r.agent.ID) || p.Words != "A座 301" {
			t.Errorf("%+v", p)
		}
		r.do(r.agent, moved, say("已经在准备备件", time.Time{})) // words do not bring anybody there
		r.want(moved, "acknowledgement kept", "visit open")
		step(moved, ticket.VisitMoved, at(5), time.Time{})
		r.want(moved, "acknowledgement kept", "visit renegotiated", "visit open")
		step(off, ticket.VisitCancelled, nil, time.Time{})
		r.want(off, "acknowledgement kept", "visit void")
		step(nobody, ticket.VisitMissed, nil, time.Time{})
		r.want(nobody, "acknowledgement kept", "visit kept")

		r.pass(3*hour + minute)
		r.want(late, "acknowledgement kept", "visit broken")
		r.want(offline, "acknowledgement kept", "visit broken") // nothing was heard of it
		step(offline, ticket.VisitArrived, nil, start().Add(2*hour+10*minute))
		r.want(offline, "acknowledgement kept", "visit kept") // it was there in time
		step(unheard, ticket.VisitMissed, nil, start().Add(2*hour+20*minute))
		r.want(unheard, "acknowledgement kept", "visit kept") // and so it was where nobody else was
		step(late, ticket.VisitArrived, nil, time.Time{})
		r.want(late, "acknowledgement kept", "visit broken")
		r.pass(hour)
		step(moved, ticket.VisitStarted, nil, time.Time{})
		r.want(moved, "acknowledgement kept", "visit renegotiated", "visit open")
		step(moved, ticket.VisitArrived, nil, time.Time{})
		r.want(moved, "acknowledgement kept", "visit renegotiated", "visit kept")
		for _, x := range []ticket.ID{moved, late, offline, nobody, off, unheard} {
			if got, err := r.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: x}); err != nil || !got.PromiseAt.IsZero() {
				t.Errorf("still promised: %v, %v", got.PromiseAt, err)
			}
		}
	})
}
