// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// A reply that may be taken back is stored at once and said a few seconds later: until then
// nobody outside has it, no clock counts it, and whoever wrote it may have it back. What hears of
// words hears of them when they are said, so that there is nothing that an undo would have to
// mend.

// SendJob is the kind of job that says a reply whose seconds are over.
const SendJob = "ticket.send"

// Unsent is the kind of a message that has not been said yet, or was taken back: neither the
// requester nor a search finds it.
const Unsent Kind = "unsent"

// Outgoing is a reply that is about to be said.
type Outgoing struct {
	Message MessageID
	By      person.ID
	Via     string
	Until   time.Time // it is said then
	Promise time.Time `json:",omitzero"`
	Words   string    `json:",omitempty"`
	Worded  Worded    `json:",omitzero"`
}

type (
	// Leaving says that a reply is stored and about to be said.
	Leaving struct {
		Of
		Reply Outgoing
	}
	// TakenBack says that its writer had it back before it was said.
	TakenBack struct {
		Of
		Message MessageID
	}
)

// EventName of each fact.
func (Leaving) EventName() string { return "ticket.leaving" }

// EventName of each fact.
func (TakenBack) EventName() string { return "ticket.taken_back" }

func (f Leaving) apply(t *Ticket, _ event.Meta) { t.Detail.Outgoing = f.Reply }

func (TakenBack) apply(t *Ticket, _ event.Meta) { t.Detail.Outgoing = Outgoing{} }

// TakeBack has a reply back that is about to be said. Only who wrote it may.
type TakeBack struct{}

// Name of the command.
func (TakeBack) Name() Name { return CmdTakeBack }

func (TakeBack) decide(t Ticket, w world) ([]Fact, error) {
	o := t.Detail.Outgoing
	switch {
	case o.Message == 0, !w.at.Before(o.Until):
		return nil, errs.New(errs.Conflict, "ticket.sent_already")
	case w.by.Kind != access.Person || person.ID(w.by.ID) != o.By:
		return nil, errs.New(errs.Conflict, "ticket.sent_by_other")
	}
	return []Fact{TakenBack{Of{t.ID}, o.Message}}, nil
}

// until returns when a reply is said: at once where it is zero.
//
// The seconds cost no clock: where a time runs out within them the words go at once.
func (c Reply) until(t Ticket, w world) time.Time {
	if !c.Undo || w.undo <= 0 || c.byUser(w.by) || w.by.Kind != access.Person {
		return time.Time{}
	}
	until := w.at.Add(w.undo)
	for _, due := range []time.Time{t.NextDue, t.PromiseAt} {
		if due.After(w.at) && !due.After(until) {
			return time.Time{}
		}
	}
	return until
}

// goesFirst reports whether what is about to be said is said before a command: one that tells the
// requester something too, or moves the ticket out of the writer's hands, must not overtake it.
func goesFirst(cmd Command, w world) bool {
	switch c := cmd.(type) {
	case Reply:
		return !c.byUser(w.by)
	case Ask, CallRecord, HandOver, HoldFor, Resolve, Confirm, Reject, Close, Reopen, Merge, AskReadBack, PromiseCall, Expire, Finish, Archive, Deviate:
		return true
	}
	return false
}

// sayFirst says what is about to be said, within the commit of a command that comes after it.
func (s *Service) sayFirst(ctx context.Context, tx *db.Tx, w world, t Ticket, cmd Command) (Ticket, error) {
	if t.Detail.Outgoing.Message == 0 || !goesFirst(cmd, w) {
		return t, nil
	}
	return s.sayNow(ctx, tx, t, w.at)
}

// sayNow says what is about to be said, in the name of whoever wrote it.
func (s *Service) sayNow(ctx context.Context, tx *db.Tx, t Ticket, at time.Time) (Ticket, error) {
	o := t.Detail.Outgoing
	if err := letOut(ctx, tx, o.Message); err != nil {
		return Ticket{}, err
	}
	w := world{by: access.Actor{Kind: access.Person, ID: int64(o.By), Via: o.Via}, at: at}
	list := []Fact{Said{
		Of: Of{t.ID}, Message: o.Message, Kind: Public, FirstResponse: t.FirstResponseAt.IsZero(),
		Promise: o.Promise, Words: o.Words, Worded: o.Worded, Made: t.Version,
	}}
	return s.settle(ctx, tx, w, w.after(t, list), list)
}

// sendLater appoints the end of the seconds, in the commit that stores the reply.
func (s *Service) sendLater(ctx context.Context, tx *db.Tx, list []Fact) error {
	for _, f := range list {
		if f, ok := f.(Leaving); ok {
			payload := strconv.FormatInt(int64(f.Ticket), 10) + " " + strconv.FormatInt(int64(f.Reply.Message), 10)
			if err := s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: SendJob, Payload: payload, Key: SendJob + ":" + payload, RunAt: f.Reply.Until}); err != nil {
				return err
			}
		}
	}
	return nil
}

// send says a reply whose seconds are over, unless it was taken back or had to go before.
func (s *Service) send(ctx context.Context, j job.Job) error {
	which, message, _ := strings.Cut(j.Payload, " ")
	on, err := strconv.ParseInt(which, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := lock(ctx, tx, ID(on))
		if err != nil || strconv.FormatInt(int64(t.Detail.Outgoing.Message), 10) != message {
			return err
		}
		if t, err = take(ctx, tx, ID(on)); err != nil {
			return err
		}
		_, err = s.sayNow(ctx, tx, t, s.Clock.Now())
		return err
	})
}

// seen reports whether a version is the one that its holder saw: the ticket as it was, or as it
// was before nothing but words were said that already stood before their eyes.
func seen(t Ticket, version int64) bool {
	return t.Version == version+1 || t.Detail.Made == version+1 && t.Version == version+2
}

// giveBack puts a reply that was taken back into the box it came from: its words before whatever
// its writer has begun since, its files free to be sent again.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, w world, t Ticket, cmd Command) error {
	if _, ok := cmd.(TakeBack); !ok {
		return nil
	}
	m, err := message(ctx, tx, t.Detail.Outgoing.Message)
	if err != nil {
		return err
	}
	text := m.Text
	files, err := tokensOf(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	list, err := drafts(ctx, tx, t.ID, w.by.ID)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.who == w.by.ID && d.Kind == CmdReply && strings.TrimSpace(d.Text) != "" {
			text += "\n\n" + d.Text
		}
	}
	begun, err := draftFiles(ctx, tx, t.ID, w.by.ID)
	if err != nil {
		return err
	}
	files = append(files, begun[CmdReply]...)
	if err := unbind(ctx, tx, m.ID); err != nil {
		return err
	}
	return keepDraft(ctx, tx, t.ID, w.by.ID, Draft{Kind: CmdReply, Text: text, Files: files[:min(len(files), MaxFiles)], At: w.at})
}
