// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// refJSON names a person, group, category or service.
type refJSON struct {
	ID   int64  `json:"id,omitempty" doc:"For people: staff see it, and everybody their own"`
	Name string `json:"name"`
}

// ticketJSON is a ticket. In a list the second half is missing; for requesters, what is the
// desk's own business is.
type ticketJSON struct {
	Number          int64     `json:"number"`
	Ref             string    `json:"ref" doc:"The number as people see it, LD-1042"`
	Version         int64     `json:"version" doc:"Counts changes; the ETag"`
	Status          string    `json:"status" enum:"new,open,pending,resolved,closed"`
	Waiting         string    `json:"waiting,omitempty" enum:"requester,vendor,approval,visit,blocked" doc:"For what, while pending"`
	ClosedAs        string    `json:"closed_as,omitempty" enum:"confirmed,unconfirmed,cancelled,duplicate,invalid"`
	Subject         string    `json:"subject"`
	Snippet         string    `json:"snippet" doc:"The user's first words on one line"`
	Channel         string    `json:"channel"`
	Requester       *refJSON  `json:"requester"`
	Owner           *refJSON  `json:"owner,omitempty" doc:"Accountable; survives hand-overs"`
	Assignee        *refJSON  `json:"assignee,omitempty" doc:"Works on it now"`
	Group           *refJSON  `json:"group,omitempty"`
	Category        *refJSON  `json:"category,omitempty"`
	Service         *refJSON  `json:"service,omitempty"`
	Graded          bool      `json:"graded,omitempty" doc:"Staff only"`
	Priority        string    `json:"priority,omitempty" enum:"P1,P2,P3,P4" doc:"Staff only; P3 until it is graded"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	AcceptedAt      time.Time `json:"accepted_at,omitzero"`
	FirstResponseAt time.Time `json:"first_response_at,omitzero" doc:"First word of a human, never the automatic one"`
	LastPublicAt    time.Time `json:"last_public_at,omitzero" doc:"Last word of the desk to the requester"`
	LastRequesterAt time.Time `json:"last_requester_at,omitzero"`
	ResolvedAt      time.Time `json:"resolved_at,omitzero"`
	ConfirmedAt     time.Time `json:"confirmed_at,omitzero"`
	ClosedAt        time.Time `json:"closed_at,omitzero"`
	PromiseAt       time.Time `json:"promise_at,omitzero" doc:"When the requester was told to hear next"`
	NextDue         time.Time `json:"next_due,omitzero" doc:"Staff only"`
	NextClock       string    `json:"next_clock,omitempty" doc:"Staff only: response, update, silence, accept, resolve, confirm, archive"`

	Detail   *detailJSON   `json:"detail,omitempty" doc:"Missing in lists"`
	Warnings []warningJSON `json:"warnings,omitempty" nullable:"false" doc:"In answer to reply, resolve and record: what the desk's wording rules say of the words (N10, N17, N29, N41). They were kept or sent all the same"`
}

// detailJSON is what no list needs.
type detailJSON struct {
	AcknowledgedAt time.Time             `json:"acknowledged_at,omitzero"`
	ExpectBy       time.Time             `json:"expect_by,omitzero" doc:"The time that the acknowledgement told"`
	Hold           *holdJSON             `json:"hold,omitempty" doc:"While pending"`
	Solution       *solutionJSON         `json:"solution,omitempty"`
	Resolutions    int                   `json:"resolutions,omitempty" doc:"Counts solutions; names the one that confirm and reject mean"`
	Confirmation   *confirmationJSON     `json:"confirmation,omitempty"`
	ExpiredAt      time.Time             `json:"expired_at,omitzero" doc:"When the time for confirming was up"`
	Rating         *ratingJSON           `json:"rating,omitempty" doc:"Staff and the requester: what they thought of it, once they confirmed"`
	Rejections     []rejectionJSON       `json:"rejections,omitempty" nullable:"false"`
	Reopened       int                   `json:"reopened,omitempty"`
	MergedInto     int64                 `json:"merged_into,omitempty" doc:"The number of the ticket that goes on"`
	Participants   []refJSON             `json:"participants,omitempty" nullable:"false" doc:"Who takes part beside the requester; for them without those whom they named by address"`
	Invited        []string              `json:"invited,omitempty" nullable:"false" doc:"Addresses that the requester named, whether or not the desk knows them"`
	Intake         map[string]answerJSON `json:"intake,omitempty" doc:"Staff only: the seven elements of the record"`
	Form           *filledJSON           `json:"form,omitempty" doc:"Staff and the requester: what the category asks, and the answers"`
	Complete       int                   `json:"complete,omitempty" doc:"Staff only: how many of the seven are recorded"`
	ReadBack       *readBackJSON         `json:"read_back,omitempty" doc:"Of a spoken request; its requester sees it once they are asked to confirm the record"`
	CallBack       *callBackJSON         `json:"call_back,omitempty" doc:"Staff only: the call that the requester was promised"`
	Grade          *gradeJSON            `json:"grade,omitempty" doc:"Staff only"`
	HandOver       *handOverJSON         `json:"hand_over,omitempty" doc:"Staff only: the last one"`
	HandOvers      int                   `json:"hand_overs,omitempty" doc:"Staff only"`
	Closure        *closureJSON          `json:"closure,omitempty" doc:"Staff only"`
	Deviations     []deviationJSON       `json:"deviations,omitempty" nullable:"false" doc:"Staff only"`
	Links          []linkJSON            `json:"links,omitempty" nullable:"false" doc:"Staff only"`
	Commands       []string              `json:"commands,omitempty" nullable:"false" doc:"Staff only: what may be done from this status"`
}

type (
	holdJSON struct {
		Reason string    `json:"reason" enum:"requester,vendor,approval,visit,blocked"`
		Stuck  string    `json:"stuck,omitempty" doc:"What is stuck"`
		Doing  string    `json:"doing,omitempty" doc:"What is being done"`
		Next   time.Time `json:"next,omitzero" doc:"When the requester hears next"`

		Vendor        string    `json:"vendor,omitempty" doc:"Staff only"`
		VendorCase    string    `json:"vendor_case,omitempty" doc:"Staff only"`
		VendorContact string    `json:"vendor_contact,omitempty" doc:"Staff only"`
		VendorBy      time.Time `json:"vendor_by,omitzero" doc:"Staff only: when they said that they would answer"`
		VendorSilent  time.Time `json:"vendor_silent,omitzero" doc:"Staff only: when that time had passed without their answer"`
	}
	solutionJSON struct {
		Text       string   `json:"text"`
		Cause      string   `json:"cause,omitempty"`
		Prevention string   `json:"prevention,omitempty"`
		Verify     []string `json:"verify,omitempty" nullable:"false" doc:"The steps with which the requester checks"`
	}
	confirmationJSON struct {
		At       time.Time `json:"at"`
		How      string    `json:"how"`
		Evidence string    `json:"evidence,omitempty" doc:"Staff only: what the caller said"`
	}
	ratingJSON struct {
		Score   int       `json:"score" minimum:"1" maximum:"5" doc:"From 1, very unhappy, to 5, very content"`
		Comment string    `json:"comment,omitempty"`
		At      time.Time `json:"at"`
	}
	rejectionJSON struct {
		At     time.Time `json:"at"`
		Reason string    `json:"reason,omitempty"`
	}
	readBackJSON struct {
		At    time.Time `json:"at,omitzero" doc:"When it was read back or confirmed; missing until then"`
		Items []string  `json:"items" nullable:"false"`
		How   string    `json:"how,omitempty" doc:"By which door the requester confirmed it; missing where it was read aloud"`
		Asked time.Time `json:"asked,omitzero" doc:"When the record was sent to the requester"`
		Wrong string    `json:"wrong,omitempty" doc:"What they found wrong with it"`
		Mark  string    `json:"mark" doc:"Names the record as it is, for answering about it"`
	}
	callBackJSON struct {
		At     time.Time `json:"at"`
		Number string    `json:"number"`
		By     *refJSON  `json:"by,omitempty"`
	}
	gradeJSON struct {
		Core     bool   `json:"core"`
		Affected string `json:"affected"`
		Halt     string `json:"halt"`
		Computed string `json:"computed" doc:"What the matrix says"`
		Override string `json:"override_reason,omitempty" doc:"Why the priority is another one"`
	}
	handOverJSON struct {
		At     time.Time `json:"at"`
		To     *refJSON  `json:"to"`
		Done   string    `json:"done,omitempty"`
		Why    string    `json:"why,omitempty"`
		Needed string    `json:"needed,omitempty"`
	}
	closureJSON struct {
		At           time.Time `json:"at"`
		Difficulties string    `json:"difficulties,omitempty"`
		Approach     string    `json:"approach,omitempty"`
	}
	deviationJSON struct {
		Gap    string    `json:"gap"`
		Clause string    `json:"clause"`
		Reason string    `json:"reason"`
		By     *refJSON  `json:"by"`
		At     time.Time `json:"at"`
	}
	linkJSON struct {
		Number int64  `json:"number"`
		Kind   string `json:"kind"`
	}
	answerJSON struct {
		Value   string `json:"value,omitempty" maxLength:"4000"`
		Unknown bool   `json:"unknown,omitempty" doc:"The user does not know"`
		Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Why, where it is unknown"`
	}
)

