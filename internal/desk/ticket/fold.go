// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Fold applies facts to a ticket in order. Folding every fact of a ticket into the zero
// Ticket gives its row, but for the version and the planned caches.
func Fold(t Ticket, records []event.Record) (Ticket, error) {
	for _, r := range records {
		f, err := Decode(r)
		if err != nil {
			return t, err
		}
		if f != nil {
			t.Advance(f, r.Meta)
		}
	}
	return t, nil
}

// Apply writes one fact into a ticket. The ticket that came in stays as it was.
func Apply(t Ticket, f Fact, m event.Meta) Ticket {
	t.Advance(f, m)
	return t
}

// Advance is Apply in place, for who folds and keeps nothing of before: a ticket is large, and a
// history long.
func (t *Ticket) Advance(f Fact, m event.Meta) {
	f.apply(t, m)
	t.taken(f, m)
	t.noHandOver(f, m)
	t.asking()
	t.owe(f, m)
	t.called(f, m)
	t.UpdatedAt = m.At
}

// Decode reads a stored fact; nil for one of another room.
func Decode(r event.Record) (Fact, error) {
	into, ok := facts[r.Name]
	if !ok {
		return nil, nil //nolint:nilnil // a fact of another room is no error and no fact of ours
	}
	f, err := into(r.Data)
	if err != nil {
		return nil, fmt.Errorf("read fact %d %s: %w", r.ID, r.Name, err)
	}
	return f, nil
}

func reader[F Fact](b []byte) (Fact, error) {
	var f F
	err := json.Unmarshal(b, &f)
	return f, err
}

var facts = map[string]func([]byte) (Fact, error){ //nolint:gochecknoglobals // a constant table
	Recorded{}.EventName():           reader[Recorded],
	Acknowledged{}.EventName():       reader[Acknowledged],
	Accepted{}.EventName():           reader[Accepted],
	Assigned{}.EventName():           reader[Assigned],
	HandedOver{}.EventName():         reader[HandedOver],
	Classified{}.EventName():         reader[Classified],
	Graded{}.EventName():             reader[Graded],
	Noted{}.EventName():              reader[Noted],
	ReadBackDone{}.EventName():       reader[ReadBackDone],
	Said{}.EventName():               reader[Said],
	Held{}.EventName():               reader[Held],
	VendorSilent{}.EventName():       reader[VendorSilent],
	Reminded{}.EventName():           reader[Reminded],
	Resumed{}.EventName():            reader[Resumed],
	SolutionGiven{}.EventName():      reader[SolutionGiven],
	UserConfirmed{}.EventName():      reader[UserConfirmed],
	UserRejected{}.EventName():       reader[UserRejected],
	TimeUp{}.EventName():             reader[TimeUp],
	Archived{}.EventName():           reader[Archived],
	Ended{}.EventName():              reader[Ended],
	Reopened{}.EventName():           reader[Reopened],
	LinkedTo{}.EventName():           reader[LinkedTo],
	Deviated{}.EventName():           reader[Deviated],
	ParticipantAdded{}.EventName():   reader[ParticipantAdded],
	ParticipantRemoved{}.EventName(): reader[ParticipantRemoved],
	LeftOut{}.EventName():            reader[LeftOut],

	ReadBackAsked{}.EventName(): reader[ReadBackAsked],
	ReadBackWrong{}.EventName(): reader[ReadBackWrong],
	CallPromised{}.EventName():  reader[CallPromised],

	MailHeld{}.EventName():   reader[MailHeld],
	FormFilled{}.EventName(): reader[FormFilled],
	AskedFor{}.EventName():   reader[AskedFor],
	Guided{}.EventName():     reader[Guided],
	DeedDone{}.EventName():   reader[DeedDone],

	Rated{}.EventName():          reader[Rated],
	OriginalOpened{}.EventName(): reader[OriginalOpened],
	Paced{}.EventName():          reader[Paced],
	Approval{}.EventName():       reader[Approval],

	TakenOver{}.EventName():       reader[TakenOver],
	HandOverRefused{}.EventName(): reader[HandOverRefused],
	PassedAround{}.EventName():    reader[PassedAround],
	Leaving{}.EventName():         reader[Leaving],
	Carried{}.EventName():         reader[Carried],
	TakenBack{}.EventName():       reader[TakenBack],
	Diagnosed{}.EventName():       reader[Diagnosed],

	DeviceTied{}.EventName():   reader[DeviceTied],
	DeviceUntied{}.EventName(): reader[DeviceUntied],
	VisitStepped{}.EventName(): reader[VisitStepped],

	RemoteAsked{}.EventName():    reader[RemoteAsked],
	RemoteAgreed{}.EventName():   reader[RemoteAgreed],
	RemoteStarted{}.EventName():  reader[RemoteStarted],
	RemotePictured{}.EventName(): reader[RemotePictured],
	RemoteEnded{}.EventName():    reader[RemoteEnded],
}

