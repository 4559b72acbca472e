// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// TestS25_AThreadThatStaffReadShowsTheRequesterNoMore: threads are kept in memory, whole.
func TestS25_AThreadThatStaffReadShowsTheRequesterNoMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		texts := func(by access.Actor, v ticket.Ticket) (out []string) {
			t.Helper()
			list, err := r.Thread(t.Context(), by, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				if e.Message != nil {
					out = append(out, e.Message.Text)
				}
			}
			return out
		}
		v := r.record("登录失败")
		for i, note := range []string{"内部一", "内部二"} {
			v = r.do(r.agent, v, ticket.Note{Say: ticket.Say{Text: note}})
			want := []string{"登录失败", "内部一", "内部二"}[:i+2]
			for range 2 { // read anew, then kept
				if d := cmp.Diff(want, texts(r.agent, v)); d != "" {
					t.Errorf("staff (-want +got):\n%s", d)
				}
				if d := cmp.Diff(want[:1], texts(r.requester, v)); d != "" {
					t.Errorf("the requester (-want +got):\n%s", d)
				}
			}
		}
	})
}

// TestACommitKnowsATicketAsItHasMadeIt: rooms that listen share what was read, and never what was
// before a command of the same commit.
func TestACommitKnowsATicketAsItHasMadeIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("登录失败")
		ready, err := r.Ready(t.Context(), r.agent, ticket.Accept{})
		if err != nil {
			t.Fatal(err)
		}
		err = r.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			before, err := r.GetIn(ctx, tx, v.ID)
			if err != nil {
				return err
			}
			done, err := ready.In(ctx, tx, ticket.Target{ID: v.ID})
			if err != nil {
				return err
			}
			after, err := r.GetIn(ctx, tx, v.ID)
			if err != nil {
				return err
			}
			if before.Owner != 0 || after.Owner != done.Owner || after.Version != done.Version || after.Version == before.Version {
				t.Errorf("owner and version before %d, %d, after %d, %d, and the command says %d, %d",
					before.Owner, before.Version, after.Owner, after.Version, done.Owner, done.Version)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestALineOfAThreadIsTheOneThatTheThreadHas: it is found without the thread where that can be.
func TestALineOfAThreadIsTheOneThatTheThreadHas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.record("登录失败")
		v = r.do(r.agent, v, ticket.Accept{})
		v = r.do(r.agent, v, ticket.Note{Say: ticket.Say{Text: "内部"}})
		for _, by := range []access.Actor{r.agent, r.requester} {
			thread, err := r.Thread(t.Context(), by, v)
			if err != nil {
				t.Fatal(err)
			}
			want := map[int64]ticket.Entry{}
			for _, e := range thread {
				want[e.Record.ID] = e
			}
			records, err := r.Records(t.Context(), v.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range append(records, event.Record{ID: 1 << 40, Name: "ticket.unheard_of", Subject: int64(v.ID)}) {
				got, err := r.EntryOf(t.Context(), by, v, x)
				e, there := want[x.ID]
				if there && err != nil || !there && errs.KindOf(err) != errs.NotFound {
					t.Errorf("%s of %s: %v", x.Name, by.Kind, err)
				}
				if d := cmp.Diff(e, got); d != "" {
					t.Errorf("%s of %s (-thread +line):\n%s", x.Name, by.Kind, d)
				}
			}
		}
		if _, err := r.EntryOf(t.Context(), r.other, v, event.Record{}); err == nil {
			t.Error("somebody else reads it")
		}
	})
}
