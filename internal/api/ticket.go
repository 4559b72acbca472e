// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) ticketOperations() {
	register(a, operation{
		method: http.MethodPost, path: "/tickets", id: "create-ticket", tag: "Tickets", status: http.StatusCreated, action: access.TicketOpen,
		summary: "Record a ticket",
		about:   "For the caller, or for somebody else where the caller works for the desk. It is acknowledged to the requester at once. With an Idempotency-Key the request may be sent again: the first answer was 201, each later one is 200 with Idempotency-Replayed: true.",
	}, a.createTicket)
	register(a, operation{
		method: http.MethodGet, path: "/tickets", id: "list-tickets", tag: "Tickets", action: access.TicketRead,
		summary: "List tickets",
		about:   "Views of open tickets come in risk order, closed and all by last change. Requesters list their own, by last change.",
	}, a.listTickets)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}", id: "get-ticket", tag: "Tickets", action: access.TicketRead,
		summary: "Read a ticket",
	}, a.getTicket)
}

// Numbered is the address of everything about one ticket.
type Numbered struct {
	Number string `path:"number" maxLength:"24" doc:"The ticket's number, 1042 or LD-1042"`
}

// target reads the number; one that cannot be is not found.
func (n Numbered) target() (ticket.Target, error) {
	number := ticket.ParseRef(n.Number)
	if number == 0 {
		return ticket.Target{}, errs.New(errs.NotFound, "ticket.not_found")
	}
	return ticket.Target{Number: number}, nil
}

// read returns the ticket that an address means, if the reader may see it.
func (a *API) read(ctx context.Context, r reader, n Numbered) (ticket.Ticket, error) {
	on, err := n.target()
	if err != nil {
		return ticket.Ticket{}, err
	}
	return a.Tickets.Get(ctx, r.by, on)
}

// createTicketJSON is the body of POST /tickets.
type createTicketJSON struct {
	Text      string      `json:"text" minLength:"1" maxLength:"200000" doc:"The user's own words; kept as they are"`
	Subject   string      `json:"subject,omitempty" maxLength:"200" doc:"Made from the text where it is missing"`
	Requester int64       `json:"requester,omitempty" minimum:"1" maximum:"9007199254740991" doc:"For whom; staff only, the caller where it is missing"`
	Email     string      `json:"requester_email,omitempty" maxLength:"254" doc:"For whom, by address; instead of requester"`
	Channel   string      `json:"channel,omitempty" enum:"api,phone" doc:"phone for a call that another system took; staff only"`
	Category  int64       `json:"category,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A category's id"`
	Service   int64       `json:"service,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A service's id"`
	Intake    *intakeJSON `json:"intake,omitempty" doc:"What is known of the seven elements of the record"`
	Files     []string    `json:"files,omitempty" nullable:"false" maxItems:"50" maxLength:"26" pattern:"^[a-z2-7]{26}$" doc:"Tokens of uploaded files"`

	Answers     []givenJSON `json:"answers,omitempty" nullable:"false" maxItems:"40" doc:"To the questions of the category; with them, what has to be answered at once is asked for"`
	FormVersion int64       `json:"form_version,omitempty" minimum:"1" maximum:"9007199254740991" doc:"The version of the form that was shown; the one in force where it is missing"`
}

type createTicketIn struct {
	Key  string `header:"Idempotency-Key" maxLength:"128" pattern:"^[!-~]*$" doc:"The caller's own name for this request, 1–128 visible ASCII characters"`
	Body createTicketJSON
}

type createTicketOut struct {
	Status   int
	Location string `header:"Location" doc:"The address of the ticket"`
	ETag     string `header:"ETag" doc:"The version, for If-Match"`
	Replayed string `header:"Idempotency-Replayed" doc:"true where the key was used before and the ticket is the one made then"`
	Body     ticketJSON
}

func (a *API) createTicket(ctx context.Context, r reader, in *createTicketIn) (*createTicketOut, error) {
	b := in.Body
	who, err := a.requester(ctx, r, b)
	if err != nil {
		return nil, err
	}
	q := ticket.Request{
		Requester: who, Subject: b.Subject, Channel: ticket.API,
		Category: catalog.CategoryID(b.Category), Service: catalog.ServiceID(b.Service), Intake: b.Intake.answers(),
		Say: ticket.Say{Text: b.Text, Files: b.Files},
	}
	if b.Answers != nil {
		q.Given = &ticket.Given{Version: b.FormVersion, Answers: given(b.Answers)}
	}
	if b.Channel == string(ticket.Phone) {
		if !r.staff() {
			return nil, errs.Field("channel", "api.staff_only")
		}
		q.Channel = ticket.Phone
	}
	if in.Key != "" {
		if q.Hash, err = digest(b); err != nil {
			return nil, err
		}
		q.Key = "api:" + strconv.FormatInt(r.by.ID, 10) + ":" + in.Key
	}
	if !r.uncounted(session.Opening) {
		q.Counted = a.Sessions.Counting(r.by.ID, session.Opening)
	}
	t, repeated, err := a.Tickets.Record(ctx, r.by, q)
	if err != nil {
		return nil, tooMany(err)
	}
	out := &createTicketOut{Status: http.StatusCreated, Location: Prefix + "/tickets/" + strconv.FormatInt(t.Number, 10), ETag: etag(t), Body: a.whole(ctx, r, t)}
	if repeated {
		out.Status, out.Replayed = http.StatusOK, "true"
	}
	return out, nil
}

