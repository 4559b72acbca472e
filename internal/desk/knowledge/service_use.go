// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// File returns a picture of an article and its bytes: of one that the actor may read, or writes in.
func (s *Service) File(ctx context.Context, by access.Actor, of ID, token string) (ticket.Attachment, io.ReadCloser, error) {
	missing := errs.New(errs.NotFound, "ticket.file_not_found")
	if _, err := s.Read(ctx, by, of); err != nil {
		if _, err := s.Open(ctx, by, of); err != nil {
			return ticket.Attachment{}, nil, missing
		}
	}
	f, err := fileOf(ctx, s.DB, of, token)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			err = missing
		}
		return ticket.Attachment{}, nil, err
	}
	body, _, err := s.Blobs.Open(ctx, f.Blob)
	return f, body, err
}

// Use notes that an article was used on a ticket, or put into a reply. On a ticket that its requester has
// confirmed, what was used has solved it.
func (s *Service) Use(ctx context.Context, by access.Actor, which ID, on ticket.Target, how How) error {
	if how != UsedOn && how != Inserted {
		return errs.Field("how", "knowledge.how_unknown")
	}
	c, err := s.Read(ctx, by, which)
	if err != nil {
		return err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return err
	}
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tie(ctx, tx, Tied{Article: which, Ticket: t.ID, How: how, Edition: c.Live.Number, By: person.ID(by.ID), At: now})
		if err != nil || !fresh {
			return err
		}
		if how == UsedOn { // noted after the requester's word, which may be said at this moment
			if t, err = s.Tickets.Lock(ctx, tx, t.ID); err == nil && !t.ConfirmedAt.IsZero() {
				err = solved(ctx, tx, t.ID, t.ConfirmedAt)
			}
			if err != nil {
				return err
			}
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(now), Helped{Article: which, Ticket: t.ID, How: how})
		return err
	})
}

// Unuse takes that back, while the ticket is not confirmed.
func (s *Service) Unuse(ctx context.Context, by access.Actor, which ID, on ticket.Target) error {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return err
	}
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := untie(ctx, tx, which, t.ID)
		return err
	})
}

// On returns what was used on a ticket, drawn from it, or put into a reply, as staff may read it.
func (s *Service) On(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Tied, error) {
	if s.mayWork(by) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	return tiedToTicket(ctx, s.DB, t.ID)
}

// From returns the tickets with which an article has to do, the latest first. Staff who may see it only:
// a requester does not learn on whose ticket something was found out.
func (s *Service) From(ctx context.Context, by access.Actor, which ID) ([]Tied, error) {
	if _, err := s.Open(ctx, by, which); err != nil {
		return nil, err
	}
	return tiedToArticle(ctx, s.DB, which, maxTickets)
}

// Confirmed listens, within the commit, for the requester's word that it works again: what was used
// on the ticket has solved it.
func (s *Service) Confirmed(ctx context.Context, tx *db.Tx, r event.Record, _ ticket.UserConfirmed) error {
	return solved(ctx, tx, ticket.ID(r.Subject), r.Meta.At)
}

// Reopened listens, within the commit, for a ticket that is opened again: nothing has solved it (N5).
func (s *Service) Reopened(ctx context.Context, tx *db.Tx, r event.Record, _ ticket.Reopened) error {
	return unsolved(ctx, tx, ticket.ID(r.Subject))
}

// Tell notes what a reader says of an article; false where they said so today already, which words that
// follow do not change: they are kept with what was said without any.
func (s *Service) Tell(ctx context.Context, by access.Actor, which ID, what Say, comment string) (bool, error) {
	if _, err := s.Read(ctx, by, which); err != nil {
		return false, err
	}
	if by.Kind != access.Person {
		return false, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if !slices.Contains([]Say{SolvedIt, WasHelp, Unhelped}, what) {
		return false, errs.Field("what", "knowledge.say_unknown")
	}
	comment = text.Body(comment)
	if utf8.RuneCountInString(comment) > maxComment {
		return false, errs.Field("comment", "knowledge.long", "Max", maxComment)
	}
	fresh := false
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		fresh, err = voice(ctx, tx, which, Voice{By: person.ID(by.ID), Kind: what, Comment: comment, At: s.Clock.Now()})
		return err
	})
	return fresh, err
}

// Voices returns what readers wrote about an article, the latest first. Staff who may see it only.
func (s *Service) Voices(ctx context.Context, by access.Actor, which ID) ([]Voice, error) {
	if _, err := s.Open(ctx, by, which); err != nil {
		return nil, err
	}
	return voices(ctx, s.DB, which, 50)
}

