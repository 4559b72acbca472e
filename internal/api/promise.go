// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) promiseOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/promises", id: "list-promises", tag: "Standard", action: access.TicketRead,
		summary: "List what was promised on a ticket",
		about:   "Every time that was told to the requester, oldest first: by the acknowledgement (N20), as the next feedback of a wait (N30), in a reply (N29). Requesters see those on their own tickets.",
	}, a.listPromises)
}

type promiseJSON struct {
	ID      int64     `json:"id"`
	Source  string    `json:"source" enum:"acknowledgement,wait,reply,call,visit" doc:"What told the time"`
	State   string    `json:"state" enum:"open,kept,broken,renegotiated,void" doc:"kept: a human spoke in time; renegotiated: a later time was told in time; void: the ticket ended before it was due"`
	ToldAt  time.Time `json:"told_at"`
	ToldBy  *refJSON  `json:"told_by,omitempty" doc:"Missing for the desk itself"`
	Due     time.Time `json:"due"`
	Words   string    `json:"words,omitempty" doc:"The words that told it"`
	DoneAt  time.Time `json:"done_at,omitzero" doc:"When it was settled; a broken one at its due time"`
	MovedTo time.Time `json:"moved_to,omitzero" doc:"The later time, where it was renegotiated"`
	Event   int64     `json:"event" doc:"The event that told it"`
}

type promisesOut struct {
	Body struct {
		Items []promiseJSON `json:"items" nullable:"false"`
	} `nameHint:"Promises"`
}

func (a *API) listPromises(ctx context.Context, r reader, in *struct{ Numbered }) (*promisesOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	list, err := a.Promises.ForTicket(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &promisesOut{}
	out.Body.Items = make([]promiseJSON, 0, len(list))
	for _, p := range list {
		out.Body.Items = append(out.Body.Items, a.promise(ctx, r, p))
	}
	return out, nil
}

func (a *API) promise(ctx context.Context, r reader, p promise.Promise) promiseJSON {
	v := promiseJSON{
		ID: int64(p.ID), Source: string(p.Source), State: string(p.State), ToldAt: p.ToldAt, Due: p.Due, Words: p.Words,
		DoneAt: p.DoneAt, MovedTo: p.MovedTo, Event: p.Fact,
	}
	if p.ToldBy != 0 {
		v.ToldBy = a.who(ctx, r, p.ToldBy)
	}
	return v
}

// vendor adds to a wait who it is for, for the people of the desk.
func (h *holdJSON) vendor(r reader, v ticket.Vendor) {
	if r.staff() {
		h.Vendor, h.VendorCase, h.VendorContact, h.VendorBy, h.VendorSilent = v.Name, v.Case, v.Contact, v.By, v.Silent
	}
}
