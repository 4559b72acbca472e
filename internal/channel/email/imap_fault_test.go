// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/email/dovecottest"
	"github.com/loopdesk/loopdesk/internal/channel/email/linetest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// lined puts a line between the desk and its mailbox.
func (b *box) lined() *linetest.Line {
	b.Helper()
	line := linetest.New(b, b.server.Host, b.server.Port)
	b.mailbox.Port = line.Port
	b.save(b.mailbox, intake.Secrets{Password: dovecottest.Password})
	return line
}

// subjects counts the tickets by their subjects.
func (r *in) subjects() map[string]int {
	r.Helper()
	r.work()
	list, err := db.All(r.Context(), r.intake.DB, func(row db.Row) (s string, err error) {
		err = row.Scan(&s)
		return s, err
	}, `SELECT subject FROM ticket`)
	if err != nil {
		r.Fatal(err)
	}
	out := map[string]int{}
	for _, s := range list {
		out[s]++
	}
	return out
}

// once fails unless each of n notes is one ticket and nothing else is.
func (r *in) once(n int) {
	r.Helper()
	got := r.subjects()
	for i := range n {
		s := fmt.Sprintf("s%d", i)
		if got[s] != 1 {
			r.Errorf("%d tickets for %s", got[s], s)
		}
		delete(got, s)
	}
	if len(got) != 0 {
		r.Errorf("and %v", got)
	}
	if counts, all := r.tally(); counts["done new"] != int64(n) {
		r.Errorf("%v of %d in the journal", counts, all)
	}
}

// TestF30_AServerThatRefuses answers one command after the other with NO, BAD or a farewell. What
// is stored stays so, nothing is marked that is not, and it is all there when the server is well.
func TestF30_AServerThatRefuses(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		line := b.lined()
		n := 0
		for _, done := range []string{"Logged in", "Select completed", "Search completed", "Fetch completed", "Store completed"} {
			for _, instead := range []string{"NO [UNAVAILABLE] come later", "NO [LIMIT] Too many requests, throttled", "BAD what", "NO [NOPERM] never"} {
				answer := regexp.MustCompile(`(T\d+) OK [^\r\n]*` + done + `[^\r\n]*`)
				for _, farewell := range []string{"", "* BYE [UNAVAILABLE] going down\r\n"} {
					b.server.Deliver("support", note(n), note(n+1))
					n += 2
					line.Edit(func(p []byte) []byte { return answer.ReplaceAll(p, []byte(farewell+"$1 "+instead)) })
					if err := b.look(); err == nil {
						t.Errorf("%s instead of %s: nobody noticed", instead, done)
					} else if x := b.status(); x.Error == "" || strings.Contains(x.Answer, dovecottest.Password) {
						t.Errorf("%s instead of %s: %+v", instead, done, x)
					}
					for _, m := range b.server.Lies("support", "") {
						if strings.HasPrefix(m, "S ") && !b.has(m) {
							t.Fatalf("%s instead of %s: marked but absent: %.80q", instead, done, m)
						}
					}
					line.Edit(nil)
					if err := b.look(); err != nil {
						t.Fatalf("%s instead of %s: not mended: %v", instead, done, err)
					}
				}
			}
		}
		b.once(n)
	})
}

// TestF30_CutWhileWaiting breaks the connection again and again while the desk waits for news. It
// comes back by itself, and mail that came meanwhile comes in.
func TestF30_CutWhileWaiting(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		line := b.lined()
		ctx, stop := context.WithCancel(t.Context())
		f := b.node(email.FetchConfig{Rest: time.Millisecond})
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		const n = 12
		for i := range n {
			if i%2 == 0 {
				b.server.Deliver("support", note(i))
				b.until(func() bool { _, all := b.tally(); return all == int64(i+1) })
				b.until(func() bool { return line.Break() > 0 })
				continue
			}
			b.until(func() bool { return line.Break() > 0 })
			b.server.Deliver("support", note(i))
			b.until(func() bool { _, all := b.tally(); return all == int64(i+1) })
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		b.once(n)
	})
}

// TestF30_ATokenThatEndsEarly is refused once; the next look asks for another.
func TestF30_ATokenThatEndsEarly(t *testing.T) {
	o := newOAuth(t)
	eachBox(t, func(t *testing.T, b *box) {
		b.server.Deliver("support", notes(2)...)
		m := b.mailbox
		m.SignIn, m.TokenURL, m.ClientID, m.Scope = intake.ClientSecret, o.URL+"/token", "desk", "imap"
		b.save(m, intake.Secrets{ClientSecret: "hush"})
		if err := b.look(); err != nil {
			t.Fatal(err, b.server.Log())
		}
		o.revoke()
		b.server.Deliver("support", note(2))
		if err := b.look(); keyOf(err) != "intake.mailbox_sign_in_failed" {
			t.Errorf("%v", err)
		}
		o.revoke() // and whatever the other engine's desk has
		if err := b.look(); err != nil {
			t.Error(err)
		}
		b.whole(3)
	}, dovecottest.Introspect(o.URL+"/introspect?token="))
}

