// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

func (a *API) approvalOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/approvals", id: "list-approvals", tag: "Approvals", action: access.ApprovalAsk,
		summary: "List the approvals of a ticket",
		about:   "The newest first, with exactly what was asked and what everybody said (N31).",
	}, a.listApprovals)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/approvals", id: "ask-approval", tag: "Approvals", action: access.ApprovalAsk,
		summary: "Ask for an approval",
		about:   "Levels follow each other; within one all are asked at once. Nobody decides what they asked for, or what is for them. The ticket waits for it where hold is set.",
		status:  http.StatusCreated,
	}, a.askApproval)
	register(a, operation{
		method: http.MethodGet, path: "/approvals", id: "list-my-approvals", tag: "Approvals", action: access.ApprovalDecide,
		summary: "List what waits for your decision",
		about:   "Your own turns, and those in which you stand in for somebody on leave.",
	}, a.myApprovals)
	register(a, operation{
		method: http.MethodGet, path: "/approvals/{id}", id: "get-approval", tag: "Approvals", action: access.ApprovalDecide,
		summary: "Read an approval",
		about:   "For staff, for whoever asked and for whoever is or was asked; for everybody else there is none.",
	}, a.getApproval)
	register(a, operation{
		method: http.MethodPost, path: "/approvals/{id}/decide", id: "decide-approval", tag: "Approvals", action: access.ApprovalDecide,
		summary: "Approve or refuse",
		about:   "Counts once. 409 where it is over, where its content has changed or its ticket is closed, and where it is not your turn; 403 for one's own wish.",
	}, a.decideApproval)
	register(a, operation{
		method: http.MethodPost, path: "/approvals/{id}/call", id: "call-approver", tag: "Approvals", action: access.ApprovalDecide,
		summary: "Call in another approver, before or after you",
	}, a.callApprover)
	register(a, operation{
		method: http.MethodPost, path: "/approvals/{id}/withdraw", id: "withdraw-approval", tag: "Approvals", action: access.ApprovalAsk,
		summary: "Withdraw an approval",
		about:   "Whoever asked may, and leads.",
	}, a.withdrawApproval)
}

