// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// visitOperations are appointments at the requester's place (N27), with the gates of the pages.
func (a *API) visitOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/visits", id: "list-visits", tag: "Visits", action: access.TicketRead,
		summary: "List the visits of a ticket",
		about:   "Oldest first. Requesters get what concerns them: times, place, who comes, and how it stands.",
	}, a.listVisits)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/visits", id: "propose-visit", tag: "Visits", action: access.VisitWork, status: http.StatusCreated,
		summary: "Propose a visit, or fix one that was agreed on the telephone",
		about:   "The ticket waits for it. A gate of the support standard may stand before it: the refusal lists what is missing.",
	}, a.proposeVisit)
	register(a, operation{
		method: http.MethodPost, path: "/visits/{id}/{act}", id: "act-on-visit", tag: "Visits", action: access.VisitWork,
		summary: "Do something to a visit",
		about:   "What is done there is for the engineer of the visit. The same key is the same act, however often it arrives; did_at says when it was done, and is kept beside when it arrived.",
	}, a.actOnVisit)
	register(a, operation{
		method: http.MethodPost, path: "/visits/{id}/pick", id: "pick-visit", tag: "Visits", action: access.TicketAnswer,
		summary: "Choose one of the proposed times, as the requester",
		about:   "pick says which, from 1; round to which proposal it answers.",
	}, func(ctx context.Context, r reader, in *visitAnswer) (*visitOut, error) {
		return a.onVisit(ctx, r, in.ID, visit.Pick, in.Body)
	})
	register(a, operation{
		method: http.MethodPost, path: "/visits/{id}/refuse", id: "refuse-visit", tag: "Visits", action: access.TicketAnswer,
		summary: "Say that none of the proposed times suits, as the requester",
	}, func(ctx context.Context, r reader, in *visitAnswer) (*visitOut, error) {
		return a.onVisit(ctx, r, in.ID, visit.Refuse, in.Body)
	})
}

type (
	spanJSON struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
	visitJSON struct {
		ID        int64      `json:"id"`
		Ticket    int64      `json:"ticket"`
		State     string     `json:"state" enum:"proposed,refused,agreed,travelling,on_site,done,signed,missed,cancelled"`
		Engineer  *refJSON   `json:"engineer,omitempty"`
		Times     []spanJSON `json:"times,omitempty" nullable:"false" doc:"Proposed and not answered"`
		Round     int64      `json:"round" doc:"Which proposal this is; an answer names it"`
		From      time.Time  `json:"from,omitzero"`
		To        time.Time  `json:"to,omitzero"`
		Place     string     `json:"place"`
		Device    int64      `json:"device,omitempty"`
		Purpose   string     `json:"purpose,omitempty"`
		Zone      string     `json:"zone,omitempty" doc:"In which the times were said"`
		Work      string     `json:"work,omitempty" doc:"Staff only"`
		Parts     string     `json:"parts,omitempty" doc:"Staff only"`
		ArrivedBy string     `json:"arrived_by,omitempty" doc:"label or press; staff only"`
		StartedAt time.Time  `json:"started_at,omitzero"`
		ArrivedAt time.Time  `json:"arrived_at,omitzero"`
		DoneAt    time.Time  `json:"done_at,omitzero"`
		SignedAt  time.Time  `json:"signed_at,omitzero"`
		SignedBy  string     `json:"signed_by,omitempty"`
		SignedHow string     `json:"signed_how,omitempty"`
		Why       string     `json:"why,omitempty" doc:"Staff only"`
	}
	// visitStepJSON is what happened to a visit, in a ticket's events.
	visitStepJSON struct {
		ID       int64      `json:"id"`
		Step     string     `json:"step"`
		Engineer *refJSON   `json:"engineer,omitempty"`
		Times    []spanJSON `json:"times,omitempty" nullable:"false"`
		Place    string     `json:"place,omitempty"`
		How      string     `json:"how,omitempty"`
		Words    string     `json:"words,omitempty" doc:"Staff only"`
		Parts    string     `json:"parts,omitempty" doc:"Staff only"`
		Did      time.Time  `json:"did_at,omitzero" doc:"When it was done, where the desk heard of it later"`
	}
)

func spansJSON(list []ticket.Span) []spanJSON {
	out := make([]spanJSON, 0, len(list))
	for _, x := range list {
		out = append(out, spanJSON{x.From.UTC(), x.To.UTC()})
	}
	return out
}

func (a *API) visitStep(ctx context.Context, r reader, f ticket.VisitStepped) *visitStepJSON {
	v := f.Visit
	out := &visitStepJSON{ID: v.ID, Step: string(v.Step), Engineer: a.who(ctx, r, v.Engineer), Times: spansJSON(v.Times), Place: v.Place, How: v.How, Did: v.Did}
	if r.staff() {
		out.Words, out.Parts = v.Words, v.Parts
	}
	return out
}

func (a *API) visitOut(ctx context.Context, r reader, v visit.Visit) (visitJSON, error) {
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{ID: v.Ticket})
	out := visitJSON{
		ID: int64(v.ID), Ticket: t.Number, State: string(v.State), Engineer: a.who(ctx, r, v.Engineer), Times: spansJSON(v.Times.List()), Round: v.Round,
		From: v.From, To: v.To, Place: v.Place, Device: v.Device, Purpose: v.Purpose, Zone: v.Zone, StartedAt: v.StartedAt, ArrivedAt: v.ArrivedAt,
		DoneAt: v.DoneAt, SignedAt: v.SignedAt, SignedBy: v.SignedBy, SignedHow: v.SignedHow,
	}
	if r.staff() {
		out.Work, out.Parts, out.ArrivedBy, out.Why = v.Work, v.Parts, v.ArrivedBy, v.Why
	}
	return out, err
}

