// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) judgementOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/conformance", id: "get-conformance", tag: "Standard", action: access.TicketWork,
		summary: "Judge a ticket against the support standard",
		about:   "Each clause is met, open, missed, deviated or not applicable, with its evidence (N2).",
	}, a.getConformance)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/clocks", id: "get-clocks", tag: "Standard", action: access.TicketWork,
		summary: "Explain the clocks of a ticket",
		about:   "Each with the reasons why it is due when it is, line by line.",
	}, a.getClocks)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/missing", id: "get-missing", tag: "Standard", action: access.TicketWork,
		summary: "Ask what stands between a ticket and a command",
		about:   "Of the ticket as it is: what a command brings along counts only in the command itself, or in its dry run.",
	}, a.getMissing)
}

type verdictJSON struct {
	Clause string    `json:"clause" example:"N35"`
	Step   string    `json:"step" enum:"intake,respond,grade,diagnose,solve,confirm,archive"`
	State  string    `json:"state" enum:"met,open,missed,deviated,not_applicable"`
	At     time.Time `json:"at,omitzero" doc:"Of the evidence, or of the due time while open"`
	Event  int64     `json:"event,omitempty" doc:"The event that is the evidence"`
	Text   string    `json:"text" doc:"The evidence in words"`
	Gap    string    `json:"gap,omitempty" doc:"The gap to fill or deviate from"`
}

type conformanceOut struct {
	Body struct {
		Score    int           `json:"score" doc:"Percent of the decided clauses that were met or honestly deviated from"`
		Met      int           `json:"met"`
		Judged   int           `json:"judged"`
		Deviated int           `json:"deviated"`
		Verdicts []verdictJSON `json:"verdicts" nullable:"false"`
	} `nameHint:"Conformance"`
}

func (a *API) getConformance(ctx context.Context, r reader, in *struct{ Numbered }) (*conformanceOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	c, err := a.Norm.Judge(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &conformanceOut{}
	out.Body.Score, out.Body.Met, out.Body.Judged, out.Body.Deviated = c.Score, c.Met, c.Judged, c.Deviated
	out.Body.Verdicts = make([]verdictJSON, 0, len(c.Verdicts))
	for _, v := range c.Verdicts {
		out.Body.Verdicts = append(out.Body.Verdicts, verdictJSON{
			Clause: v.Clause, Step: string(v.Step), State: string(v.State), At: v.At, Event: v.Event, Gap: v.Gap,
			Text: v.Text(r.lang, a.Clock.Now(), r.zone),
		})
	}
	return out, nil
}

type (
	clockJSON struct {
		Name    string       `json:"name" enum:"response,update,resolve,confirm"`
		State   string       `json:"state" enum:"running,paused,met,missed,over" doc:"missed: stopped too late; over: still running, past its due time"`
		Start   time.Time    `json:"start"`
		Due     time.Time    `json:"due,omitzero" doc:"Missing while paused"`
		Stopped time.Time    `json:"stopped,omitzero"`
		Why     []reasonJSON `json:"why" nullable:"false" doc:"Why it is due when it is"`
	}
	reasonJSON struct {
		Key  string `json:"key"`
		Text string `json:"text"`
	}
)

type clocksOut struct {
	Body struct {
		Items []clockJSON `json:"items" nullable:"false"`
	} `nameHint:"Clocks"`
}

func (a *API) getClocks(ctx context.Context, r reader, in *struct{ Numbered }) (*clocksOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	out := &clocksOut{}
	out.Body.Items = []clockJSON{}
	for _, c := range a.Clocks.Clocks(t) {
		x := clockJSON{Name: string(c.Name), State: string(c.State), Start: c.Start, Due: c.Due, Stopped: c.Stopped, Why: []reasonJSON{}}
		for _, l := range c.Why {
			x.Why = append(x.Why, reasonJSON{Key: l.Key, Text: l.Text(r.lang, a.Clock.Now(), r.zone)})
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

type missingIn struct {
	Numbered
	Command string `query:"command" required:"true" enum:"accept,assign,hand-over,classify,grade,record,read-back,reply,note,call,hold,resume,resolve,confirm,reject,archive,close,reopen,merge,link,deviate"`
}

type missingOut struct {
	Body struct {
		Command string    `json:"command"`
		Now     bool      `json:"now" doc:"The command may start from the ticket's status"`
		Gaps    []gapJSON `json:"gaps" nullable:"false"`
	} `nameHint:"Missing"`
}

func (a *API) getMissing(ctx context.Context, r reader, in *missingIn) (*missingOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	name := ticket.Name(in.Command)
	out := &missingOut{}
	out.Body.Command, out.Body.Now = in.Command, ticket.May(name, t.Status)
	if out.Body.Gaps = gaps(r, a.Tickets.Missing(t, name)); out.Body.Gaps == nil {
		out.Body.Gaps = []gapJSON{}
	}
	return out, nil
}