type (
	seatJSON struct {
		Person   refJSON   `json:"person"`
		Because  string    `json:"because" enum:"name,group,manager,owner,call"`
		Answer   string    `json:"answer,omitempty" enum:"yes,no" doc:"Missing while they have not spoken"`
		By       *refJSON  `json:"by,omitempty" doc:"Who spoke in their place"`
		At       time.Time `json:"at,omitzero"`
		Comment  string    `json:"comment,omitempty"`
		Via      string    `json:"via,omitempty"`
		LeftDesk bool      `json:"left,omitempty" doc:"They left before they spoke"`
	}
	levelJSON struct {
		Need  int64      `json:"need" doc:"How many must agree; 0 for everybody"`
		Added *refJSON   `json:"added_by,omitempty" doc:"The approver who called them in"`
		Turn  bool       `json:"turn,omitempty" doc:"It is the turn of this level"`
		Seats []seatJSON `json:"seats" nullable:"false"`
	}
	approvalJSON struct {
		ID        int64       `json:"id"`
		Ticket    string      `json:"ticket" example:"LD-1042"`
		State     string      `json:"state" enum:"waiting,granted,refused,withdrawn,expired,void,dropped"`
		Kind      string      `json:"kind" example:"free"`
		Ref       string      `json:"ref,omitempty"`
		Title     string      `json:"title"`
		Content   string      `json:"content"`
		Digest    string      `json:"digest" doc:"Names kind, ref, title and content; an approval holds for this digest alone"`
		Changed   bool        `json:"changed,omitempty" doc:"What was to be approved is not the same any more"`
		Note      string      `json:"note,omitempty"`
		AskedBy   refJSON     `json:"asked_by"`
		For       refJSON     `json:"for" doc:"Whom it benefits"`
		AskedAt   time.Time   `json:"asked_at"`
		ExpiresAt time.Time   `json:"expires_at"`
		EndedAt   time.Time   `json:"ended_at,omitzero"`
		Until     time.Time   `json:"until,omitzero" doc:"How long what was granted is good"`
		May       bool        `json:"may_decide" doc:"You may answer now"`
		OnBehalf  *refJSON    `json:"on_behalf_of,omitempty" doc:"Whom you would stand in for"`
		Levels    []levelJSON `json:"levels" nullable:"false"`
	}
	approvalOut  struct{ Body approvalJSON }
	approvalsOut struct {
		Body struct {
			Items []approvalJSON `json:"items" nullable:"false"`
		} `nameHint:"Approvals"`
	}
	askLevelJSON struct {
		People  []int64 `json:"people,omitempty" minimum:"0" maximum:"9007199254740991" maxItems:"200"`
		Groups  []int64 `json:"groups,omitempty" minimum:"0" maximum:"9007199254740991" maxItems:"50"`
		Manager bool    `json:"manager,omitempty" doc:"The requester's line manager, from the directory"`
		Owner   bool    `json:"owner,omitempty" doc:"Who answers for the ticket's service"`
		Mode    string  `json:"mode,omitempty" enum:"all,any,some" default:"all"`
		Need    int64   `json:"need,omitempty" minimum:"0" maximum:"200" doc:"With some: how many must agree"`
	}
	askApprovalIn struct {
		Numbered
		Body struct {
			Kind    string         `json:"kind,omitempty" default:"free" maxLength:"60"`
			Ref     string         `json:"ref,omitempty" maxLength:"200"`
			Title   string         `json:"title,omitempty" maxLength:"200" doc:"Of a free one; others take it from where it stands"`
			Content string         `json:"content,omitempty" maxLength:"20000"`
			Note    string         `json:"note,omitempty" maxLength:"2000"`
			Levels  []askLevelJSON `json:"levels" minItems:"1" maxItems:"10"`
			Hours   int64          `json:"hours,omitempty" minimum:"0" maximum:"960" doc:"Working hours in which somebody must decide; 0 for the policy's"`
			Days    int64          `json:"days,omitempty" minimum:"0" maximum:"366" doc:"Working days for which it is good; 0 for no end"`
			Hold    bool           `json:"hold,omitempty" doc:"The ticket waits for it"`
		} `nameHint:"AskApproval"`
	}
	decideApprovalIn struct {
		ApprovalKeyed
		Body struct {
			Yes     bool   `json:"yes"`
			Comment string `json:"comment,omitempty" maxLength:"2000" doc:"A refusal must say why"`
		} `nameHint:"DecideApproval"`
	}
	callApproverIn struct {
		ApprovalKeyed
		Body struct {
			Person  int64  `json:"person" minimum:"1" maximum:"9007199254740991"`
			After   bool   `json:"after,omitempty" doc:"They decide after you; else before"`
			Comment string `json:"comment,omitempty" maxLength:"2000"`
		} `nameHint:"CallApprover"`
	}
)

// ApprovalKeyed names an approval in an address.
type ApprovalKeyed struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

