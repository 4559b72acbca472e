// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email/dovecottest"
	"github.com/loopdesk/loopdesk/internal/channel/email/linetest"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// asked is a number from the environment; make faults asks for the numbers of the checks.
func asked(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestF30_P3_CutAnywhere breaks the connection after each of many numbers of bytes, in both
// directions: whatever the desk was at, nothing is lost, doubled, or marked but absent.
func TestF30_P3_CutAnywhere(t *testing.T) {
	t.Parallel()
	cuts := asked("LOOPDESK_TEST_CUTS", 30)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newIn(t, d)
		s := dovecottest.Start(t)
		line := linetest.New(t, s.Host, s.Port)
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
			_ = b.look() // the line breaks, or does so too late to matter
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

// TestF30_AFirstLookThatBreaks in the middle of a mailbox full of old mail that people have read
// does not take the rest of it for new.
func TestF30_AFirstLookThatBreaks(t *testing.T) {
	eachBox(t, func(t *testing.T, b *box) {
		line := linetest.New(t, b.server.Host, b.server.Port)
		b.mailbox.Port = line.Port
		b.save(b.mailbox, intake.Secrets{Password: dovecottest.Password})
		old := notes(170)[20:]
		b.server.DeliverRead("support", b.clock.Now().Add(-time.Hour), old...)
		b.server.Deliver("support", notes(2)...)
		broken := 0
		for at := int64(500); ; at += 1000 {
			line.Cut(at, -1)
			if err := b.look(); err == nil {
				break
			}
			broken++
		}
		line.Cut(-1, -1)
		if err := b.look(); err != nil || broken < 5 {
			t.Fatalf("%d broken, %v", broken, err)
		}
		if got := b.bodies(); !slices.Equal(got, wanted(2)) {
			t.Errorf("%v", got)
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
				line := linetest.New(t, s.Host, s.Port)
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
