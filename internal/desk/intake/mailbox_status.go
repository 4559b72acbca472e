// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// How long a node holds a mailbox without a sign of life, and how long a mailbox may be without
// success before somebody is told: with the rounds of the watch and the way of the letter, that
// is within five minutes (P13).
const (
	HoldFor    = time.Minute
	SilentFor  = 4*time.Minute + 30*time.Second
	reasonDown = "intake.mailbox_not_fetched" // no node reports a reason: none is at it
)

// MailboxError is why a mailbox could not be read, for the pages and for the log.
type MailboxError struct {
	Key    string // message key of the reason
	Answer string // what the server said, one line, at most 300 characters
	Cause  error  // for the log
}

// Error is the text for the log.
func (e *MailboxError) Error() string {
	text := e.Key
	if e.Answer != "" {
		text += ": " + e.Answer
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *MailboxError) Unwrap() error { return e.Cause }

// Reading is how far a mailbox was read. Everything below UIDNext that was not marked as read
// by people is stored; Since is when the desk began with this mailbox: what people read before
// that is no business of the desk.
type Reading struct {
	UIDValidity uint32
	UIDNext     uint32
	Since       time.Time
}

// MailboxStatus is how a mailbox goes.
type MailboxStatus struct {
	Mailbox   string
	Reading   Reading
	SuccessAt time.Time // the last look that went well; zero if none did
	FailedAt  time.Time // the last that did not, since then
	Error     string    // message key of why
	Answer    string    // what the server said
	AlarmedAt time.Time // since when administrators know that it is silent; zero while it is not
}

// HoldMailbox makes a node the one that reads a mailbox, for HoldFor from now, or keeps it so.
// False where another node is at it. Two nodes at once would do no harm (each message is stored
// once), but would do the work twice.
func (s *Service) HoldMailbox(ctx context.Context, key, holder string) (r Reading, held bool, err error) {
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, held = Reading{}, false
		if err := beginMailbox(ctx, tx, key, now); err != nil {
			return err
		}
		got, err := holdMailbox(ctx, tx, key, holder, now, now.Add(HoldFor))
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		r, held = got.Reading, err == nil
		return err
	})
	return r, held, err
}

// ReleaseMailbox lets a mailbox go, so that another node takes it up at once.
func (s *Service) ReleaseMailbox(ctx context.Context, key, holder string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return releaseMailbox(ctx, tx, key, holder) })
}

// MailboxRead notes how far a mailbox was read, after all of it is stored.
func (s *Service) MailboxRead(ctx context.Context, key string, r Reading) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return noteReading(ctx, tx, key, r) })
}

// MailboxWell notes that a look into a mailbox went well, and ends its alarm.
func (s *Service) MailboxWell(ctx context.Context, key string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return noteSuccess(ctx, tx, key, s.Clock.Now()) })
}

// MailboxFailed notes why a mailbox could not be read.
func (s *Service) MailboxFailed(ctx context.Context, key string, why error) error {
	e := &MailboxError{Key: "intake.mailbox_broken", Cause: why}
	_ = errors.As(why, &e)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return noteFailure(ctx, tx, key, e.Key, e.Answer, s.Clock.Now())
	})
}

// MailboxStatuses returns how each mailbox goes that was ever looked into, by its key.
func (s *Service) MailboxStatuses(ctx context.Context, by access.Actor) (map[string]MailboxStatus, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return s.statuses(ctx)
}

func (s *Service) statuses(ctx context.Context) (map[string]MailboxStatus, error) {
	list, err := mailboxStatuses(ctx, s.DB)
	out := make(map[string]MailboxStatus, len(list))
	for _, x := range list {
		out[x.Mailbox] = x
	}
	return out, err
}

// SilentMailboxes returns the active mailboxes without success for so long that administrators
// were told, and how they go.
func (s *Service) SilentMailboxes(ctx context.Context, by access.Actor) ([]Mailbox, map[string]MailboxStatus, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, nil, err
	}
	list, err := s.ActiveMailboxes(ctx)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	how, err := s.statuses(ctx)
	return slices.DeleteFunc(list, func(b Mailbox) bool { return how[b.Key].AlarmedAt.IsZero() }), how, err
}

// WatchMailboxes records MailboxSilent, once, for each active mailbox without success for
// SilentFor. Every node watches, whoever reads: that nobody does is what has to be noticed. A
// node counts from when it first saw the mailbox itself, so that a night without power is no
// alarm in the morning. Call it several times a minute.
func (s *Service) WatchMailboxes(ctx context.Context) error {
	list, err := s.ActiveMailboxes(ctx)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	watched := s.watch(list, now)
	if len(list) == 0 {
		return nil
	}
	how, err := s.statuses(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, b := range list {
		last := how[b.Key].SuccessAt
		if from := watched[b.Key]; from.After(last) {
			last = from
		}
		if now.Sub(last) >= SilentFor && how[b.Key].AlarmedAt.IsZero() {
			failed = errors.Join(failed, s.alarm(ctx, b, now))
		}
	}
	return failed
}

// watch remembers since when this node knows of each mailbox, and forgets those that are gone.
func (s *Service) watch(list []Mailbox, now time.Time) map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := make(map[string]time.Time, len(list))
	for _, b := range list {
		if fresh[b.Key] = now; !s.watched[b.Key].IsZero() {
			fresh[b.Key] = s.watched[b.Key]
		}
	}
	s.watched = fresh
	return fresh
}

func (s *Service) alarm(ctx context.Context, b Mailbox, now time.Time) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := beginMailbox(ctx, tx, b.Key, now); err != nil {
			return err
		}
		x, err := raiseAlarm(ctx, tx, b.Key, now, now.Add(-SilentFor))
		if errs.KindOf(err) == errs.NotFound { // told already, or it went well just now
			return nil
		}
		if err != nil {
			return err
		}
		why := x.Error
		if why == "" {
			why = reasonDown
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(now), MailboxSilent{
			Mailbox: b.Key, Name: b.Name, Address: b.Address, Last: x.SuccessAt, Reason: why, Answer: x.Answer,
		})
		return err
	})
}
