// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// byMail is the desk, acting for whoever wrote: an address proves nobody (S04, S05).
func byMail() access.Actor { return access.Actor{Kind: access.System, Via: "mail"} }

// errAgain asks for another look in some minutes, when names can perhaps be looked up.
var errAgain = errors.New("intake: the sender could not be checked now") //nolint:gochecknoglobals // a constant in all but name

// patience is how long an answer whose sender cannot be checked for the moment is looked at
// again before it is held.
const patience = 10 * time.Minute

// place decides where a message belongs and puts it there.
func (s *Service) place(ctx context.Context, e Entry, m Mail) error {
	m, named := s.addressed(e, m)
	e.note(m, s.Clock.Now())
	e.apart = apart(e, m)
	if twice, err := earlier(ctx, s.DB, e); err != nil {
		return err
	} else if twice {
		return s.suppress(ctx, e, Repeat, "intake.repeat")
	}
	to, err := s.bound(ctx, e, m)
	if err != nil {
		return err
	}
	t := to.ticket
	e.Ticket = t.ID // what is suppressed is shown there all the same
	switch {
	case m.Bounce:
		return s.bounced(ctx, e, m)
	case named && s.Own(m.FromAddr), s.ours(m):
		return s.suppress(ctx, e, Loop, "intake.own_mail")
	case m.AutoReply:
		return s.suppress(ctx, e, Loop, "intake.auto_reply")
	case !named:
		return errs.New(errs.Invalid, "intake.no_sender")
	}
	e.Ticket = 0
	if t.ID != 0 && m.Masked && (m.Automatic || silentSender(m.FromAddr)) { // to whoever had a service write to their ticket (S02)
		return s.open(ctx, e, m, t.ID)
	}
	if t.ID == 0 {
		related, err := s.related(ctx, m)
		if err != nil {
			return err
		}
		return s.open(ctx, e, m, related)
	}
	author, err := s.knownAuthor(ctx, m)
	if err != nil {
		return err
	}
	why, err := s.doubt(ctx, e, to, author)
	if err == nil && why == "" {
		why, err = s.stranger(ctx, m, t, author)
	}
	switch {
	case err != nil:
		return err
	case why != "" && e.Proof.Why == "later" && s.Clock.Now().Sub(e.ReceivedAt) < patience:
		return errAgain
	case why != "":
		return s.hold(ctx, e, t, author, why)
	}
	if joined, err := s.join(ctx, e, m, to); joined || err != nil {
		return err
	}
	return s.open(ctx, e, m, t.ID)
}

// addressed brings the author's address to its form, and reports whether there is one; of those to
// whom the mail was copied it leaves other people.
func (s *Service) addressed(e Entry, m Mail) (Mail, bool) {
	from, named := person.CleanEmail(m.FromAddr)
	if named {
		m.FromAddr = from
	}
	m.Automatic = m.Automatic || e.silent()
	m.Copied = s.others(m)
	return m, named
}

// silent reports whether the message came with an empty return path: whoever writes so must
// not be answered (RFC 3834).
func (e Entry) silent() bool { return (e.Source == "smtp" || e.Source == "lmtp") && e.Sender == "" }

func (s *Service) suppress(ctx context.Context, e Entry, as Outcome, why string) error {
	e.State, e.Outcome, e.Reason = Suppressed, as, why
	return s.settle(ctx, e)
}

// bound returns the ticket that a good token names, in the addresses the message was sent to
// or in the ones it answers; the zero aim where there is none. The token of somebody who
// may no longer sign in is no good one (S04).
func (s *Service) bound(ctx context.Context, e Entry, m Mail) (aim, error) {
	reached := tokensIn(append([]string{e.Recipient}, m.To...))
	for i, token := range append(reached, tokensIn(m.References)...) {
		token, inside := strings.CutPrefix(token, insideMark)
		b, ok := s.Links.ReadReply(token)
		if !ok || !s.People.Card(ctx, person.ID(b.Person)).Active {
			continue
		}
		t, err := s.living(ctx, ticket.ID(b.Ticket))
		if errs.KindOf(err) != errs.NotFound {
			return aim{t, b, i < len(reached), inside}, err
		}
	}
	return aim{}, nil
}

// living returns the ticket as it is, or the one that it was merged into.
func (s *Service) living(ctx context.Context, which ticket.ID) (ticket.Ticket, error) {
	t, err := s.Tickets.Get(ctx, byMail(), ticket.Target{ID: which})
	for range 5 {
		if err != nil || t.MergedInto == 0 {
			break
		}
		t, err = s.Tickets.Get(ctx, byMail(), ticket.Target{ID: t.MergedInto})
	}
	return t, err
}

// ours reports whether the desk wrote the message itself: its Message-ID holds a token.
func (s *Service) ours(m Mail) bool {
	for _, token := range tokensIn([]string{m.MessageID}) {
		if _, ok := s.Links.ReadReply(token); ok {
			return true
		}
	}
	return false
}

// hints is the greatest number of tickets that are linked to one by mail that only knows its number.
const hints = 10

// related finds the ticket whose number stands in the subject. It is a hint for staff and
// nothing more: a number can be guessed (S03).
func (s *Service) related(ctx context.Context, m Mail) (ticket.ID, error) {
	for _, n := range refsIn(m.Subject) {
		t, err := s.Tickets.Get(ctx, byMail(), ticket.Target{Number: n})
		switch {
		case errs.KindOf(err) == errs.NotFound:
		case err != nil:
			return 0, err
		case len(t.Detail.Links) < hints:
			return t.ID, nil
		}
	}
	return 0, nil
}

