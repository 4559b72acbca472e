// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) messageOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/events", id: "list-events", tag: "Tickets", action: access.TicketRead,
		summary: "List what happened to a ticket",
		about:   "Oldest first. Requesters get what they may know: no internal word, no hand-over, no deviation.",
	}, a.listEvents)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/messages", id: "list-messages", tag: "Messages", action: access.TicketRead,
		summary: "List the messages of a ticket",
		about:   "Oldest first. Requesters get public ones only.",
	}, a.listMessages)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/messages", id: "create-message", tag: "Messages", action: access.TicketSay, status: http.StatusCreated,
		summary: "Say something on a ticket",
		about:   "public: the requester reads it, or it is from the requester. internal and call: for staff only. The same as the commands reply, note and call.",
	}, a.createMessage)
}

// messageJSON is something said on a ticket.
type messageJSON struct {
	ID          int64      `json:"id"`
	Kind        string     `json:"kind" enum:"public,internal,call,unsent" doc:"unsent: a reply that may still be taken back; staff only"`
	At          time.Time  `json:"at"`
	Author      *refJSON   `json:"author,omitempty" doc:"Missing for the desk itself"`
	ByRequester bool       `json:"by_requester" doc:"From the requester's side"`
	First       bool       `json:"first,omitempty" doc:"The request itself, in the user's words"`
	Channel     string     `json:"channel"`
	Sender      string     `json:"sender,omitempty" enum:"verified,unchecked,unverified,forged" doc:"Of a mail: whether it is from whom it names"`
	Text        string     `json:"text"`
	Quoted      string     `json:"quoted,omitempty" doc:"What the mail repeated from before"`
	Seconds     int64      `json:"seconds,omitempty" doc:"Length of a call"`
	Files       []fileJSON `json:"files,omitempty" nullable:"false"`
}

// message writes a message that the trade has let the reader have.
func (a *API) message(ctx context.Context, r reader, m ticket.Message) messageJSON {
	out := messageJSON{
		ID: int64(m.ID), Kind: string(m.Kind), At: m.At, Author: a.who(ctx, r, m.Author), ByRequester: m.ByUser, First: m.First,
		Channel: string(m.Channel), Sender: string(m.Proof.Verdict), Text: m.Text, Quoted: m.Quoted, Seconds: m.Seconds,
	}
	for _, f := range m.Attached {
		out.Files = append(out.Files, toFileJSON(f))
	}
	return out
}

type messagesOut struct {
	Body struct {
		Items []messageJSON `json:"items" nullable:"false"`
		Next  string        `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"MessagePage"`
}

func (a *API) listMessages(ctx context.Context, r reader, in *eventsIn) (*messagesOut, error) {
	list, next, err := a.thread(ctx, r, in.Numbered, in.Paged, func(e ticket.Entry) bool { return e.Message != nil })
	if err != nil {
		return nil, err
	}
	out := &messagesOut{}
	out.Body.Items, out.Body.Next = make([]messageJSON, 0, len(list)), next
	for _, e := range list {
		out.Body.Items = append(out.Body.Items, a.message(ctx, r, *e.Message))
	}
	return out, nil
}

// createMessageJSON is the body of POST messages.
type createMessageJSON struct {
	Kind    string   `json:"kind" enum:"public,internal,call" doc:"Who may read it; there is no default"`
	Text    string   `json:"text" minLength:"1" maxLength:"200000"`
	Files   []string `json:"files,omitempty" nullable:"false" maxItems:"50" maxLength:"26" pattern:"^[a-z2-7]{26}$" doc:"Tokens of uploaded files"`
	Spoke   bool     `json:"spoke,omitempty" doc:"For a call: the requester was reached"`
	Seconds int64    `json:"seconds,omitempty" minimum:"0" maximum:"86400" doc:"For a call: its length"`
}

type createMessageOut struct {
	Location string `header:"Location" doc:"The address of the ticket's messages"`
	ETag     string `header:"ETag" doc:"The version, for If-Match"`
	DryRun   string `header:"Dry-Run" doc:"true where nothing was changed"`
	Body     ticketJSON
}

func (a *API) createMessage(ctx context.Context, r reader, in *commandIn[createMessageJSON]) (*createMessageOut, error) {
	b := in.Body
	if b.Kind != string(ticket.Call) && (b.Spoke || b.Seconds != 0) {
		return nil, errs.Field("kind", "api.call_only")
	}
	what := ticket.Say{Text: b.Text, Files: b.Files, Seconds: b.Seconds}
	var cmd ticket.Command
	switch ticket.Kind(b.Kind) {
	case ticket.Internal:
		cmd = ticket.Note{Say: what}
	case ticket.Call:
		cmd = ticket.CallRecord{Say: what, Spoke: b.Spoke}
	case ticket.Public:
		cmd = ticket.Reply{Say: what}
	default:
		return nil, errs.Field("kind", "api.value")
	}
	t, err := a.carryOut(ctx, r, in.CommandHead, cmd)
	if err != nil {
		return nil, err
	}
	out := &createMessageOut{Location: Prefix + "/tickets/" + strconv.FormatInt(t.Number, 10) + "/messages", ETag: etag(t), Body: a.whole(ctx, r, t)}
	out.Body.Warnings = a.warnings(ctx, r, t, cmd)
	if in.DryRun {
		out.DryRun = "true"
	}
	return out, nil
}
