// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// CommandHead is what every command takes beside its body.
type CommandHead struct {
	Numbered
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The ETag that the caller saw; 412 where the ticket has changed since"`
	DryRun  bool   `query:"dry_run" doc:"Say what would happen, gates included, and change nothing"`
}

type commandIn[B any] struct {
	CommandHead
	Body B
}

type commandOut struct {
	ETag   string `header:"ETag" doc:"The version, for If-Match"`
	DryRun string `header:"Dry-Run" doc:"true where nothing was changed"`
	Body   ticketJSON
}

// command adds one command under its name. build turns the body into the trade's own.
func command[B any](a *API, name ticket.Name, do access.Action, summary, about string, build func(context.Context, reader, Numbered, B) (ticket.Command, error)) {
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/" + string(name), id: string(name) + "-ticket", tag: "Commands",
		summary: summary, about: about, action: do,
	}, func(ctx context.Context, r reader, in *commandIn[B]) (*commandOut, error) {
		cmd, err := build(ctx, r, in.Numbered, in.Body)
		if err != nil {
			return nil, err
		}
		t, err := a.carryOut(ctx, r, in.CommandHead, cmd)
		if err != nil {
			return nil, err
		}
		out := &commandOut{ETag: etag(t), Body: a.whole(ctx, r, t)}
		out.Body.Warnings = a.warnings(ctx, r, t, cmd)
		if in.DryRun {
			out.DryRun = "true"
		}
		return out, nil
	})
}

// simple is for commands that are made of their body alone.
func simple[B any](build func(B) ticket.Command) func(context.Context, reader, Numbered, B) (ticket.Command, error) {
	return func(_ context.Context, _ reader, _ Numbered, b B) (ticket.Command, error) { return build(b), nil }
}

// carryOut gives the command to the trade, or asks it what would happen. A refusal for a
// stale version carries the version to look at.
func (a *API) carryOut(ctx context.Context, r reader, head CommandHead, cmd ticket.Command) (ticket.Ticket, error) {
	on, err := head.target()
	if err != nil {
		return ticket.Ticket{}, err
	}
	if on.Version, err = version(head.IfMatch); err != nil {
		return ticket.Ticket{}, err
	}
	do := a.Tickets.Do
	if head.DryRun {
		do = a.Tickets.Preview
	} else if err = a.count(ctx, r, session.Saying); err != nil {
		return ticket.Ticket{}, err
	}
	t, err := do(ctx, r.by, on, cmd)
	if errs.KindOf(err) == errs.Stale {
		if now, e := a.Tickets.Get(ctx, r.by, ticket.Target{Number: on.Number}); e == nil {
			return ticket.Ticket{}, staleError{err, now.Version}
		}
	}
	return t, err
}

// other finds the second ticket that a command names by its number.
func (a *API) other(ctx context.Context, r reader, field string, number int64) (ticket.ID, error) {
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{Number: number})
	if errs.KindOf(err) == errs.NotFound {
		return 0, errs.Field(field, "ticket.not_found")
	}
	return t.ID, err
}
