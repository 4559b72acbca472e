// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) timekeepingOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/escalations", id: "list-escalations", tag: "Standard", action: access.TicketWork,
		summary: "List what was escalated on a ticket",
		about:   "Who was told that a clock runs out, when and why. Each step of the plan appears once for each run of a clock.",
	}, a.listEscalations)
	register(a, operation{
		method: http.MethodGet, path: "/rotas", id: "list-rotas", tag: "On call", action: access.RotaRead,
		summary: "List the rotas and who is on call",
		about:   "At the instant that at names, now without it. A rota with nobody has a gap.",
	}, a.listRotas)
	register(a, operation{
		method: http.MethodGet, path: "/majors", id: "list-majors", tag: "Major incidents", action: access.MajorRead,
		summary: "List the major incidents that stand",
	}, a.listMajors)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/major", id: "declare-major", tag: "Major incidents", action: access.MajorWork,
		summary: "Declare a ticket a major incident",
		about:   "Whoever is on call is told at any hour (N4). Agents may where the ticket is graded P1.",
		status:  http.StatusCreated,
	}, a.declareMajor)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/major/updates", id: "update-major", tag: "Major incidents", action: access.MajorWork,
		summary: "Say something about a major incident",
		about:   "Written once: on the ticket, on the portal, and where wanted on every attached request.",
		status:  http.StatusCreated,
	}, a.updateMajor)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/major/end", id: "end-major", tag: "Major incidents", action: access.MajorWork,
		summary: "End a major incident with its review",
		about:   "Without a review it is 409 with the gap gap.major_review; a deviation with a reason stands in for it.",
	}, a.endMajor)
}

type (
	toldJSON struct {
		Person refJSON `json:"person"`
		As     string  `json:"as" enum:"assignee,owner,group,lead,oncall"`
	}
	escalationJSON struct {
		Event   int64      `json:"event"`
		At      time.Time  `json:"at"`
		Clock   string     `json:"clock" enum:"response,update,resolve,accept,silence,confirm,declared,major"`
		Due     time.Time  `json:"due,omitzero" doc:"Of the clock, as it was then"`
		Percent int        `json:"percent,omitempty" doc:"Of the target that was used up"`
		Minutes int        `json:"minutes,omitempty" doc:"After the due time, before it where negative"`
		Told    []toldJSON `json:"told" nullable:"false"`
		Passed  int        `json:"passed,omitempty" doc:"Earlier steps that came due while nobody could look"`
		Gap     bool       `json:"gap,omitempty" doc:"Nobody was on call"`
	}
	escalationsOut struct {
		Body struct {
			Items []escalationJSON `json:"items" nullable:"false"`
		} `nameHint:"Escalations"`
	}
)

