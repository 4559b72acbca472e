// SPDX-License-Identifier: Apache-2.0

package visit

import "github.com/loopdesk/loopdesk/internal/desk/person"

// Changed records that an act was done to a visit, for those who look after this room. What the
// ticket tells of it are facts of the ticket.
type Changed struct {
	Visit  ID
	Ticket int64
	Act    Act
	State  State
}

// EventName is "visit.changed".
func (Changed) EventName() string { return "visit.changed" }

// EventSubject is the visit.
func (e Changed) EventSubject() int64 { return int64(e.Visit) }

// FeedChanged records that a secret address of a calendar was made or revoked. The secret stands
// nowhere.
type FeedChanged struct {
	Feed    int64
	Person  person.ID
	Revoked bool
}

// EventName is "visit.feed_changed".
func (FeedChanged) EventName() string { return "visit.feed_changed" }

// EventSubject is the person.
func (e FeedChanged) EventSubject() int64 { return int64(e.Person) }
