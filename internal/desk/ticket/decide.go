// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// maxField bounds every text of a form that is not a message, in characters.
const maxField = 4000

func (Accept) decide(t Ticket, w world) ([]Fact, error) {
	owner, actor := t.Owner, person.ID(w.by.ID)
	if !w.staff[owner] { // nobody answers for it, or nobody who is still here (N12)
		if owner = actor; !w.staff[owner] {
			return nil, errs.Field("owner", "ticket.owner_unknown")
		}
	}
	accepted := Accepted{Of{t.ID}, owner}
	if t.Assignee == 0 && owner != actor && w.staff[actor] { // its owner stays, and whoever took it works on it
		return []Fact{Assigned{Of{t.ID}, 0, actor, 0}, accepted}, nil
	}
	return []Fact{accepted}, nil
}

func (c Assign) decide(t Ticket, w world) ([]Fact, error) {
	var bad []errs.FieldError
	if c.Owner != 0 && !w.staff[c.Owner] {
		bad = append(bad, errs.FieldError{Name: "owner", Key: "ticket.owner_unknown"})
	}
	if c.Assignee != 0 && !w.staff[c.Assignee] {
		bad = append(bad, errs.FieldError{Name: "assignee", Key: "ticket.assignee_unknown"})
	}
	if c.Group != 0 && !w.group[c.Group] {
		bad = append(bad, errs.FieldError{Name: "group", Key: "ticket.group_unknown"})
	}
	if c == (Assign{}) {
		bad = append(bad, errs.FieldError{Name: "assignee", Key: "ticket.assign_nothing"})
	}
	if c.Assignee != 0 && t.HandedOverBy(c.Assignee) && w.by.Kind != access.System { // no yes of the other team (N28)
		if c.Assignee == person.ID(w.by.ID) {
			return nil, ErrHandOverOwn
		}
		bad = append(bad, errs.FieldError{Name: "assignee", Key: "ticket.hand_over_back"})
	}
	if err := errs.Invalidf(bad...); err != nil {
		return nil, err
	}
	return []Fact{Assigned{Of{t.ID}, c.Owner, c.Assignee, c.Group}}, nil
}

func (c HandOver) decide(t Ticket, w world) ([]Fact, error) {
	bad := long(map[string]string{"done": c.Done, "why": c.Why, "needed": c.Needed})
	if c.Assignee != 0 && !w.staff[c.Assignee] {
		bad = append(bad, errs.FieldError{Name: "assignee", Key: "ticket.assignee_unknown"})
	}
	if c.Group == 0 && c.Assignee != 0 { // to a person: it goes to their group with them
		if c.Group = w.home; c.Group == 0 {
			c.Group = t.Group
		}
	} else if !w.group[c.Group] {
		bad = append(bad, errs.FieldError{Name: "group", Key: "ticket.group_unknown"})
	}
	out := []Fact{HandedOver{Of{t.ID}, t.Group, c.Group, c.Assignee, text.Body(c.Done), text.Body(c.Why), text.Body(c.Needed)}}
	if n := t.passes(t.Group, c.Group); n >= PassedOften {
		out = append(out, PassedAround{Of{t.ID}, pairOf(t.Group, c.Group), n})
	}
	return out, errs.Marked(bad...) // beside the facts, so that what is missing is named with it
}

func (c Classify) decide(t Ticket, w world) ([]Fact, error) {
	if c.Category != 0 && c.Category != t.Category && !w.category[c.Category] {
		return nil, errs.Field("category", "ticket.category_unknown")
	}
	if c.Service != 0 && c.Service != t.Service && !w.service[c.Service] {
		return nil, errs.Field("service", "ticket.service_unknown")
	}
	facts := []Fact{Classified{Of{t.ID}, c.Category, c.Service, oneLine(c.Subject, 200)}}
	if c.Category == t.Category {
		return facts, nil
	}
	return append(facts, w.reform(t)...), nil
}

