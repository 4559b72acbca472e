// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Another matter in the same thread becomes a ticket of its own. What was written stays where it
// was written; the new ticket begins with a copy of it, in the user's words (N17), and has clocks,
// gates and a life of its own: nothing that was excused or confirmed on the first one counts on it.

// MaxSplit is the greatest number of messages that are taken into a new ticket.
const MaxSplit = 50

// Split takes messages of a ticket into a new one of the same requester; the two are linked.
type Split struct {
	Messages []MessageID        // at least one of them in the user's words
	Subject  string             // made from the words where empty
	Category catalog.CategoryID // 0 for none yet
}

// Carried is a message that a new ticket brought along from the one that it was split from. It was
// said there: nobody is told again, and no clock counts it.
type Carried struct {
	Of
	Message     MessageID
	Kind        Kind
	ByRequester bool
}

// Name of the command.
func (Split) Name() Name { return CmdSplit }

// EventName of the fact.
func (Carried) EventName() string { return "ticket.carried" }

func (Carried) apply(*Ticket, event.Meta) {}

// The kinds of link that a split leaves on the two tickets, and a merge on the one that ends.
const (
	linkSplitTo   = "split_to"
	linkSplitFrom = "split_from"
	linkDuplicate = "duplicate"
)

func (c Split) decide(t Ticket, w world) ([]Fact, error) {
	return []Fact{LinkedTo{Of{t.ID}, Linked{Ticket: w.other.ID, Number: w.other.Number, Kind: linkSplitTo}}}, nil
}

// SplitFrom is the number of the ticket that this one was split from; 0 for any other.
func (t Ticket) SplitFrom() int64 { return t.linked(linkSplitFrom) }

// SplitTo is the number of the ticket that was split from this one last; 0 where none was.
func (t Ticket) SplitTo() int64 { return t.linked(linkSplitTo) }

// MergedTo is the number of the ticket that this one was merged into; 0 where it was not.
func (t Ticket) MergedTo() int64 {
	if t.MergedInto == 0 {
		return 0
	}
	return t.linked(linkDuplicate)
}

func (t Ticket) linked(kind string) int64 {
	for _, l := range slices.Backward(t.Detail.Links) {
		if l.Kind == kind {
			return l.Number
		}
	}
	return 0
}

// parting is a split with all that it needs from before its commit.
type parting struct {
	from    ID
	request Request
	first   Message
	rest    []Message
}

// parting reads what a split takes along. What only the ticket itself can refuse is refused in
// the commit.
func (s *Service) parting(ctx context.Context, by access.Actor, c Split) (parting, error) {
	if !by.Staff() { // told by whether they may see the ticket
		return parting{}, nil
	}
	c.Messages = slices.Compact(slices.Sorted(slices.Values(c.Messages)))
	switch n := len(c.Messages); {
	case n == 0:
		return parting{}, errs.Field("messages", "ticket.split_nothing")
	case n > MaxSplit:
		return parting{}, errs.Field("messages", "ticket.split_many", "Max", MaxSplit)
	}
	gone := errs.Field("messages", "ticket.split_gone")
	one, err := message(ctx, s.DB, c.Messages[0])
	if err != nil {
		return parting{}, orNotFound(err, gone)
	}
	from, err := get(ctx, s.DB, one.Ticket)
	if err != nil {
		return parting{}, err
	}
	list, err := s.messages(ctx, s.DB, from.ID, true)
	if err != nil {
		return parting{}, err
	}
	p := parting{from: from.ID}
	for _, which := range c.Messages {
		m := list[which]
		switch {
		case m == nil, m.Kind == Unsent:
			return parting{}, gone
		case m.ByUser && p.first.ID == 0:
			p.first = *m
		default:
			p.rest = append(p.rest, *m)
		}
	}
	if p.first.ID == 0 {
		return parting{}, errs.Field("messages", "ticket.split_words")
	}
	p.request = p.opens(from, c)
	return p, s.mayOpen(ctx, by, &p.request)
}

// opens is the request for the new ticket. Its requester is told of it where one of the messages
// is theirs.
func (p parting) opens(from Ticket, c Split) Request {
	r := Request{
		Requester: from.Requester, Subject: c.Subject, Channel: p.first.Channel, Category: c.Category, Say: p.first.say(), first: p.first, Quiet: "split",
	}
	for _, m := range append([]Message{p.first}, p.rest...) {
		if m.ByUser && m.Author == from.Requester {
			r.Quiet = ""
		}
	}
	return r
}

// say is a message as it can be stored once more.
func (m Message) say() Say {
	return Say{
		Text: m.Text, Quoted: m.Quoted, HTML: m.HTML, Channel: m.Channel, Inbound: m.Inbound, MailID: m.MailID, Proof: m.Proof,
		Masked: m.Masked, Copied: m.Copied, Seconds: m.Seconds,
	}
}

// part makes the new ticket of a split, within its commit; the zero Ticket for any other command.
func (s *Service) part(ctx context.Context, tx *db.Tx, w world, t Ticket, cmd Command) (Ticket, error) {
	if _, ok := cmd.(Split); !ok {
		return Ticket{}, nil
	}
	p := w.parting
	if p.from != t.ID {
		return Ticket{}, errs.Field("messages", "ticket.split_gone")
	}
	var err error
	if p.request.Say.Files, err = copyFiles(ctx, tx, w, p.first); err != nil {
		return Ticket{}, err
	}
	other, err := s.RecordIn(ctx, tx, w.by, p.request)
	if err != nil {
		return Ticket{}, err
	}
	list := make([]Fact, 0, len(p.rest))
	for _, m := range p.rest {
		what := m.say()
		if what.Files, err = copyFiles(ctx, tx, w, m); err != nil {
			return Ticket{}, err
		}
		which, err := s.insertSay(ctx, tx, w.by, other, what, Message{Kind: m.Kind, Author: m.Author, ByUser: m.ByUser, Channel: m.Channel, At: m.At})
		if err != nil {
			return Ticket{}, err
		}
		list = append(list, Carried{Of{other.ID}, which, m.Kind, m.ByUser})
	}
	if len(list) == 0 {
		return other, nil
	}
	return s.settle(ctx, tx, w, w.after(other, list), list)
}

// copyFiles gives the files of a message a second place; their bytes are stored once.
func copyFiles(ctx context.Context, tx *db.Tx, w world, m Message) ([]string, error) {
	var out []string
	for _, a := range m.Attached {
		a.Token, a.Owner, a.Ticket, a.Message = id.Token(), person.ID(w.by.ID), 0, 0
		if _, err := insertAttachment(ctx, tx, a); err != nil {
			return nil, err
		}
		out = append(out, a.Token)
	}
	return out, nil
}

// writers are those besides the requester who wrote what a split took along and take part in the
// first ticket: they go on in the new one.
func (p parting) writers(t, into Ticket) []Fact {
	var out []Fact
	for _, m := range append([]Message{p.first}, p.rest...) {
		known := slices.ContainsFunc(out, func(f Fact) bool { return f.(ParticipantAdded).Person == m.Author })
		if m.ByUser && t.TakesPart(m.Author) && m.Author != into.Requester && !known {
			out = append(out, ParticipantAdded{Of: Of{into.ID}, Person: m.Author})
		}
	}
	return out
}
