// SPDX-License-Identifier: Apache-2.0

package access

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Meta is what the actor leaves on each fact it causes: who, by which door, when.
func (a Actor) Meta(at time.Time) event.Meta {
	return event.Meta{ActorID: a.ID, ActorKind: string(a.Kind), Via: a.Via, At: at}
}
