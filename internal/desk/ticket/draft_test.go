// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (r *room) draft(by access.Actor, t ticket.Ticket, kind ticket.Name) string {
	r.Helper()
	list, _, err := r.Drafts(r.Context(), by, t)
	if err != nil {
		r.Fatal(err)
	}
	return list[kind].Text
}

func TestADraftIsItsWritersAndGoesWithWhatIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		on := ticket.Target{ID: x.ID}
		for _, text := range []string{"写了一半", "写了一半，又写了一点"} {
			if err := r.SaveDraft(t.Context(), r.agent, on, ticket.CmdReply, text); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.SaveDraft(t.Context(), r.agent, on, ticket.CmdNote, "内部的话"); err != nil {
			t.Fatal(err)
		}
		if got := r.draft(r.agent, x, ticket.CmdReply); got != "写了一半，又写了一点" {
			t.Errorf("the draft is %q", got)
		}
		if got := r.draft(r.lead, x, ticket.CmdReply); got != "" {
			t.Errorf("somebody else reads the draft: %q", got)
		}
		// A reply that is refused keeps it; one that goes out takes it along, and only its own.
		if _, err := r.Do(t.Context(), r.agent, on, ticket.Reply{Say: ticket.Say{Text: " "}}); err == nil {
			t.Error("an empty reply went out")
		}
		if got := r.draft(r.agent, x, ticket.CmdReply); got == "" {
			t.Error("the refusal took the draft along")
		}
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "您好"}})
		if reply, note := r.draft(r.agent, x, ticket.CmdReply), r.draft(r.agent, x, ticket.CmdNote); reply != "" || note != "内部的话" {
			t.Errorf("after sending: reply %q, note %q", reply, note)
		}
		if err := r.SaveDraft(t.Context(), r.agent, on, ticket.CmdNote, " \n"); err != nil {
			t.Fatal(err)
		}
		if got := r.draft(r.agent, x, ticket.CmdNote); got != "" {
			t.Errorf("an emptied draft is still %q", got)
		}
	})
}

// Others see that somebody writes, and what kind of words, but no word of it; who stopped a
// while ago is not writing any more. The hint goes out when it begins and when it ends.
func TestOthersSeeThatSomebodyWrites(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		on, hints := ticket.Target{ID: x.ID}, 0
		r.Writing = func(_ *db.Tx, which ticket.ID) {
			if which == x.ID {
				hints++
			}
		}
		writers := func(by access.Actor) []ticket.Writer {
			_, list, err := r.Drafts(t.Context(), by, x)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		save := func(text string) {
			if err := r.SaveDraft(t.Context(), r.agent, on, ticket.CmdReply, text); err != nil {
				t.Fatal(err)
			}
		}
		save("写了一半")
		save("写了一半，又写了一点")
		if got := writers(r.lead); len(got) != 1 || got[0].Person != r.agent.ID || got[0].Kind != ticket.CmdReply {
			t.Errorf("the lead sees %+v", got)
		}
		if got := writers(r.agent); len(got) != 0 {
			t.Errorf("the writer is told of themselves: %+v", got)
		}
		if got := writers(r.requester); len(got) != 0 {
			t.Errorf("the requester sees %+v", got)
		}
		if hints != 1 {
			t.Errorf("%d hints for one who began", hints)
		}
		r.clock.Advance(2 * time.Minute)
		if got := writers(r.lead); len(got) != 0 {
			t.Errorf("after two minutes of silence the lead sees %+v", got)
		}
		save("写完了")
		save("")
		if hints != 3 {
			t.Errorf("%d hints for one who began twice and ended once", hints)
		}
	})
}

func TestWhoMayNotWorkKeepsNoDraft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record("打印机卡纸")
		cases := []struct {
			name string
			by   access.Actor
			kind ticket.Name
			text string
			want errs.Kind
		}{
			{"the requester", r.requester, ticket.CmdReply, "x", errs.Denied},
			{"another requester", r.other, ticket.CmdReply, "x", errs.NotFound},
			{"nobody", access.Actor{}, ticket.CmdReply, "x", errs.Invalid},
			{"the desk itself", access.Desk(), ticket.CmdReply, "x", errs.Invalid},
			{"a command without a draft", r.agent, ticket.CmdClose, "x", errs.Invalid},
			{"too long", r.agent, ticket.CmdNote, strings.Repeat("长", ticket.MaxText+1), errs.TooLarge},
		}
		for _, tt := range cases {
			if err := r.SaveDraft(t.Context(), tt.by, ticket.Target{ID: x.ID}, tt.kind, tt.text); errs.KindOf(err) != tt.want {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	})
}
