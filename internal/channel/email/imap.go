// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// How a fetcher spends its time.
const (
	pollEvery   = time.Minute      // the net under IDLE; it also ends an IDLE long before servers do (29 min, RFC 2177)
	renewEvery  = 20 * time.Second // signs of life towards the other nodes
	reloadEvery = 5 * time.Second  // how soon a changed setting is in force
	firstRest   = 2 * time.Second
	longestRest = time.Minute      // below what raises the alarm, so that one lucky try ends it
	signInRest  = 15 * time.Minute // servers lock accounts that are tried too often
	stall       = 90 * time.Second // longest silence in which an answer is due
	atOnce      = 2                // messages in memory, over all mailboxes
)

// FetchConfig says what a fetcher is made of.
type FetchConfig struct {
	Intake   *intake.Service
	Clock    clock.Clock
	Log      *slog.Logger
	MaxBytes int64            // of a message; 36 MiB where 0
	Roots    *x509.CertPool   // nil means the system's
	Token    netguard.Options // how far token servers may be: the open internet and company networks where nothing is said
	// Poll and Rest replace the times above where they are not 0; for tests.
	Poll, Rest time.Duration
}

// Fetcher reads mailboxes by IMAP. What it reads is journalled before anything is changed in
// the mailbox; a message that is stored and not marked yet is known by its place when it is
// met again (F31). The nodes of a desk share the mailboxes: one reads each.
type Fetcher struct {
	FetchConfig
	http   asker
	node   string // by which a mailbox is held
	memory chan struct{}
	mu     sync.Mutex
	tokens map[string]token // by key of the mailbox
}

// NewFetcher makes a fetcher. Run starts it.
func NewFetcher(c FetchConfig) *Fetcher {
	if c.MaxBytes == 0 {
		c.MaxBytes = maxMessage
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.Poll == 0 {
		c.Poll = pollEvery
	}
	if c.Rest == 0 {
		c.Rest = firstRest
	}
	return &Fetcher{FetchConfig: c, http: tokenClient(c.Token), node: id.Token(), memory: make(chan struct{}, atOnce), tokens: map[string]token{}}
}

// working is a mailbox that is being read, and the setting that it is read by.
type working struct {
	by   intake.Mailbox
	stop context.CancelFunc
	done chan struct{}
}

// Run reads all active mailboxes until ctx ends, and follows the setting meanwhile.
func (f *Fetcher) Run(ctx context.Context) error {
	at := map[string]*working{}
	defer func() {
		for _, w := range at {
			w.stop()
		}
		for _, w := range at {
			<-w.done
		}
	}()
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		if list, err := f.Intake.ActiveMailboxes(ctx); err == nil {
			f.follow(ctx, at, list)
		} else if ctx.Err() == nil {
			f.Log.WarnContext(ctx, "the mailboxes are not known just now", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// follow starts and stops readers so that they are those of the setting.
func (f *Fetcher) follow(ctx context.Context, at map[string]*working, list []intake.Mailbox) {
	wanted := map[string]intake.Mailbox{}
	for _, b := range list {
		b.SealedRefresh = "" // token servers replace it in the course of things
		wanted[b.Key] = b
	}
	for key, w := range at {
		if wanted[key] != w.by {
			w.stop()
			<-w.done
			delete(at, key)
		}
	}
	for key, b := range wanted {
		if at[key] == nil {
			within, stop := context.WithCancel(ctx)
			w := &working{by: b, stop: stop, done: make(chan struct{})}
			at[key] = w
			go func() {
				defer close(w.done)
				f.read(within, key)
			}()
		}
	}
}

// errElsewhere ends a visit to a mailbox that another node reads.
var errElsewhere = errors.New("another node reads this mailbox")

// read visits a mailbox again and again until ctx ends.
func (f *Fetcher) read(ctx context.Context, key string) {
	defer f.release(ctx, key)
	failures := 0
	for ctx.Err() == nil {
		well, err := f.Once(ctx, key)
		if ctx.Err() != nil {
			return
		}
		if well {
			failures = 0
		}
		failures++
		rest := f.rest(failures, err)
		if errors.Is(err, errElsewhere) {
			failures, rest = 0, renewEvery
		} else if err != nil {
			f.Log.WarnContext(ctx, "mailbox not read, trying again", "mailbox", key, "error", err, "rest", rest)
		}
		pause(ctx, rest)
	}
}

// Once visits a mailbox until the visit ends: by an error, or with ctx. It reports whether the
// mailbox was read to its end at least once, and notes on its status why it ended.
func (f *Fetcher) Once(ctx context.Context, key string) (well bool, err error) {
	v := &visit{f: f, key: key}
	err = v.run(ctx)
	if err == nil || ctx.Err() != nil || errors.Is(err, errElsewhere) {
		return v.well, err
	}
	if e := f.Intake.MailboxFailed(ctx, key, err); e != nil {
		f.Log.WarnContext(ctx, "the state of a mailbox is not noted", "error", e)
	}
	return v.well, err
}

// rest is how long to wait after a number of failures in a row: twice as long each time, with
// up to a quarter taken off, so that what failed together does not come back together.
func (f *Fetcher) rest(failures int, err error) time.Duration {
	most := longestRest
	var known *intake.MailboxError
	if errors.As(err, &known) && known.Key == "intake.mailbox_sign_in_failed" {
		most = signInRest
	}
	d := min(f.Rest<<min(failures-1, 12), most)
	return d - d/4*time.Duration(f.node[failures%len(f.node)]%32)/32 // the name of a node is chance
}

// release lets the mailbox go even where the process is being stopped.
func (f *Fetcher) release(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := f.Intake.ReleaseMailbox(ctx, key, f.node); err != nil {
		f.Log.WarnContext(ctx, "a mailbox is held until its lease ends", "error", err)
	}
}

// Try connects, signs in and looks at the folder, changing nothing. It returns how many
// messages lie there, or a *intake.MailboxError.
func (f *Fetcher) Try(ctx context.Context, b intake.Mailbox) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	c, err := f.connect(ctx, b, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	n, err := look(c.Client, b)
	return n, err
}

// pause waits, at most until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
