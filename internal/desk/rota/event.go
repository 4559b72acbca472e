// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Changed records a new or changed rota as it is now.
type Changed struct {
	Rota    ID
	Name    string
	Version int64
	Shifts  []Shift
	Active  bool
}

// EventName is "rota.changed".
func (Changed) EventName() string { return "rota.changed" }

// EventSubject is the rota.
func (e Changed) EventSubject() int64 { return int64(e.Rota) }

// Swapped records that somebody takes another's place for a while.
type Swapped struct {
	Rota    ID
	Swap    int64
	Person  person.ID
	Instead person.ID
	From    time.Time
	To      time.Time
	Agreed  string
}

// EventName is "rota.swapped".
func (Swapped) EventName() string { return "rota.swapped" }

// EventSubject is the rota.
func (e Swapped) EventSubject() int64 { return int64(e.Rota) }

// SwapCalledOff records that a swap holds no longer.
type SwapCalledOff struct {
	Rota ID
	Swap int64
}

// EventName is "rota.swap_called_off".
func (SwapCalledOff) EventName() string { return "rota.swap_called_off" }

// EventSubject is the rota.
func (e SwapCalledOff) EventSubject() int64 { return int64(e.Rota) }

// FeedChanged records that a secret address of a feed was made or revoked. The secret stands nowhere.
type FeedChanged struct {
	Feed    int64
	Rota    ID        // 0 where the feed is of a person
	Person  person.ID // 0 where the feed is of a rota
	Revoked bool
}

// EventName is "rota.feed_changed".
func (FeedChanged) EventName() string { return "rota.feed_changed" }

// EventSubject is the rota.
func (e FeedChanged) EventSubject() int64 { return int64(e.Rota) }
