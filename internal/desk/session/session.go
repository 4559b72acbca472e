// SPDX-License-Identifier: Apache-2.0

package session

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Limits of sessions and secrets (ASVS 7.3.1, 7.3.2, 6.5.5).
const (
	Idle          = 8 * time.Hour
	Absolute      = 7 * 24 * time.Hour
	AdminIdle     = 15 * time.Minute
	AdminAbsolute = 12 * time.Hour
	InviteFor     = 24 * time.Hour
	ResetFor      = 30 * time.Minute
	SignInFor     = 15 * time.Minute
	SetUpFor      = 24 * time.Hour
	Window        = 15 * time.Minute // in which tries are counted
	MaxTries      = 10               // per account and window
	MaxFrom       = 100              // per address and window: an office shares one
)

// skew is how far the clocks of two nodes may be apart (F43). A visit from further in the
// future was written by a clock that has been put back since, and counts no more (F42).
const skew = 5 * time.Minute

// Session is somebody's visit.
type Session struct {
	ID        int64
	Person    person.ID
	Address   string // where it was opened from
	Agent     string // the browser's own name for itself, cut to 200 characters
	CreatedAt time.Time
	SeenAt    time.Time
}

// live reports whether the session still counts at now, for the role.
func (s Session) live(role access.Role, now time.Time) bool {
	idle, absolute := Idle, Absolute
	if role == access.Admin {
		idle, absolute = AdminIdle, AdminAbsolute
	}
	if now.Before(s.CreatedAt.Add(-skew)) || now.Before(s.SeenAt.Add(-skew)) {
		return false
	}
	return now.Sub(s.SeenAt) < idle && now.Sub(s.CreatedAt) < absolute
}

// Token is a key for programs; the secret itself is shown once.
type Token struct {
	ID        int64
	Person    person.ID
	Name      string
	CreatedAt time.Time
	RevokedAt time.Time
}

// TokenPrefix stands before API tokens, so that scanners for leaked secrets know them.
const TokenPrefix = "ldk_"

type (
	// SignedIn records a visit that began.
	SignedIn struct {
		Person  person.ID
		Address string
		By      string `json:",omitempty"` // "mail" where a link opened it, "" for a password
	}
	// Refused records a try that failed, without what was typed.
	Refused struct {
		Person  person.ID // 0 where nobody has the address
		Address string
		Why     string
	}
	// SignedOut records a visit that ended, or all of a person's visits.
	SignedOut struct {
		Person person.ID
		All    bool
	}
	// PasswordChanged records a new password.
	PasswordChanged struct{ Person person.ID }
	// TokenChanged records a token made or revoked.
	TokenChanged struct {
		Person  person.ID
		Name    string
		Revoked bool
	}
)

// The names and subjects of the facts.
func (SignedIn) EventName() string            { return "session.signed_in" }
func (e SignedIn) EventSubject() int64        { return int64(e.Person) }
func (Refused) EventName() string             { return "session.refused" }
func (e Refused) EventSubject() int64         { return int64(e.Person) }
func (SignedOut) EventName() string           { return "session.signed_out" }
func (e SignedOut) EventSubject() int64       { return int64(e.Person) }
func (PasswordChanged) EventName() string     { return "session.password_changed" }
func (e PasswordChanged) EventSubject() int64 { return int64(e.Person) }
func (TokenChanged) EventName() string        { return "session.token_changed" }
func (e TokenChanged) EventSubject() int64    { return int64(e.Person) }