// row writes a ticket for a list.
func (a *API) row(ctx context.Context, r reader, t ticket.Ticket) ticketJSON {
	out := ticketJSON{
		Number: t.Number, Ref: t.Ref(), Version: t.Version, Status: string(t.Status), Waiting: string(t.Pending), ClosedAs: string(t.ClosedAs),
		Subject: t.Subject, Snippet: t.Snippet, Channel: string(t.Channel),
		Requester: a.who(ctx, r, t.Requester), Owner: a.who(ctx, r, t.Owner), Assignee: a.who(ctx, r, t.Assignee),
		Group: a.group(ctx, r, t.Group), Category: a.category(ctx, r, t.Category), Service: a.service(ctx, r, t.Service),
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, AcceptedAt: t.AcceptedAt, FirstResponseAt: t.FirstResponseAt,
		LastPublicAt: t.LastPublicAt, LastRequesterAt: t.LastRequesterAt, ResolvedAt: t.ResolvedAt, ConfirmedAt: t.ConfirmedAt,
		ClosedAt: t.ClosedAt, PromiseAt: t.PromiseAt,
	}
	if r.staff() {
		out.Graded, out.Priority, out.NextClock = t.Graded, t.Priority.String(), t.NextClock
		if t.NextDue.Before(ticket.Never) {
			out.NextDue = t.NextDue
		}
	}
	return out
}

