// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Approval is what a letter says of one.
type Approval struct {
	Step    ticket.ApprovalStep
	Title   string
	Content string    // exactly what is to be approved
	Note    string    // why it is needed
	Asker   string    // who asks
	For     string    // whom it benefits
	Instead string    // whom the reader stands in for; empty for nobody
	By      time.Time // by when somebody must have decided
	Comment string    // of whoever decided
	Reason  string    // message key of why it was dropped
}

// errDecided ends a letter to somebody whose word is not needed any more.
var errDecided error = &unsentError{reason: reasonDecided}

// errAskedBack ends a reminder to somebody who asked something since it was due: the desk owes them an
// answer, with which the time for their word, and its reminders, begin anew (N29, N35).
var errAskedBack error = &unsentError{reason: reasonAskedBack}

// pointless says why a letter that asks for a word, and does nothing else, is not to go; nil where it is. A
// solution is told whatever was said of it meanwhile; that it was told before is why a reminder is not.
func (l letter) pointless(n Notice, r read) error {
	if l.Template == Approve && n.Link == "" {
		return errDecided
	}
	if l.Template != Solved {
		return nil
	}
	e := r.entry()
	_, again := e.Fact.(ticket.Reminded)
	switch {
	case again && n.Answer == "":
		return errDecided
	case again && r.ticket.LastRequesterAt.After(e.Record.Meta.At):
		return errAskedBack
	}
	return nil
}

// fillApproval takes from an approval what its letter speaks of. The link of an approver leads to
// the decision and to nothing else; there is none where nothing is left to decide.
func (s *Service) fillApproval(ctx context.Context, n *Notice, to person.Person, f ticket.Approval, r read) {
	x := &n.Approval
	x.Step, x.Title, x.Reason = f.Step, f.Title, f.Reason
	x.Asker, x.For = s.People.Card(ctx, f.Asker).Name, s.People.Card(ctx, r.ticket.Requester).Name
	n.By = s.People.Card(ctx, f.By).Name
	if n.Template != Approve {
		x.Comment = s.lastComment(r, f.Approval)
		return
	}
	n.Link = ""
	if s.Approvals == nil {
		return
	}
	code, v, err := s.Approvals.Link(ctx, approval.ID(f.Approval), to.ID)
	if err != nil || code == "" {
		return
	}
	n.Link = s.BaseURL + "/approve/" + code
	x.Content, x.Note, x.By = v.Subject.Content, v.Note, v.ExpiresAt
	if v.For != 0 {
		x.Instead = s.People.Card(ctx, v.For).Name
	}
}

// lastComment is what the last one to answer an approval said, up to the fact that is told.
func (s *Service) lastComment(r read, which int64) string {
	for i := min(r.at, len(r.thread)-1); i >= 0; i-- {
		if f, ok := r.thread[i].Fact.(ticket.Approval); ok && f.Approval == which && (f.Step == ticket.ApprovalYes || f.Step == ticket.ApprovalNo) {
			return f.Comment
		}
	}
	return ""
}
