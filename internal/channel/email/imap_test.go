// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/email/dovecottest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// box is a desk that fetches from a mailbox of a real server.
type box struct {
	*in
	server  *dovecottest.Server
	fetcher *email.Fetcher
	mailbox intake.Mailbox
	kept    map[string]bool // what has was told of, up to last
	last    intake.ID
}

// eachBox gives a test a server for itself on each engine.
func eachBox(t *testing.T, fn func(t *testing.T, b *box), options ...dovecottest.Option) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newBox(t, newIn(t, d), dovecottest.Start(t, options...))) })
}

func newBox(t testing.TB, r *in, s *dovecottest.Server) *box {
	t.Helper()
	b := &box{in: r, server: s, kept: map[string]bool{}}
	m := intake.StartMailbox()
	m.Name, m.Address, m.Host, m.Port, m.Security, m.User = "支持邮箱", "support@example.org", s.Host, s.Port, intake.Plain, "support"
	b.save(m, intake.Secrets{Password: dovecottest.Password})
	b.fetcher = b.node(email.FetchConfig{})
	return b
}

// node is a fetcher as another process on the same data has it.
func (b *box) node(c email.FetchConfig) *email.Fetcher {
	c.Intake, c.Clock, c.Roots = b.intake, b.clock, b.server.Roots
	c.Token.AllowLoopback = true
	if c.Poll == 0 {
		c.Poll = time.Hour
	}
	return email.NewFetcher(c)
}

func (b *box) save(m intake.Mailbox, s intake.Secrets) {
	b.Helper()
	saved, err := b.intake.SaveMailbox(b.Context(), access.Desk(), m, s, 0)
	if err != nil {
		b.Fatal(errs.As(err), err)
	}
	b.mailbox = saved
}

// look visits the mailbox until it was read to its end, or the visit failed.
func (b *box) look() error {
	b.Helper()
	return b.lookWith(b.fetcher)
}

func (b *box) lookWith(f *email.Fetcher) error {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), 60*time.Second)
	defer stop()
	before := b.status().SuccessAt
	b.clock.Advance(time.Second)
	ended := make(chan error, 1)
	go func() {
		_, err := f.Once(ctx, b.mailbox.Key)
		ended <- err
	}()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case err := <-ended:
			tick.Stop()
			return err
		case <-tick.C:
			if b.status().SuccessAt.After(before) {
				tick.Stop()
				stop()
				<-ended
				return nil
			}
		}
	}
}

func (b *box) status() intake.MailboxStatus {
	b.Helper()
	all, err := b.intake.MailboxStatuses(context.WithoutCancel(b.Context()), access.Desk())
	if err != nil {
		b.Fatal(err)
	}
	return all[b.mailbox.Key]
}

// bodies returns the last lines of all tickets' first messages, sorted.
func (b *box) bodies() []string {
	b.Helper()
	b.work()
	list, err := b.intake.List(b.Context(), b.agent, intake.Done, 0, 200)
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, e := range list {
		for _, m := range b.messages(e.Ticket) {
			out = append(out, m.Text)
		}
	}
	slices.Sort(out)
	return out
}

func note(n int) string {
	return fmt.Sprintf("From: user%d@example.net\r\nTo: support@example.org\r\nSubject: s%d\r\nMessage-ID: <m%d@example.net>\r\n\r\nbody %03d\r\n", n, n, n, n)
}

func notes(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = note(i)
	}
	return out
}

func wanted(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("body %03d", i)
	}
	return out
}

// whole fails unless n messages came in once each, and all of them lie marked in the mailbox.
func (b *box) whole(n int) {
	b.Helper()
	if got := b.bodies(); !slices.Equal(got, wanted(n)) {
		b.Errorf("%d of %d came in: %v", len(got), n, got)
	}
	if counts, all := b.tally(); all != int64(n) {
		b.Errorf("%d lines for %d messages: %v", all, n, counts)
	}
	lie := b.server.Lies("support", "")
	for _, m := range lie {
		if !strings.HasPrefix(m, "S ") {
			b.Errorf("not marked: %.60q", m)
		}
	}
	if len(lie) != n {
		b.Errorf("%d of %d messages lie in the mailbox", len(lie), n)
	}
}

