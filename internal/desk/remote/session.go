// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ID is the key of a session.
type ID int64

// Way is by which means somebody helps.
type Way string

// The ways.
const (
	Share  Way = ticket.RemoteShare
	Launch Way = ticket.RemoteLaunch
)

// State is where a session stands.
type State string

// The states of a session.
const (
	Asked  State = "asked"  // the requester has not answered
	Agreed State = "agreed" // they consented, and choose what to show
	Live   State = "live"   // the screen is seen, or the tool is in use
	Ended  State = "ended"
)

// States lists them in order.
func States() []State { return []State{Asked, Agreed, Live, Ended} }

// Act is what happens to a session.
type Act string

// The acts.
const (
	Agree    Act = "agree"   // the requester consents, or goes on from another window
	Decline  Act = "decline" // the requester says no
	Cannot   Act = "cannot"  // the requester's browser cannot show a screen
	Begin    Act = "begin"   // the first picture arrived
	StopUser Act = "stop"    // the requester ends it
	StopDesk Act = "end"     // the agent ends it, or takes the question back
	Fail     Act = "fail"    // no way leads from one browser to the other
	Lose     Act = "lose"    // one side has not been heard of
	Expire   Act = "expire"  // too long without an answer, or too long in all
	Close    Act = "close"   // its ticket was closed
)

// Acts lists them.
func Acts() []Act {
	return []Act{Agree, Decline, Cannot, Begin, StopUser, StopDesk, Fail, Lose, Expire, Close}
}

// Reason says why a session ended.
type Reason string

// The reasons.
const (
	ByAgent     Reason = "agent"       // the agent ended it
	ByRequester Reason = "requester"   // the requester ended it
	Declined    Reason = "declined"    // the requester said no
	Withdrawn   Reason = "withdrawn"   // the agent took the question back
	Unanswered  Reason = "unanswered"  // nobody answered in time
	Unsupported Reason = "unsupported" // the requester's browser cannot show a screen
	Unreachable Reason = "unreachable" // no way led from one browser to the other
	Lost        Reason = "lost"        // one side was not heard of any more
	TooLong     Reason = "too_long"    // it was forgotten, or stood for as long as one may
	Closed      Reason = "closed"      // its ticket was closed
)

// Reasons lists them.
func Reasons() []Reason {
	return []Reason{ByAgent, ByRequester, Declined, Withdrawn, Unanswered, Unsupported, Unreachable, Lost, TooLong, Closed}
}

// step is where an act leads.
type step struct {
	to     State
	reason Reason
}

// life is the one table of what may happen when. What is not in it may not.
var life = map[State]map[Act]step{ //nolint:gochecknoglobals // a constant table
	Asked: {
		Agree: {Agreed, ""}, Decline: {Ended, Declined}, Cannot: {Ended, Unsupported},
		StopUser: {Ended, Declined}, StopDesk: {Ended, Withdrawn}, Expire: {Ended, Unanswered}, Close: {Ended, Closed},
	},
	Agreed: {
		Agree: {Agreed, ""}, Decline: {Ended, Declined}, Cannot: {Ended, Unsupported}, Begin: {Live, ""},
		StopUser: {Ended, ByRequester}, StopDesk: {Ended, ByAgent}, Fail: {Ended, Unreachable},
		Lose: {Ended, Lost}, Expire: {Ended, Unanswered}, Close: {Ended, Closed},
	},
	Live: {
		Agree: {Agreed, ""}, StopUser: {Ended, ByRequester}, StopDesk: {Ended, ByAgent}, Fail: {Ended, Unreachable},
		Lose: {Ended, Lost}, Expire: {Ended, TooLong}, Close: {Ended, Closed},
	},
}

// launched are the acts that a session of a tool knows: nobody consents here, the tool asks by itself.
var launched = []Act{StopDesk, Expire, Close} //nolint:gochecknoglobals // a constant table