// stage stores the attachments. Where one is larger than an attachment may be, or there are more
// than a message may have, the original goes with them, unless something in it is covered (S02).
func (s *Service) stage(ctx context.Context, by access.Actor, e Entry, m Mail) ([]string, error) {
	files := fitting(m.Files)
	left := len(files) < len(m.Files)
	whole := false
	var out []string
	put := func(f File) error {
		a, err := s.Tickets.Stage(ctx, by, ticket.File{Name: f.Name, CID: f.CID, Inline: f.Inline, Mailed: true, Data: bytes.NewReader(f.Data)})
		switch {
		case errs.KindOf(err) == errs.TooLarge:
			left = true
			return nil
		case err == nil:
			out = append(out, a.Token)
			whole = whole || f.Name == Original && int64(len(f.Data)) == e.Size
		}
		return err
	}
	for _, f := range files {
		if err := put(f); err != nil {
			return nil, err
		}
	}
	if !left || whole || m.Masked {
		return out, nil
	}
	all, err := raw(ctx, s.DB, e.ID)
	if err == nil {
		err = put(File{Name: Original, Data: all})
	}
	return out, err
}

// fitting are the files that a message has room for beside the original, in their order. A picture
// within the text gives way to what somebody attached: signatures bring logos by the dozen.
func fitting(files []File) []File {
	if len(files) <= ticket.MaxFiles {
		return files
	}
	const room = ticket.MaxFiles - 1
	attached := 0
	for _, f := range files {
		if !f.Inline {
			attached++
		}
	}
	shown := max(room-attached, 0)
	attached = min(attached, room)
	var out []File
	for _, f := range files {
		left := &attached
		if f.Inline {
			left = &shown
		}
		if *left > 0 {
			*left--
			out = append(out, f)
		}
	}
	return out
}

// say makes the message of a mail. A longer text than a message may have is cut; the
// original is in the journal, to which the message refers.
func (m Mail) say(e Entry, files []string) ticket.Say {
	s := ticket.Say{
		Text: shorten(m.Text), Quoted: shorten(m.Quoted), HTML: m.HTML, Channel: ticket.Mail,
		Inbound: int64(e.ID), MailID: m.MessageID, Files: files, Proof: e.Proof, Copied: m.Copied, Masked: m.Masked,
	}
	if text.Body(s.Text) == "" { // a picture and nothing else is a message all the same
		if s.Text = m.Subject; text.Body(s.Text) == "" {
			s.Text = "—"
		}
	}
	return s
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= ticket.MaxText {
		return s
	}
	return string([]rune(s)[:ticket.MaxText-1]) + "…"
}

// open makes a ticket of a message, person and all in one commit. related is another ticket
// that staff should know of.
func (s *Service) open(ctx context.Context, e Entry, m Mail, related ticket.ID) error {
	files, err := s.stage(ctx, byMail(), e, m)
	if err != nil {
		return err
	}
	quiet, err := s.quiet(ctx, m)
	if err != nil {
		return err
	}
	if quiet == "" && e.Proof.Verdict == ticket.Forged {
		quiet = "forged" // whoever is named did not write, and need not hear of it (S14)
	}
	// The same mail to another of our addresses is a request of its own to those who work
	// there; its author is told of one of them (F32).
	if copied, err := placed(ctx, s.DB, e); err != nil {
		return err
	} else if copied != 0 {
		related = copied
	}
	link, err := s.Tickets.Ready(ctx, byMail(), ticket.Link{To: related})
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err := begin(ctx, tx, e); err != nil || !ok {
			return err
		}
		copied, err := placed(ctx, tx, e)
		if err != nil {
			return err
		}
		if copied != 0 {
			quiet = "copy"
		}
		who, err := s.People.EnsureIn(ctx, tx, byMail(), person.Person{Name: m.FromName, Email: m.FromAddr, Lang: s.Lang()})
		if err != nil {
			return err
		}
		if !who.Active {
			return errs.New(errs.Invalid, "intake.inactive_sender")
		}
		t, err := s.record(ctx, tx, byMail(), who, m.Subject, m.say(e, files), quiet)
		if err != nil {
			return err
		}
		if related != 0 {
			if _, err := link.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
				return err
			}
		}
		e.State, e.Outcome, e.Ticket = Done, NewTicket, t.ID
		return settle(ctx, tx, e)
	})
}

// quiet says why no acknowledgement may be sent; empty where one may.
func (s *Service) quiet(ctx context.Context, m Mail) (string, error) {
	if m.Automatic || m.Bounce || m.AutoReply || silentSender(m.FromAddr) {
		return "automatic", nil
	}
	n, err := acknowledged(ctx, s.DB, m.FromAddr, s.Clock.Now().Add(-time.Hour))
	if err != nil || n < acknowledgements {
		return "", err
	}
	return "budget", nil
}

// record makes the ticket of somebody whom the desk knows by now.
func (s *Service) record(ctx context.Context, tx *db.Tx, by access.Actor, who person.Person, subject string, say ticket.Say, quiet string) (ticket.Ticket, error) {
	name := who.Name
	if who.Department != "" {
		name += " · " + who.Department
	}
	return s.Tickets.RecordIn(ctx, tx, by, ticket.Request{
		Requester: who.ID, Subject: subject, Channel: ticket.Mail, Say: say, Quiet: quiet,
		Organisation: who.Department, Site: who.Place,
		Intake: map[ticket.Element]ticket.Answer{ticket.Who: {Value: name}, ticket.Contact: {Value: who.Email}},
	})
}