func (a *API) listApprovals(ctx context.Context, r reader, in *struct{ Numbered }) (*approvalsOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	list, err := a.Approvals.OfTicket(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	return a.approvalList(ctx, r, list)
}

func (a *API) myApprovals(ctx context.Context, r reader, _ *struct{}) (*approvalsOut, error) {
	list, err := a.Approvals.Mine(ctx, r.by)
	if err != nil {
		return nil, err
	}
	return a.approvalList(ctx, r, list)
}

func (a *API) approvalList(ctx context.Context, r reader, list []approval.View) (*approvalsOut, error) {
	out := &approvalsOut{}
	out.Body.Items = make([]approvalJSON, 0, len(list))
	for _, v := range list {
		x, err := a.approval(ctx, r, v)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

func (a *API) getApproval(ctx context.Context, r reader, in *ApprovalKeyed) (*approvalOut, error) {
	return a.oneApproval(ctx, r, approval.ID(in.ID), nil)
}

// oneApproval answers with an approval as it stands now, unless what was done with it failed.
func (a *API) oneApproval(ctx context.Context, r reader, which approval.ID, err error) (*approvalOut, error) {
	if err != nil {
		return nil, err
	}
	v, err := a.Approvals.Get(ctx, r.by, which)
	if err != nil {
		return nil, err
	}
	out := &approvalOut{}
	out.Body, err = a.approval(ctx, r, v)
	return out, err
}

func (a *API) askApproval(ctx context.Context, r reader, in *askApprovalIn) (*approvalOut, error) {
	on, err := in.target()
	if err != nil {
		return nil, err
	}
	b := in.Body
	q := approval.Ask{
		Subject: approval.Subject{Kind: b.Kind, Ref: b.Ref, Title: b.Title, Content: b.Content}, Note: b.Note, Hours: b.Hours, Days: b.Days, Hold: b.Hold,
	}
	for _, l := range b.Levels {
		x := approval.AskLevel{Manager: l.Manager, Owner: l.Owner, Mode: approval.Mode(l.Mode), Need: l.Need}
		for _, p := range l.People {
			x.People = append(x.People, person.ID(p))
		}
		for _, g := range l.Groups {
			x.Groups = append(x.Groups, person.GroupID(g))
		}
		q.Levels = append(q.Levels, x)
	}
	made, err := a.Approvals.Ask(ctx, r.by, on, q)
	return a.oneApproval(ctx, r, made.ID, err)
}

func (a *API) decideApproval(ctx context.Context, r reader, in *decideApprovalIn) (*approvalOut, error) {
	_, err := a.Approvals.Decide(ctx, r.by, approval.ID(in.ID), approval.Decision{Yes: in.Body.Yes, Comment: in.Body.Comment})
	return a.oneApproval(ctx, r, approval.ID(in.ID), err)
}

func (a *API) callApprover(ctx context.Context, r reader, in *callApproverIn) (*approvalOut, error) {
	_, err := a.Approvals.Call(ctx, r.by, approval.ID(in.ID), 0, person.ID(in.Body.Person), !in.Body.After, in.Body.Comment)
	return a.oneApproval(ctx, r, approval.ID(in.ID), err)
}

func (a *API) withdrawApproval(ctx context.Context, r reader, in *ApprovalKeyed) (*approvalOut, error) {
	_, err := a.Approvals.Withdraw(ctx, r.by, approval.ID(in.ID))
	return a.oneApproval(ctx, r, approval.ID(in.ID), err)
}

func (a *API) approval(ctx context.Context, r reader, v approval.View) (approvalJSON, error) {
	t, err := a.Approvals.About(ctx, v.Approval)
	if err != nil {
		return approvalJSON{}, err
	}
	s := v.Subject
	out := approvalJSON{
		ID: int64(v.ID), Ticket: t.Ref(), State: string(v.State), Kind: s.Kind, Ref: s.Ref, Title: s.Title, Content: s.Content, Digest: v.Digest,
		Changed: v.Changed, Note: v.Note, AskedBy: *a.who(ctx, r, v.AskedBy), For: *a.who(ctx, r, v.Approval.For), AskedAt: v.AskedAt,
		ExpiresAt: v.ExpiresAt, EndedAt: v.EndedAt, Until: v.Until, May: v.Why == nil, OnBehalf: a.who(ctx, r, v.For), Levels: []levelJSON{},
	}
	turn, _ := v.Turn()
	for _, l := range v.Levels {
		x := levelJSON{Need: l.Need, Added: a.who(ctx, r, l.Added), Turn: l.ID == turn.ID, Seats: []seatJSON{}}
		for _, seat := range v.At(l.ID) {
			y := seatJSON{
				Person: *a.who(ctx, r, seat.Person), Because: string(seat.Because), Answer: string(seat.Answer), At: seat.At, Comment: seat.Comment,
				Via: seat.Via, LeftDesk: !seat.GoneAt.IsZero(),
			}
			if seat.For() != 0 {
				y.By = a.who(ctx, r, seat.By)
			}
			x.Seats = append(x.Seats, y)
		}
		out.Levels = append(out.Levels, x)
	}
	return out, nil
}
