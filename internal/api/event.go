// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// eventJSON is one fact of a ticket's life.
type eventJSON struct {
	ID      int64        `json:"id" doc:"Counts up; the order in which things happened"`
	Name    string       `json:"name" example:"ticket.accepted"`
	At      time.Time    `json:"at"`
	By      string       `json:"by" enum:"person,link,system" doc:"Somebody with an account, the holder of a signed link, or the desk itself"`
	Person  *refJSON     `json:"person,omitempty"`
	Via     string       `json:"via" doc:"The door: portal, web, mail, api, phone, system"`
	Detail  factJSON     `json:"detail" doc:"What the fact says; which members there are depends on its name"`
	Message *messageJSON `json:"message,omitempty" doc:"The message that the fact carried"`
}

// factJSON holds what any fact may say.
type factJSON struct {
	Number        int64                 `json:"number,omitempty"`
	Subject       string                `json:"subject,omitempty"`
	Channel       string                `json:"channel,omitempty"`
	Requester     *refJSON              `json:"requester,omitempty"`
	Owner         *refJSON              `json:"owner,omitempty"`
	Assignee      *refJSON              `json:"assignee,omitempty"`
	Group         *refJSON              `json:"group,omitempty"`
	FromGroup     *refJSON              `json:"from_group,omitempty"`
	Category      *refJSON              `json:"category,omitempty"`
	Service       *refJSON              `json:"service,omitempty"`
	ExpectBy      time.Time             `json:"expect_by,omitzero"`
	Grade         *gradeJSON            `json:"grade,omitempty"`
	Impact        int                   `json:"impact,omitempty" doc:"1 high, 2 medium, 3 low"`
	Urgency       int                   `json:"urgency,omitempty" doc:"1 high, 2 medium, 3 low"`
	Priority      string                `json:"priority,omitempty"`
	Intake        map[string]answerJSON `json:"intake,omitempty"`
	Form          *filledJSON           `json:"form,omitempty" doc:"The form of the category and all answers as they now are"`
	Wants         []wantJSON            `json:"wants,omitempty" nullable:"false" doc:"What the requester was asked for"`
	Guide         *guideJSON            `json:"guide,omitempty" doc:"The following of a runbook"`
	Items         []string              `json:"items,omitempty" nullable:"false"`
	Kind          string                `json:"kind,omitempty"`
	ByRequester   bool                  `json:"by_requester,omitempty"`
	FirstResponse bool                  `json:"first_response,omitempty"`
	Spoke         bool                  `json:"spoke,omitempty"`
	Hold          *holdJSON             `json:"hold,omitempty"`
	Because       string                `json:"because,omitempty"`
	EveryMinutes  int64                 `json:"every_minutes,omitempty" doc:"How often the requester hears from here on"`
	Solution      *solutionJSON         `json:"solution,omitempty"`
	Confirmation  *confirmationJSON     `json:"confirmation,omitempty"`
	Rating        *ratingJSON           `json:"rating,omitempty"`
	Done          string                `json:"done,omitempty"`
	Why           string                `json:"why,omitempty"`
	Needed        string                `json:"needed,omitempty"`
	Difficulties  string                `json:"difficulties,omitempty"`
	Approach      string                `json:"approach,omitempty"`
	ClosedAs      string                `json:"closed_as,omitempty"`
	Promise       time.Time             `json:"promise,omitzero" doc:"By when the words say that the requester hears next"`
	Until         time.Time             `json:"until,omitzero" doc:"When a reply is said that may be taken back"`
	Reason        string                `json:"reason,omitempty"`
	How           string                `json:"how,omitempty" doc:"By which door a record was confirmed; missing where it was read aloud"`
	Words         string                `json:"words,omitempty" doc:"What is wrong with a record"`
	CallAt        time.Time             `json:"call_at,omitzero" doc:"When the requester is called"`
	CallNumber    string                `json:"call_number,omitempty" doc:"Under which number"`
	Who           *refJSON              `json:"call_by,omitempty" doc:"By whom"`
	Link          *linkJSON             `json:"link,omitempty"`
	Participant   *refJSON              `json:"participant,omitempty" doc:"Who takes part, or no longer does"`
	Address       string                `json:"address,omitempty" doc:"The address by which the requester named somebody"`
	Approval      *approvalFactJSON     `json:"approval,omitempty" doc:"Staff only: what happened to an approval"`
	Finding       *findingJSON          `json:"finding,omitempty" doc:"A line of the diagnosis log as it now is"`
	Deed          *deedFactJSON         `json:"deed,omitempty" doc:"A step with a risk that was done (N31)"`
	Passes        int                   `json:"passes,omitempty" doc:"How often it went back and forth between the same two groups"`
	Device        *tiedJSON             `json:"device,omitempty" doc:"A device that the ticket is about, or no longer is"`
	Visit         *visitStepJSON        `json:"visit,omitempty"`
	Remote        *remoteFactJSON       `json:"remote,omitempty" doc:"Of a session of remote help (N26)"`
	Clause        string                `json:"clause,omitempty"`
	Gap           string                `json:"gap,omitempty"`
}