// Session is one stretch of help at a distance.
type Session struct {
	ID       ID
	Ticket   ticket.ID
	Way      Way
	State    State
	Version  int64
	Agent    person.ID // who asked, and the only one who sees
	Tool     string    // of a launch: its name, as it was then
	Target   string    // of a launch: the device, as the tool names it
	Wants    bool      // pictures would be kept
	Pictures bool      // and may be
	Text     int64     // version of the words that were agreed to
	Relay    string    // "host:port" of the relay that both sides use; empty for none
	Kept     int64     // pictures so far
	Said     int64     // messages so far

	AskedAt       time.Time
	AgreedAt      time.Time
	StartedAt     time.Time
	EndedAt       time.Time
	RequesterSeen time.Time // when each side was last heard of
	AgentSeen     time.Time

	Reason  Reason
	Outcome Outcome
	Note    string
	EndedBy person.ID

	holder string // digest of what the window that shows the screen knows
}

// Open reports whether the session has not ended.
func (x Session) Open() bool { return x.State != Ended }

// Took is how long it lasted; 0 where it never began.
func (x Session) Took() time.Duration {
	if x.StartedAt.IsZero() || x.EndedAt.IsZero() {
		return 0
	}
	return x.EndedAt.Sub(x.StartedAt)
}

// May reports whether an act may happen to the session as it stands.
func (x Session) May(a Act) bool {
	_, err := x.after(a)
	return err == nil
}

// after says where an act leads. Conflict where it may not happen: what has ended says so.
func (x Session) after(a Act) (step, error) {
	if !x.Open() {
		return step{}, errs.New(errs.Conflict, "remote.ended")
	}
	to, ok := life[x.State][a]
	if x.Way == Launch {
		ok = ok && slices.Contains(launched, a)
	}
	if !ok {
		return step{}, errs.New(errs.Conflict, "remote.not_now")
	}
	return to, nil
}

// Do is the session after an act at an instant. Conflict where the act may not happen.
func (x Session) Do(a Act, at time.Time, by person.ID) (Session, error) {
	to, err := x.after(a)
	if err != nil {
		return x, err
	}
	x.State = to.to
	switch to.to {
	case Agreed:
		x.AgreedAt, x.RequesterSeen = at, at
	case Live:
		if x.StartedAt.IsZero() {
			x.StartedAt = at
		}
	case Ended:
		x.EndedAt, x.EndedBy, x.Reason = at, by, to.reason
		if a == Expire && !x.StartedAt.IsZero() { // it went on from another window, and stood too long
			x.Reason = TooLong
		}
	case Asked:
	}
	return x, nil
}

// Due is when the session must be looked at next, and what is done to it then if nothing
// happened meanwhile.
func (x Session) Due(p Policy) (time.Time, Act) {
	switch {
	case !x.Open():
		return time.Time{}, ""
	case x.Way == Launch:
		return x.StartedAt.Add(p.forgotten()), Expire
	case x.State == Asked:
		return x.AskedAt.Add(p.Answer()), Expire
	case x.State == Agreed && x.StartedAt.IsZero():
		return x.AgreedAt.Add(p.Answer()), Expire
	}
	longest := x.StartedAt.Add(p.Longest())
	seen := x.RequesterSeen
	if x.AgentSeen.Before(seen) {
		seen = x.AgentSeen
	}
	if seen.Before(x.StartedAt) {
		seen = x.StartedAt
	}
	if silent := seen.Add(Silence); silent.Before(longest) {
		return silent, Lose
	}
	return longest, Expire
}

// Silence is after how long a side of a live share counts as lost. Pages are heard of every few
// seconds; a line that is broken for less comes back by itself.
const Silence = 45 * time.Second

// Outcome is what came of a session, in the agent's word.
type Outcome string

// The outcomes.
const (
	Solved   Outcome = "solved"
	Partly   Outcome = "partly"
	Unsolved Outcome = "unsolved"
	Look     Outcome = "look" // it was only looked at
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Solved, Partly, Unsolved, Look} }
