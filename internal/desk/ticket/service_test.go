// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN35_TheWholeLifeAndItsEventsGiveTheRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.record("ERP 提交付款单报错 ORA-01653。银行 15:00 截单"))
		r.clock.Advance(7 * time.Minute)
		r.do(r.agent, v, ticket.Reply{Say: ticket.Say{Text: "10:00 前给您反馈"}})
		r.do(r.agent, v, ticket.HandOver{Group: r.group, Assignee: person.ID(r.lead.ID), Done: "核对范围", Why: "要扩容", Needed: "加数据文件"})
		r.do(r.lead, v, ticket.HoldFor{Reason: ticket.Blocked, Stuck: "等审批", Doing: "已提交", Next: r.clock.Now().Add(time.Hour)})
		r.do(r.lead, v, ticket.Resume{})
		v = r.do(r.lead, v, ticket.Resolve{Solution: solution(), Difficulties: "无", Approach: "无"})
		if v.Status != ticket.Resolved || v.Owner != person.ID(r.agent.ID) || v.Assignee != person.ID(r.lead.ID) {
			t.Fatalf("resolved as %s, owner %d, assignee %d: the owner survives a hand-over (N12)", v.Status, v.Owner, v.Assignee)
		}
		v = r.do(r.requester, v, ticket.Confirm{Resolutions: v.Detail.Resolutions})
		if v.Status != ticket.Closed || v.ClosedAs != ticket.Confirmed {
			t.Fatalf("%s as %q after the user's word", v.Status, v.ClosedAs)
		}
		stored, err := r.Get(t.Context(), r.agent, ticket.Target{ID: v.ID})
		if err != nil {
			t.Fatal(err)
		}
		cached := cmpopts.IgnoreFields(ticket.Ticket{}, "Version", "NextDue", "NextClock", "PromiseAt")
		if d := cmp.Diff(stored, r.rebuilt(v), cached, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("the row is not its events folded:\n%s", d)
		}
	})
}

func TestN19_AcknowledgedWithAnHonestTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("打印机卡纸")
		if v.Detail.Acknowledged.IsZero() || !v.Detail.ExpectBy.After(v.CreatedAt) || !v.PromiseAt.Equal(v.Detail.ExpectBy) {
			t.Errorf("acknowledged %v, expect by %v, promised %v (N20)", v.Detail.Acknowledged, v.Detail.ExpectBy, v.PromiseAt)
		}
		if !v.FirstResponseAt.IsZero() {
			t.Error("the automatic acknowledgement stopped the first-response clock (N3)")
		}
		quiet, _, err := r.Record(t.Context(), access.Desk(), ticket.Request{
			Requester: person.ID(r.requester.ID), Channel: ticket.Mail, Say: ticket.Say{Text: "auto"}, Quiet: "loop",
		})
		if err != nil || !quiet.Detail.Acknowledged.IsZero() {
			t.Errorf("a quiet ticket was acknowledged: %v, %v", quiet.Detail.Acknowledged, err)
		}
	})
}

func TestN36_GatesNameAllThatIsMissingAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("VPN 断线")
		r.do(r.agent, v, ticket.Accept{})
		_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Resolve{})
		var keys []string
		if e := errs.As(err); e != nil && e.Kind == errs.Missing {
			for _, g := range e.Gaps {
				keys = append(keys, g.Clause+" "+g.Key)
			}
		}
		want := []string{"N15 gap.intake", "N22 gap.grade", "N32 gap.solution", "N33 gap.verify", "N34 gap.cause", "N34 gap.prevention"}
		if d := cmp.Diff(want, keys); d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
		r.do(r.agent, v, ticket.Deviate{Gap: "gap.grade", Reason: "单人咨询，无需定级"})
		gaps := r.Missing(r.rebuilt(v), ticket.CmdResolve)
		if slices.ContainsFunc(gaps, func(g errs.Gap) bool { return g.Key == "gap.grade" }) {
			t.Error("a signed deviation did not stand in for its gap")
		}
		if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Deviate{Gap: "gap.solution", Reason: "用户没有要求"}); !errors.Is(err, errs.New(errs.Conflict, "ticket.not_deviable")) {
			t.Errorf("the solution was deviated from: %v (N32)", err)
		}
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: v.ID}, ticket.Deviate{Gap: "gap.intake", Reason: "我不想填"}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester deviated: %v", err)
		}
	})
}

