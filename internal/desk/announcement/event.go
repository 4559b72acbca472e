// SPDX-License-Identifier: Apache-2.0

package announcement

// Published records that something was announced, or that what was announced changed.
type Published struct {
	Announcement Announcement
	Changed      bool `json:",omitempty"`
	Quiet        bool `json:",omitempty"` // nobody is told by mail: a slip of the pen was mended
}

// EventName is "announcement.published".
func (Published) EventName() string { return "announcement.published" }

// EventSubject is the announcement.
func (e Published) EventSubject() int64 { return int64(e.Announcement.ID) }

// Ended records that somebody ended an announcement.
type Ended struct{ Announcement ID }

// EventName is "announcement.ended".
func (Ended) EventName() string { return "announcement.ended" }

// EventSubject is the announcement.
func (e Ended) EventSubject() int64 { return int64(e.Announcement) }
