// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PaceName is the name under which Pace is stored.
const PaceName = "notify.pace"

// Pace says how soon letters go out.
type Pace struct {
	Gather int64 // minutes in which what happens to a ticket becomes one letter to a reader, 0–30
	Quiet  Hours // when nobody gets mail who wants nothing else
}

// Hours are minutes of a day in the reader's zone: 0–1439 each; none where both are the same.
// They may go over midnight.
type Hours struct {
	From int64
	To   int64
}

// StartPace is the pace of a new desk: two minutes, no quiet hours.
func StartPace() Pace { return Pace{Gather: 2} }

// Check returns Invalid with the fields out of range.
func (p Pace) Check() error {
	var bad []errs.FieldError
	if p.Gather < 0 || p.Gather > 30 {
		bad = append(bad, errs.FieldError{Name: "gather", Key: "notify.gather_range"})
	}
	if !p.Quiet.valid() {
		bad = append(bad, errs.FieldError{Name: "quiet_from", Key: "notify.quiet_shape"})
	}
	return errs.Invalidf(bad...)
}

const day = 24 * 60

func (h Hours) valid() bool { return h.From >= 0 && h.From < day && h.To >= 0 && h.To < day }

// end returns when the quiet hours end in which at lies, in a zone; at itself where it lies in none.
func (h Hours) end(at time.Time, in *time.Location) time.Time {
	t := at.In(in)
	now := int64(t.Hour()*60 + t.Minute())
	inside := now >= h.From && now < h.To
	if h.From > h.To {
		inside = now >= h.From || now < h.To
	}
	if !inside {
		return at
	}
	days := 0
	if now >= h.To { // the evening before
		days = 1
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, int(h.To/60), int(h.To%60), 0, 0, in).UTC()
}

// Mode says whose quiet hours hold for a reader.
type Mode string

// The modes.
const (
	AsDesk  Mode = ""      // the desk's
	OwnTime Mode = "own"   // their own
	AnyTime Mode = "never" // none
)

// Reader is when somebody wants no mail.
type Reader struct {
	Mode  Mode
	Hours Hours // where Mode is OwnTime
}

// Reader returns the wish of whoever asks.
func (s *Service) Reader(ctx context.Context, by access.Actor) (Reader, error) {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return Reader{}, err
	}
	return reader(ctx, s.DB, person.ID(by.ID))
}

// SaveReader stores the wish of whoever asks. Invalid with fields.
func (s *Service) SaveReader(ctx context.Context, by access.Actor, r Reader) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	switch {
	case r.Mode != AsDesk && r.Mode != OwnTime && r.Mode != AnyTime:
		return errs.Field("mode", "notify.mode_unknown")
	case r.Mode == OwnTime && (!r.Hours.valid() || r.Hours.From == r.Hours.To):
		return errs.Field("quiet_from", "notify.quiet_shape")
	case r.Mode != OwnTime:
		r.Hours = Hours{}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return saveReader(ctx, tx, person.ID(by.ID), r) })
}

// gathers reports whether a letter may wait for others. An acknowledgement, a solution and an
// alarm never do.
func (w Template) gathers() bool {
	switch w {
	case Replied, Blocked, Waiting, TimeUp, Closed, Reopened, Assigned, HandedOver, Answered, Rejected, Returned, Withdrawn, NotReached:
		return true
	default:
		return false
	}
}

// urgent reports whether nothing about a ticket may wait.
func urgent(t ticket.Ticket) bool { return t.Graded && t.Priority == triage.P1 }

// due returns when a letter goes: now, when others had time to join it, or when the reader's
// quiet hours end. Whoever has just asked us is awake, so that an acknowledgement goes at once (N19).
func (s *Service) due(ctx context.Context, d Delivery, t ticket.Ticket, to person.Person) (time.Time, error) {
	if d.Template == Acknowledged || d.Template == RemoteAsked || urgent(t) { // somebody waits for an answer to the latter
		return d.CreatedAt, nil
	}
	p, _, err := setting.Load(ctx, s.Settings, PaceName, StartPace())
	if err != nil {
		return time.Time{}, err
	}
	r, err := reader(ctx, s.DB, to.ID)
	if err != nil {
		return time.Time{}, err
	}
	at := d.CreatedAt
	if d.Template.gathers() {
		at = at.Add(time.Duration(p.Gather) * time.Minute)
	}
	switch r.Mode {
	case AnyTime:
		return at, nil
	case OwnTime:
		p.Quiet = r.Hours
	case AsDesk:
	}
	return p.Quiet.end(at, zone(to.Zone, s.Settings.Desk(ctx).Zone)), nil
}
