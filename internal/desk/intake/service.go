// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// ParseJob is the kind of the job that understands a journalled message.
const ParseJob = "intake:parse"

// tries is how often a message is read. One that takes the whole process down with it every
// time is not read again but shown: it must not block what came after it (P5, F33).
const tries = 3

// abreast is how many messages are read at once on one node. The largest take 100 MiB each.
const abreast = 4

// acknowledgements per author and hour; beyond it tickets are made quietly (F37, S14).
const acknowledgements = 10

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Clock   clock.Clock
	Jobs    *job.Queue
	People  *person.Service
	Tickets *ticket.Service
	Links   *session.Links
	Parser  Parser
	// Verifier finds out who wrote a mail; nil finds out nothing.
	Verifier Verifier
	// Bus, Settings and Keys are for mailboxes that are fetched from.
	Bus      *event.Bus
	Settings *setting.Service
	Keys     *secret.Keys
	// Own reports whether an address is one of the desk's own.
	Own func(addr string) bool
	// Lang is the language of people whom only a mail made known.
	Lang func() string
}

// Service journals and understands inbound messages.
type Service struct {
	Parts
	mu      sync.Mutex
	watched map[string]time.Time // since when this node knows of a mailbox, by its key
}

// NewService makes the room and takes charge of its jobs.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	// It ends by itself after tries, in quarantine. A job that died before that was written, because
	// the process ended again and again, would leave a message that is neither read nor shown.
	p.Jobs.Handle(ParseJob, s.understand, job.MaxAttempts(math.MaxInt32), job.Timeout(time.Minute), job.Limit(abreast))
	return s
}

// Journal stores a delivery. When it returns nil the bytes are on disk, and only then may the
// door say that it accepted them (P1, P2, F34).
func (s *Service) Journal(ctx context.Context, d Delivery) (ID, error) {
	list, err := s.JournalAll(ctx, []Delivery{d})
	if err != nil {
		return 0, err
	}
	return list[0], nil
}

// JournalAll stores the deliveries of one message to several receivers in one commit: all of
// them or none, because the door has one answer for all.
func (s *Service) JournalAll(ctx context.Context, list []Delivery) ([]ID, error) {
	out := make([]ID, len(list))
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, d := range list {
			sum := sha256.Sum256(d.Raw)
			d.Recipient = strings.ToLower(strings.TrimSpace(d.Recipient))
			which, err := s.write(ctx, tx, d, hex.EncodeToString(sum[:]))
			if err != nil {
				return err
			}
			out[i] = which
		}
		return nil
	})
	return out, err
}

// write journals one delivery. A fetched message that is known by its place, or by its bytes
// after the server gave all places anew, is the one that was stored before (F31).
func (s *Service) write(ctx context.Context, tx *db.Tx, d Delivery, digest string) (ID, error) {
	if d.UID > 0 {
		which, err := lying(ctx, tx, d)
		if err != nil || which != 0 {
			return which, err
		}
		if which, err = moved(ctx, tx, d, digest); err != nil || which != 0 {
			return which, err
		}
	}
	which, err := insert(ctx, tx, d, digest, s.Clock.Now())
	if d.UID > 0 && errs.KindOf(err) == errs.NotFound { // another node was quicker
		return lying(ctx, tx, d)
	}
	if err != nil {
		return 0, err
	}
	if d.Held == "" {
		return which, s.queue(ctx, tx, which)
	}
	return which, settle(ctx, tx, Entry{
		ID: which, State: Quarantined, Reason: d.Held, Author: d.Sender, DoneAt: s.Clock.Now(),
	})
}

// Fetched returns which UIDs from one to another lie in the journal, in order.
func (s *Service) Fetched(ctx context.Context, mailbox string, validity, from, to uint32) ([]uint32, error) {
	return known(ctx, s.DB, mailbox, validity, from, to)
}

func (s *Service) queue(ctx context.Context, tx *db.Tx, which ID) error {
	n := strconv.FormatInt(int64(which), 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: ParseJob, Payload: n, Key: ParseJob + ":" + n})
}

// understand is the job. A message that cannot be understood ends in quarantine, where people
// see it; only trouble of our own, a database away for a moment, is tried again.
func (s *Service) understand(ctx context.Context, j job.Job) error {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	e, err := get(ctx, s.DB, ID(n))
	if err != nil || e.State != Received {
		return err
	}
	if j.Attempt > tries {
		return s.quarantine(ctx, e, Mail{}, errs.New(errs.Internal, "intake.failed"))
	}
	bytes, err := raw(ctx, s.DB, e.ID)
	if err != nil {
		return err
	}
	mail, err := s.parse(bytes)
	if err != nil {
		return s.quarantine(ctx, e, mail, err)
	}
	if e.Proof, err = s.prove(ctx, e, mail, bytes); err != nil {
		return err
	}
	err = s.place(ctx, e, mail)
	if errors.Is(err, errAgain) {
		return job.At(s.Clock.Now().Add(patience/5), nil)
	}
	switch errs.KindOf(err) {
	case errs.Internal, errs.Unavailable:
		return err // nil too, whose kind is Internal
	default:
		return s.quarantine(ctx, e, mail, err)
	}
}

// parse asks the parser. One that panics has met a message that people must see.
func (s *Service) parse(raw []byte) (m Mail, err error) {
	defer func() {
		if recover() != nil {
			err = errs.New(errs.Invalid, "intake.unreadable")
		}
	}()
	if m, err = s.Parser.Parse(raw); err == nil {
		m = covered(m)
	}
	return m, err
}

func (s *Service) quarantine(ctx context.Context, e Entry, m Mail, why error) error {
	e.State, e.Reason = Quarantined, "intake.unreadable"
	if known := errs.As(why); known != nil {
		e.Reason = known.Key
	}
	e.note(m, s.Clock.Now())
	return s.settle(ctx, e)
}

// note keeps of a message what its line in the journal shows.
func (e *Entry) note(m Mail, now time.Time) {
	e.Author, e.Subject, e.DoneAt = m.FromAddr, ticket.SubjectOf(m.Subject), now
	if e.Author == "" {
		e.Author = e.Sender
	}
}

// settle writes a line that waits for its outcome; one that has it already stays as it is.
func (s *Service) settle(ctx context.Context, e Entry) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if now, err := take(ctx, tx, e); err != nil || now.State != Received {
			return err
		}
		return settle(ctx, tx, e)
	})
}