// AskToRead asks the members of the groups that handle an article's category, as far as they work here now,
// to have read what is published, and returns how many were asked (N9). Whoever is asked already is not asked again.
func (s *Service) AskToRead(ctx context.Context, by access.Actor, which ID) (int, error) {
	if err := s.mayWork(by); err != nil {
		return 0, err
	}
	n := 0
	seen, err := s.Open(ctx, by, which)
	if err != nil {
		return 0, err
	}
	crew, err := s.People.Crew(ctx)
	if err != nil {
		return 0, err
	}
	handlers, r := crew.Working(s.handling(ctx, seen.Live.Content).Members...), s.Reader(ctx, by)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		a, err := s.taken(ctx, tx, r, which, 0)
		if err != nil {
			return err
		}
		if !a.Read() {
			return wrong("knowledge.not_published")
		}
		for _, who := range handlers {
			if slices.Contains(a.Live.Writers, who) || who == a.Live.Reviewer { // they know what they wrote
				continue
			}
			fresh, err := ask(ctx, tx, which, a.Live.Number, who, person.ID(by.ID), s.Clock.Now())
			if err != nil {
				return err
			}
			if fresh {
				n++
				s.hint(tx, who)
			}
		}
		_, err = s.keep(ctx, tx, by, a, Moved{Step: Asked, Edition: a.Live.Number})
		return err
	})
	return n, err
}

// handling is the group for which an article is, or else the one that handles its category.
func (s *Service) handling(ctx context.Context, c Content) person.Group {
	if c.Audience == Group {
		return s.People.Group(ctx, c.Group)
	}
	return s.Catalog.GroupFor(ctx, s.People, c.Category)
}

// HaveRead notes that somebody has read what they were asked to.
func (s *Service) HaveRead(ctx context.Context, by access.Actor, which ID) error {
	if err := s.mayWork(by); err != nil {
		return err
	}
	c, err := s.Read(ctx, by, which)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := read(ctx, tx, which, c.Live.Number, person.ID(by.ID), s.Clock.Now())
		if err == nil && n == 0 {
			return wrong("knowledge.not_asked")
		}
		s.hint(tx, person.ID(by.ID))
		return err
	})
}

// Readers says who was asked to have read the published edition, and who has.
func (s *Service) Readers(ctx context.Context, by access.Actor, a Article) ([]ReadBy, error) {
	if _, err := s.Open(ctx, by, a.ID); err != nil {
		return nil, err
	}
	return askedOf(ctx, s.DB, a.ID, a.Live.Number)
}

// Gap is a category in which tickets are solved and no article fits.
type Gap struct {
	Category catalog.CategoryID
	Solved   int64 // tickets closed with a solution, within the time
	Articles int   // that are published for it and were never used
}

// PerCategory counts the published articles of each category, whoever may read them. It asks no access:
// what rooms do with it does.
func (s *Service) PerCategory(ctx context.Context) (map[catalog.CategoryID]int64, error) {
	held, err := s.shelves(ctx)
	if err != nil {
		return nil, err
	}
	have := map[catalog.CategoryID]int64{}
	for _, c := range held.cards {
		have[c.Live.Category]++
	}
	return have, nil
}

// Gaps returns the categories in which tickets were solved since an instant and for which nothing
// is published, the most tickets first. For leads. per is how many each category had.
func (s *Service) Gaps(ctx context.Context, by access.Actor, per map[catalog.CategoryID]int64) ([]Gap, error) {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return nil, err
	}
	have, err := s.PerCategory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Gap
	for which, n := range per {
		if n > 0 && have[which] == 0 {
			out = append(out, Gap{Category: which, Solved: n})
		}
	}
	slices.SortFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(b.Solved, a.Solved), cmp.Compare(a.Category, b.Category))
	})
	return out, nil
}

// SaveDraft keeps what somebody is typing, until they save it.
func (s *Service) SaveDraft(ctx context.Context, by access.Actor, of ID, fields string) error {
	if err := s.mayWork(by); err != nil {
		return err
	}
	if by.Kind != access.Person {
		return errs.New(errs.Denied, "access.denied")
	}
	if len(fields) > 4*maxBody || !utf8.ValidString(fields) || strings.ContainsRune(fields, 0) {
		return errs.Field("body", "knowledge.body_long", "Max", maxBody/1000)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return putDraft(ctx, tx, person.ID(by.ID), of, fields, s.Clock.Now())
	})
}

// Draft returns what somebody was typing; "" for nothing.
func (s *Service) Draft(ctx context.Context, by access.Actor, of ID) (fields string, at time.Time, err error) {
	if err := s.mayWork(by); err != nil {
		return "", time.Time{}, err
	}
	list, err := draftOf(ctx, s.DB, person.ID(by.ID), of)
	if err != nil || len(list) == 0 {
		return "", time.Time{}, err
	}
	return list[0].Fields, list[0].At, nil
}

// ForgetDraft throws away what somebody was typing.
func (s *Service) ForgetDraft(ctx context.Context, by access.Actor, of ID) error {
	if err := s.mayWork(by); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropDraft(ctx, tx, person.ID(by.ID), of) })
}

// Waiting returns a staged picture of one's own that no article has taken in yet.
func (s *Service) Waiting(ctx context.Context, by access.Actor, token string) (ticket.Attachment, io.ReadCloser, error) {
	missing := errs.New(errs.NotFound, "ticket.file_not_found")
	if err := s.mayWork(by); err != nil {
		return ticket.Attachment{}, nil, err
	}
	list, err := s.Tickets.Staged(ctx, by, []string{token})
	if err != nil || len(list) != 1 {
		return ticket.Attachment{}, nil, cmp.Or(err, error(missing))
	}
	body, _, err := s.Blobs.Open(ctx, list[0].Blob)
	return list[0], body, err
}