func TestN36_ASolutionThatDidNotLastTakesItsSheetAndExcusesWithIt(t *testing.T) {
	t.Parallel()
	again := map[string]func(r *room, v ticket.Ticket) ticket.Ticket{
		"reopened": func(r *room, v ticket.Ticket) ticket.Ticket {
			v = r.do(r.requester, v, ticket.Confirm{Resolutions: v.Detail.Resolutions})
			return r.do(r.requester, v, ticket.Reopen{Reason: "又满了"})
		},
		"rejected": func(r *room, v ticket.Ticket) ticket.Ticket {
			return r.do(r.requester, v, ticket.Reject{Reason: "还是报错", Resolutions: v.Detail.Resolutions})
		},
	}
	for name, back := range again {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *room) {
				v := r.record("ERP 提交付款单报错")
				r.do(r.agent, v, ticket.Accept{})
				for gap, reason := range map[string]string{"gap.intake": "现场口述，事后补录", "gap.grade": "单人咨询，无需定级", "gap.cause": "厂商未给出原因"} {
					r.do(r.agent, v, ticket.Deviate{Gap: gap, Reason: reason})
				}
				first := solution()
				first.Cause = ""
				v = r.do(r.agent, v, ticket.Resolve{Solution: first, Difficulties: "日志不全", Approach: "加审计"})
				v = back(r, v)
				if v.Status != ticket.Opened || v.Detail.Closure != (ticket.Closure{}) {
					t.Fatalf("%s with the closure sheet %+v", v.Status, v.Detail.Closure)
				}
				var kept []string
				for gap := range v.Detail.Deviations {
					kept = append(kept, gap)
				}
				slices.Sort(kept)
				if d := cmp.Diff([]string{"gap.grade", "gap.intake"}, kept); d != "" {
					t.Fatalf("what stays excused is about the request, and nothing else:\n%s", d)
				}
				if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Resolve{Solution: first}); errs.KindOf(err) != errs.Missing {
					t.Fatalf("the cause is still excused for another solution: %v (N34)", err)
				}
				v = r.do(r.agent, v, ticket.Resolve{Solution: solution()})
				v = r.do(r.requester, v, ticket.Confirm{Resolutions: v.Detail.Resolutions})
				if v.Status != ticket.Resolved {
					t.Fatalf("%s without a closure sheet of its own", v.Status)
				}
				v = r.do(r.agent, v, ticket.Archive{Difficulties: "无", Approach: "无"})
				if v.Status != ticket.Closed || v.ClosedAs != ticket.Confirmed {
					t.Fatalf("%s as %q after the sheet was written", v.Status, v.ClosedAs)
				}
				sheets := 0
				list, err := r.Records(t.Context(), v.ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range list {
					if e.Name == (ticket.Archived{}).EventName() {
						sheets++
					}
				}
				if sheets != 2 {
					t.Errorf("%d closure sheets in the history, want both", sheets)
				}
			})
		})
	}
}

func TestF53_ManyEditsOfOneVersionOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("并发")
		const hands = 24
		var wg sync.WaitGroup
		results := make([]error, hands)
		for i := range hands {
			wg.Go(func() {
				_, results[i] = r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID, Version: v.Version}, ticket.Classify{Subject: fmt.Sprint("标题", i)})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case errs.KindOf(err) != errs.Stale:
				t.Errorf("%v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d edits of one version went through", won, hands)
		}
	})
}

func TestF41_OneKeyOneTicket(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ask := ticket.Request{Requester: person.ID(r.requester.ID), Channel: ticket.API, Say: ticket.Say{Text: "同一请求"}, Key: "k-1", Hash: "h"}
		var wg sync.WaitGroup
		numbers := make([]int64, 40)
		for i := range numbers {
			wg.Go(func() {
				v, _, err := r.Record(t.Context(), r.requester, ask)
				if err != nil {
					t.Error(err)
				}
				numbers[i] = v.Number
			})
		}
		wg.Wait()
		slices.Sort(numbers)
		if got := slices.Compact(numbers); len(got) != 1 {
			t.Errorf("one key made the tickets %v", got)
		}
		ask.Hash = "other"
		if _, _, err := r.Record(t.Context(), r.requester, ask); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the key with another body: %v", err)
		}
	})
}

func TestNumbersAreUniqueUnderLoad(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var wg sync.WaitGroup
		numbers := make([]int64, 60)
		for i := range numbers {
			wg.Go(func() { numbers[i] = r.record(fmt.Sprint("问题 ", i)).Number })
		}
		wg.Wait()
		slices.Sort(numbers)
		if got := slices.Compact(slices.Clone(numbers)); len(got) != len(numbers) || got[0] != 1001 {
			t.Errorf("%d different numbers of %d, the first %d", len(got), len(numbers), got[0])
		}
	})
}

func TestMergesThatCrossEndInOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, b := r.record("甲"), r.record("乙")
		var wg sync.WaitGroup
		var errA, errB error
		wg.Go(func() { _, errA = r.Do(t.Context(), r.agent, ticket.Target{ID: a.ID}, ticket.Merge{Into: b.ID}) })
		wg.Go(func() { _, errB = r.Do(t.Context(), r.agent, ticket.Target{ID: b.ID}, ticket.Merge{Into: a.ID}) })
		wg.Wait()
		if (errA == nil) == (errB == nil) {
			t.Fatalf("two merges that cross: %v, %v; exactly one goes through", errA, errB)
		}
		merged, kept := r.rebuilt(a), r.rebuilt(b)
		if errA != nil {
			merged, kept = kept, merged
		}
		if merged.ClosedAs != ticket.Duplicate || merged.MergedInto != kept.ID || !kept.Open() {
			t.Errorf("merged: %s into %d; kept: %s", merged.ClosedAs, merged.MergedInto, kept.Status)
		}
		if l := kept.Detail.Links; len(l) != 1 || l[0].Kind != "absorbed" || l[0].Number != merged.Number {
			t.Errorf("the ticket that lives on links %v", l)
		}
		stranger, _, err := r.Record(t.Context(), r.other, ticket.Request{Requester: person.ID(r.other.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "另一人的"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: stranger.ID}, ticket.Merge{Into: kept.ID}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("tickets of two people were merged: %v", err)
		}
	})
}

func TestS25_TheRequesterSeesNoInternalWord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		const canary = "金丝雀-内部"
		v := r.complete(r.record("登录失败"))
		r.do(r.agent, v, ticket.Note{Say: ticket.Say{Text: canary}})
		r.do(r.agent, v, ticket.CallRecord{Say: ticket.Say{Text: canary}, Spoke: true})
		r.do(r.agent, v, ticket.HandOver{Group: r.group, Done: canary, Why: canary, Needed: canary})
		r.do(r.agent, v, ticket.Deviate{Gap: "gap.verify", Reason: canary})
		r.do(r.agent, v, ticket.Reply{Say: ticket.Say{Text: "请重试"}})
		for _, by := range []access.Actor{r.requester, {ID: r.requester.ID, Kind: access.Link, Ticket: int64(v.ID), Via: "link", Role: access.Requester}} {
			seen, err := r.Thread(t.Context(), by, v)
			if err != nil {
				t.Fatal(err)
			}
			said := 0
			for _, e := range seen {
				if strings.Contains(fmt.Sprintf("%+v %s", e.Fact, e.Record.Data), canary) || (e.Message != nil && strings.Contains(e.Message.Text, canary)) {
					t.Errorf("%s reads %s", by.Kind, e.Record.Name)
				}
				if e.Message != nil {
					said++
				}
			}
			if said != 2 {
				t.Errorf("%s sees %d messages, not the request and the reply", by.Kind, said)
			}
		}
		if _, err := r.Get(t.Context(), r.other, ticket.Target{Number: v.Number}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another requester: %v; not even its existence is shown (S21)", err)
		}
		if _, err := r.Thread(t.Context(), r.other, v); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another requester reads the thread: %v", err)
		}
	})
}

func TestN35_ALinkAnswersOneSolutionOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.record("显示器不亮"))
		v = r.do(r.agent, v, ticket.Resolve{Solution: solution()})
		old := v.Detail.Resolutions
		v = r.do(r.requester, v, ticket.Reject{Reason: "还是黑的", Resolutions: old})
		if v.Status != ticket.Opened || len(v.Detail.Rejections) != 1 {
			t.Fatalf("rejected: %s, %d", v.Status, len(v.Detail.Rejections))
		}
		v = r.do(r.agent, v, ticket.Resolve{Solution: solution()})
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: v.ID}, ticket.Confirm{Resolutions: old}); !errors.Is(err, errs.New(errs.Conflict, "ticket.old_solution")) {
			t.Errorf("an old link confirmed a new solution: %v", err)
		}
		if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Confirm{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent confirmed for the user: %v", err)
		}
		v = r.do(r.agent, v, ticket.Confirm{How: "phone", Evidence: "电话 14:10，用户说亮了"})
		if v.Status != ticket.Resolved || v.ConfirmedAt.IsZero() {
			t.Errorf("confirmed without a closure sheet: %s", v.Status)
		}
		v = r.do(r.agent, v, ticket.Archive{Difficulties: "接触不良", Approach: "换线"})
		if v.ClosedAs != ticket.Confirmed {
			t.Errorf("the closure sheet closed it as %q", v.ClosedAs)
		}
	})
}

