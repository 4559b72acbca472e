// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Step is one act in the life of an article.
type Step string

// The steps.
const (
	Written   Step = "written"
	Submitted Step = "submitted"
	SentBack  Step = "sent_back"
	Released  Step = "published"
	Dropped   Step = "dropped"
	TakenOut  Step = "retired"
	Restored  Step = "restored"
	Looked    Step = "looked"
	Reminded  Step = "reminded"
	Asked     Step = "asked" // members of groups are asked to have read it
)

// Moved records a step in the life of an article.
type Moved struct {
	Article ID
	Edition int64
	Step    Step
	Title   string
	To      person.ID `json:",omitempty"` // who is asked
	Why     string    `json:",omitempty"`
	Sure    bool      `json:",omitempty"` // published though something looked like personal data
}

// EventName is "knowledge.moved".
func (Moved) EventName() string { return "knowledge.moved" }

// EventSubject is the article.
func (e Moved) EventSubject() int64 { return int64(e.Article) }

// Helped records that an article was used on a ticket.
type Helped struct {
	Article ID
	Ticket  ticket.ID
	How     How
}

// EventName is "knowledge.helped".
func (Helped) EventName() string { return "knowledge.helped" }

// EventSubject is the article.
func (e Helped) EventSubject() int64 { return int64(e.Article) }
