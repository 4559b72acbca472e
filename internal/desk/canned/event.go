// SPDX-License-Identifier: Apache-2.0

package canned

// Changed records that a text was added, changed or removed.
type Changed struct {
	Text    Text
	Removed bool `json:",omitempty"`
}

// EventName is "canned.changed".
func (Changed) EventName() string { return "canned.changed" }

// EventSubject is 0: texts belong to the desk.
func (Changed) EventSubject() int64 { return 0 }
