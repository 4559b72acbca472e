// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) remoteOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/remote-sessions", id: "list-open-remote-sessions", tag: "Remote help", action: access.QueueRead,
		summary: "List the sessions of remote help that are open on any ticket",
	}, a.listOpenRemote)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/remote-sessions", id: "list-remote-sessions", tag: "Remote help", action: access.TicketAnswer,
		summary: "List the sessions of remote help of a ticket",
		about:   "Newest first: who asked, to what the requester agreed, when it began and ended, why, and what came of it. For staff and for the requester.",
	}, a.listRemote)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/remote-sessions", id: "begin-remote-session", tag: "Remote help", action: access.TicketWork,
		summary: "Ask to see a screen, or begin a session of a tool for remote control",
		about:   "A share is seen in a browser once the requester has agreed on the page that their letter leads to; it cannot be seen, agreed to or steered by the API. A launch answers with the link that opens the tool.",
		status:  http.StatusCreated,
	}, a.beginRemote)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/remote-sessions/{session}/end", id: "end-remote-session", tag: "Remote help", action: access.TicketWork,
		summary: "End a session of remote help",
		about:   "With what came of it, which a launch needs. A share ends on both screens at once.",
	}, a.endRemote)
}

type (
	remoteFactJSON struct {
		Session  int64    `json:"session"`
		Way      string   `json:"way,omitempty" enum:"share,launch"`
		Tool     string   `json:"tool,omitempty"`
		Target   string   `json:"target,omitempty"`
		Viewer   *refJSON `json:"viewer,omitempty" doc:"Who sees the screen"`
		Consent  int      `json:"consent,omitempty" doc:"Version of the words that the requester agreed to"`
		Pictures bool     `json:"pictures,omitempty" doc:"Pictures were asked for, or agreed to"`
		Picture  int      `json:"picture,omitempty" doc:"Which one was kept"`
		Kept     int      `json:"kept,omitempty" doc:"How many were"`
		Reason   string   `json:"reason,omitempty" enum:"agent,requester,declined,withdrawn,unanswered,unsupported,unreachable,lost,too_long,closed"`
		Outcome  string   `json:"outcome,omitempty" enum:"solved,partly,unsolved,look"`
		Note     string   `json:"note,omitempty"`
		Seconds  int64    `json:"seconds,omitempty" doc:"From beginning to end"`
	}
	remoteJSON struct {
		ID       int64     `json:"id"`
		Ticket   int64     `json:"ticket" doc:"Its number"`
		Way      string    `json:"way" enum:"share,launch"`
		State    string    `json:"state" enum:"asked,agreed,live,ended"`
		Agent    refJSON   `json:"agent" doc:"Who asked, and the only one who sees"`
		Tool     string    `json:"tool,omitempty"`
		Target   string    `json:"target,omitempty" doc:"The device, as the tool names it; for staff"`
		Link     string    `json:"link,omitempty" doc:"Opens the tool; for whoever began the session, while it is open"`
		Consent  int64     `json:"consent,omitempty" doc:"Version of the words that the requester agreed to"`
		Pictures bool      `json:"pictures" doc:"Pictures may be kept"`
		Kept     int64     `json:"kept" doc:"Pictures that were"`
		AskedAt  time.Time `json:"asked_at"`
		AgreedAt time.Time `json:"agreed_at,omitzero"`
		Started  time.Time `json:"started_at,omitzero"`
		Ended    time.Time `json:"ended_at,omitzero"`
		Reason   string    `json:"reason,omitempty" enum:"agent,requester,declined,withdrawn,unanswered,unsupported,unreachable,lost,too_long,closed"`
		Outcome  string    `json:"outcome,omitempty" enum:"solved,partly,unsolved,look"`
		Note     string    `json:"note,omitempty" doc:"For staff"`
	}
	remotesOut struct {
		Body struct {
			Items []remoteJSON `json:"items" nullable:"false"`
		} `nameHint:"RemoteSessions"`
	}
	remoteOut struct {
		Body remoteJSON
	}
	beginRemoteIn struct {
		Numbered
		Body struct {
			Way      string `json:"way" enum:"share,launch"`
			Pictures bool   `json:"pictures,omitempty" doc:"Of a share: the requester is asked whether pictures may be kept"`
			Tool     string `json:"tool,omitempty" maxLength:"40" doc:"Of a launch: the name of a tool that an administrator offers"`
			Target   string `json:"target,omitempty" maxLength:"120" doc:"Of a launch: the device, as the tool names it"`
		} `nameHint:"BeginRemoteSession"`
	}
	endRemoteIn struct {
		Numbered
		Session int64 `path:"session" minimum:"1" maximum:"9007199254740991"`
		Body    struct {
			Outcome string `json:"outcome,omitempty" enum:"solved,partly,unsolved,look"`
			Note    string `json:"note,omitempty" maxLength:"1000" doc:"For staff"`
		} `nameHint:"EndRemoteSession"`
	}
)