func (f Recorded) apply(t *Ticket, m event.Meta) {
	t.ID, t.Number, t.Token = f.Ticket, f.Number, f.Token
	t.Status, t.Subject, t.Snippet, t.Channel = New, f.Subject, f.Snippet, f.Channel
	t.Requester, t.Category, t.Service, t.Group = f.Requester, f.Category, f.Service, f.Group
	t.Priority = triage.Default
	t.Detail.Intake, t.Detail.Quiet = maps.Clone(f.Intake), f.Quiet
	t.Detail.Organisation, t.Detail.Site = f.Organisation, f.Site
	t.CreatedAt, t.LastRequesterAt = m.At, m.At
}

func (f Acknowledged) apply(t *Ticket, m event.Meta) {
	t.Detail.Acknowledged, t.Detail.ExpectBy = m.At, f.ExpectBy
}

// Kept reports whether somebody took the ticket for an owner who stays accountable (N12).
func (f Accepted) Kept(m event.Meta) bool {
	return m.ActorKind == string(access.Person) && person.ID(m.ActorID) != f.Owner
}

func (f Accepted) apply(t *Ticket, m event.Meta) {
	t.Status, t.AcceptedAt, t.Owner = Opened, m.At, f.Owner
	if t.Assignee == 0 {
		t.Assignee = f.Owner
	}
}

func (f Assigned) apply(t *Ticket, _ event.Meta) {
	if f.Owner != 0 {
		t.Owner = f.Owner
	}
	if f.Assignee != 0 {
		t.Assignee = f.Assignee
	}
	if f.Group != 0 {
		t.Group = f.Group
	}
}

func (f HandedOver) apply(t *Ticket, m event.Meta) {
	t.Detail.HandOver = HandOverNote{Done: f.Done, Why: f.Why, Needed: f.Needed, To: f.To, At: m.At, By: person.ID(m.ActorID), From: f.From}
	t.Detail.HandOvers++
	t.move(f.From, f.To)
	t.Group, t.Assignee = f.To, f.Assignee
}

// taken notes that somebody of the other team took what was handed over: they were given it by
// name since, or one who did not hand it over works on it (N28).
func (t *Ticket) taken(f Fact, m event.Meta) {
	h := &t.Detail.HandOver
	if h.At.IsZero() || !h.Answered().IsZero() {
		return
	}
	other := person.ID(m.ActorID) != h.By && m.ActorID != 0
	switch f := f.(type) {
	case Assigned:
		other = f.Assignee != 0
	case Said:
		other = other && !f.ByRequester
	case Resumed:
		other = other && f.Because == "agent"
	case FormFilled:
		other = other && !f.ByRequester
	case Noted:
		other = other && !f.ByRequester
	case Held, SolutionGiven, Graded, Classified, Diagnosed:
	default:
		return
	}
	if other {
		h.Taken = m.At
	}
}

func (f Classified) apply(t *Ticket, _ event.Meta) {
	t.Category, t.Service = f.Category, f.Service
	if f.Subject != "" {
		t.Subject = f.Subject
	}
}

func (f Graded) apply(t *Ticket, _ event.Meta) {
	t.Graded, t.Priority = true, f.Priority
	t.Detail.Answers, t.Detail.Computed, t.Detail.Override = f.Answers, f.Computed, f.Reason
}

func (f Noted) apply(t *Ticket, _ event.Meta) {
	t.Detail.Intake = maps.Clone(t.Detail.Intake)
	if t.Detail.Intake == nil {
		t.Detail.Intake = map[Element]Answer{}
	}
	maps.Copy(t.Detail.Intake, f.Intake)
}

func (f ReadBackDone) apply(t *Ticket, m event.Meta) {
	t.Detail.ReadBack.At, t.Detail.ReadBack.Items, t.Detail.ReadBack.How, t.Detail.ReadBack.Wrong = m.At, f.Items, f.How, ""
}

func (f Said) apply(t *Ticket, m event.Meta) {
	switch {
	case f.ByRequester:
		t.LastRequesterAt = m.At
	case f.Kind == Public || f.Spoke:
		t.LastPublicAt = m.At
	}
	if f.FirstResponse {
		t.FirstResponseAt = m.At
	}
	if t.Detail.Outgoing.Message == f.Message {
		t.Detail.Outgoing, t.Detail.Made = Outgoing{}, f.Made
	}
}

func (f Held) apply(t *Ticket, m event.Meta) {
	endWait(t, m)
	t.Status, t.Pending = Pending, f.Reason
	t.Detail.Hold = Hold{Reason: f.Reason, Stuck: f.Stuck, Doing: f.Doing, Next: f.Next, Vendor: f.Vendor}
	t.Detail.Waits = append(slices.Clone(t.Detail.Waits), Wait{Reason: f.Reason, From: m.At, Next: f.Next})
	if f.Reason == Blocked { // its three answers go to the requester (N30)
		t.LastPublicAt = m.At
	}
}

