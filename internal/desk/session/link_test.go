// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

func keys(seed byte, before ...[]byte) *secret.Keys {
	return secret.New(bytes.Repeat([]byte{seed}, secret.Size), before...)
}

func links() (*session.Links, *clock.Manual) {
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	return session.NewLinks(keys(1), c), c
}

func bonds(t *rapid.T) session.Bond {
	id := rapid.OneOf(rapid.Int64Range(1, 5000), rapid.Int64Range(1, 1<<62))
	return session.Bond{Ticket: id.Draw(t, "ticket"), Person: id.Draw(t, "person")}
}

// What we made comes back as it was; it fits into an address and into a URL as it is.
func TestS04_S18_OwnTokensAreAccepted(t *testing.T) {
	t.Parallel()
	l, c := links()
	rapid.Check(t, func(t *rapid.T) {
		b := bonds(t)
		reply, track := l.Reply(b), l.Track(b)
		if got, ok := l.ReadReply(reply); !ok || got != b {
			t.Fatalf("%s: %+v, %v, want %+v", reply, got, ok, b)
		}
		if got, ok := l.ReadReply(strings.ToUpper(reply)); !ok || got != b {
			t.Fatalf("%s in capitals: %+v, %v", reply, got, ok)
		}
		by, err := l.ReadTrack(track)
		if want := (access.Actor{Kind: access.Link, ID: b.Person, Ticket: b.Ticket, Via: "link", Role: access.Requester}); err != nil || by != want {
			t.Fatalf("%s: %+v, %v", track, by, err)
		}
		if strings.Trim(reply+track, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Fatalf("%s and %s do not survive every way", reply, track)
		}
		if b.Ticket < 5000 && b.Person < 5000 && len(reply) > 54 {
			t.Fatalf("%s has %d characters", reply, len(reply))
		}
		if again := session.NewLinks(keys(2, bytes.Repeat([]byte{1}, secret.Size)), c); !accepted(again, reply) || !accepted(again, track) {
			t.Fatal("the links in mails already sent died with the old master")
		}
	})
}

// accepted reports whether anything at all takes the text for one of ours.
func accepted(l *session.Links, s string) bool {
	_, reply := l.ReadReply(s)
	_, err := l.ReadTrack(s)
	return reply || err == nil
}

// forgeries are what somebody makes of a token of ours without the key.
func forgeries(l *session.Links, own string, mine, others session.Bond) map[string]string {
	part := strings.SplitN(own, "-", 2)
	foreign := strings.SplitN(l.Reply(others), "-", 2)
	if own[0] == 'v' {
		foreign = strings.SplitN(l.Track(others), "-", 2)
	}
	out := map[string]string{
		"absent": "", "only its letter": own[:1], "only its ticket": part[0], "another ticket": foreign[0] + "-" + part[1], "of others for mine": part[0] + "-" + foreign[1],
		"longer": own + "a", "with a dash": own + "-", "with a blank": own + " ", "with a line": own + "\n", "doubled": own + own, "without its letter": own[1:],
		"a zero in front": own[:1] + "0" + own[1:], "a plus in front": own[:1] + "+" + own[1:], "a minus in front": own[:1] + "-" + own[1:], "an underscore": own[:2] + "_" + own[2:],
		"another master": session.NewLinks(keys(9), clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))).Reply(mine),
		"escaped":        strings.ReplaceAll(own, "-", "%2d"), "the kelvin sign": strings.ReplaceAll(own, "k", "\u212a") + "\u212a", "old form": fmt.Sprintf("%d", mine.Ticket),
	}
	if own[0] == 't' {
		out["as a tracking code"] = "v" + own[1:]
	} else {
		out["as a reply token"] = "t" + own[1:]
		out["in capitals"] = strings.ToUpper(own)
	}
	return out
}

func TestS04_S18_S30_NothingElseIsAccepted(t *testing.T) {
	t.Parallel()
	l, _ := links()
	rapid.Check(t, func(t *rapid.T) {
		mine, others := bonds(t), bonds(t)
		if mine.Ticket == others.Ticket || mine.Person == others.Person {
			t.Skip("the same")
		}
		for _, own := range []string{l.Reply(mine), l.Track(mine)} {
			for name, bad := range forgeries(l, own, mine, others) {
				if accepted(l, bad) {
					t.Fatalf("%s of %s is accepted: %q", name, own, bad)
				}
			}
			for i := range own {
				if accepted(l, own[:i]) {
					t.Fatalf("cut to %d characters it is accepted: %q", i, own[:i])
				}
			}
		}
	})
}

func TestS04_S30_NoFlippedBitIsAccepted(t *testing.T) {
	t.Parallel()
	l, _ := links()
	b := session.Bond{Ticket: 1042, Person: 77}
	for _, own := range []string{l.Reply(b), l.Track(b)} {
		for i := range own {
			for bit := range 8 {
				forged := []byte(own)
				forged[i] ^= 1 << bit
				got, ok := l.ReadReply(string(forged))
				if ok && (got != b || !strings.EqualFold(string(forged), own)) {
					t.Errorf("%q is accepted as %+v", forged, got)
				}
				if by, err := l.ReadTrack(string(forged)); err == nil {
					t.Errorf("%q is accepted as %+v", forged, by)
				}
			}
		}
	}
}