// remoteFact writes what a fact says of a session. What agents wrote for each other stays with staff.
func (a *API) remoteFact(ctx context.Context, r reader, f ticket.Fact) *remoteFactJSON {
	switch f := f.(type) {
	case ticket.RemoteAsked:
		return &remoteFactJSON{Session: f.Session, Way: ticket.RemoteShare, Pictures: f.Pictures}
	case ticket.RemoteAgreed:
		return &remoteFactJSON{Session: f.Session, Way: ticket.RemoteShare, Consent: f.Text, Pictures: f.Pictures}
	case ticket.RemoteStarted:
		out := &remoteFactJSON{Session: f.Session, Way: f.Way, Tool: f.Tool, Viewer: a.who(ctx, r, f.Viewer)}
		if r.staff() {
			out.Target = f.With
		}
		return out
	case ticket.RemotePictured:
		return &remoteFactJSON{Session: f.Session, Way: ticket.RemoteShare, Picture: f.Nth}
	case ticket.RemoteEnded:
		out := &remoteFactJSON{Session: f.Session, Way: f.Way, Tool: f.Tool, Reason: f.Reason, Seconds: f.Seconds, Kept: f.Pictures}
		if r.staff() {
			out.Outcome, out.Note = f.Outcome, f.Note
		}
		return out
	}
	return nil
}

func (a *API) remote(ctx context.Context, r reader, t ticket.Ticket, x remote.Session) (remoteJSON, error) {
	out := remoteJSON{
		ID: int64(x.ID), Ticket: t.Number, Way: string(x.Way), State: string(x.State), Agent: a.named(ctx, x.Agent), Tool: x.Tool, Consent: x.Text, Pictures: x.Pictures, Kept: x.Kept,
		AskedAt: x.AskedAt, AgreedAt: x.AgreedAt, Started: x.StartedAt, Ended: x.EndedAt, Reason: string(x.Reason),
	}
	if !r.staff() {
		return out, nil
	}
	var err error
	out.Target, out.Outcome, out.Note = x.Target, string(x.Outcome), x.Note
	out.Link, err = a.Remote.Link(ctx, r.by, t, x)
	return out, err
}

func (a *API) remotes(ctx context.Context, r reader, t ticket.Ticket, list []remote.Session) (*remotesOut, error) {
	out := &remotesOut{}
	out.Body.Items = make([]remoteJSON, 0, len(list))
	for _, x := range list {
		if t.ID != x.Ticket {
			var err error
			if t, err = a.Tickets.Get(ctx, r.by, ticket.Target{ID: x.Ticket}); err != nil {
				return nil, err
			}
		}
		v, err := a.remote(ctx, r, t, x)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (a *API) listOpenRemote(ctx context.Context, r reader, _ *struct{}) (*remotesOut, error) {
	list, err := a.Remote.Open(ctx, r.by)
	if err != nil {
		return nil, err
	}
	return a.remotes(ctx, r, ticket.Ticket{}, list)
}

func (a *API) listRemote(ctx context.Context, r reader, in *struct{ Numbered }) (*remotesOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	list, err := a.Remote.ForTicket(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	return a.remotes(ctx, r, t, list)
}

func (a *API) beginRemote(ctx context.Context, r reader, in *beginRemoteIn) (*remoteOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	var x remote.Session
	if in.Body.Way == string(remote.Share) {
		x, err = a.Remote.Ask(ctx, r.by, ticket.Target{ID: t.ID}, in.Body.Pictures)
	} else {
		x, _, err = a.Remote.Begin(ctx, r.by, ticket.Target{ID: t.ID}, in.Body.Tool, in.Body.Target)
	}
	if err != nil {
		return nil, err
	}
	v, err := a.remote(ctx, r, t, x)
	return &remoteOut{v}, err
}

func (a *API) endRemote(ctx context.Context, r reader, in *endRemoteIn) (*remoteOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	x, err := a.Remote.End(ctx, r.by, ticket.Target{ID: t.ID}, remote.ID(in.Session), remote.Closing{Outcome: remote.Outcome(in.Body.Outcome), Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	v, err := a.remote(ctx, r, t, x)
	return &remoteOut{v}, err
}
