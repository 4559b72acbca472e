// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Get returns a ticket that the actor may read, by key or number. NotFound otherwise.
func (s *Service) Get(ctx context.Context, by access.Actor, on Target) (Ticket, error) {
	t, err := read(ctx, s.DB, on)
	if errs.KindOf(err) == errs.NotFound {
		return Ticket{}, errs.New(errs.NotFound, "ticket.not_found")
	}
	if err != nil {
		return Ticket{}, err
	}
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil {
		return Ticket{}, err
	}
	return t, nil
}

// GetIn returns a ticket as the commit has made it so far, for rooms that take part in it; it is to
// be read only, since they share it. It asks no access: what they do is not shown to whoever acted.
func (s *Service) GetIn(ctx context.Context, tx *db.Tx, which ID) (Ticket, error) {
	if t, ok := tx.Known(inCommit(which)).(Ticket); ok {
		return t, nil
	}
	t, err := get(ctx, tx, which)
	if err == nil {
		tx.Know(inCommit(which), t)
	}
	return t, err
}

// Lock takes a ticket for the rest of the commit and changes nothing, for rooms whose decision
// must not fall beside a command's.
func (s *Service) Lock(ctx context.Context, tx *db.Tx, which ID) (Ticket, error) {
	return lock(ctx, tx, which)
}

// Some returns the tickets of these keys that there are, without their details. Staff only.
func (s *Service) Some(ctx context.Context, by access.Actor, keys []ID) (map[ID]Ticket, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil || len(keys) == 0 {
		return nil, err
	}
	list, err := some(ctx, s.DB, keys)
	out := make(map[ID]Ticket, len(list))
	for _, t := range list {
		out[t.ID] = t
	}
	return out, err
}

// Entry is one line of a thread: a fact and, where it carried one, its message.
type Entry struct {
	Record  event.Record
	Fact    Fact
	Message *Message // nil where the fact carried none that the actor may read
}

// Thread returns everything that happened to a ticket, oldest first; it is to be read only.
// Without staff rights only what the requester may know is in it: no internal word, no
// hand-over text, no deviation (S25).
func (s *Service) Thread(ctx context.Context, by access.Actor, t Ticket) ([]Entry, error) {
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil {
		return nil, err
	}
	whole, err := s.whole(ctx, t)
	if err != nil || by.Staff() {
		return whole, err
	}
	out := make([]Entry, 0, len(whole))
	for _, e := range whole {
		if !forRequester(e.Fact) || e.Message != nil && e.Message.Kind != Public {
			continue
		}
		if _, call := e.Fact.(CallPromised); call && int64(t.Requester) != by.ID {
			continue // their number is not for those who take part
		}
		if e.Message != nil {
			m := e.Message.outside()
			e.Message = &m
		}
		out = append(out, e)
	}
	return out, nil
}

// whole reads the thread of a ticket with all that is in it. Its callers ask who may see it.
func (s *Service) whole(ctx context.Context, t Ticket) ([]Entry, error) {
	if list, ok := s.recent.get(t.ID, t.Version); ok {
		return list, nil
	}
	records, err := s.Records(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	said, err := s.messages(ctx, s.DB, t.ID, true)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(records))
	for _, r := range records {
		f, err := Decode(r)
		if err != nil {
			return nil, err
		}
		if l, ok := f.(Leaving); f == nil || ok && l.Reply.Message != t.Detail.Outgoing.Message {
			continue // what was said, or taken back, tells it
		}
		e := Entry{Record: r, Fact: f}
		if which := carried(f); which != 0 {
			if e.Message = said[which]; e.Message == nil {
				continue
			}
		}
		out = append(out, e)
	}
	out = slices.Clip(out) // who appends to it gets a list of their own
	s.recent.put(t.ID, t.Version, out)
	return out, nil
}