func TestF31_MailIsFetchedOnce(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		b.server.DeliverRead("support", b.clock.Now().Add(-time.Hour), note(900)) // before the desk's time, and read by people
		b.server.Deliver("support", notes(5)...)
		for range 3 {
			if err := b.look(); err != nil {
				t.Fatal(err, b.server.Log())
			}
		}
		if got := b.bodies(); !slices.Equal(got, wanted(5)) {
			t.Fatalf("%v", got)
		}
		// Read by somebody before the desk came to it, and new all the same.
		b.server.DeliverRead("support", b.clock.Now(), note(5))
		b.server.Deliver("support", note(6))
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		if got := b.bodies(); !slices.Equal(got, wanted(7)) {
			t.Errorf("%v", got)
		}
		if x := b.status(); x.Error != "" || !x.AlarmedAt.IsZero() {
			t.Errorf("%+v", x)
		}
	})
}

func TestF31_NewPlacesAreNoNewMail(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		b.server.Deliver("support", notes(30)...)
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.whole(30)
		b.server.Renumber("support")
		b.server.Deliver("support", note(30))
		for range 2 {
			if err := b.look(); err != nil {
				t.Fatal(err)
			}
			b.whole(31)
			b.server.Renumber("support")
		}
	})
}

func TestP3_FetchedMailIsMovedWhenItIsStored(t *testing.T) {
	for name, options := range map[string][]dovecottest.Option{
		"by MOVE": nil, "by copying": {dovecottest.Without("MOVE")}, "by copying, never to be removed": {dovecottest.Without("MOVE", "UIDPLUS")},
	} {
		t.Run(name, func(t *testing.T) {
			eachBox(t, func(t *testing.T, b *box) {
				b.mailbox.After, b.mailbox.MoveTo = intake.MoveAway, "Stored"
				b.save(b.mailbox, intake.Secrets{})
				b.server.DeliverRead("support", b.clock.Now().Add(-time.Hour), note(900))
				b.server.Deliver("support", notes(3)...)
				for range 2 {
					if err := b.look(); err != nil {
						t.Fatal(err)
					}
				}
				if got := b.bodies(); !slices.Equal(got, wanted(3)) {
					t.Errorf("%v", got)
				}
				if got := b.server.Lies("support", "Stored"); len(got) != 3 {
					t.Errorf("%d of 3 moved", len(got))
				}
				left := slices.DeleteFunc(b.server.Lies("support", ""), func(m string) bool { return strings.Contains(strings.SplitN(m, " ", 2)[0], "T") })
				if len(left) != 1 || !strings.Contains(left[0], "body 900") {
					t.Errorf("left behind: %q", left)
				}
			}, options...)
		})
	}
}

func TestF30_NewMailIsToldAtOnce(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.fetcher.Run(ctx) }()
		b.until(func() bool { return !b.status().SuccessAt.IsZero() })
		b.server.Deliver("support", notes(2)...)        // the poll is an hour away
		b.until(func() bool { return b.marked() == 2 }) // which is after they are stored
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		b.whole(2)
	})
}

// marked counts the messages of the mailbox that the desk is done with.
func (b *box) marked() (n int) {
	for _, m := range b.server.Lies("support", "") {
		if strings.HasPrefix(m, "S ") {
			n++
		}
	}
	return n
}

// until waits for something to become true.
func (b *box) until(so func() bool) {
	b.Helper()
	patience, stop := context.WithTimeout(b.Context(), 30*time.Second)
	defer stop()
	for tick := time.NewTicker(10 * time.Millisecond); !so(); {
		select {
		case <-patience.Done():
			b.Fatal("it does not become true\n" + b.server.Log())
		case <-tick.C:
		}
	}
}

func TestF30_OneNodeReadsAMailbox(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		_, held, err := b.intake.HoldMailbox(t.Context(), b.mailbox.Key, "another node")
		if err != nil || !held {
			t.Fatal(held, err)
		}
		b.server.Deliver("support", notes(1)...)
		if err := b.look(); err == nil {
			t.Error("two nodes read")
		}
		if x := b.status(); x.Error != "" {
			t.Errorf("that another node reads is told as a failure: %+v", x)
		}
		b.clock.Advance(intake.HoldFor) // the other is gone
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.whole(1)
	})
}

