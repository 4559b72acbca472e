// SPDX-License-Identifier: Apache-2.0

package ticket

import "github.com/loopdesk/loopdesk/internal/kit/event"

type (
	// OpenOriginal records that somebody reads the original of a covered mail: whoever may read a
	// code does not read it unseen (S02, S77). The room of the mail hands the bytes out, in the
	// commit that holds this fact or not at all.
	OpenOriginal struct{ Inbound int64 }
	// OriginalOpened says that somebody read the original of a covered mail.
	OriginalOpened struct {
		Of
		Inbound int64
	}
)

// Name is "open-original".
func (OpenOriginal) Name() Name { return CmdOpenOriginal }

func (c OpenOriginal) decide(t Ticket, _ world) ([]Fact, error) {
	return []Fact{OriginalOpened{Of{t.ID}, c.Inbound}}, nil
}

func (OriginalOpened) apply(*Ticket, event.Meta) {}