// EntryOf returns the line of the thread that a fact of a ticket is; NotFound where the thread has
// none for it.
func (s *Service) EntryOf(ctx context.Context, by access.Actor, t Ticket, r event.Record) (Entry, error) {
	f, err := Decode(r)
	if err != nil {
		return Entry{}, err
	}
	_, leaves := f.(Leaving)
	if by.Staff() && f != nil && !leaves && carried(f) == 0 && r.Subject == int64(t.ID) && access.Can(by, access.TicketRead, t.Object()) == nil {
		return Entry{Record: r, Fact: f}, nil // it is whole without the thread
	}
	list, err := s.Thread(ctx, by, t)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range list {
		if e.Record.ID == r.ID {
			return e, nil
		}
	}
	return Entry{}, errs.New(errs.NotFound, "ticket.not_found")
}

// copied gathers from a thread what Copied asks the table.
func copied(thread []Entry) []string {
	var out []string
	for _, e := range thread {
		if e.Message == nil {
			continue
		}
		for _, address := range e.Message.Copied {
			if !slices.Contains(out, address) {
				out = append(out, address)
			}
		}
	}
	return out
}

// Records returns the stored facts of a ticket, oldest first, for rooms that judge or recompute.
func (s *Service) Records(ctx context.Context, which ID) ([]event.Record, error) {
	return s.Bus.List(ctx, s.DB, "ticket", int64(which), 0, 10_000)
}

func (s *Service) messages(ctx context.Context, q db.Querier, on ID, staff bool) (map[MessageID]*Message, error) {
	list, err := messages(ctx, q, on, staff)
	if err != nil {
		return nil, err
	}
	files, err := attachments(ctx, q, on)
	if err != nil {
		return nil, err
	}
	out := make(map[MessageID]*Message, len(list))
	for i := range list {
		out[list[i].ID] = &list[i]
	}
	for _, a := range files {
		if m := out[a.Message]; m != nil {
			m.Attached = append(m.Attached, a)
		}
	}
	return out, nil
}

// MessageOf returns one message of a ticket with its attachments. The caller has read the ticket.
func (s *Service) MessageOf(ctx context.Context, by access.Actor, t Ticket, which MessageID) (Message, error) {
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil {
		return Message{}, err
	}
	list, err := s.messages(ctx, s.DB, t.ID, by.Staff())
	if err != nil {
		return Message{}, err
	}
	if m := list[which]; m != nil && by.Staff() {
		return *m, nil
	} else if m != nil {
		return m.outside(), nil
	}
	return Message{}, errs.New(errs.NotFound, "ticket.message_not_found")
}

func carried(f Fact) MessageID {
	switch f := f.(type) {
	case Recorded:
		return f.Message
	case Said:
		return f.Message
	case Leaving:
		return f.Reply.Message
	case Carried:
		return f.Message
	}
	return 0
}

// forRequester lists the facts that the requester may see. What is not named here stays inside.
func forRequester(f Fact) bool {
	switch f := f.(type) {
	case Recorded, Acknowledged, Accepted, SolutionGiven, UserConfirmed, UserRejected, TimeUp, Reopened:
		return true
	case Ended:
		return true
	case Held:
		return f.Reason != ""
	case Resumed:
		return true
	case RemoteAsked, RemoteAgreed, RemoteStarted, RemotePictured, RemoteEnded: // it is their screen, and their consent
		return true
	case ReadBackAsked, CallPromised:
		return true
	case ReadBackDone:
		return f.How != "" // else it was said on the telephone
	case Said:
		return f.Kind == Public
	case Carried:
		return f.Kind == Public
	case VisitStepped:
		return true
	}
	return false
}

// Rebuilt folds the stored facts again; it must equal the row but for version and caches.
func (s *Service) Rebuilt(ctx context.Context, which ID) (Ticket, error) {
	records, err := s.Records(ctx, which)
	if err != nil {
		return Ticket{}, err
	}
	return Fold(Ticket{}, records)
}

// publish feeds the board after the commit.
func (s *Service) publish(tx *db.Tx, t Ticket) {
	tx.AfterCommit(func() { s.board.put(t) })
}