func (f VendorSilent) apply(t *Ticket, m event.Meta) { t.Detail.Hold.Vendor.Silent = m.At }

func (f Reminded) apply(t *Ticket, _ event.Meta) { t.Detail.Reminders = f.Nth }

func (Resumed) apply(t *Ticket, m event.Meta) {
	endWait(t, m)
	t.Status = Opened
}

func endWait(t *Ticket, m event.Meta) {
	if n := len(t.Detail.Waits); n > 0 && t.Detail.Waits[n-1].To.IsZero() {
		t.Detail.Waits = slices.Clone(t.Detail.Waits)
		t.Detail.Waits[n-1].To = m.At
	}
	t.Detail.Hold, t.Pending = Hold{}, ""
}

func (f SolutionGiven) apply(t *Ticket, m event.Meta) {
	endWait(t, m)
	t.Status, t.ResolvedAt, t.LastPublicAt = Resolved, m.At, m.At
	t.Detail.Solution = f.Solution
	t.Detail.Resolutions++
	t.Detail.Reminders, t.Detail.Answered = 0, zeroTime
	t.Detail.Confirmation, t.Detail.Expired, t.ConfirmedAt = Confirmation{}, zeroTime, zeroTime
	if t.FirstResponseAt.IsZero() {
		t.FirstResponseAt = m.At
	}
}

func (f UserConfirmed) apply(t *Ticket, m event.Meta) {
	if t.inTime() && t.AsksBack() { // what they wrote needs no other answer than their yes
		t.Detail.Answered = m.At
	}
	t.Detail.Confirmation = f.Confirmation
	t.Detail.Confirmation.At = m.At
	t.ConfirmedAt = m.At
	t.LastRequesterAt = m.At
	t.LastPublicAt = latest(t.LastPublicAt, m.At)
}

func (f UserRejected) apply(t *Ticket, m event.Meta) {
	t.Detail.Rejections = append(slices.Clone(t.Detail.Rejections), Rejection{At: m.At, Reason: f.Reason, Solved: t.ResolvedAt})
	t.Status, t.ResolvedAt, t.LastRequesterAt = Opened, zeroTime, m.At
	t.Detail.Expired = zeroTime // they answered, if late
	beginAnew(t)
}

// beginAnew takes away what was written and excused for a solution that did not last: the next
// one needs a closure sheet of its own, and deviations of its own (N34, N36). What was recorded
// about the request itself stays. The events keep all of it.
func beginAnew(t *Ticket) {
	t.Detail.Closure = Closure{}
	kept := map[string]Deviation{}
	for gap, d := range t.Detail.Deviations {
		if !ofSolution(gap) {
			kept[gap] = d
		}
	}
	if t.Detail.Deviations = kept; len(kept) == 0 {
		t.Detail.Deviations = nil
	}
}

func (TimeUp) apply(t *Ticket, m event.Meta) { t.Detail.Expired = m.At }

func (f Archived) apply(t *Ticket, m event.Meta) {
	t.Detail.Closure = Closure{At: m.At, Difficulties: f.Difficulties, Approach: f.Approach}
}

func (f Ended) apply(t *Ticket, m event.Meta) {
	endWait(t, m)
	t.Status, t.ClosedAs, t.ClosedAt, t.MergedInto = Closed, f.As, m.At, f.Into
}

func (f Reopened) apply(t *Ticket, m event.Meta) {
	t.Status = Opened
	if t.Owner == 0 {
		t.Status = New
	}
	t.ClosedAs, t.ClosedAt, t.ResolvedAt, t.ConfirmedAt = "", zeroTime, zeroTime, zeroTime
	t.Detail.Confirmation, t.Detail.Expired = Confirmation{}, zeroTime
	t.Detail.Rating = Rating{} // it was of a solution that did not last
	t.Detail.Visits = slices.Clone(t.Detail.Visits)
	for i, v := range t.Detail.Visits { // they were off with the end, and nothing waits for them
		if v.Step.endsWithTicket() {
			t.Detail.Visits[i].Step = VisitCancelled
		}
	}
	beginAnew(t)
	t.Detail.Reopened++
	t.Detail.ReopenedAt = m.At
	t.LastRequesterAt = m.At
}

func (f LinkedTo) apply(t *Ticket, _ event.Meta) {
	t.Detail.Links = append(slices.Clone(t.Detail.Links), f.Link)
}

func (f Deviated) apply(t *Ticket, m event.Meta) {
	t.Detail.Deviations = maps.Clone(t.Detail.Deviations)
	if t.Detail.Deviations == nil {
		t.Detail.Deviations = map[string]Deviation{}
	}
	t.Detail.Deviations[f.Gap] = Deviation{Clause: f.Clause, Reason: f.Reason, By: person.ID(m.ActorID), At: m.At}
}