// event writes one line of a thread. The trade has left out what the reader may not know; what
// a fact holds besides for staff is left out here.
func (a *API) event(ctx context.Context, r reader, e ticket.Entry) eventJSON {
	m := e.Record.Meta
	out := eventJSON{
		ID: e.Record.ID, Name: e.Record.Name, At: m.At, By: m.ActorKind, Via: m.Via,
		Person: a.who(ctx, r, person.ID(m.ActorID)), Detail: a.fact(ctx, r, e.Fact, m.At),
	}
	if e.Message != nil {
		v := a.message(ctx, r, *e.Message)
		out.Message = &v
	}
	return out
}

func (a *API) fact(ctx context.Context, r reader, f ticket.Fact, at time.Time) factJSON {
	switch f := f.(type) {
	case ticket.Recorded:
		out := factJSON{
			Number: f.Number, Subject: f.Subject, Channel: string(f.Channel), Requester: a.who(ctx, r, f.Requester),
			Category: a.category(ctx, r, f.Category), Service: a.service(ctx, r, f.Service), Group: a.group(ctx, r, f.Group),
		}
		if r.staff() {
			out.Intake = answersJSON(f.Intake)
		}
		return out
	case ticket.Acknowledged:
		return factJSON{Channel: string(f.Channel), ExpectBy: f.ExpectBy}
	case ticket.Accepted:
		return factJSON{Owner: a.who(ctx, r, f.Owner)}
	case ticket.Assigned:
		return factJSON{Owner: a.who(ctx, r, f.Owner), Assignee: a.who(ctx, r, f.Assignee), Group: a.group(ctx, r, f.Group)}
	case ticket.HandedOver:
		return factJSON{
			FromGroup: a.group(ctx, r, f.From), Group: a.group(ctx, r, f.To), Assignee: a.who(ctx, r, f.Assignee),
			Done: f.Done, Why: f.Why, Needed: f.Needed,
		}
	case ticket.Classified:
		return factJSON{Category: a.category(ctx, r, f.Category), Service: a.service(ctx, r, f.Service), Subject: f.Subject}
	case ticket.Graded:
		return factJSON{
			Priority: f.Priority.String(), Impact: int(f.Impact), Urgency: int(f.Urgency), Reason: f.Reason,
			Grade: &gradeJSON{Core: f.Answers.Core, Affected: string(f.Answers.Affected), Halt: string(f.Answers.Halt), Computed: f.Computed.String(), Override: f.Reason},
		}
	case ticket.Noted:
		return factJSON{Intake: answersJSON(f.Intake)}
	case ticket.Guided:
		return factJSON{Guide: guideOf(f.Guide), ByRequester: f.ByRequester}
	case ticket.AskedFor:
		return factJSON{Wants: wants(f.Wants)}
	case ticket.FormFilled:
		return factJSON{Form: a.filled(ctx, r, ticket.Ticket{Detail: ticket.Detail{Form: f.Form}})}
	case ticket.ReadBackDone:
		return factJSON{Items: words(f.Items), How: f.How}
	case ticket.ReadBackWrong:
		return factJSON{Words: f.Words}
	case ticket.CallPromised:
		return factJSON{CallAt: f.Call.At, CallNumber: f.Call.Number, Who: a.who(ctx, r, f.Call.Who)}
	case ticket.Said:
		return factJSON{Kind: string(f.Kind), ByRequester: f.ByRequester, FirstResponse: f.FirstResponse, Spoke: f.Spoke, Promise: f.Promise}
	case ticket.Carried:
		return factJSON{Kind: string(f.Kind), ByRequester: f.ByRequester}
	case ticket.Leaving:
		return factJSON{Kind: string(ticket.Public), Promise: f.Reply.Promise, Until: f.Reply.Until}
	case ticket.ParticipantAdded:
		return a.participant(ctx, r, f.Person, f.Address)
	case ticket.ParticipantRemoved:
		return a.participant(ctx, r, f.Person, f.Address)
	case ticket.DeviceTied:
		return factJSON{Device: &tiedJSON{ID: f.Device.ID, Tag: f.Device.Tag, Label: f.Device.Label}}
	case ticket.DeviceUntied:
		return factJSON{Device: &tiedJSON{ID: f.Device.ID, Tag: f.Device.Tag, Label: f.Device.Label}}
	case ticket.VisitStepped:
		return factJSON{Visit: a.visitStep(ctx, r, f)}
	case ticket.LinkedTo:
		return factJSON{Link: &linkJSON{Number: f.Link.Number, Kind: f.Link.Kind}}
	case ticket.Diagnosed:
		return factJSON{Finding: findingOf(f.Line, f.Finding)}
	case ticket.DeedDone:
		return factJSON{Deed: a.deedFact(ctx, r, f)}
	case ticket.RemoteAsked, ticket.RemoteAgreed, ticket.RemoteStarted, ticket.RemotePictured, ticket.RemoteEnded:
		return factJSON{Remote: a.remoteFact(ctx, r, f)}
	case ticket.Paced:
		return factJSON{EveryMinutes: f.Minutes, Because: f.Because}
	case ticket.MailHeld:
		return factJSON{Reason: f.Reason}
	case ticket.TakenOver:
		return factJSON{Assignee: a.who(ctx, r, f.Assignee)}
	case ticket.HandOverRefused:
		return factJSON{FromGroup: a.group(ctx, r, f.From), Group: a.group(ctx, r, f.To), Assignee: a.who(ctx, r, f.Assignee), Reason: f.Reason}
	case ticket.PassedAround:
		return factJSON{Passes: f.Count}
	case ticket.Approval:
		return factJSON{Approval: a.approvalFact(ctx, r, f)}
	}
	return outcome(r, f, at)
}

