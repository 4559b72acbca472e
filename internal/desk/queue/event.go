// SPDX-License-Identifier: Apache-2.0

package queue

// ViewChanged records a new, changed, deleted or restored view as it is now.
type ViewChanged struct {
	View    ViewID
	Name    string
	Filter  string
	Sharing Sharing
	Version int64
	Deleted bool
}

// EventName is "queue.view_changed".
func (ViewChanged) EventName() string { return "queue.view_changed" }

// EventSubject is the view.
func (e ViewChanged) EventSubject() int64 { return int64(e.View) }
