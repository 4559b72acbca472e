// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Bounds of what the two browsers tell each other through the desk. An offer is 2–8 KiB, and a
// connection needs some twenty messages.
const (
	MaxSignal = 16 << 10 // bytes of one message
	MaxSaid   = 20       // messages at once
	maxInAll  = 1000     // messages in one session
	maxLately = 120      // messages within a little while
	maxHeard  = 100      // messages read at once
)

const aWhile = 15 * time.Second

// beat is after how long it is written down again that a side is there.
const beat = 8 * time.Second

// Signal is a message of one browser to the other. The desk does not read it.
type Signal struct {
	ID   int64
	Body string
}

// Talk is what one side says, and from where on it listens.
type Talk struct {
	Window string   // of the sharer: the secret that Agree gave
	After  int64    // the last message that it has heard
	Fresh  bool     // a page that has just opened: what was said before is not for it
	Say    []string // at most MaxSaid, of at most MaxSignal bytes each
	Began  bool     // the viewer sees the first picture
}

// Heard is what a side learns.
type Heard struct {
	Session Session
	Signals []Signal
	Last    int64 // from where on it listens next
}

// Exchange lets one side say something to the other and hear what it said. It is also the sign of
// life by which a lost side is known. Where the session has ended nothing is taken and the answer
// says so; Conflict where another window shows the screen by now.
//
// Errors: Denied for anybody but the two sides; Invalid, Limited where more is said than a
// connection needs.
func (s *Service) Exchange(ctx context.Context, by access.Actor, on ticket.Target, which ID, talk Talk) (Heard, error) {
	t, x, side, err := s.find(ctx, by, on, which)
	if err != nil || !x.Open() {
		return Heard{Session: x, Last: talk.After}, err
	}
	if x.Way != Share {
		return Heard{}, errs.New(errs.NotFound, "remote.not_found")
	}
	if side == Sharer && !x.holds(talk.Window) {
		return Heard{}, errs.New(errs.Conflict, "remote.elsewhere")
	}
	if err := talk.check(); err != nil {
		return Heard{}, err
	}
	if talk.Began && side == Viewer && x.State == Agreed {
		if x, err = s.began(ctx, by, t, x); err != nil {
			return Heard{}, err
		}
	}
	if len(talk.Say) > 0 || s.Clock.Now().Sub(x.seenOf(side)) >= beat {
		if err := s.take(ctx, x, side, talk); err != nil {
			return Heard{}, err
		}
	}
	other := Viewer
	if side == Viewer {
		other = Sharer
	}
	out := Heard{Session: x, Last: talk.After}
	if talk.Fresh {
		out.Last, err = latest(ctx, s.DB, x.ID)
		return out, err
	}
	if out.Signals, err = heard(ctx, s.DB, x.ID, other, talk.After); err == nil && len(out.Signals) > 0 {
		out.Last = out.Signals[len(out.Signals)-1].ID
	}
	return out, err
}

func (t Talk) check() error {
	if len(t.Say) > MaxSaid {
		return errs.New(errs.Invalid, "remote.signal_bad")
	}
	for _, m := range t.Say {
		if m == "" || len(m) > MaxSignal || !utf8.ValidString(m) {
			return errs.New(errs.Invalid, "remote.signal_bad")
		}
		for i := range len(m) {
			if m[i] == 0 {
				return errs.New(errs.Invalid, "remote.signal_bad")
			}
		}
	}
	return nil
}

func (x Session) seenOf(side Side) time.Time {
	if side == Viewer {
		return x.AgentSeen
	}
	return x.RequesterSeen
}

// began records that the agent sees the screen.
func (s *Service) began(ctx context.Context, by access.Actor, t ticket.Ticket, was Session) (Session, error) {
	x, err := s.change(ctx, by, t, was.ID, Begin, func(_ context.Context, _ *db.Tx, x *Session) error {
		x.AgentSeen, x.RequesterSeen = s.Clock.Now(), s.Clock.Now()
		return nil
	}, func(x Session) ticket.RemoteFact {
		return ticket.RemoteStarted{Session: int64(x.ID), Way: string(Share), Viewer: x.Agent}
	})
	if errs.KindOf(err) == errs.Conflict { // said twice, or it has ended meanwhile
		return get(ctx, s.DB, was.ID)
	}
	return x, err
}

// take stores what a side says, and that it is there.
func (s *Service) take(ctx context.Context, x Session, side Side, talk Talk) error {
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := seen(ctx, tx, x.ID, side, now); err != nil || len(talk.Say) == 0 {
			return err
		}
		if now, err := get(ctx, tx, x.ID); err != nil || !now.Open() {
			return err // it ended meanwhile: what was said is for nobody
		}
		n, err := lately(ctx, tx, x.ID, now.Add(-aWhile))
		if err != nil {
			return err
		}
		if x.Said+int64(len(talk.Say)) > maxInAll || n+int64(len(talk.Say)) > maxLately {
			return errs.New(errs.Limited, "remote.signals_many")
		}
		for _, m := range talk.Say {
			if err := say(ctx, tx, x.ID, side, m, now); err != nil {
				return err
			}
		}
		s.Hint(tx, x.Ticket)
		return nil
	})
}
