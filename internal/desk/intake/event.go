// SPDX-License-Identifier: Apache-2.0

package intake

import "time"

// MailboxSilent records that no mail could be fetched from a mailbox for so long that somebody
// must be told (P13).
type MailboxSilent struct {
	Mailbox string // its key
	Name    string
	Address string
	Last    time.Time // the last success; zero if there never was one
	Reason  string    // message key
	Answer  string    // what the server said
}

// EventName is "intake.mailbox_silent".
func (MailboxSilent) EventName() string { return "intake.mailbox_silent" }

// EventSubject is 0: it is about no ticket.
func (MailboxSilent) EventSubject() int64 { return 0 }

// OriginalOpened records that somebody read the original of a covered mail that is on no ticket;
// of one that is, ticket.OriginalOpened says so there (S02).
type OriginalOpened struct{ Inbound ID }

// EventName is "intake.original_opened".
func (OriginalOpened) EventName() string { return "intake.original_opened" }

// EventSubject is 0: it is about no ticket.
func (OriginalOpened) EventSubject() int64 { return 0 }