// outcome writes the facts of the second half of a life.
func outcome(r reader, f ticket.Fact, at time.Time) factJSON {
	switch f := f.(type) {
	case ticket.Held:
		h := &holdJSON{Reason: string(f.Reason), Stuck: f.Stuck, Doing: f.Doing, Next: f.Next}
		h.vendor(r, f.Vendor)
		return factJSON{Hold: h}
	case ticket.VendorSilent:
		h := &holdJSON{Reason: string(ticket.ForVendor)}
		h.vendor(r, f.Vendor)
		return factJSON{Hold: h}
	case ticket.Deviated:
		return factJSON{Clause: f.Clause, Gap: f.Gap, Reason: f.Reason}
	case ticket.Resumed:
		return factJSON{Because: f.Because}
	case ticket.SolutionGiven:
		s := f.Solution
		return factJSON{Solution: &solutionJSON{Text: s.Text, Cause: s.Cause, Prevention: s.Prevention, Verify: s.Verify}}
	case ticket.UserConfirmed:
		c := &confirmationJSON{At: at, How: f.Confirmation.How}
		if r.staff() {
			c.Evidence = f.Confirmation.Evidence
		}
		return factJSON{Confirmation: c}
	case ticket.Rated:
		return factJSON{Rating: &ratingJSON{Score: f.Score, Comment: f.Comment, At: at}}
	case ticket.UserRejected:
		return factJSON{Reason: f.Reason}
	case ticket.Archived:
		return factJSON{Difficulties: f.Difficulties, Approach: f.Approach}
	case ticket.Ended:
		return factJSON{ClosedAs: string(f.As), Reason: f.Reason}
	case ticket.Reopened:
		return factJSON{Reason: f.Reason}
	}
	return factJSON{}
}

type eventsIn struct {
	Numbered
	Paged
}

type eventsOut struct {
	Body struct {
		Items []eventJSON `json:"items" nullable:"false"`
		Next  string      `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"EventPage"`
}

func (a *API) listEvents(ctx context.Context, r reader, in *eventsIn) (*eventsOut, error) {
	list, next, err := a.thread(ctx, r, in.Numbered, in.Paged, func(ticket.Entry) bool { return true })
	if err != nil {
		return nil, err
	}
	out := &eventsOut{}
	out.Body.Items, out.Body.Next = make([]eventJSON, 0, len(list)), next
	for _, e := range list {
		out.Body.Items = append(out.Body.Items, a.event(ctx, r, e))
	}
	return out, nil
}

// thread returns a stretch of the entries that fit, oldest first, and the cursor of the next.
func (a *API) thread(ctx context.Context, r reader, n Numbered, p Paged, fits func(ticket.Entry) bool) ([]ticket.Entry, string, error) {
	after, err := afterEvent(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	t, err := a.read(ctx, r, n)
	if err != nil {
		return nil, "", err
	}
	all, err := a.Tickets.Thread(ctx, r.by, t)
	if err != nil {
		return nil, "", err
	}
	var out []ticket.Entry
	for _, e := range all {
		if e.Record.ID <= after || !fits(e) {
			continue
		}
		if len(out) == p.Limit {
			return out, strconv.FormatInt(out[len(out)-1].Record.ID, 10), nil
		}
		out = append(out, e)
	}
	return out, "", nil
}

// afterEvent reads a cursor of a thread: the id of the last event of the page before.
func afterEvent(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		return 0, errs.Field("cursor", "ticket.cursor")
	}
	return n, nil
}
