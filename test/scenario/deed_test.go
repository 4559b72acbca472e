// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN31_WhoWroteADeedDoesNotApproveIt: B writes what will be done, A asks for it, and B may not
// decide, by no seat; another text ends what was asked, by a job that survives a crash.
func TestN31_WhoWroteADeedDoesNotApproveIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		id := s.published(wipe, runbook.Place{Category: below})
		x := s.asked(below)
		a, b, c := apptest.Actor(s.agent.Person, "web"), apptest.Actor(h.Somebody(access.Agent), "web"), h.Somebody(access.Agent)
		on := ticket.Target{ID: x.ID}
		run, err := h.Runbooks.Begin(t.Context(), a, on, runbook.Beginning{Runbook: id})
		s.must(err)
		run, err = h.Runbooks.Prepare(t.Context(), b, run.ID, 1, "2019 年的日志", "从备份恢复")
		s.must(err)
		writer := run.Lock.Deed.By
		run, err = h.Runbooks.Prepare(t.Context(), a, run.ID, 1, "2019 年的日志", "从备份恢复")
		s.must(err)
		if writer != person.ID(b.ID) || run.Lock.Deed.By != writer {
			t.Fatalf("the same text has another writer: %d, then %d", writer, run.Lock.Deed.By)
		}
		ask := func(who person.ID) (approval.Approval, error) {
			return h.Approvals.Ask(t.Context(), a, on, approval.Ask{
				Subject: approval.Subject{Kind: runbook.ApprovalKind, Ref: run.Lock.Deed.Ref()}, Levels: []approval.AskLevel{{People: []person.ID{who}}},
			})
		}
		if _, err := ask(writer); errs.KindOf(err) != errs.Invalid {
			t.Errorf("the writer is asked: %v", err)
		}
		asked, err := ask(c.ID)
		s.must(err)
		now := h.Clock.Now()
		s.must(h.Approvals.SaveLeave(t.Context(), apptest.Actor(c, "web"), approval.Leave{Deputy: writer, From: now, To: now.Add(24 * time.Hour)}))
		if _, err := h.Approvals.Decide(t.Context(), b, asked.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.Denied {
			t.Errorf("the writer decides as a deputy: %v", err)
		}
		_, err = h.Runbooks.Prepare(t.Context(), b, run.ID, 1, "2018 年的日志", "从备份恢复")
		s.must(err)
		h.RunJobs()
		if v, err := h.Approvals.Get(t.Context(), a, asked.ID); err != nil || v.State != approval.Void {
			t.Errorf("another text: %s, %v", v.State, err)
		}
	})
}

// meddler covers everything, and once does something else while it is asked.
type meddler struct{ once func() }

func (m *meddler) Covers(context.Context, ticket.ID, string, string, string) (bool, error) {
	if do := m.once; do != nil {
		m.once = nil
		do()
	}
	return true, nil
}

// TestN31_AStepIsNotDoneByALockOfBefore: what will be done is written anew between reading the lock
// and the commit; the mark is refused.
func TestN31_AStepIsNotDoneByALockOfBefore(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		m := &meddler{}
		h.Runbooks.Approvals = m
		below := s.category()
		id := s.published(wipe, runbook.Place{Category: below})
		x := s.asked(below)
		a, b, c := apptest.Actor(s.agent.Person, "web"), apptest.Actor(h.Somebody(access.Agent), "web"), apptest.Actor(h.Somebody(access.Agent), "web")
		run, err := h.Runbooks.Begin(t.Context(), a, ticket.Target{ID: x.ID}, runbook.Beginning{Runbook: id})
		s.must(err)
		run, err = h.Runbooks.Prepare(t.Context(), a, run.ID, 1, "2019 年的日志", "从备份恢复")
		s.must(err)
		run, err = h.Runbooks.Release(t.Context(), b, run.ID, run.Lock.Digest)
		s.must(err)
		m.once = func() {
			_, err := h.Runbooks.Prepare(t.Context(), c, run.ID, 1, "全部日志", "没有")
			s.must(err)
		}
		done := runbook.Marking{Seq: 1, Step: "wipe", Outcome: runbook.Done, Value: "删了", Digest: run.Lock.Digest}
		if _, err := h.Runbooks.Mark(t.Context(), a, run.ID, done); errs.KindOf(err) != errs.Stale {
			t.Fatalf("done by the lock of another text: %v", err)
		}
		if now, err := h.Runbooks.Course(t.Context(), a, run.ID); err != nil || len(now.Marked) != 0 || now.Lock.Deed.What != "全部日志" {
			t.Errorf("it stands at %+v, %v", now.Marked, err)
		}
	})
}

// TestF6_N10_ARunbookIsSentInOneCommitAndOnce: a message that fails leaves no run behind, and who
// presses twice sends one message.
func TestF6_N10_ARunbookIsSentInOneCommitAndOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		id := s.published(network, runbook.Place{Category: below})
		x := s.asked(below)
		w := &world{T: t, House: h}
		a, on := apptest.Actor(s.agent.Person, "web"), ticket.Target{ID: x.ID}
		mend := w.failpoint("message")
		if _, err := h.Runbooks.Begin(t.Context(), a, on, runbook.Beginning{Runbook: id, Send: true, Wait: true}); err == nil {
			t.Fatal("it was sent")
		}
		mend()
		c, err := h.Runbooks.Begin(t.Context(), a, on, runbook.Beginning{Runbook: id, Send: true})
		if err != nil || c.State != runbook.Sent || c.SentAt.IsZero() {
			t.Fatalf("the next try: %s, %v", c.State, err)
		}
		runs, err := h.Runbooks.Runs(t.Context(), a, s.ticket(x.Ref()))
		if err != nil || len(runs) != 1 {
			t.Errorf("%d runs, %v", len(runs), err)
		}
		before, err := h.Tickets.Thread(t.Context(), access.Desk(), s.ticket(x.Ref()))
		s.must(err)
		if _, err := h.Runbooks.Send(t.Context(), a, c.ID, "", false); err != nil {
			t.Errorf("pressed twice: %v", err)
		}
		after, err := h.Tickets.Thread(t.Context(), access.Desk(), s.ticket(x.Ref()))
		if err != nil || len(after) != len(before) {
			t.Errorf("the thread grew from %d to %d, %v", len(before), len(after), err)
		}
	})
}
