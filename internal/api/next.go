// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) nextOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/next", id: "look-at-next", tag: "Tickets", action: access.TicketWork,
		summary: "Look at the ticket that would be given next",
		about:   "The one at the greatest risk that nobody works on, within the groups, skills and limit of the caller (N13, N23). Changes nothing. Without a ticket, why says why.",
	}, a.lookAtNext)
	register(a, operation{
		method: http.MethodPost, path: "/next", id: "take-next", tag: "Tickets", action: access.TicketWork,
		summary: "Take the next ticket",
		about:   "Two callers never get the same one. Without a ticket, why says why.",
	}, a.takeNext)
	register(a, operation{
		method: http.MethodPost, path: "/next/{number}/skip", id: "skip-ticket", tag: "Tickets", status: http.StatusNoContent, action: access.TicketWork,
		summary: "Pass a ticket over",
		about:   "The reason is recorded. Others are offered the ticket at once, the caller again after two hours.",
	}, a.skipNext)
}

type pickOut struct {
	Body struct {
		Ticket *ticketJSON `json:"ticket,omitempty" doc:"Missing where nothing is offered"`
		Why    whyJSON     `json:"why"`
	} `nameHint:"Pick"`
}

// whyJSON says what there was to choose from.
type whyJSON struct {
	Free      int       `json:"free" doc:"Nobody works on them; counted up to the ticket that is offered"`
	Elsewhere int       `json:"elsewhere" doc:"Of these, with groups of others"`
	Beyond    int       `json:"beyond" doc:"Of these, asking for skills that the caller lacks"`
	Lacking   []string  `json:"lacking" nullable:"false" doc:"The skills that were missing"`
	Skipped   int       `json:"skipped" doc:"Of these, passed over by the caller"`
	Again     time.Time `json:"again,omitzero" doc:"When the first of these is offered again"`
	Own       int       `json:"own" doc:"Of these, handed over by the caller and waiting for the other team"`
	InWork    int64     `json:"in_work" doc:"What the caller works on"`
	Limit     int64     `json:"limit" doc:"How much they may; 0 for no limit"`
}

func (a *API) pick(ctx context.Context, r reader, p pull.Pick) *pickOut {
	out := &pickOut{}
	if p.Ticket.ID != 0 {
		t := a.row(ctx, r, p.Ticket)
		out.Body.Ticket = &t
	}
	w := p.Why
	out.Body.Why = whyJSON{w.Free, w.Elsewhere, w.Beyond, w.Lacking, w.Skipped, w.Again, w.Own, w.InWork, w.Limit}
	if w.Lacking == nil {
		out.Body.Why.Lacking = []string{}
	}
	return out
}

func (a *API) lookAtNext(ctx context.Context, r reader, _ *struct{}) (*pickOut, error) {
	p, err := a.Pull.Look(ctx, r.by)
	if err != nil {
		return nil, err
	}
	return a.pick(ctx, r, p), nil
}

func (a *API) takeNext(ctx context.Context, r reader, _ *struct{}) (*pickOut, error) {
	p, err := a.Pull.Take(ctx, r.by)
	if err != nil {
		return nil, err
	}
	return a.pick(ctx, r, p), nil
}

type skipIn struct {
	Numbered
	Body struct {
		Reason string `json:"reason" enum:"skill,access,urgent,conflict,other"`
		Words  string `json:"words,omitempty" maxLength:"400" doc:"Needed for other"`
	}
}

func (a *API) skipNext(ctx context.Context, r reader, in *skipIn) (*struct{}, error) {
	number := ticket.ParseRef(in.Number)
	if number == 0 {
		return nil, errs.New(errs.NotFound, "ticket.not_found")
	}
	return nil, a.Pull.Pass(ctx, r.by, number, pull.Reason(in.Body.Reason), in.Body.Words)
}
