// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// said is the last message of a ticket.
func (r *room) said(x ticket.Ticket) ticket.Message {
	r.Helper()
	list, err := r.Thread(r.Context(), r.agent, r.now(x))
	if err != nil {
		r.Fatal(err)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if m := list[i].Message; m != nil {
			return *m
		}
	}
	r.Fatal("nothing was said")
	return ticket.Message{}
}

// Another matter in the same thread becomes a ticket of its own: the user's words verbatim, with
// their files, when and by whom they were written; nothing of the first ticket changes but that
// the two are linked (N14, N17).
func TestN17_ASplitTakesTheUsersWordsAlong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		file, err := r.Stage(t.Context(), r.requester, ticket.File{Name: "报错.txt", Data: strings.NewReader("ORA-01653")})
		if err != nil {
			t.Fatal(err)
		}
		r.do(r.requester, x, ticket.Reply{Say: ticket.Say{Text: "另外 VPN 也连不上，报错见附件", Files: []string{file.Token}, Channel: ticket.Portal}})
		theirs := r.said(x)
		r.clock.Advance(time.Hour)
		r.do(r.agent, x, ticket.Note{Say: ticket.Say{Text: "VPN 是另一件事"}})
		note := r.said(x)
		before := r.now(x)

		x = r.do(r.agent, x, ticket.Split{Messages: []ticket.MessageID{note.ID, theirs.ID}, Subject: "VPN 连不上"})
		y, err := r.Get(t.Context(), r.agent, ticket.Target{Number: x.SplitTo()})
		if err != nil {
			t.Fatal(err)
		}
		if y.SplitFrom() != x.Number || y.Requester != x.Requester || y.Subject != "VPN 连不上" || y.Status != ticket.New || y.Channel != ticket.Portal {
			t.Errorf("the new ticket is %+v", y)
		}
		if y.Graded || y.Complete() == x.Complete() || len(y.Detail.Deviations) != 0 || y.Detail.Acknowledged.IsZero() || !y.CreatedAt.Equal(r.clock.Now()) {
			t.Error("the new ticket has something of the first one, or was not acknowledged")
		}
		list, err := r.Thread(t.Context(), r.agent, y)
		if err != nil {
			t.Fatal(err)
		}
		var got []ticket.Message
		for _, e := range list {
			if e.Message != nil {
				got = append(got, *e.Message)
			}
		}
		if len(got) != 2 || !got[0].First || got[0].Text != theirs.Text || !got[0].At.Equal(theirs.At) || got[0].Author != theirs.Author || got[1].Kind != ticket.Internal || got[1].Text != note.Text {
			t.Fatalf("it begins with %+v", got)
		}
		if !y.LastPublicAt.IsZero() || !y.FirstResponseAt.IsZero() {
			t.Error("what was said before counts as a word on the new ticket")
		}
		copied := got[0].Attached
		if len(copied) != 1 || copied[0].Token == file.Token {
			t.Fatalf("its files are %+v", copied)
		}
		_, body, err := r.Attachment(t.Context(), r.requester, y.ID, copied[0].Token)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(body)
		if body.Close(); err != nil || string(b) != "ORA-01653" {
			t.Errorf("the file holds %q, %v", b, err)
		}
		if len(r.words(r.requester, y)) != 0 {
			t.Error("the requester reads the note on the new ticket")
		}
		// The first ticket is as it was, but for the link.
		if m := r.said(x); m.ID != note.ID || len(theirs.Attached) != 1 {
			t.Error("the originals were touched")
		}
		if x.Status != before.Status || !x.LastRequesterAt.Equal(before.LastRequesterAt) || len(x.Detail.Links) != 1 || x.Detail.Links[0].Kind != "split_to" {
			t.Errorf("the first ticket is %+v", x)
		}
		for _, z := range []ticket.Ticket{x, y} {
			if got := r.rebuilt(z); got.Status != z.Status || len(got.Detail.Links) != len(z.Detail.Links) {
				t.Error("the facts give another ticket than the row")
			}
		}
	})
}

// The requester is told of a new ticket where one of the messages is theirs; a colleague who wrote
// it goes on taking part.
func TestN19_ASplitTellsTheRequesterOfTheirOwnWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机卡纸"))
		x = r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(r.other.ID)})
		r.do(r.other, x, ticket.Reply{Say: ticket.Say{Text: "我的屏幕也坏了", Channel: ticket.Portal}})
		x = r.do(r.agent, x, ticket.Split{Messages: []ticket.MessageID{r.said(x).ID}})
		y, err := r.Get(t.Context(), r.agent, ticket.Target{Number: x.SplitTo()})
		if err != nil {
			t.Fatal(err)
		}
		if !y.Detail.Acknowledged.IsZero() || y.Detail.Quiet != "split" || !y.TakesPart(person.ID(r.other.ID)) || y.Subject != "我的屏幕也坏了" {
			t.Errorf("the new ticket is %+v", y)
		}
	})
}

// What is no message of the ticket, or none in the user's words, makes no ticket; nor does anybody
// who does not work on it.
func TestS20_ASplitRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x, other := r.complete(r.record("打印机卡纸")), r.record("另一件")
		r.do(r.agent, x, ticket.Note{Say: ticket.Say{Text: "内部"}})
		note, first := r.said(x).ID, r.said(other).ID
		for name, c := range map[string]struct {
			by   access.Actor
			list []ticket.MessageID
			kind errs.Kind
		}{
			"nothing":              {r.agent, nil, errs.Invalid},
			"no words of a user":   {r.agent, []ticket.MessageID{note}, errs.Invalid},
			"of another ticket":    {r.agent, []ticket.MessageID{first}, errs.Invalid},
			"of two tickets":       {r.agent, []ticket.MessageID{note, first}, errs.Invalid},
			"of no ticket":         {r.agent, []ticket.MessageID{1 << 40}, errs.Invalid},
			"by the requester":     {r.requester, []ticket.MessageID{note}, errs.Denied},
			"by another requester": {r.other, []ticket.MessageID{note}, errs.NotFound},
		} {
			if _, err := r.Do(t.Context(), c.by, ticket.Target{ID: x.ID}, ticket.Split{Messages: c.list}); errs.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(r.now(x).Detail.Links); n != 0 {
			t.Errorf("%d links were left", n)
		}
	})
}
