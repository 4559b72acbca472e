// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// join adds a message to the ticket that its token names. Where that ticket is past
// reopening, or not this author's to reopen, it reports false, and the message makes a new one.
func (s *Service) join(ctx context.Context, e Entry, m Mail, to aim) (bool, error) {
	t := to.ticket
	author, err := s.author(ctx, m)
	if err != nil {
		return false, err
	}
	staff := author.Role.Staff() && author.ID != t.Requester
	if t.Status == ticket.Closed && !staff { // what is doubtful makes a ticket of its own
		if opens, err := s.opens(ctx, e); err != nil || !opens {
			return false, err
		}
	}
	commands := answer(to, author, m, m.say(e, nil))
	if len(commands) == 0 {
		return false, nil
	}
	last := &commands[len(commands)-1] // the one that carries the words
	files, err := s.stage(ctx, last.by, e, m)
	if err != nil {
		return false, err
	}
	last.cmd = carrying(last.cmd, files)
	ready := make([]ticket.Ready, len(commands))
	for i, c := range commands {
		if ready[i], err = s.Tickets.Ready(ctx, c.by, c.cmd); err != nil {
			return false, err
		}
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err := begin(ctx, tx, e); err != nil || !ok {
			return err
		}
		e.Ticket = t.ID
		if copied, err := placed(ctx, tx, e); err != nil {
			return err
		} else if copied == t.ID { // to the address with the token and to the plain one
			e.State, e.Outcome, e.Reason = Suppressed, Repeat, "intake.copy"
			return settle(ctx, tx, e)
		}
		for _, r := range ready {
			if _, err := r.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
				return err
			}
		}
		e.State, e.Outcome = Done, Appended
		return settle(ctx, tx, e)
	})
	if errs.KindOf(err) == errs.Conflict { // closed too long ago, or since we looked
		if staff {
			return false, errs.New(errs.Conflict, "intake.staff_closed")
		}
		return false, nil
	}
	return err == nil, err
}

// author returns the person behind the address of a mail, made known where nobody was.
func (s *Service) author(ctx context.Context, m Mail) (person.Person, error) {
	who, err := s.People.ByEmail(ctx, m.FromAddr)
	if errs.KindOf(err) == errs.NotFound {
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			who, err = s.People.EnsureIn(ctx, tx, byMail(), person.Person{Name: m.FromName, Email: m.FromAddr, Lang: s.Lang()})
			return err
		})
	}
	if err == nil && !who.Active {
		err = errs.New(errs.Invalid, "intake.inactive_sender")
	}
	return who, err
}

// given is a command and who gives it.
type given struct {
	by  access.Actor
	cmd ticket.Command
}

// answer says what a mail does to the ticket whose token it carries; nothing where it makes
// a ticket of its own.
//
//   - Staff, who are proven by now (see doubt), answer the requester where the address was made
//     for them to do so, with the rights that they have now. Otherwise they leave a note (S04).
//   - The requester speaks, and by speaking reopens what was closed not long ago.
//   - Anybody else who has the token speaks in their own name. They become nobody's
//     requester, reopen nothing, and nothing is sent to them (S01, S07).
//   - A machine reopens nothing.
func answer(to aim, author person.Person, m Mail, say ticket.Say) []given {
	t := to.ticket
	say.Author = author.ID
	requester := author.ID == t.Requester
	if author.Role.Staff() && !requester {
		if to.answers(author) && !m.Automatic && t.Status != ticket.Closed {
			return []given{{actorOf(author), ticket.Reply{Say: say}}}
		}
		return []given{{actorOf(author), ticket.Note{Say: say}}}
	}
	reply := given{byMail(), ticket.Reply{Say: say}.External()}
	if a, ok := answers(t, author.ID, m, say); ok {
		reply = given{byMail(), a}
	}
	switch {
	case t.Status != ticket.Closed:
		return []given{reply}
	case requester && !m.Automatic:
		holder := access.Actor{Kind: access.Link, ID: int64(author.ID), Ticket: int64(t.ID), Via: "mail"}
		return []given{{holder, ticket.Reopen{Reason: ticket.SubjectOf(say.Text)}}, reply}
	}
	return nil
}

// answers are what a mail of the requester says to what they were asked for (N15). A mail that
// may be somebody else's fills nothing.
func answers(t ticket.Ticket, author person.ID, m Mail, say ticket.Say) (ticket.Answering, bool) {
	if author != t.Requester || m.Automatic || t.Status == ticket.Closed || say.Proof.Doubtful() && say.Proof.Why != "nobody" {
		return ticket.Answering{}, false
	}
	elements, questions := ticket.ReadAnswers(t.Detail.Asked, say.Text)
	return ticket.Answering{Elements: elements, Questions: questions, Say: say}.External(), len(elements)+len(questions) > 0
}

// carrying is a command with files on its message.
func carrying(cmd ticket.Command, files []string) ticket.Command {
	switch c := cmd.(type) {
	case ticket.Reply:
		c.Files = files
		return c
	case ticket.Answering:
		c.Say.Files = files
		return c
	case ticket.Note:
		c.Files = files
		return c
	}
	return cmd
}