func (c Grade) decide(t Ticket, w world) ([]Fact, error) {
	if err := c.Answers.Check(); err != nil {
		return nil, err
	}
	computed := w.matrix.Priority(c.Answers)
	f := Graded{
		Of: Of{t.ID}, Answers: c.Answers, Impact: c.Answers.Impact(), Urgency: c.Answers.Urgency(),
		Computed: computed, Priority: computed,
	}
	if c.Override != 0 && c.Override != computed {
		if !c.Override.Known() {
			return nil, errs.Field("override", "ticket.priority_unknown")
		}
		if f.Reason = text.Body(c.Reason); f.Reason == "" {
			return nil, errs.Field("reason", "ticket.override_reason")
		}
		f.Priority = c.Override
	}
	return []Fact{f}, fits(map[string]string{"reason": c.Reason})
}

func (c Record) decide(t Ticket, w world) ([]Fact, error) {
	out := map[Element]Answer{}
	var bad []errs.FieldError
	for _, e := range Elements() {
		a, given := c.Intake[e]
		if !given {
			continue
		}
		a.Value, a.Reason = text.Body(a.Value), text.Body(a.Reason)
		if a.Value != "" {
			a.Unknown, a.Reason = false, ""
		}
		if a.Unknown && a.Reason == "" {
			bad = append(bad, errs.FieldError{Name: string(e) + "_reason", Key: "ticket.unknown_reason"})
		}
		if utf8.RuneCountInString(a.Value) > maxField || utf8.RuneCountInString(a.Reason) > maxField {
			bad = append(bad, errs.FieldError{Name: string(e), Key: "ticket.text_long", Args: []any{"Max", maxField}})
		}
		out[e] = a
	}
	if err := errs.Invalidf(bad...); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errs.Field("symptom", "ticket.record_nothing")
	}
	return []Fact{Noted{Of: Of{t.ID}, Intake: out, Worded: w.worded.of(t)}}, nil
}

func (c ReadBackWith) decide(t Ticket, _ world) ([]Fact, error) {
	var items []Element
	for _, e := range Elements() {
		for _, x := range c.Items {
			if x == e {
				items = append(items, e)
				break
			}
		}
	}
	if len(items) == 0 {
		return nil, errs.Field("items", "ticket.read_back_nothing")
	}
	return []Fact{ReadBackDone{Of: Of{t.ID}, Items: items}}, nil
}

func (c Reply) decide(t Ticket, w world) ([]Fact, error) {
	byUser := c.byUser(w.by)
	said := Said{Of: Of{t.ID}, Message: w.message, Kind: Public, ByRequester: byUser}
	if !byUser {
		said.FirstResponse = t.FirstResponseAt.IsZero() && w.by.Kind == access.Person
		said.Promise, said.Words, said.Worded = c.Promise, oneLine(text.Storable(c.Words), maxWords), w.worded.of(t)
		if until := c.until(t, w); !until.IsZero() {
			o := Outgoing{Message: w.message, By: person.ID(w.by.ID), Via: w.by.Via, Until: until, Promise: said.Promise, Words: said.Words, Worded: said.Worded}
			return []Fact{Leaving{Of{t.ID}, o}}, ahead("promise", "ticket.promise", c.Promise, w.at)
		}
		return []Fact{said}, ahead("promise", "ticket.promise", c.Promise, w.at)
	}
	if t.Status == Pending && t.Detail.Hold.Reason == ForRequester {
		return []Fact{said, Resumed{Of{t.ID}, "requester_replied"}}, nil
	}
	return []Fact{said}, nil
}

func (c Note) decide(t Ticket, w world) ([]Fact, error) {
	return []Fact{Said{Of: Of{t.ID}, Message: w.message, Kind: Internal, Mentions: w.mentions}}, nil
}