// TestF31_ManyMails fetches a full mailbox over a line that breaks again and again, most of all
// between the commit and the mark, then gives all of it new places, then has another program take
// half of it away. Each mail is one ticket.
func TestF31_ManyMails(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		n := asked("LOOPDESK_TEST_MAILS", 120)
		line := b.lined()
		b.server.Deliver("support", notes(n)...)
		broken := 0
		for at := int64(400); ; at += 20 { // each look gets a little further
			line.Cut(-1, at)
			if err := b.look(); err == nil {
				break
			}
			broken++
		}
		line.Cut(-1, -1)
		if err := b.look(); err != nil || broken < 10 {
			t.Fatalf("%d broken, %v", broken, err)
		}
		b.once(n)
		for range 2 {
			b.server.Renumber("support")
			if err := b.look(); err != nil {
				t.Fatal(err)
			}
		}
		b.once(n)
		if gone := b.server.Remove("support", func(m string) bool { return strings.Contains(m, "1@") }); gone < n/10 {
			t.Fatalf("%d removed", gone)
		}
		b.server.Renumber("support")
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.once(n)
	})
}

// TestF31_TakenAwayMeanwhile: another program deletes mail while the desk is reading it. What is
// gone is gone, and holds up nothing.
func TestF31_TakenAwayMeanwhile(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		n := asked("LOOPDESK_TEST_MAILS", 120)
		line := b.lined()
		b.server.Deliver("support", notes(n)...)
		take := sync.OnceFunc(func() {
			b.server.Remove("support", func(m string) bool { return strings.Contains(m, "7\r\n") })
		})
		line.Edit(func(p []byte) []byte {
			if strings.Contains(string(p), "BODY[] {") {
				take()
			}
			return p
		})
		for range 3 {
			if err := b.look(); err != nil {
				t.Fatal(err)
			}
		}
		got := b.subjects()
		for i := range n {
			s, gone := fmt.Sprintf("s%d", i), i%10 == 7
			if got[s] > 1 || got[s] == 0 && !gone {
				t.Errorf("%d tickets for %s", got[s], s)
			}
		}
		if _, all := b.tally(); all != int64(len(got)) {
			t.Errorf("%d lines, %d tickets", all, len(got))
		}
	})
}

// TestF31_TheFolderIsRenamed and comes back under its name, with more in it; then it is made anew
// with the same mail in it.
func TestF31_TheFolderIsRenamed(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		n := asked("LOOPDESK_TEST_MAILS", 120)
		b.mailbox.Folder = "Desk"
		b.save(b.mailbox, intake.Secrets{})
		const folder = "support/.Desk"
		b.server.Deliver("support", note(9999)) // in the inbox, which is not the desk's here
		b.server.Deliver(folder, notes(n)[:n-20]...)
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.server.Rename("support", "Desk", "Old")
		b.server.Deliver("support/.Old", notes(n)[n-20:n-10]...)
		if err := b.look(); keyOf(err) != "intake.mailbox_no_folder" || b.status().Error != "intake.mailbox_no_folder" {
			t.Errorf("%v", err)
		}
		b.server.Rename("support", "Old", "Desk")
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.once(n - 10)
		b.server.Rename("support", "Desk", "Old")
		b.server.Deliver(folder, notes(n)...)
		for range 2 {
			if err := b.look(); err != nil {
				t.Fatal(err)
			}
		}
		b.once(n)
	})
}

// TestF31_WhatPeoplePutAwayStaysAway: a mail that was discarded here is not fetched again, even
// where all mail has new places.
func TestF31_WhatPeoplePutAwayStaysAway(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		b.server.Deliver("support", "Subject: from nobody\r\n\r\nwords\r\n", note(0))
		if err := b.look(); err != nil {
			t.Fatal(err)
		}
		b.work()
		held, err := b.intake.List(t.Context(), b.agent, intake.Quarantined, 0, 10)
		if err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		if err := b.intake.Discard(t.Context(), access.Desk(), held[0].ID); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			b.server.Renumber("support")
			if err := b.look(); err != nil {
				t.Fatal(err)
			}
			b.work()
		}
		if counts, all := b.tally(); all != 2 || counts["discarded"] != 1 || counts["done new"] != 1 {
			t.Errorf("%v", counts)
		}
	})
}