type visitsOut struct {
	Body struct {
		Items []visitJSON `json:"items" nullable:"false"`
	} `nameHint:"Visits"`
}

type visitOut struct{ Body visitJSON }

func (a *API) listVisits(ctx context.Context, r reader, in *struct {
	Number string `path:"number" maxLength:"20" doc:"Its number: LD-1042 or 1042"`
},
) (*visitsOut, error) {
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{Number: ticket.ParseRef(in.Number)})
	if err != nil {
		return nil, err
	}
	list, err := a.Visits.Of(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &visitsOut{}
	out.Body.Items = make([]visitJSON, 0, len(list))
	for _, v := range list {
		x, err := a.visitOut(ctx, r, v)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

// visitBody is what an act may say. Members that the act does not know are left alone.
type visitBody struct {
	Fixed    bool       `json:"fixed,omitempty" doc:"Agreed on the telephone: one time"`
	Times    []spanJSON `json:"times,omitempty" maxItems:"3" doc:"Up to three; one where it is fixed"`
	Engineer int64      `json:"engineer,omitempty" minimum:"0" maximum:"9007199254740991" doc:"Whoever works on the ticket where missing"`
	Place    string     `json:"place,omitempty" maxLength:"200"`
	Device   int64      `json:"device,omitempty" minimum:"0" maximum:"9007199254740991"`
	Purpose  string     `json:"purpose,omitempty" maxLength:"500" doc:"As the requester reads it"`
	Zone     string     `json:"zone,omitempty" maxLength:"60"`
	Key      string     `json:"key,omitempty" maxLength:"64" doc:"The same key is the same act"`
	DidAt    time.Time  `json:"did_at,omitzero" doc:"When it was done"`
	Pick     int        `json:"pick,omitempty" minimum:"0" maximum:"3" doc:"Which of the proposed times, from 1"`
	Round    int64      `json:"round,omitempty" minimum:"0" maximum:"9007199254740991" doc:"To which proposal this answers"`
	Label    string     `json:"label,omitempty" maxLength:"200" doc:"The code or the tag that was read on arrival"`
	Why      string     `json:"why,omitempty" maxLength:"500"`
	Work     string     `json:"work,omitempty" maxLength:"4000"`
	Parts    string     `json:"parts,omitempty" maxLength:"4000"`
	Name     string     `json:"name,omitempty" maxLength:"80" doc:"Of whoever signs"`
	How      string     `json:"how,omitempty" enum:",typed,none"`
	Files    []string   `json:"files,omitempty" maxItems:"20" maxLength:"26" doc:"Tokens of uploaded photos"`
}

func (b visitBody) wish(act visit.Act) visit.Wish {
	w := visit.Wish{
		Act: act, Key: b.Key, Did: b.DidAt, Pick: b.Pick, Round: b.Round, Engineer: person.ID(b.Engineer), Place: b.Place, Device: b.Device,
		Purpose: b.Purpose, Zone: b.Zone, Label: b.Label, Why: b.Why, Work: b.Work, Parts: b.Parts, Name: b.Name, How: b.How, Files: b.Files,
	}
	for _, x := range b.Times {
		w.Times = append(w.Times, ticket.Span{From: x.From, To: x.To})
	}
	return w
}

func (a *API) proposeVisit(ctx context.Context, r reader, in *struct {
	Number string `path:"number" maxLength:"20" doc:"Its number: LD-1042 or 1042"`
	Body   visitBody
},
) (*visitOut, error) {
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{Number: ticket.ParseRef(in.Number)})
	if err != nil {
		return nil, err
	}
	act := visit.Propose
	if in.Body.Fixed {
		act = visit.Fix
	}
	if err := a.atDevice(ctx, r, in.Body); err != nil {
		return nil, err
	}
	v, err := a.Visits.Propose(ctx, r.by, ticket.Target{ID: t.ID}, in.Body.wish(act))
	if err != nil {
		return nil, err
	}
	out, err := a.visitOut(ctx, r, v)
	return &visitOut{out}, err
}

func (a *API) actOnVisit(ctx context.Context, r reader, in *struct {
	ID   int64  `path:"id" minimum:"1" maximum:"9007199254740991"`
	Act  string `path:"act" enum:"propose,fix,start,arrive,note,finish,sign,miss,cancel,assign"`
	Body visitBody
},
) (*visitOut, error) {
	act := visit.Act(in.Act)
	if act == visit.Propose || act == visit.Fix {
		if err := a.atDevice(ctx, r, in.Body); err != nil {
			return nil, err
		}
	}
	return a.onVisit(ctx, r, in.ID, act, in.Body)
}

// atDevice refuses a visit at a device that nobody knows: it would be one at no device.
func (a *API) atDevice(ctx context.Context, r reader, b visitBody) error {
	if b.Device == 0 {
		return nil
	}
	_, err := a.Devices.Get(ctx, r.by, device.ID(b.Device))
	if errs.KindOf(err) == errs.NotFound {
		return errs.Field("device", "device.not_found")
	}
	return err
}

// visitAnswer is the requester's word about proposed times.
type visitAnswer struct {
	ID   int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	Body visitBody
}

func (a *API) onVisit(ctx context.Context, r reader, which int64, act visit.Act, body visitBody) (*visitOut, error) {
	if which <= 0 {
		return nil, errs.New(errs.NotFound, "visit.not_found")
	}
	if err := a.count(ctx, r, session.Saying); err != nil {
		return nil, err
	}
	v, err := a.Visits.Do(ctx, r.by, visit.ID(which), body.wish(act))
	if err != nil {
		return nil, err
	}
	out, err := a.visitOut(ctx, r, v)
	return &visitOut{out}, err
}