func (c CallRecord) decide(t Ticket, w world) ([]Fact, error) {
	said := Said{
		Of: Of{t.ID}, Message: w.message, Kind: Call, Spoke: c.Spoke, Incoming: c.Incoming,
		FirstResponse: c.Spoke && t.FirstResponseAt.IsZero(),
	}
	if c.Spoke {
		said.Promise, said.Words = c.Promise, oneLine(text.Storable(c.Words), maxWords)
	}
	return []Fact{said}, ahead("promise", "ticket.promise", said.Promise, w.at)
}

func (c Resolve) decide(t Ticket, w world) ([]Fact, error) {
	s := Solution{Text: text.Body(c.Solution.Text), Cause: text.Body(c.Solution.Cause), Prevention: text.Body(c.Solution.Prevention)}
	for _, v := range c.Solution.Verify {
		if v = text.Body(v); v != "" {
			s.Verify = append(s.Verify, v)
		}
	}
	if err := fits(map[string]string{
		"solution": s.Text, "cause": s.Cause, "prevention": s.Prevention, "verify": strings.Join(s.Verify, "\n"),
		"difficulties": c.Difficulties, "approach": c.Approach,
	}); err != nil {
		return nil, err
	}
	out := []Fact{SolutionGiven{Of{t.ID}, s, w.worded.of(t)}}
	if text.Body(c.Difficulties) != "" || text.Body(c.Approach) != "" {
		out = append(out, Archived{Of{t.ID}, text.Body(c.Difficulties), text.Body(c.Approach)})
	}
	return out, nil
}

func (c Confirm) decide(t Ticket, w world) ([]Fact, error) {
	if err := sameSolution(t, c.Resolutions); err != nil {
		return nil, err
	}
	if !t.ConfirmedAt.IsZero() {
		return nil, errs.New(errs.Conflict, "ticket.already_confirmed")
	}
	how := w.by.Via
	if c.How == "phone" {
		if how = "phone"; text.Body(c.Evidence) == "" {
			return nil, errs.Field("evidence", "ticket.phone_evidence")
		}
	}
	done := UserConfirmed{Of{t.ID}, Confirmation{How: how, By: person.ID(w.by.ID), Evidence: text.Body(c.Evidence)}}
	return closeIfComplete(t, w, done, Confirmed)
}

// ErrAsksBack refuses to ask for the requester's word, or to go on without it, while the desk owes
// them an answer (N29, N35).
var ErrAsksBack = errs.New(errs.Conflict, "ticket.asks_back") //nolint:gochecknoglobals // a sentinel

func (c Expire) decide(t Ticket, w world) ([]Fact, error) {
	if err := sameSolution(t, c.Resolutions); err != nil {
		return nil, err
	}
	if !t.ConfirmedAt.IsZero() || t.TimeIsUp() {
		return nil, errs.New(errs.Conflict, "ticket.already_confirmed")
	}
	if t.AsksBack() {
		return nil, ErrAsksBack
	}
	return closeIfComplete(t, w, TimeUp{Of{t.ID}}, Unconfirmed)
}

func (c RemindUser) decide(t Ticket, _ world) ([]Fact, error) {
	if c.Resolutions != t.Detail.Resolutions || c.Nth != t.Detail.Reminders+1 {
		return nil, errs.New(errs.Conflict, "ticket.solution_moved")
	}
	if !t.ConfirmedAt.IsZero() || t.TimeIsUp() {
		return nil, errs.New(errs.Conflict, "ticket.already_confirmed")
	}
	if t.AsksBack() {
		return nil, ErrAsksBack
	}
	return []Fact{Reminded{Of{t.ID}, c.Nth}}, nil
}

// closeIfComplete closes the ticket with the fact when no gate stands before closing;
// otherwise it waits, resolved, for its closure sheet. Nothing passes the gate unseen (N36).
func closeIfComplete(t Ticket, w world, f Fact, as Outcome) ([]Fact, error) {
	after := t
	f.apply(&after, w.by.Meta(w.at))
	if len(w.missing(CmdClose, after)) > 0 {
		return []Fact{f}, nil
	}
	return []Fact{f, Ended{Of: Of{t.ID}, As: as}}, nil
}