// whole writes a ticket with everything that the reader may see of it.
func (a *API) whole(ctx context.Context, r reader, t ticket.Ticket) ticketJSON {
	out, d := a.row(ctx, r, t), t.Detail
	v := &detailJSON{AcknowledgedAt: d.Acknowledged, ExpectBy: d.ExpectBy, Resolutions: d.Resolutions, ExpiredAt: d.Expired, Reopened: d.Reopened}
	out.Detail = v
	if t.Status == ticket.Pending {
		v.Hold = &holdJSON{Reason: string(d.Hold.Reason), Stuck: d.Hold.Stuck, Doing: d.Hold.Doing, Next: d.Hold.Next}
		v.Hold.vendor(r, d.Hold.Vendor)
	}
	if s := d.Solution; s.Text != "" {
		v.Solution = &solutionJSON{Text: s.Text, Cause: s.Cause, Prevention: s.Prevention, Verify: s.Verify}
	}
	if c := d.Confirmation; !c.At.IsZero() {
		v.Confirmation = &confirmationJSON{At: c.At, How: c.How}
		if r.staff() {
			v.Confirmation.Evidence = c.Evidence
		}
	}
	if x := d.Rating; x.Score != 0 && (r.staff() || r.by.ID == int64(t.Requester)) {
		v.Rating = &ratingJSON{Score: x.Score, Comment: x.Comment, At: x.At}
	}
	for _, x := range d.Rejections {
		v.Rejections = append(v.Rejections, rejectionJSON{At: x.At, Reason: x.Reason})
	}
	parts := d.Participants
	if !r.staff() {
		parts = t.Shown()
	}
	for _, who := range parts {
		v.Participants = append(v.Participants, *a.who(ctx, r, who))
	}
	for _, n := range d.Named {
		v.Invited = append(v.Invited, n.Address)
	}
	for _, l := range d.Links {
		if l.Ticket == t.MergedInto && l.Kind == "duplicate" {
			v.MergedInto = l.Number
		}
	}
	if r.staff() || person.ID(r.by.ID) == t.Requester {
		v.Form = a.filled(ctx, r, t)
	}
	if b := t.Detail.ReadBack; !r.staff() && !b.Asked.IsZero() && int64(t.Requester) == r.by.ID {
		v.ReadBack = &readBackJSON{At: b.At, Items: []string{}, How: b.How, Asked: b.Asked, Mark: t.RecordMark()}
	}
	if r.staff() {
		a.inside(ctx, r, t, v)
	}
	return out
}

