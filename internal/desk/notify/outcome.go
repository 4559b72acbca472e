// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// outcome is what a letter that is no delivery answers to its job, after a try: what the server refuses
// for now, or nobody takes, is tried again for as long as a delivery is, and those tries are not counted as
// failures of the job (F38). It has no line in the log; its job is all that knows of it.
func (s *Service) outcome(j job.Job, err error) error {
	if err == nil {
		return nil
	}
	if refusal(err).Permanent {
		return job.Permanent(err)
	}
	if at, patient := comes(j.QueuedAt, s.Clock.Now()); patient {
		return job.At(at, err)
	}
	return err
}

// comes is the first try after now of what was queued at an instant, and rests between its tries as
// deliveries do; false when the patience is over.
func comes(queued, now time.Time) (time.Time, bool) {
	end := queued.Add(PatienceFor)
	if !now.Before(end) {
		return time.Time{}, false
	}
	at := queued
	for n := int64(1); !at.After(now); n++ {
		at = at.Add(wait(n))
	}
	if at.After(end) {
		at = end
	}
	return at, true
}
