// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) inboxOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/inbox", id: "inbox", tag: "Inbox", action: access.TicketRead,
		summary: "What the caller was told",
		about:   "A line a ticket, the newest first. Staff are told of what concerns their work, requesters of their own requests and of those in which they take part; nobody of what they did themselves.",
	}, a.inbox)
	register(a, operation{
		method: http.MethodPost, path: "/inbox/read", id: "read-inbox", tag: "Inbox", action: access.TicketRead,
		summary: "Mark as read",
		about:   "Up to an item, of one ticket or of all: what came later was not seen.",
	}, a.readInbox)
	register(a, operation{
		method: http.MethodPost, path: "/inbox/done", id: "finish-inbox", tag: "Inbox", action: access.TicketRead,
		summary: "Take from the list",
	}, a.finishInbox)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/watchers", id: "watchers", tag: "Inbox", action: access.TicketWork,
		summary: "Who watches a ticket",
	}, a.watchers)
	register(a, operation{
		method: http.MethodPut, path: "/tickets/{number}/watchers/me", id: "watch-ticket", tag: "Inbox", action: access.TicketWork,
		summary: "Watch a ticket",
		about:   "The caller is told of what happens to it. It gives no rights and is nothing that happened to the ticket. Twice is once.",
	}, a.watch)
	register(a, operation{
		method: http.MethodDelete, path: "/tickets/{number}/watchers/me", id: "unwatch-ticket", tag: "Inbox", action: access.TicketWork,
		summary: "Watch a ticket no longer",
	}, a.unwatch)
}

type inboxIn struct {
	State  string `query:"state" enum:"open,unread,done" default:"open"`
	Kind   string `query:"kind" enum:"clock,mentioned,assigned,rejected,rated,answered,promise,record,trouble,team,watched,confirmed,solution,asked,late,word,over"`
	Limit  int    `query:"limit" minimum:"1" maximum:"40" default:"20"`
	Before int64  `query:"before" minimum:"1" maximum:"9007199254740991" doc:"next_before of the page before"`
}

// inboxItemJSON is one fact that the caller was told.
type inboxItemJSON struct {
	ID    int64      `json:"id"`
	Kind  string     `json:"kind" doc:"Why the caller is told"`
	What  string     `json:"what" doc:"The fact: ticket.said, promise.broken"`
	Actor *refJSON   `json:"actor,omitempty" doc:"Who did it; missing for the desk itself"`
	At    time.Time  `json:"at"`
	Read  *time.Time `json:"read_at,omitempty"`
}

// inboxLineJSON is everything about one ticket.
type inboxLineJSON struct {
	Ticket ticketJSON      `json:"ticket"`
	Items  []inboxItemJSON `json:"items" nullable:"false" doc:"The newest first"`
	Unread int             `json:"unread"`
}

type inboxOut struct {
	Body struct {
		Items  []inboxLineJSON `json:"items" nullable:"false"`
		Unread int64           `json:"unread" doc:"Tickets about which something is unread, on every page"`
		Next   int64           `json:"next_before,omitempty" doc:"Missing on the last page"`
	} `nameHint:"InboxPage"`
}

func (a *API) inbox(ctx context.Context, r reader, in *inboxIn) (*inboxOut, error) {
	f := inbox.Filter{State: inbox.State(in.State), Kind: inbox.Kind(in.Kind), Before: inbox.ItemID(in.Before), Limit: in.Limit}
	if in.State == "open" {
		f.State = inbox.Open
	}
	p, err := a.Inbox.List(ctx, r.by, f)
	if err != nil {
		return nil, err
	}
	out := &inboxOut{}
	out.Body.Items, out.Body.Next = make([]inboxLineJSON, 0, len(p.Lines)), int64(p.Next)
	if out.Body.Unread, err = a.Inbox.Unread(ctx, r.by); err != nil {
		return nil, err
	}
	for _, l := range p.Lines {
		t, err := a.Tickets.Get(ctx, r.by, ticket.Target{ID: l.Ticket.ID})
		if err != nil {
			return nil, err
		}
		line := inboxLineJSON{Ticket: a.row(ctx, r, t), Unread: l.Unread, Items: make([]inboxItemJSON, 0, len(l.Items))}
		for _, i := range l.Items {
			one := inboxItemJSON{ID: int64(i.ID), Kind: string(i.Kind), What: i.What, At: i.At}
			if i.Actor != 0 {
				one.Actor = a.who(ctx, r, i.Actor)
			}
			if i.Read() {
				at := i.ReadAt
				one.Read = &at
			}
			line.Items = append(line.Items, one)
		}
		out.Body.Items = append(out.Body.Items, line)
	}
	return out, nil
}

