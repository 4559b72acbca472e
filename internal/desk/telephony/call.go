// SPDX-License-Identifier: Apache-2.0

package telephony

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	People   *person.Service
	Settings *setting.Service
	Keys     *secret.Keys
}

// Service takes what the telephone system says.
type Service struct{ Parts }

// NewService makes the room.
func NewService(p Parts) *Service { return &Service{p} }

// State says how a call stands.
type State string

// The states.
const (
	Ringing  State = "ringing"
	Answered State = "answered"
	Ended    State = "ended"
)

// Told is what a message says.
type Told struct {
	State     State
	Call      string // by which the telephone system knows it, 1–120 characters
	Number    string // of the other side, at most 40 characters; empty where it is withheld
	Extension string // which of ours, 1–40 characters
	Outgoing  bool
}

// Check returns Invalid with the fields to mend.
func (t Told) Check() error {
	var bad []errs.FieldError
	want := func(ok bool, name string) {
		if !ok {
			bad = append(bad, errs.FieldError{Name: name, Key: "telephony.field"})
		}
	}
	plain := func(s string, most int) bool { return len(s) <= most && s == person.CleanName(s) }
	want(t.State == Ringing || t.State == Answered || t.State == Ended, "type")
	want(t.Call != "" && plain(t.Call, 120), "call")
	want(plain(t.Number, 40), "number")
	want(t.Extension != "" && plain(t.Extension, 40), "extension")
	return errs.Invalidf(bad...)
}

// Call is a call as far as it was told.
type Call struct {
	ID        int64
	Number    string
	Extension string
	Incoming  bool
	Agent     person.ID // 0 where the extension is nobody's, or two people's
	Rung      time.Time
	Answered  time.Time
	Ended     time.Time
}

// Lasted is how long was spoken; 0 while it lasts, or where nobody answered.
func (c Call) Lasted() time.Duration {
	if c.Answered.IsZero() || c.Ended.Before(c.Answered) {
		return 0
	}
	return c.Ended.Sub(c.Answered)
}

// Heard records that a call of somebody rings, was answered or ended.
type Heard struct {
	Call  int64
	Agent person.ID
	State State
}

// EventName is "telephony.heard".
func (Heard) EventName() string { return "telephony.heard" }

// EventSubject is the call.
func (e Heard) EventSubject() int64 { return e.Call }

// keepEvents is how long the key of a message is kept: far beyond the window in which it is taken.
const keepEvents = 24 * time.Hour

// Take takes a signed message: verified, once, and stored when it returns. Unauthenticated where it
// is not signed, or not of now; Invalid with fields. A message that was taken before is no error.
func (s *Service) Take(ctx context.Context, m Signed, t Told) error {
	if err := s.verify(ctx, m); err != nil {
		return err
	}
	if err := t.Check(); err != nil {
		return err
	}
	agent, err := s.agent(ctx, t.Extension)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err := claim(ctx, tx, m.ID, now, now.Add(-keepEvents))
		if err != nil || !fresh {
			return err
		}
		c, err := heard(ctx, tx, t, agent, now)
		if err != nil || agent == 0 {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(now), Heard{Call: c, Agent: agent, State: t.State})
		return err
	})
}

// Verified reports whether a message is signed and of now, before anybody reads what it says.
func (s *Service) Verified(ctx context.Context, m Signed) error { return s.verify(ctx, m) }

// agent is who works at an extension; 0 where that is not one person.
func (s *Service) agent(ctx context.Context, extension string) (person.ID, error) {
	list, err := s.People.ByNumber(ctx, access.Desk(), extension)
	var who person.ID
	for _, p := range list {
		if !p.Role.Staff() {
			continue
		}
		if who != 0 {
			return 0, nil
		}
		who = p.ID
	}
	return who, err
}

// ringsFor is how long a call that nobody answered is shown to ring.
const ringsFor = 2 * time.Minute

// Now returns the newest call of somebody that rings or is being spoken on; false where there is none.
func (s *Service) Now(ctx context.Context, who person.ID) (Call, bool, error) {
	c, err := latest(ctx, s.DB, who)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Call{}, false, nil //nolint:nilerr // nobody has rung yet
	}
	now := s.Clock.Now()
	rings := c.Answered.IsZero() && now.Sub(c.Rung) < ringsFor
	speaks := !c.Answered.IsZero() && now.Sub(c.Answered) < 12*time.Hour
	return c, err == nil && c.Ended.IsZero() && (rings || speaks), err
}

// Of returns a call of somebody, by its key. NotFound where it is not theirs.
func (s *Service) Of(ctx context.Context, who person.ID, which int64) (Call, error) {
	c, err := get(ctx, s.DB, which)
	if err == nil && c.Agent != who {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	return c, err
}