func (c Reject) decide(t Ticket, _ world) ([]Fact, error) {
	if err := sameSolution(t, c.Resolutions); err != nil {
		return nil, err
	}
	if !t.ConfirmedAt.IsZero() {
		return nil, errs.New(errs.Conflict, "ticket.already_confirmed")
	}
	return []Fact{UserRejected{Of{t.ID}, text.Body(c.Reason)}}, fits(map[string]string{"reason": c.Reason})
}

func sameSolution(t Ticket, n int) error {
	if n != 0 && n != t.Detail.Resolutions {
		return errs.New(errs.Conflict, "ticket.old_solution")
	}
	return nil
}

func (c Archive) decide(t Ticket, w world) ([]Fact, error) {
	if err := fits(map[string]string{"difficulties": c.Difficulties, "approach": c.Approach}); err != nil {
		return nil, err
	}
	return closeIfOver(t, w, Archived{Of{t.ID}, text.Body(c.Difficulties), text.Body(c.Approach)})
}

// over returns how a solved ticket ends that waits for nothing but its record; false where the
// requester's word is awaited still.
func (t Ticket) over() (Outcome, bool) {
	switch {
	case t.Status != Resolved:
	case !t.ConfirmedAt.IsZero():
		return Confirmed, true
	case t.TimeIsUp():
		return Unconfirmed, true
	}
	return "", false
}

// closeIfOver is closeIfComplete for what may take the last gap from a ticket (N36).
func closeIfOver(t Ticket, w world, f Fact) ([]Fact, error) {
	if as, ok := t.over(); ok {
		return closeIfComplete(t, w, f, as)
	}
	return []Fact{f}, nil
}

func (Finish) decide(t Ticket, _ world) ([]Fact, error) {
	as, ok := t.over()
	if !ok {
		return nil, errs.New(errs.Conflict, "ticket.not_confirmed")
	}
	return []Fact{Ended{Of: Of{t.ID}, As: as}}, nil
}

func (c Close) decide(t Ticket, w world) ([]Fact, error) {
	if err := fits(map[string]string{"reason": c.Reason}); err != nil {
		return nil, err
	}
	switch c.As {
	case Cancelled, Invalid:
		if t.Status == Resolved {
			return nil, errs.New(errs.Conflict, "ticket.close_resolved")
		}
		if text.Body(c.Reason) == "" {
			return nil, errs.Field("reason", "ticket.close_reason")
		}
		return []Fact{Ended{Of: Of{t.ID}, As: c.As, Reason: text.Body(c.Reason)}}, nil
	case Confirmed:
		if t.Status != Resolved || t.ConfirmedAt.IsZero() {
			return nil, errs.New(errs.Conflict, "ticket.not_confirmed")
		}
		return []Fact{Ended{Of: Of{t.ID}, As: Confirmed}}, nil
	case Unconfirmed:
		switch {
		case t.AsksBack():
			return nil, ErrAsksBack
		case t.Status != Resolved || !t.TimeIsUp() || !t.ConfirmedAt.IsZero():
			return nil, errs.New(errs.Conflict, "ticket.not_expired")
		}
		return []Fact{Ended{Of: Of{t.ID}, As: Unconfirmed}}, nil
	case Duplicate:
		return nil, errs.Field("as", "ticket.close_by_merge")
	}
	bad := []errs.FieldError{{Name: "as", Key: "ticket.close_as"}}
	if text.Body(c.Reason) == "" { // those that may be chosen by hand want one
		bad = append(bad, errs.FieldError{Name: "reason", Key: "ticket.close_reason"})
	}
	return nil, errs.Marked(bad...)
}