// inside adds what is for staff only.
func (a *API) inside(ctx context.Context, r reader, t ticket.Ticket, v *detailJSON) {
	d := t.Detail
	v.Intake, v.Complete, v.HandOvers = answersJSON(d.Intake), t.Complete(), d.HandOvers
	if b := d.ReadBack; !b.At.IsZero() || !b.Asked.IsZero() {
		v.ReadBack = &readBackJSON{At: b.At, Items: words(b.Items), How: b.How, Asked: b.Asked, Wrong: b.Wrong, Mark: t.RecordMark()}
	}
	if b := d.CallBack; !b.At.IsZero() {
		v.CallBack = &callBackJSON{At: b.At, Number: b.Number, By: a.who(ctx, r, b.Who)}
	}
	if t.Graded {
		v.Grade = &gradeJSON{
			Core: d.Answers.Core, Affected: string(d.Answers.Affected), Halt: string(d.Answers.Halt),
			Computed: d.Computed.String(), Override: d.Override,
		}
	}
	if h := d.HandOver; !h.At.IsZero() {
		v.HandOver = &handOverJSON{At: h.At, To: a.group(ctx, r, h.To), Done: h.Done, Why: h.Why, Needed: h.Needed}
	}
	if c := d.Closure; !c.At.IsZero() {
		v.Closure = &closureJSON{At: c.At, Difficulties: c.Difficulties, Approach: c.Approach}
	}
	for _, gap := range sorted(d.Deviations) {
		x := d.Deviations[gap]
		v.Deviations = append(v.Deviations, deviationJSON{Gap: gap, Clause: x.Clause, Reason: x.Reason, By: a.who(ctx, r, x.By), At: x.At})
	}
	for _, l := range d.Links {
		v.Links = append(v.Links, linkJSON{Number: l.Number, Kind: l.Kind})
	}
	for _, c := range ticket.Commands(t.Status) {
		if !c.Automatic() {
			v.Commands = append(v.Commands, string(c))
		}
	}
}

// who names a person. Requesters get names; the ids are for those who assign work.
func (a *API) who(ctx context.Context, r reader, which person.ID) *refJSON {
	if which == 0 {
		return nil
	}
	out := &refJSON{Name: a.People.Card(ctx, which).Name}
	if r.staff() || int64(which) == r.by.ID {
		out.ID = int64(which)
	}
	return out
}

func (a *API) group(ctx context.Context, r reader, which person.GroupID) *refJSON {
	if which == 0 {
		return nil
	}
	return &refJSON{ID: int64(which), Name: a.People.Group(ctx, which).Label(string(r.lang))}
}

func (a *API) category(ctx context.Context, r reader, which catalog.CategoryID) *refJSON {
	if which == 0 {
		return nil
	}
	return &refJSON{ID: int64(which), Name: a.Catalog.Category(ctx, which).Label(string(r.lang))}
}

func (a *API) service(ctx context.Context, r reader, which catalog.ServiceID) *refJSON {
	if which == 0 {
		return nil
	}
	return &refJSON{ID: int64(which), Name: a.Catalog.Service(ctx, which).Label(string(r.lang))}
}
