// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
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
		Name    string       `json:"name" enum:"response,update,silence,accept,resolve,confirm"`
		State   string       `json:"state" enum:"running,paused,met,missed,over" doc:"missed: stopped too late; over: still running, past its due time"`
		Start   time.Time    `json:"start"`
		Due     time.Time    `json:"due,omitzero" doc:"Missing while paused"`
		Stopped time.Time    `json:"stopped,omitzero"`
		Target  int64        `json:"target_minutes,omitempty" doc:"Working time; missing where the time was told to the requester, or is counted in days"`
		Pauses  []pauseJSON  `json:"pauses" nullable:"false" doc:"Stretches that do not count"`
		Policy  []reasonJSON `json:"policy" nullable:"false" doc:"Which rule and calendar count, and why"`
		Why     []reasonJSON `json:"why" nullable:"false" doc:"Why it is due when it is"`
		Days    []reasonJSON `json:"days" nullable:"false" doc:"What the time to the due instant is made of, stretch by stretch"`
	}
	pauseJSON struct {
		From    time.Time `json:"from"`
		To      time.Time `json:"to,omitzero" doc:"Missing while it lasts"`
		Reason  string    `json:"reason" enum:"requester,vendor,approval,visit,blocked,tried"`
		Minutes int64     `json:"minutes" doc:"Working time that it takes out"`
		Late    bool      `json:"late" doc:"It began when the time was up, and moves nothing"`
	}
	reasonJSON struct {
		Key   string `json:"key"`
		Text  string `json:"text"`
		Event int64  `json:"event,omitempty" doc:"The event that it comes from"`
		Ended int64  `json:"ended,omitempty" doc:"The event that ended the stretch"`
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
	thread, err := a.Tickets.Thread(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &clocksOut{}
	out.Body.Items = []clockJSON{}
	for _, c := range a.Clocks.Clocks(t) {
		c = c.Traced(thread)
		x := clockJSON{
			Name: string(c.Name), State: string(c.State), Start: c.Start, Due: c.Due, Stopped: c.Stopped, Target: int64(c.Goal / time.Minute),
			Pauses: []pauseJSON{}, Policy: a.reasons(r, c.Policy), Why: a.reasons(r, c.Why), Days: a.reasons(r, c.Days),
		}
		for _, p := range c.Pauses {
			x.Pauses = append(x.Pauses, pauseJSON{From: p.From, To: p.To, Reason: string(p.Reason), Minutes: int64(p.Length / time.Minute), Late: p.Late})
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

func (a *API) reasons(r reader, list []sla.Line) []reasonJSON {
	out := make([]reasonJSON, 0, len(list))
	for _, l := range list {
		out = append(out, reasonJSON{Key: l.Key, Text: l.Text(r.lang, a.Clock.Now(), r.zone), Event: l.Event, Ended: l.Ended})
	}
	return out
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
