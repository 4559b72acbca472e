// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// words are the texts of a thread as somebody reads it, the request itself left out.
func (r *room) words(by access.Actor, x ticket.Ticket) []string {
	r.Helper()
	list, err := r.Thread(r.Context(), by, r.now(x))
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, e := range list {
		if e.Message != nil && !e.Message.First {
			out = append(out, e.Message.Text)
		}
	}
	return out
}

func (r *room) runDue() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func undoable(text string, files ...string) ticket.Reply {
	return ticket.Reply{Say: ticket.Say{Text: text, Files: files, Channel: ticket.Web}, Undo: true}
}

// A reply is stored at once and said ten seconds later, once, in its writer's name; until then
// the requester has nothing and no clock stands (N3, N29).
func TestN29_S25_AReplyIsSaidWhenItsSecondsAreOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		x = r.do(r.agent, x, undoable("请重启打印机"))
		if got := r.words(r.agent, x); len(got) != 1 || len(r.words(r.requester, x)) != 0 {
			t.Errorf("before its time: staff read %q, the requester %q", got, r.words(r.requester, x))
		}
		if !x.FirstResponseAt.IsZero() || !x.LastPublicAt.IsZero() {
			t.Error("a clock counts words that nobody has")
		}
		r.clock.Advance(9 * time.Second)
		r.runDue()
		if len(r.words(r.requester, x)) != 0 {
			t.Error("said too soon")
		}
		r.clock.Advance(time.Second)
		r.runDue()
		r.runDue()
		x = r.now(x)
		if got := r.words(r.requester, x); len(got) != 1 || !x.FirstResponseAt.Equal(r.clock.Now()) {
			t.Errorf("after its time the requester reads %q, first response %v", got, x.FirstResponseAt)
		}
		list, err := r.Thread(t.Context(), r.agent, x)
		if err != nil {
			t.Fatal(err)
		}
		if last := list[len(list)-1]; last.Record.Meta.ActorID != r.agent.ID || last.Record.Meta.Via != "web" {
			t.Errorf("said by %+v", last.Record.Meta)
		}
		_, err = r.Do(t.Context(), r.agent, ticket.Target{ID: x.ID}, ticket.TakeBack{})
		if e := errs.As(err); e == nil || e.Kind != errs.Conflict || e.Key != "ticket.sent_already" {
			t.Errorf("taking back what has left: %v", err)
		}
		if got := r.rebuilt(x); got.FirstResponseAt != x.FirstResponseAt || got.Detail.Outgoing.Message != 0 || got.Detail.Made != x.Detail.Made {
			t.Error("the facts give another ticket than the row")
		}
	})
}

// Taken back, the words are a draft again, before what was begun meanwhile, and the files free;
// nothing was said, and nothing will be.
func TestAReplyThatIsTakenBackIsADraftAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		file, err := r.Stage(t.Context(), r.agent, ticket.File{Name: "步骤.txt", Data: strings.NewReader("1")})
		if err != nil {
			t.Fatal(err)
		}
		x = r.do(r.agent, x, undoable("写错了收件人", file.Token))
		if err := r.SaveDraft(t.Context(), r.agent, ticket.Target{ID: x.ID}, ticket.CmdReply, "又想到一句"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Do(t.Context(), r.lead, ticket.Target{ID: x.ID}, ticket.TakeBack{}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("somebody else takes it back: %v", err)
		}
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: x.ID}, ticket.TakeBack{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("the requester takes it back: %v", err)
		}
		x = r.do(r.agent, x, ticket.TakeBack{})
		if got := r.draft(r.agent, x, ticket.CmdReply); got != "写错了收件人\n\n又想到一句" {
			t.Errorf("the draft is %q", got)
		}
		r.clock.Advance(time.Minute)
		r.runDue()
		x = r.now(x)
		if got := r.words(r.agent, x); len(got) != 0 || len(r.words(r.requester, x)) != 0 || !x.FirstResponseAt.IsZero() || !x.LastPublicAt.IsZero() {
			t.Errorf("something was said all the same: %q", got)
		}
		if staged, err := r.Staged(t.Context(), r.agent, []string{file.Token}); err != nil || len(staged) != 1 {
			t.Errorf("the file is gone: %v", err)
		}
		x = r.do(r.agent, x, undoable("给对的人", file.Token))
		r.clock.Advance(time.Minute)
		r.runDue()
		if got := r.words(r.requester, x); len(got) != 1 || got[0] != "给对的人" {
			t.Errorf("the requester reads %q", got)
		}
	})
}

// What tells the requester something comes after the words that stand before it, and both reach
// them in this order; a form that was opened meanwhile is not stale for it.
func TestWordsAreNotOvertaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		x = r.do(r.agent, x, undoable("第一句"))
		x = r.do(r.agent, x, undoable("第二句"))
		if got := r.words(r.requester, x); len(got) != 1 || got[0] != "第一句" {
			t.Errorf("after the second reply the requester reads %q", got)
		}
		opened := x.Version
		r.clock.Advance(time.Minute)
		r.runDue()
		x, err := r.Do(t.Context(), r.agent, ticket.Target{ID: x.ID, Version: opened}, ticket.Resolve{Solution: solution()})
		if err != nil {
			t.Fatalf("the form that was open while the words left: %v", err)
		}
		if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: x.ID, Version: opened}, ticket.Link{To: r.record("另一件").ID}); errs.KindOf(err) != errs.Stale {
			t.Errorf("a version before the solution: %v", err)
		}
		y := r.complete(r.record("另一台"))
		y = r.do(r.agent, y, undoable("在看"))
		y = r.do(r.agent, y, ticket.Resolve{Solution: solution()})
		if got := r.words(r.requester, y); len(got) != 1 || y.FirstResponseAt.IsZero() {
			t.Errorf("with the solution the requester reads %q", got)
		}
	})
}

// The seconds cost no clock: where a time runs out within them the words go at once.
func TestN3_TheSecondsCostNoClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		due := r.clock.Now().Add(time.Hour)
		r.Plan = func(ticket.Ticket) (time.Time, string) { return due, "respond" }
		x := r.complete(r.record("打印机卡纸"))
		r.clock.Advance(time.Hour - 10*time.Second)
		x = r.do(r.agent, x, undoable("在看了"))
		if got := r.words(r.requester, x); len(got) != 1 || x.FirstResponseAt.IsZero() || x.Detail.Outgoing.Message != 0 {
			t.Errorf("the requester reads %q, first response %v", got, x.FirstResponseAt)
		}
	})
}
