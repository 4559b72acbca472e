// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Contents says what a subject of a kind holds now. The room that keeps it implements this.
type Contents interface {
	// Content returns title and content of what ref names on a ticket, and who wrote it, who never
	// decides about it (0 for nobody); NotFound where there is no such thing.
	Content(ctx context.Context, t ticket.ID, ref string) (title, content string, by person.ID, err error)
}

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Jobs     *job.Queue
	People   *person.Service
	Settings *setting.Service
	Tickets  *ticket.Service
	Links    *session.Links
	// Contents are the kinds of subject besides Free, by name.
	Contents map[string]Contents
	// Calendar is the desk's working time, by which approvers are asked again and given up. nil
	// counts every minute.
	Calendar func() calendar.Calendar
	// Manager returns whom somebody reports to; NotFound where nobody knows.
	Manager func(ctx context.Context, who person.ID) (person.ID, error)
	// Owner returns who answers for a service; NotFound where nobody does.
	Owner func(ctx context.Context, of catalog.ServiceID) (person.ID, error)
}

// Service asks, and keeps what was said.
type Service struct{ Parts }

// NewService makes the room and takes charge of its jobs. Call Listen before the first fact.
func NewService(p Parts) *Service {
	if p.Calendar == nil {
		p.Calendar = func() calendar.Calendar { return calendar.Always{} }
	}
	s := &Service{p}
	p.Jobs.Handle(RemindJob, s.remind)
	p.Jobs.Handle(ExpireJob, s.expire)
	return s
}

// Listen hears what takes the ground from an approval: its ticket closes, an approver leaves.
func (s *Service) Listen() {
	event.After(s.Bus, "approval:closed", s.closed)
	event.After(s.Bus, "approval:left", s.personChanged)
}

// errNone is the answer for what is not there, or not for whoever asks (S21).
func errNone() error { return errs.New(errs.NotFound, "approval.not_found") }

// Kinds names the kinds of subject that can be asked for by reference.
func (s *Service) Kinds() []string {
	var out []string
	for k := range s.Contents {
		out = append(out, k)
	}
	return out
}

// Covers reports whether an approval was granted on a ticket for exactly what a digest names, and
// is still good. It asks no access: rooms ask it on behalf of their own commands.
func (s *Service) Covers(ctx context.Context, t ticket.ID, kind, ref, digest string) (bool, error) {
	list, err := covering(ctx, s.DB, t, kind, ref, digest)
	now := s.Clock.Now()
	for _, a := range list {
		if a.Covers(digest, now) {
			return true, nil
		}
	}
	return false, err
}

// policy is the one in force.
func (s *Service) policy(ctx context.Context) (Policy, error) {
	p, _, err := setting.Load(ctx, s.Settings, PolicyName, Start())
	return p, err
}

// subject reads what is to be approved, and who wrote it: as whoever asks wrote it, or where its kind
// keeps it.
func (s *Service) subject(ctx context.Context, t ticket.ID, x Subject) (Subject, person.ID, error) {
	if x.Kind == "" {
		x.Kind = Free
	}
	if x.Kind == Free {
		x.Ref = ""
		x, err := x.clean()
		return x, 0, err
	}
	from, known := s.Contents[x.Kind]
	if !known {
		return x, 0, errs.Field("kind", "approval.kind_unknown")
	}
	title, content, author, err := from.Content(ctx, t, x.Ref)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return x, 0, errs.Field("ref", "approval.ref_unknown")
	}
	if err != nil {
		return x, 0, err
	}
	x.Title, x.Content = title, content
	x, err = x.clean()
	return x, author, err
}

// changed reports whether what was to be approved is not what it was.
func (s *Service) changed(ctx context.Context, a Approval) (bool, error) {
	if a.Subject.Kind == Free {
		return false, nil
	}
	now, _, err := s.subject(ctx, a.Ticket, Subject{Kind: a.Subject.Kind, Ref: a.Subject.Ref})
	if kind := errs.KindOf(err); kind == errs.NotFound || kind == errs.Invalid {
		return true, nil // it is gone, and with it what was asked
	}
	return err == nil && now.Digest() != a.Digest, err
}

// hours is an instant that many working hours later.
func (s *Service) hours(from time.Time, n int64) time.Time {
	return s.Calendar().Add(from, time.Duration(n)*time.Hour)
}

// desk is a command of the desk itself, prepared outside the commit that gives it.
func (s *Service) desk(ctx context.Context) (ticket.Ready, error) {
	return s.Tickets.Ready(ctx, access.Desk(), ticket.TellApproval{})
}