func TestF33_ATooLargeMessageIsShownAndBlocksNobody(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		b.server.Deliver("support", note(0), "From: big@example.net\r\nSubject: big\r\n\r\n"+strings.Repeat("0123456789abcdef\r\n", 4000), note(1))
		f := b.node(email.FetchConfig{MaxBytes: 20_000})
		for range 2 {
			if err := b.lookWith(f); err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(intake.HoldFor)
		}
		if got := b.bodies(); !slices.Equal(got, wanted(2)) {
			t.Errorf("%v", got)
		}
		list, err := b.intake.List(t.Context(), b.agent, intake.Quarantined, 0, 10)
		if err != nil || len(list) != 1 || list[0].Reason != intake.HeaderOnly || list[0].Size > 1000 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestTheConnectionIsEncryptedOrThereIsNone(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		b.server.Deliver("support", note(0))
		for name, tt := range map[string]struct {
			port     int64
			security intake.Security
			roots    bool
			want     string
		}{
			"TLS":                    {b.server.TLSPort, intake.TLS, true, ""},
			"STARTTLS":               {b.server.Port, intake.StartTLS, true, ""},
			"an unknown certificate": {b.server.TLSPort, intake.TLS, false, "intake.mailbox_tls_failed"},
			"unknown by STARTTLS":    {b.server.Port, intake.StartTLS, false, "intake.mailbox_tls_failed"},
			"TLS at the plain port":  {b.server.Port, intake.TLS, true, "intake.mailbox_tls_failed"},
			"nobody there":           {1, intake.TLS, true, "intake.mailbox_unreachable"},
		} {
			m := b.mailbox
			m.Port, m.Security = tt.port, tt.security
			b.save(m, intake.Secrets{Password: dovecottest.Password})
			f := b.node(email.FetchConfig{})
			if !tt.roots {
				f.Roots = nil
			}
			n, err := f.Try(t.Context(), b.mailbox)
			if key := keyOf(err); key != tt.want || (err == nil && n != 1) {
				t.Errorf("%s: %d messages, %q, %v", name, n, key, err)
			}
		}
		m := b.mailbox
		m.Port, m.Security, m.Folder = b.server.TLSPort, intake.TLS, "Nowhere"
		b.save(m, intake.Secrets{Password: dovecottest.Password})
		if _, err := b.fetcher.Try(t.Context(), b.mailbox); keyOf(err) != "intake.mailbox_no_folder" {
			t.Error(err)
		}
		b.save(b.mailbox, intake.Secrets{Password: "wrong"})
		_, err := b.fetcher.Try(t.Context(), b.mailbox)
		if keyOf(err) != "intake.mailbox_sign_in_failed" || strings.Contains(fmt.Sprint(err), "wrong") {
			t.Error(err)
		}
		if err := b.look(); err == nil || b.status().Error != "intake.mailbox_sign_in_failed" {
			t.Errorf("%v %+v", err, b.status())
		}
	})
}

func keyOf(err error) string {
	var e *intake.MailboxError
	if err == nil {
		return ""
	}
	if !errors.As(err, &e) {
		return err.Error()
	}
	return e.Key
}

// TestP13_AlarmWhenNothingComesForFiveMinutes: one fact for each silence, and none where all is well.
func TestP13_AlarmWhenNothingComesForFiveMinutes(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		silent := func() int {
			t.Helper()
			if err := b.intake.WatchMailboxes(t.Context()); err != nil {
				t.Fatal(err)
			}
			list, err := b.bus.List(t.Context(), b.intake.DB, "intake", 0, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if err := b.look(); err != nil || silent() != 0 {
			t.Fatal(err)
		}
		b.clock.Advance(intake.SilentFor - time.Second)
		if silent() != 0 {
			t.Error("too early")
		}
		b.clock.Advance(time.Second)
		first, second := silent(), silent()
		if first != 1 || second != 1 {
			t.Errorf("told %d and %d times", first, second)
		}
		list, how, err := b.intake.SilentMailboxes(t.Context(), access.Desk())
		if err != nil || len(list) != 1 || how[list[0].Key].AlarmedAt.IsZero() {
			t.Errorf("%v %v", list, err)
		}
		if err := b.look(); err != nil || silent() != 1 || !b.status().AlarmedAt.IsZero() {
			t.Errorf("the alarm does not end: %+v, %v", b.status(), err)
		}
		b.clock.Advance(intake.SilentFor)
		if silent() != 2 {
			t.Error("the second silence is not told")
		}
	})
}