func TestN35_TimeUpIsNeverConfirmed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.record("网盘"))
		v = r.do(r.agent, v, ticket.Resolve{Solution: solution(), Difficulties: "无", Approach: "无"})
		if _, err := r.Do(t.Context(), r.lead, ticket.Target{ID: v.ID}, ticket.Expire{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a person declared the time up: %v", err)
		}
		v = r.do(access.Desk(), v, ticket.Expire{Resolutions: v.Detail.Resolutions})
		if v.ClosedAs != ticket.Unconfirmed || !v.ConfirmedAt.IsZero() {
			t.Errorf("closed as %q", v.ClosedAs)
		}
		r.clock.Advance(15 * 24 * time.Hour)
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: v.ID}, ticket.Reopen{Reason: "又坏了"}); !errors.Is(err, errs.New(errs.Conflict, "ticket.reopen_late")) {
			t.Errorf("reopened after the days of the policy: %v", err)
		}
		if v = r.do(r.agent, v, ticket.Reopen{Reason: "用户来电"}); v.Status != ticket.Opened || v.Detail.Reopened != 1 {
			t.Errorf("reopened: %s", v.Status)
		}
	})
}

func TestS34_OnlyTheOwnerBindsAFile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("附件")
		a, err := r.Stage(t.Context(), r.other, ticket.File{Name: `..\报错.png`, Data: strings.NewReader("GIF89a not a png")})
		if err != nil {
			t.Fatal(err)
		}
		if a.Name != "报错.png" || a.Type != "image/gif" {
			t.Errorf("named %q, typed %q: the content says what it is (S65, S67)", a.Name, a.Type)
		}
		reply := ticket.Reply{Say: ticket.Say{Text: "见附件", Files: []string{a.Token}}}
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: v.ID}, reply); errs.KindOf(err) != errs.Invalid {
			t.Errorf("somebody else's file was bound: %v", err)
		}
		mine, err := r.Stage(t.Context(), r.requester, ticket.File{Name: "a.txt", Data: strings.NewReader("日志")})
		if err != nil {
			t.Fatal(err)
		}
		reply.Files = []string{mine.Token}
		r.do(r.requester, v, reply)
		if _, _, err := r.Attachment(t.Context(), r.other, v.ID, mine.Token); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another requester fetched it: %v", err)
		}
		got, body, err := r.Attachment(t.Context(), r.agent, v.ID, mine.Token)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = body.Close() }()
		if got.Size != int64(len("日志")) {
			t.Errorf("%d bytes", got.Size)
		}
		r.clock.Advance(25 * time.Hour)
		if n, err := r.Sweep(t.Context()); err != nil || n != 1 {
			t.Errorf("swept %d, %v: only the file that nobody bound goes", n, err)
		}
	})
}

func TestS24_CountsAreWhatTheListsShow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for i := range 12 {
			v := r.record(fmt.Sprint("单 ", i))
			switch i % 5 {
			case 1:
				r.do(r.agent, v, ticket.Accept{})
			case 2:
				r.do(r.agent, v, ticket.Accept{})
				r.do(r.agent, v, ticket.HoldFor{Reason: ticket.ForRequester})
			case 3:
				r.do(r.agent, r.complete(v), ticket.Resolve{Solution: solution()})
			case 4:
				r.do(r.agent, v, ticket.Close{As: ticket.Invalid, Reason: "测试单"})
			}
		}
		if _, _, err := r.Record(t.Context(), r.other, ticket.Request{Requester: person.ID(r.other.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "Tom's"}}); err != nil {
			t.Fatal(err)
		}
		for _, by := range []access.Actor{r.agent, r.lead, r.requester, r.other} {
			counts := r.Counts(t.Context(), by)
			for _, view := range ticket.Views() {
				n, cursor := 0, ""
				seen := map[ticket.ID]bool{}
				for {
					page, err := r.List(t.Context(), by, ticket.Filter{View: view, Limit: 2, Cursor: cursor})
					if err != nil {
						t.Fatal(err)
					}
					for _, v := range page.Tickets {
						if seen[v.ID] {
							t.Errorf("%s shows %s twice", view, v.Ref())
						}
						seen[v.ID] = true
					}
					n += len(page.Tickets)
					if cursor = page.Next; cursor == "" {
						break
					}
				}
				if want, counted := counts.Views[view]; counted && want != n {
					t.Errorf("%s %s: counted %d, listed %d", by.Role, view, want, n)
				}
			}
		}
		if _, err := r.List(t.Context(), access.Actor{}, ticket.Filter{}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("nobody lists: %v", err)
		}
		if _, err := r.List(t.Context(), r.agent, ticket.Filter{Cursor: "bm90IGEgY3Vyc29y"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a made-up cursor: %v", err)
		}
	})
}

func TestN22_TheOverrideKeepsWhatWasComputed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("会议室无画面")
		answers := triage.Answers{Affected: triage.One, Halt: triage.Impaired}
		if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Grade{Answers: answers, Override: triage.P1}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("overridden without a reason: %v", err)
		}
		v = r.do(r.agent, v, ticket.Grade{Answers: answers, Override: triage.P1, Reason: "董事会在用"})
		if v.Priority != triage.P1 || v.Detail.Computed != triage.P3 || v.Detail.Override == "" {
			t.Errorf("priority %v, computed %v", v.Priority, v.Detail.Computed)
		}
	})
}