type inboxMark struct {
	Body struct {
		UpTo   int64  `json:"up_to" minimum:"1" maximum:"9007199254740991" doc:"The newest item that was seen"`
		Ticket string `json:"ticket,omitempty" maxLength:"20" doc:"Of this ticket alone: LD-1042 or 1042; of all where it is missing"`
	}
}

// meant is the ticket that is meant; 0 for every one.
func (a *API) meant(ctx context.Context, r reader, in *inboxMark) (ticket.ID, error) {
	if in.Body.Ticket == "" {
		return 0, nil
	}
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{Number: ticket.ParseRef(in.Body.Ticket)})
	return t.ID, err
}

// markedOut is what is left.
type markedOut struct {
	Body struct {
		Unread int64 `json:"unread" doc:"Tickets about which something is unread"`
	} `nameHint:"InboxMarked"`
}

func (a *API) marked(ctx context.Context, r reader) (*markedOut, error) {
	out := &markedOut{}
	var err error
	out.Body.Unread, err = a.Inbox.Unread(ctx, r.by)
	return out, err
}

func (a *API) readInbox(ctx context.Context, r reader, in *inboxMark) (*markedOut, error) {
	which, err := a.meant(ctx, r, in)
	if err != nil {
		return nil, err
	}
	if err := a.Inbox.Seen(ctx, r.by, which, inbox.ItemID(in.Body.UpTo)); err != nil {
		return nil, err
	}
	return a.marked(ctx, r)
}

func (a *API) finishInbox(ctx context.Context, r reader, in *inboxMark) (*markedOut, error) {
	which, err := a.meant(ctx, r, in)
	if err != nil {
		return nil, err
	}
	if _, err := a.Inbox.Done(ctx, r.by, which, inbox.ItemID(in.Body.UpTo)); err != nil {
		return nil, err
	}
	return a.marked(ctx, r)
}

type watchersOut struct {
	Body struct {
		Items []refJSON `json:"items" nullable:"false" doc:"The first first"`
	} `nameHint:"Watchers"`
}

func (a *API) watchers(ctx context.Context, r reader, in *Numbered) (*watchersOut, error) {
	return a.watching(ctx, r, in, nil)
}

func (a *API) watch(ctx context.Context, r reader, in *Numbered) (*watchersOut, error) {
	return a.watching(ctx, r, in, a.Inbox.Watch)
}

func (a *API) unwatch(ctx context.Context, r reader, in *Numbered) (*watchersOut, error) {
	return a.watching(ctx, r, in, a.Inbox.Unwatch)
}

func (a *API) watching(ctx context.Context, r reader, in *Numbered, do func(context.Context, access.Actor, ticket.Ticket) error) (*watchersOut, error) {
	t, err := a.read(ctx, r, *in)
	if err != nil {
		return nil, err
	}
	if do != nil {
		if err := do(ctx, r.by, t); err != nil {
			return nil, err
		}
	}
	list, err := a.Inbox.Watchers(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &watchersOut{}
	out.Body.Items = make([]refJSON, 0, len(list))
	for _, who := range list {
		out.Body.Items = append(out.Body.Items, *a.who(ctx, r, who))
	}
	return out, nil
}