func (c Reopen) decide(t Ticket, w world) ([]Fact, error) {
	if t.MergedInto != 0 {
		return nil, errs.New(errs.Conflict, "ticket.merged")
	}
	if text.Body(c.Reason) == "" {
		return nil, errs.Field("reason", "ticket.reopen_reason")
	}
	if !w.by.Staff() && w.at.Sub(t.ClosedAt) > w.reopen {
		return nil, errs.New(errs.Conflict, "ticket.reopen_late")
	}
	return []Fact{Reopened{Of{t.ID}, text.Body(c.Reason)}}, fits(map[string]string{"reason": c.Reason})
}

// MayMerge returns why this ticket cannot be merged into another, as the command would; nil where
// it can.
func (t Ticket) MayMerge(into Ticket) error {
	switch {
	case into.ID == t.ID:
		return errs.Field("into", "ticket.merge_itself")
	case into.Requester != t.Requester:
		return errs.Field("into", "ticket.merge_requester")
	case into.MergedInto != 0:
		return errs.Field("into", "ticket.merge_merged", "Ref", into.Ref(), "Into", Ref(into.MergedTo()))
	case !into.Open():
		return errs.Field("into", "ticket.merge_closed")
	}
	return nil
}

func (c Merge) decide(t Ticket, w world) ([]Fact, error) {
	if err := t.MayMerge(w.other); err != nil {
		return nil, err
	}
	link := Linked{Ticket: w.other.ID, Number: w.other.Number, Kind: linkDuplicate}
	return []Fact{LinkedTo{Of{t.ID}, link}, Ended{Of: Of{t.ID}, As: Duplicate, Into: w.other.ID}}, nil
}

// MayLink returns why this ticket cannot be linked to another, as the command would; nil where it can.
func (t Ticket) MayLink(to ID) error {
	if to == t.ID {
		return errs.Field("to", "ticket.link_itself")
	}
	for _, l := range t.Detail.Links {
		if l.Ticket == to {
			return errs.New(errs.Conflict, "ticket.linked_already")
		}
	}
	return nil
}

func (c Link) decide(t Ticket, w world) ([]Fact, error) {
	if err := t.MayLink(c.To); err != nil {
		return nil, err
	}
	return []Fact{LinkedTo{Of{t.ID}, Linked{Ticket: w.other.ID, Number: w.other.Number, Kind: "related"}}}, nil
}

func (c Deviate) decide(t Ticket, w world) ([]Fact, error) {
	reason := text.Body(c.Reason)
	if text.Seen(reason) < 5 {
		return nil, errs.Field("reason", "ticket.deviation_reason")
	}
	for _, cmd := range []Name{CmdAccept, CmdHandOver, CmdHold, CmdVisit, CmdResolve, CmdClose} {
		for _, g := range w.missing(cmd, t) {
			if g.Key == c.Gap && g.Deviable {
				if err := fits(map[string]string{"reason": reason}); err != nil {
					return nil, err
				}
				return closeIfOver(t, w, Deviated{Of{t.ID}, g.Clause, g.Key, reason})
			}
			if g.Key == c.Gap {
				return nil, errs.New(errs.Conflict, "ticket.not_deviable")
			}
		}
	}
	return nil, errs.Field("gap", "ticket.gap_unknown")
}

// fits refuses texts beyond maxField characters, all at once.
func fits(fields map[string]string) error { return errs.Invalidf(long(fields)...) }

// long are the texts beyond maxField characters.
func long(fields map[string]string) (bad []errs.FieldError) {
	for name, text := range fields {
		if utf8.RuneCountInString(text) > maxField {
			bad = append(bad, errs.FieldError{Name: name, Key: "ticket.text_long", Args: []any{"Max", maxField}})
		}
	}
	return bad
}

// marks are the fields that an error points at; none for nil and for any other error.
func marks(err error) []errs.FieldError {
	if e := errs.As(err); e != nil {
		return e.Fields
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// zeroTime is "not yet".
var zeroTime time.Time //nolint:gochecknoglobals // a constant in all but name
