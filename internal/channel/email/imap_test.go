// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
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

// TestF30_CutAnywhere breaks the connection after each of many numbers of bytes, in both
// directions: whatever the desk was at, nothing is lost, doubled, or marked but absent.
func TestF30_CutAnywhere(t *testing.T) {
	t.Parallel()
	cuts := 60
	if n, err := strconv.Atoi(os.Getenv("LOOPDESK_TEST_CUTS")); err == nil {
		cuts = n
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newIn(t, d)
		s := dovecottest.Start(t)
		line := dovecottest.NewLine(t, s)
		b := newBox(t, r, s)
		b.mailbox.Port = line.Port
		b.save(b.mailbox, intake.Secrets{Password: dovecottest.Password})
		// How much passes in a whole visit with three messages.
		s.Deliver("support", notes(3)...)
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		down, up := line.Passed()
		n := 3
		for i := range cuts {
			s.Deliver("support", note(n), note(n+1), note(n+2))
			n += 3
			at := int64(i/2) * down / int64(cuts/2)
			if i%2 == 0 {
				line.Cut(at, -1)
			} else {
				line.Cut(-1, int64(i/2)*up/int64(cuts/2))
			}
			_ = b.look() //nolint:errcheck // the line breaks, or does so too late to matter
			for _, m := range s.Lies("support", "") {
				if strings.HasPrefix(m, "S ") && !b.has(m) {
					t.Fatalf("cut %d: marked but absent: %.80q", i, m)
				}
			}
			line.Cut(-1, -1)
			if err := b.look(); err != nil {
				t.Fatalf("cut %d: not mended: %v", i, err)
			}
		}
		b.work()
		counts, all := b.tally()
		if all != int64(n) || counts["done new"] != int64(n) {
			t.Errorf("%v of %d", counts, n)
		}
	})
}

// has reports whether a message, with flags in front, is in the journal.
func (b *box) has(m string) bool {
	b.Helper()
	list, err := b.intake.List(b.Context(), b.agent, intake.Received, 0, 200)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range list { // newest first; never so many new ones between two calls
		if e.ID <= b.last {
			break
		}
		raw, err := b.intake.Raw(b.Context(), b.agent, e.ID)
		if err != nil {
			b.Fatal(err)
		}
		b.kept[string(normal(raw))] = true
	}
	if len(list) > 0 {
		b.last = list[0].ID
	}
	_, raw, _ := strings.Cut(m, " ")
	return b.kept[string(normal([]byte(raw)))]
}

func normal(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// TestF30_AServerThatMiscounts tells lengths that are not those of the messages: nothing is
// stored of it, nothing marked, and when the server is mended all of it comes in.
func TestF30_AServerThatMiscounts(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func([]byte) []byte{
		"too long":  func(p []byte) []byte { return miscount(p, 40) },
		"too short": func(p []byte) []byte { return miscount(p, -40) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := dovecottest.Start(t)
				line := dovecottest.NewLine(t, s)
				b := newBox(t, newIn(t, d), s)
				b.mailbox.Port = line.Port
				b.save(b.mailbox, intake.Secrets{Password: dovecottest.Password})
				s.Deliver("support", notes(4)...)
				line.Edit(edit)
				ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
				defer stop()
				if _, err := b.fetcher.Once(ctx, b.mailbox.Key); err == nil {
					t.Error("nobody noticed")
				}
				if _, all := b.tally(); all != 0 {
					t.Errorf("%d messages of wrong length are stored", all)
				}
				line.Edit(nil)
				if err := b.look(); err != nil {
					t.Fatal(err)
				}
				b.whole(4)
			})
		})
	}
}

// miscount changes the lengths of the bodies in what a server says.
func miscount(p []byte, by int) []byte {
	text := string(p)
	at := strings.Index(text, "BODY[] {")
	if at < 0 {
		return p
	}
	head, rest := text[:at+len("BODY[] {")], text[at+len("BODY[] {"):]
	digits, tail, _ := strings.Cut(rest, "}")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return p
	}
	return []byte(head + strconv.Itoa(n+by) + "}" + tail)
}

func TestF30_NewMailIsToldAtOnce(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.fetcher.Run(ctx) }()
		b.until(func() bool { return !b.status().SuccessAt.IsZero() })
		b.server.Deliver("support", notes(2)...) // the poll is an hour away
		b.until(func() bool { _, all := b.tally(); return all == 2 })
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		b.whole(2)
	})
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
		if err != nil || len(list) != 1 || list[0].Reason != "intake.mailbox_too_large" || list[0].Size > 1000 {
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

// TestTokensAreFetchedAndReplaced signs in with OAuth 2 in both ways. The token server gives a
// new refresh token each time, and its tokens are known to the mail server.
func TestTokensAreFetchedAndReplaced(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOAuth(t)
		b := newBox(t, newIn(t, d), dovecottest.Start(t, dovecottest.Introspect(o.URL+"/introspect?token=")))
		b.server.Deliver("support", notes(2)...)
		m := b.mailbox
		m.SignIn, m.TokenURL, m.ClientID, m.Scope = intake.RefreshToken, o.URL+"/token", "desk", "imap"
		b.save(m, intake.Secrets{RefreshToken: "refresh-0"})
		if err := b.look(); err != nil {
			t.Fatal(err, b.server.Log())
		}
		b.whole(2)
		if err := b.look(); err != nil || o.asked() != 1 {
			t.Errorf("%d tokens for one hour, %v", o.asked(), err)
		}
		b.clock.Advance(time.Hour)
		if err := b.look(); err != nil || o.asked() != 2 { // with the replaced refresh token
			t.Errorf("%d tokens for two hours, %v", o.asked(), err)
		}
		m = b.mailbox
		m.SignIn = intake.ClientSecret
		b.save(m, intake.Secrets{ClientSecret: "hush"})
		b.clock.Advance(2 * time.Hour)
		if err := b.look(); err != nil {
			t.Error(err)
		}
		b.save(m, intake.Secrets{ClientSecret: "other"})
		b.clock.Advance(2 * time.Hour)
		if err := b.look(); keyOf(err) != "intake.mailbox_token_refused" {
			t.Error(err)
		}
	})
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
		if silent() != 1 || silent() != 1 {
			t.Error("not told once")
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

// oauth is a token server and what the mail server asks about tokens.
type oauth struct {
	*httptest.Server
	count chan int
}

func (o *oauth) asked() int {
	n := <-o.count
	o.count <- n
	return n
}

func newOAuth(t *testing.T) *oauth {
	t.Helper()
	o := &oauth{count: make(chan int, 1)}
	o.count <- 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		n := <-o.count
		defer func() { o.count <- n }()
		good := r.FormValue("client_id") == "desk" && r.FormValue("scope") == "imap" &&
			(r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") == "refresh-"+strconv.Itoa(n) ||
				r.FormValue("grant_type") == "client_credentials" && r.FormValue("client_secret") == "hush")
		w.Header().Set("Content-Type", "application/json")
		if !good {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		n++
		fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":3600}`, n, n)
	})
	mux.HandleFunc("GET /introspect", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"active":"%v","email":"support"}`, strings.HasPrefix(r.FormValue("token"), "access-"))
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}