func (a *API) listEscalations(ctx context.Context, r reader, in *struct{ Numbered }) (*escalationsOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	list, err := a.Escalations.ForTicket(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &escalationsOut{}
	out.Body.Items = make([]escalationJSON, 0, len(list))
	for _, e := range list {
		x := escalationJSON{Event: e.ID, At: e.At, Clock: e.Clock, Due: e.Due, Percent: e.Percent, Minutes: e.Minutes, Passed: e.Passed, Gap: e.Gap, Told: []toldJSON{}}
		for _, told := range e.Told {
			x.Told = append(x.Told, toldJSON{a.named(ctx, told.Person), string(told.As)})
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

// named is a person by id and name.
func (a *API) named(ctx context.Context, who person.ID) refJSON {
	return refJSON{ID: int64(who), Name: a.People.Card(ctx, who).Name}
}

type (
	rotaJSON struct {
		ID     int64     `json:"id"`
		Name   string    `json:"name"`
		Zone   string    `json:"zone" example:"Asia/Shanghai"`
		Active bool      `json:"active"`
		OnCall []refJSON `json:"on_call" nullable:"false" doc:"Empty in a gap"`
	}
	rotasIn struct {
		At time.Time `query:"at" doc:"Now where it is not given"`
	}
	rotasOut struct {
		Body struct {
			Items []rotaJSON `json:"items" nullable:"false"`
		} `nameHint:"Rotas"`
	}
)

func (a *API) listRotas(ctx context.Context, r reader, in *rotasIn) (*rotasOut, error) {
	list, err := a.Rotas.List(ctx, r.by)
	if err != nil {
		return nil, err
	}
	at := in.At
	if at.IsZero() {
		at = a.Clock.Now()
	}
	out := &rotasOut{}
	out.Body.Items = make([]rotaJSON, 0, len(list))
	for _, x := range list {
		who, err := a.onCall(ctx, x.ID, at)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, rotaJSON{ID: int64(x.ID), Name: x.Label(string(r.lang)), Zone: x.Zone, Active: x.Active, OnCall: who})
	}
	return out, nil
}

func (a *API) onCall(ctx context.Context, which rota.ID, at time.Time) ([]refJSON, error) {
	list, err := a.Rotas.OnCall(ctx, which, at)
	out := make([]refJSON, 0, len(list))
	for _, who := range list {
		out = append(out, a.named(ctx, who))
	}
	return out, err
}

type (
	majorJSON struct {
		Ticket    string    `json:"ticket" example:"LD-1042"`
		Headline  string    `json:"headline"`
		Public    bool      `json:"public" doc:"Stands on the portal"`
		Declared  time.Time `json:"declared_at"`
		Told      time.Time `json:"told_at,omitzero" doc:"The last public update"`
		UpdateDue time.Time `json:"update_due_at,omitzero" doc:"When the next one is owed"`
		Ended     time.Time `json:"ended_at,omitzero"`
		Review    string    `json:"review,omitempty"`
	}
	majorsOut struct {
		Body struct {
			Items []majorJSON `json:"items" nullable:"false"`
		} `nameHint:"Majors"`
	}
	majorOut struct{ Body majorJSON }
)

func (a *API) majorJSON(x major.Incident, number int64) majorJSON {
	out := majorJSON{Ticket: ticket.Ref(number), Headline: x.Headline, Public: x.Public, Declared: x.DeclaredAt, Told: x.ToldAt, Ended: x.EndedAt, Review: x.Review}
	if x.Open() {
		out.UpdateDue = x.Due(a.Majors.Policy())
	}
	return out
}

func (a *API) listMajors(_ context.Context, _ reader, _ *struct{}) (*majorsOut, error) {
	out := &majorsOut{}
	out.Body.Items = []majorJSON{}
	for _, x := range a.Majors.Standing() {
		out.Body.Items = append(out.Body.Items, a.majorJSON(x.Incident, x.Number))
	}
	return out, nil
}

type declareIn struct {
	Numbered
	Body struct {
		Headline string `json:"headline,omitempty" maxLength:"480" doc:"What everybody reads: needed where it is public, else the ticket's subject stands in"`
		Public   bool   `json:"public,omitempty" doc:"Show it on the portal"`
	}
}

func (a *API) declareMajor(ctx context.Context, r reader, in *declareIn) (*majorOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	x, err := a.Majors.Declare(ctx, r.by, ticket.Target{ID: t.ID}, major.Declaration{Headline: in.Body.Headline, Public: in.Body.Public})
	if err != nil {
		return nil, err
	}
	return &majorOut{a.majorJSON(x, t.Number)}, nil
}

type (
	majorWordIn struct {
		Numbered
		Body struct {
			Text   string `json:"text" minLength:"1" maxLength:"16000"`
			Public bool   `json:"public,omitempty" doc:"For everybody; otherwise for staff alone"`
			Spread bool   `json:"spread,omitempty" doc:"With public: also on every attached request"`
		}
	}
	majorWordOut struct {
		Body struct {
			ID     int64     `json:"id"`
			At     time.Time `json:"at"`
			Spread int64     `json:"spread" doc:"On how many attached requests it was posted"`
		} `nameHint:"MajorUpdate"`
	}
)

func (a *API) updateMajor(ctx context.Context, r reader, in *majorWordIn) (*majorWordOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	u, err := a.Majors.Update(ctx, r.by, ticket.Target{ID: t.ID}, major.Word{Text: in.Body.Text, Public: in.Body.Public, Spread: in.Body.Spread})
	if err != nil {
		return nil, err
	}
	out := &majorWordOut{}
	out.Body.ID, out.Body.At, out.Body.Spread = u.ID, u.At, u.Spread
	return out, nil
}

type endMajorIn struct {
	Numbered
	Body struct {
		Review    string `json:"review,omitempty" maxLength:"16000"`
		Deviation string `json:"deviation,omitempty" maxLength:"16000" doc:"Why there is no review"`
	}
}

func (a *API) endMajor(ctx context.Context, r reader, in *endMajorIn) (*majorOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	x, err := a.Majors.End(ctx, r.by, ticket.Target{ID: t.ID}, major.End{Review: in.Body.Review, Deviation: in.Body.Deviation})
	if err != nil {
		return nil, err
	}
	return &majorOut{a.majorJSON(x, t.Number)}, nil
}
