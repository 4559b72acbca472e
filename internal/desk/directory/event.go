// SPDX-License-Identifier: Apache-2.0

package directory

// Finished records what an import or a synchronisation came to.
type Finished struct {
	Run    RunID
	Source string
	State  State
	Tally  Tally
}

// EventName is "directory.finished".
func (Finished) EventName() string { return "directory.finished" }

// EventSubject is the run.
func (e Finished) EventSubject() int64 { return int64(e.Run) }