// requester says for whom a ticket is. Whoever may not open tickets for others learns nothing
// of who else has an address here.
func (a *API) requester(ctx context.Context, r reader, b createTicketJSON) (person.ID, error) {
	switch {
	case b.Requester != 0 && b.Email != "":
		return 0, errs.Field("requester_email", "api.requester_twice")
	case b.Requester != 0:
		return person.ID(b.Requester), nil
	case b.Email == "":
		return person.ID(r.by.ID), nil
	}
	if clean, _ := person.CleanEmail(b.Email); clean == r.person.Email {
		return r.person.ID, nil
	}
	if err := access.Can(r.by, access.TicketOpenFor, access.Object{}); err != nil {
		return 0, err
	}
	p, err := a.People.ByEmail(ctx, b.Email)
	if errs.KindOf(err) == errs.NotFound {
		return 0, errs.Field("requester_email", "ticket.requester_unknown")
	}
	return p.ID, err
}

// digest names a body by what it says, so that another order of its names or other white space makes no other body.
func digest(body createTicketJSON) (string, error) {
	b, err := json.Marshal(body)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

type listTicketsIn struct {
	Text     string `query:"q" maxLength:"200" doc:"With the views all and closed as q of /search, best match first; with the others a number, or a filter: priority:P1,P2 -owner:none silent:>4h printer"`
	View     string `query:"view" maxLength:"16" pattern:"^(risk|mine|unclaimed|waiting|promised|overdue|confirm|archive|closed|all|v[1-9][0-9]{0,14})$" doc:"A ready-made list: risk, mine, unclaimed, waiting, promised, overdue, confirm, archive, closed or all, which is meant where it is missing; or a saved view, v12. Requesters: closed and all"`
	Status   string `query:"status" enum:"new,open,pending,resolved,closed"`
	Group    int64  `query:"group" minimum:"1" maximum:"9007199254740991"`
	Owner    int64  `query:"owner" minimum:"1" maximum:"9007199254740991"`
	Category int64  `query:"category" minimum:"1" maximum:"9007199254740991"`
	Service  int64  `query:"service" minimum:"1" maximum:"9007199254740991"`
	Priority string `query:"priority" enum:"P1,P2,P3,P4" doc:"Staff only"`
	Paged
}

// Paged asks for a stretch of a list.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next_cursor of the page before"`
}

type listTicketsOut struct {
	Body struct {
		Items []ticketJSON `json:"items" nullable:"false"`
		Next  string       `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"TicketPage"`
}

func (a *API) listTickets(ctx context.Context, r reader, in *listTicketsIn) (*listTicketsOut, error) {
	f := ticket.Filter{
		View: ticket.View(in.View), Status: ticket.Status(in.Status), Group: person.GroupID(in.Group), Owner: person.ID(in.Owner),
		Category: catalog.CategoryID(in.Category), Service: catalog.ServiceID(in.Service), Priority: triage.ParsePriority(in.Priority),
		Text: in.Text, Cursor: in.Cursor, Limit: in.Limit,
	}
	if f.View == "" {
		f.View = ticket.All
	}
	if err := ownFilter(r, f); err != nil {
		return nil, err
	}
	saved := viewNamed(in.View) != 0
	if err := a.filtered(ctx, r, &f); err != nil {
		return nil, err
	}
	list := a.Tickets.List
	if f.Text != "" && !saved && (f.View == ticket.All || f.View == ticket.Done) {
		list = func(ctx context.Context, _ access.Actor, f ticket.Filter) (ticket.Page, error) {
			return a.searchTickets(ctx, r, f)
		}
	}
	p, err := list(ctx, r.by, f)
	if err != nil {
		return nil, err
	}
	out := &listTicketsOut{}
	out.Body.Items, out.Body.Next = make([]ticketJSON, 0, len(p.Tickets)), p.Next
	for _, t := range p.Tickets {
		out.Body.Items = append(out.Body.Items, a.row(ctx, r, t))
	}
	return out, nil
}

// ownFilter refuses to narrow or order a requester's list by what requesters do not see (S24).
func ownFilter(r reader, f ticket.Filter) error {
	if r.staff() {
		return nil
	}
	var bad []errs.FieldError
	if f.View != ticket.All && f.View != ticket.Done {
		bad = append(bad, errs.FieldError{Name: "view", Key: "api.staff_only"})
	}
	if f.Priority != 0 {
		bad = append(bad, errs.FieldError{Name: "priority", Key: "api.staff_only"})
	}
	return errs.Invalidf(bad...)
}

type ticketOut struct {
	ETag string `header:"ETag" doc:"The version, for If-Match"`
	Body ticketJSON
}

func (a *API) getTicket(ctx context.Context, r reader, in *struct{ Numbered }) (*ticketOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	return &ticketOut{ETag: etag(t), Body: a.whole(ctx, r, t)}, nil
}

// never is a version that no ticket has.
const never = -1

func etag(t ticket.Ticket) string { return `"` + strconv.FormatInt(t.Version, 10) + `"` }

// version reads an If-Match: one strong tag, or * and nothing for any version. A tag that
// no version ever had never matches.
func version(ifMatch string) (int64, error) {
	ifMatch = strings.TrimSpace(ifMatch)
	if ifMatch == "" || ifMatch == "*" {
		return 0, nil
	}
	inner, quoted := strings.CutPrefix(strings.TrimPrefix(ifMatch, "W/"), `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !quoted || !closed || strings.Contains(inner, `"`) {
		return 0, errs.Field("If-Match", "api.if_match")
	}
	if n, err := strconv.ParseInt(inner, 10, 64); err == nil && n > 0 && !strings.HasPrefix(ifMatch, "W/") {
		return n, nil
	}
	return never, nil
}
