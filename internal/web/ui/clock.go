// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Clock is a time by which something is due: its meaning, what is left, when.
type Clock struct {
	Meaning string        // "下次反馈", "Next update"
	Due     time.Time     // zero: nothing is due
	Left    time.Duration // until Due, as the policy counts; negative when late
	At      string        // Due as it is read: "10:30"
	Near    time.Duration // from here on it is near; 0 is half an hour
	Paused  bool          // stands still; what is left is shown, not counted down
	Working bool          // Left is working time, which the page cannot count by itself
	Met     bool          // done in time or late; At says when
	Why     string        // where the reckoning is explained
}

const nearByDefault = 30 * time.Minute

func (c Clock) near() time.Duration {
	if c.Near > 0 {
		return c.Near
	}
	return nearByDefault
}

// state is what the colour follows: "", "near" or "over".
func (c Clock) state() string {
	switch {
	case c.Due.IsZero() || c.Paused || c.Met:
		return ""
	case c.Left < 0:
		return "over"
	case c.Left <= c.near():
		return "near"
	}
	return ""
}

// counts says whether the page may count it down by itself: only a clock that
// runs through, for one that rests at night is known to the server alone.
func (c Clock) counts() bool { return !c.Due.IsZero() && !c.Paused && !c.Met && !c.Working }

func (c Clock) left(lang i18n.Lang) string {
	if c.Due.IsZero() {
		return "–"
	}
	return i18n.Left(lang, c.Left)
}

func (c Clock) nearSeconds() string { return itoa(int(c.near() / time.Second)) }

// The states of a promise.
const (
	Open   = "open"
	Near   = "near"
	Kept   = "kept"
	Broken = "broken"
)

// Promise is what was told to the requester: open, near, kept or broken. Text
// says it with its time, and a broken one says so: "10:00 已失约".
type Promise struct {
	State string
	Text  string
	Icon  string // "" is the handshake, or the warning of a broken one
}

func (p Promise) tone() string {
	switch p.State {
	case Near:
		return Warn
	case Kept:
		return OK
	case Broken:
		return Danger
	}
	return Brand
}

func (p Promise) icon() string {
	switch {
	case p.Icon != "":
		return p.Icon
	case p.State == Broken:
		return "triangle-alert"
	}
	return "handshake"
}