func TestS30_S04_ATrackingCodeEndsAndCannotBeProlonged(t *testing.T) {
	t.Parallel()
	l, c := links()
	code := l.Track(session.Bond{Ticket: 1042, Person: 77})
	later := session.NewLinks(keys(1), clock.NewManual(c.Now().Add(time.Hour))).Track(session.Bond{Ticket: 1042, Person: 77})
	parts, longer := strings.SplitN(code, "-", 4), strings.SplitN(later, "-", 4)
	mixed := strings.Join([]string{parts[0], parts[1], longer[2], parts[3]}, "-")
	if _, err := l.ReadTrack(mixed); err == nil {
		t.Error("a later end under the old signature is accepted")
	}
	c.Advance(session.LinkFor - time.Millisecond)
	if _, err := l.ReadTrack(code); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	c.Advance(time.Millisecond)
	_, err := l.ReadTrack(code)
	refused(t, "at its end", err, errs.NotFound)
	if _, err := l.ReadTrack("v1"); errs.As(err).Key != "session.link_gone" {
		t.Errorf("the refusal tells why: %v", err)
	}
}

// The purposes share nothing: what the house signs for one is worthless for another.
func TestS04_S50_OtherPurposesOfTheSameKeyAreRefused(t *testing.T) {
	t.Parallel()
	l, c := links()
	k := keys(1)
	until := "zzzzzz"
	for _, purpose := range []string{"", "toast", "message", "confirm", "tracking", "replies", "reply ", "TRACK"} {
		if s := "t1-2-" + k.Sign(purpose, "1", "2"); accepted(l, s) {
			t.Errorf("signed for %q: %s", purpose, s)
		}
		if s := "v1-2-" + until + "-" + k.Sign(purpose, "1", "2", until); accepted(l, s) {
			t.Errorf("signed for %q: %s", purpose, s)
		}
	}
	for _, wrong := range [][]string{{"0", "2"}, {"-1", "2"}, {"1", "0"}, {"zzzzzzzzzzzzzzzz", "2"}, {"1", "zzzzzzzzzzzzzzzz"}, {"", "2"}, {"1.5", "2"}} {
		if s := "t" + wrong[0] + "-" + wrong[1] + "-" + k.Sign("reply", wrong...); accepted(l, s) {
			t.Errorf("a bond that cannot be: %s", s)
		}
		if s := "v" + wrong[0] + "-" + wrong[1] + "-" + until + "-" + k.Sign("track", append(wrong, until)...); accepted(l, s) {
			t.Errorf("a bond that cannot be: %s", s)
		}
	}
	for _, end := range []string{"0", "-1", "zzzzzzzzzzzzzzzz", "1 ", "+1"} {
		if s := "v1-2-" + end + "-" + k.Sign("track", "1", "2", end); accepted(session.NewLinks(k, c), s) {
			t.Errorf("an end that cannot be: %s", s)
		}
	}
}

// FuzzReadReply looks for a text that is taken for a reply token and is not one of ours.
func FuzzReadReply(f *testing.F) {
	l, _ := links()
	for _, b := range []session.Bond{{Ticket: 1, Person: 1}, {Ticket: 1042, Person: 77}, {Ticket: 1 << 62, Person: 1 << 62}} {
		f.Add(l.Reply(b))
		f.Add(l.Track(b))
	}
	f.Add("t1--")
	f.Add("t-1-1-\x00\u212a")
	f.Fuzz(func(t *testing.T, s string) {
		b, ok := l.ReadReply(s)
		if !ok {
			if b != (session.Bond{}) {
				t.Fatalf("%q is refused and gives %+v", s, b)
			}
			return
		}
		if strings.ToLower(s) != l.Reply(b) {
			t.Fatalf("%q is accepted as %+v, which is %q", s, b, l.Reply(b))
		}
	})
}

// FuzzReadTrack looks for a text that is taken for a tracking code and is not one of ours.
func FuzzReadTrack(f *testing.F) {
	l, c := links()
	for _, b := range []session.Bond{{Ticket: 1, Person: 1}, {Ticket: 1042, Person: 77}, {Ticket: 1 << 62, Person: 1 << 62}} {
		f.Add(l.Track(b))
		f.Add(l.Reply(b))
	}
	f.Add("v1-1-1-")
	f.Add("v--zzzzzz-\xff")
	f.Fuzz(func(t *testing.T, s string) {
		by, err := l.ReadTrack(s)
		if err != nil {
			if by != (access.Actor{}) || errs.KindOf(err) != errs.NotFound {
				t.Fatalf("%q is refused by %v and gives %+v", s, err, by)
			}
			return
		}
		b := session.Bond{Ticket: by.Ticket, Person: by.ID}
		if s != l.Track(b) { // the clock stands still: the end is the same
			t.Fatalf("%q at %v is accepted as %+v, which is %q", s, c.Now(), by, l.Track(b))
		}
	})
}
