// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// approvalFactJSON is what happened to an approval that was asked for a ticket.
type approvalFactJSON struct {
	ID       int64     `json:"id"`
	Step     string    `json:"step" enum:"asked,yes,no,added,reminded,granted,refused,withdrawn,expired,void,dropped"`
	Title    string    `json:"title"`
	AskedBy  *refJSON  `json:"asked_by,omitempty"`
	By       *refJSON  `json:"by,omitempty" doc:"Who did it; missing for the desk itself"`
	OnBehalf *refJSON  `json:"on_behalf_of,omitempty" doc:"Whom they stood in for"`
	Added    *refJSON  `json:"added,omitempty" doc:"Who was called in"`
	Comment  string    `json:"comment,omitempty"`
	Turn     []refJSON `json:"turn,omitempty" doc:"Whose turn it is from here on"`
}

func (a *API) approvalFact(ctx context.Context, r reader, f ticket.Approval) *approvalFactJSON {
	out := &approvalFactJSON{
		ID: f.Approval, Step: string(f.Step), Title: f.Title, AskedBy: a.who(ctx, r, f.Asker), By: a.who(ctx, r, f.By), OnBehalf: a.who(ctx, r, f.For),
		Added: a.who(ctx, r, f.Added), Comment: f.Comment,
	}
	for _, w := range f.Turn {
		if x := a.who(ctx, r, w); x != nil {
			out.Turn = append(out.Turn, *x)
		}
	}
	return out
}
