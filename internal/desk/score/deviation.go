// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Finding is what a lead says of a deviation.
type Finding string

// The findings. A deviation that nobody looked at has none.
const (
	Unseen   Finding = ""
	Accepted Finding = "accepted"
	Refused  Finding = "refused"
)

// Deviation is an honest way past a gate, with what a lead said of it.
type Deviation struct {
	Event  int64 // the fact that records it; names it
	Ticket ticket.ID
	At     time.Time
	By     person.ID
	Group  person.GroupID // that had the ticket then
	Clause string
	Gap    string
	Reason string
	Review Review
}

// Review is what a lead says of a deviation; the last word counts, the log keeps the ones before.
type Review struct {
	Finding Finding
	Comment string
	By      person.ID
	At      time.Time
}

// Reviewed records what a lead said of a deviation.
type Reviewed struct {
	Ticket  ticket.ID
	Event   int64 // the deviation
	Clause  string
	Finding Finding
	Comment string
}

// EventName is "score.reviewed".
func (Reviewed) EventName() string { return "score.reviewed" }

// EventSubject is the ticket.
func (f Reviewed) EventSubject() int64 { return int64(f.Ticket) }

// Filter narrows a list of deviations. Zero fields do not narrow.
type Filter struct {
	Weeks   int // 1–report.MaxWeeks, the present one included; 12 where 0
	Clause  string
	Group   person.GroupID
	By      person.ID
	Finding string // "unseen", "accepted", "refused"
	Before  Place  // goes on behind this one
	Limit   int    // 1–200; 50 where 0
}

// Place is where a list goes on.
type Place struct {
	At    time.Time
	Event int64
}

// Bounds of a list and of a comment, in characters.
const (
	mostDeviations = 200
	longestComment = 1000
)

// Page is a stretch of a list.
type Page struct {
	List []Deviation
	Next Place // zero at the end
}

// Deviations lists what was deviated from, the newest first.
//
// Errors: Denied for whoever does not lead.
func (s *Service) Deviations(ctx context.Context, by access.Actor, f Filter, loc *time.Location) (Page, error) {
	from, err := s.deviating(ctx, by, &f, loc)
	if err != nil {
		return Page{}, err
	}
	list, err := deviations(ctx, s.DB, from, f)
	p := Page{List: list}
	if len(list) > f.Limit {
		p.List = list[:f.Limit]
		last := p.List[f.Limit-1]
		p.Next = Place{last.At, last.Event}
	}
	return p, err
}

func (s *Service) deviating(ctx context.Context, by access.Actor, f *Filter, loc *time.Location) (time.Time, error) {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return time.Time{}, err
	}
	if err := s.Reports.CatchUp(ctx); err != nil {
		return time.Time{}, err
	}
	if f.Limit <= 0 || f.Limit > mostDeviations {
		f.Limit = 50
	}
	first, _, err := s.span(f.Weeks, time.Time{}, loc)
	return first, err
}

// Tally counts deviations by clause and what was said of them.
type Tally struct {
	Clause                    string
	Unseen, Accepted, Refused int64
}

// All is how many there are.
func (t Tally) All() int64 { return t.Unseen + t.Accepted + t.Refused }

// Tallies counts them by clause, the most frequent first; the filter's finding does not narrow it.
//
// Errors: Denied for whoever does not lead.
func (s *Service) Tallies(ctx context.Context, by access.Actor, f Filter, loc *time.Location) ([]Tally, error) {
	from, err := s.deviating(ctx, by, &f, loc)
	if err != nil {
		return nil, err
	}
	return tallies(ctx, s.DB, from, s.Clock.Now().AddDate(0, 0, 1), f)
}

// Review says whether a deviation is accepted. A comment is needed where it is not.
//
// Errors: NotFound; Denied for whoever does not lead, and for whoever deviated; Invalid in "finding" and
// "comment".
func (s *Service) Review(ctx context.Context, by access.Actor, which int64, finding Finding, comment string) error {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return err
	}
	if err := s.Reports.CatchUp(ctx); err != nil {
		return err
	}
	d, err := deviation(ctx, s.DB, which)
	if err != nil {
		return err
	}
	if d.By == person.ID(by.ID) {
		return errs.New(errs.Denied, "score.own_deviation")
	}
	comment = text.Body(comment)
	var bad []errs.FieldError
	if finding != Accepted && finding != Refused {
		bad = append(bad, errs.FieldError{Name: "finding", Key: "score.finding_unknown"})
	}
	if finding == Refused && text.Seen(comment) < 5 {
		bad = append(bad, errs.FieldError{Name: "comment", Key: "score.comment_needed"})
	}
	if utf8.RuneCountInString(comment) > longestComment {
		bad = append(bad, errs.FieldError{Name: "comment", Key: "ticket.text_long", Args: []any{"Max", longestComment}})
	}
	if err := errs.Invalidf(bad...); err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := keepReview(ctx, tx, d, Review{finding, comment, person.ID(by.ID), now}); err != nil {
			return err
		}
		_, err := s.Bus.Record(ctx, tx, by.Meta(now), Reviewed{d.Ticket, d.Event, d.Clause, finding, comment})
		return err
	})
}

// ForTicket lists the deviations of a ticket that the caller has read, the oldest first.
//
// Errors: Denied for whoever does not work on tickets.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Deviation, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	return deviationsOf(ctx, s.DB, t.ID)
}
