// SPDX-License-Identifier: Apache-2.0

package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// LinkFor is how long a tracking link stays good after it was written.
const LinkFor = 180 * 24 * time.Hour

// Links signs what stands in mails: the address to reply to and the tracking link. Nothing
// is stored; a signature binds ticket, person and purpose, 128 bits (S04, S18, S30).
type Links struct {
	keys  *secret.Keys
	clock clock.Clock
}

// NewLinks makes the signer.
func NewLinks(k *secret.Keys, c clock.Clock) *Links { return &Links{keys: k, clock: c} }

// Bond is what a signed link or reply token binds together.
type Bond struct {
	Ticket int64
	Person int64
}

// Reply returns the token for the reply address of a ticket to one person: "t<ticket>-<person>-<mac>",
// lower case, at most 54 characters, fit for the local part after a plus sign.
func (l *Links) Reply(b Bond) string {
	t, p := base36(b.Ticket), base36(b.Person)
	return "t" + t + "-" + p + "-" + l.keys.Sign("reply", t, p)
}

// ReadReply verifies a reply token. Its letters may have changed their case on the way, as
// those of mail addresses do; nothing else may.
func (l *Links) ReadReply(token string) (Bond, bool) {
	if strings.IndexFunc(token, func(r rune) bool { return r > '~' }) >= 0 {
		return Bond{}, false // the sign for kelvin becomes a k in lower case
	}
	t, p, mac, ok := cut3(strings.ToLower(token), "t")
	if !ok || !l.keys.Verify("reply", mac, t, p) {
		return Bond{}, false
	}
	return bond(t, p)
}

// Track returns the code of a tracking link: with it the requester reads the ticket, writes,
// and answers, without signing in. It expires after LinkFor.
func (l *Links) Track(b Bond) string {
	t, p := base36(b.Ticket), base36(b.Person)
	until := base36(l.clock.Now().Add(LinkFor).Unix())
	return "v" + t + "-" + p + "-" + until + "-" + l.keys.Sign("track", t, p, until)
}

// ReadTrack verifies a tracking code and returns the actor that its holder is. NotFound
// for anything that is not a good code, without saying why.
func (l *Links) ReadTrack(code string) (access.Actor, error) {
	bad := errs.New(errs.NotFound, "session.link_gone")
	t, rest, ok := strings.Cut(strings.TrimPrefix(code, "v"), "-")
	if !ok || !strings.HasPrefix(code, "v") {
		return access.Actor{}, bad
	}
	p, until, mac, ok := cut3("x"+rest, "x")
	if !ok || !l.keys.Verify("track", mac, t, p, until) {
		return access.Actor{}, bad
	}
	end, err := strconv.ParseInt(until, 36, 64)
	if err != nil || l.clock.Now().Unix() >= end {
		return access.Actor{}, bad
	}
	b, ok := bond(t, p)
	if !ok {
		return access.Actor{}, bad
	}
	return access.Actor{Kind: access.Link, ID: b.Person, Ticket: b.Ticket, Via: "link", Role: access.Requester}, nil
}

// Onward returns the code of a tracking link to another ticket of the same person, good for as long as the
// one it comes from and no longer: where a request was merged, its letters lead on. Whether the person may
// see that ticket says the room. NotFound as ReadTrack.
func (l *Links) Onward(code string, ticket int64) (string, error) {
	by, err := l.ReadTrack(code)
	if err != nil {
		return "", err
	}
	until := strings.SplitN(code, "-", 4)[2] // ticket, person, end, signature: ReadTrack has looked
	t, p := base36(ticket), base36(by.ID)
	return "v" + t + "-" + p + "-" + until + "-" + l.keys.Sign("track", t, p, until), nil
}

// Approve returns the code of a link with which one person decides from one seat of an approval, and
// nothing else. It expires after LinkFor; whether there is still something to decide says the room.
func (l *Links) Approve(seat, who int64) string {
	a, p := base36(seat), base36(who)
	until := base36(l.clock.Now().Add(LinkFor).Unix())
	return "a" + a + "-" + p + "-" + until + "-" + l.keys.Sign("approve", a, p, until)
}

// ReadApprove verifies such a code.
func (l *Links) ReadApprove(code string) (seat, who int64, ok bool) {
	a, rest, found := strings.Cut(strings.TrimPrefix(code, "a"), "-")
	if !found || !strings.HasPrefix(code, "a") {
		return 0, 0, false
	}
	p, until, mac, ok := cut3("x"+rest, "x")
	if !ok || !l.keys.Verify("approve", mac, a, p, until) {
		return 0, 0, false
	}
	end, err := strconv.ParseInt(until, 36, 64)
	if err != nil || l.clock.Now().Unix() >= end {
		return 0, 0, false
	}
	b, ok := bond(a, p)
	return b.Ticket, b.Person, ok
}

func base36(n int64) string { return strconv.FormatInt(n, 36) }

// cut3 splits "<prefix>a-b-c", where c may hold further dashes.
func cut3(s, prefix string) (a, b, c string, ok bool) {
	rest, found := strings.CutPrefix(s, prefix)
	parts := strings.SplitN(rest, "-", 3)
	if !found || len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

func bond(t, p string) (Bond, bool) {
	ticket, err1 := strconv.ParseInt(t, 36, 64)
	person, err2 := strconv.ParseInt(p, 36, 64)
	return Bond{ticket, person}, err1 == nil && err2 == nil && ticket > 0 && person > 0
}
