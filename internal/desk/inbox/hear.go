// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// undelivered is the fact of the room that sends letters that concerns the desk.
const undelivered = "notify.undelivered"

// Heard listens, within the commit, to every fact, and writes down who is told of it. Heard
// twice, it is told once.
func (s *Service) Heard(ctx context.Context, tx *db.Tx, r event.Record) error {
	switch {
	case strings.HasPrefix(r.Name, "ticket."):
		return s.heardTicket(ctx, tx, r)
	case r.Name == (escalation.Raised{}).EventName():
		return s.heardRaised(ctx, tx, r)
	case r.Name == (promise.Made{}).EventName():
		return s.heardMade(ctx, tx, r)
	case r.Name == (promise.Broke{}).EventName():
		return s.heardBroke(ctx, tx, r)
	case r.Name == problem.TicketSolvedName:
		return s.heardOwner(ctx, tx, r, Watched, false, "")
	case r.Name == undelivered:
		return s.heardOwner(ctx, tx, r, Trouble, true, "")
	}
	return nil
}

// heardTicket tells of a fact of the ticket itself.
func (s *Service) heardTicket(ctx context.Context, tx *db.Tx, r event.Record) error {
	f, err := ticket.Decode(r)
	if err != nil || f == nil {
		return err
	}
	if end, over := f.(ticket.Ended); over && end.Into != 0 {
		if err := followInto(ctx, tx, ticket.ID(r.Subject), end.Into, r.Meta.At); err != nil {
			return err
		}
	}
	if gone, left := f.(ticket.ParticipantRemoved); left {
		if err := s.forget(ctx, tx, gone.Person, ticket.ID(r.Subject), r.Meta.At); err != nil {
			return err
		}
	}
	var follow []person.ID
	if moves(f) {
		if follow, err = watchers(ctx, tx, ticket.ID(r.Subject)); err != nil {
			return err
		}
	}
	author := person.ID(0)
	if m := wrote(f, r.Meta); m != 0 {
		if author, err = s.Tickets.AuthorIn(ctx, tx, m); err != nil {
			return err
		}
	}
	t, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	if _, made := f.(ticket.Recorded); made && t.Unheard() {
		if err := s.appointReadBack(ctx, tx, r); err != nil {
			return err
		}
	}
	a := by(r.Meta, author)
	a.hear(t, f)
	if err := s.instead(ctx, tx, a, t, f); err != nil {
		return err
	}
	if err := s.leads(ctx, tx, a, raised(f)); err != nil {
		return err
	}
	if of := leads(t, f); of != 0 {
		list, err := s.People.WorkersIn(ctx, tx, nil, of)
		if err != nil {
			return err
		}
		for _, w := range list {
			if w.Member && w.Role == access.Lead {
				a.tell(Rated, false, w.ID)
			}
		}
	}
	of := team(f, r.Meta)
	if of != 0 {
		list, err := s.People.WorkersIn(ctx, tx, nil, of)
		if err != nil {
			return err
		}
		members(a, list)
	}
	a.tell(Watched, false, follow...)
	a.hearOwn(t, f)
	i := s.item(r, author)
	if v, visit := f.(ticket.VisitStepped); visit && v.Visit.Step == ticket.VisitCancelled {
		i.What = VisitOff
	}
	return s.add(ctx, tx, t, i, a, of)
}

// forget takes from the list of somebody what they were told of a request that they no longer may see:
// it would be counted, and could not be opened.
func (s *Service) forget(ctx context.Context, tx *db.Tx, who person.ID, on ticket.ID, at time.Time) error {
	n, err := markDone(ctx, tx, who, on, math.MaxInt64, at, true)
	if n > 0 {
		s.hint(tx, who)
	}
	return err
}

// instead adds who hears the requester, and what stands still, where neither owner nor assignee works
// here any more: the group, else those who lead, as letters do (N12, N29); and who hears how an approval
// ended where its asker does not. What nobody has taken yet stands in the queue.
func (s *Service) instead(ctx context.Context, tx *db.Tx, a *audience, t ticket.Ticket, f ticket.Fact) error {
	kind, letter := Rejected, true
	switch f := f.(type) {
	case ticket.Said:
		if kind = Answered; !f.ByRequester || f.Kind != ticket.Public {
			return nil
		}
	case ticket.VisitStepped:
		if kind, letter = Answered, false; f.Visit.Step != ticket.VisitAgreed && f.Visit.Step != ticket.VisitRefused {
			return nil
		}
	case ticket.UserRejected, ticket.Reopened:
	case ticket.VendorSilent, ticket.MailHeld:
		kind = Trouble
	case ticket.Approval:
		if kind = Outcome; !f.Step.Ends() || f.By == f.Asker {
			return nil
		}
		if list, err := s.People.WorkersIn(ctx, tx, []person.ID{f.Asker}, 0); err != nil || len(list) > 0 {
			return err
		}
		a.tell(kind, letter, t.Owner, t.Assignee)
	default:
		return nil
	}
	list, err := s.standIns(ctx, tx, t)
	a.tell(kind, letter, list...)
	return err
}

// standIns are who can act where neither owner nor assignee works here any more; none where one of them does.
func (s *Service) standIns(ctx context.Context, tx *db.Tx, t ticket.Ticket) ([]person.ID, error) {
	if t.Owner == 0 && t.Assignee == 0 {
		return nil, nil
	}
	list, err := s.People.WorkersIn(ctx, tx, []person.ID{t.Owner, t.Assignee}, t.Group)
	if err != nil || slices.ContainsFunc(list, func(w person.Worker) bool { return w.ID == t.Owner || w.ID == t.Assignee }) {
		return nil, err
	}
	var out []person.ID
	for _, w := range list {
		out = append(out, w.ID)
	}
	if len(out) > 0 {
		return out, nil
	}
	staff, err := s.People.StaffIn(ctx, tx)
	return person.Crew{Staff: staff}.Leads(t.Group), err
}

// leads tells those who lead the groups, and all who lead where these groups have none.
func (s *Service) leads(ctx context.Context, tx *db.Tx, a *audience, of []person.GroupID) error {
	if len(of) == 0 {
		return nil
	}
	found := false
	for _, g := range of {
		list, err := s.People.WorkersIn(ctx, tx, nil, g)
		if err != nil {
			return err
		}
		for _, w := range list {
			if w.Role == access.Lead {
				a.tell(Trouble, false, w.ID)
				found = true
			}
		}
	}
	if found {
		return nil
	}
	staff, err := s.People.StaffIn(ctx, tx)
	for _, p := range staff {
		if p.Role == access.Lead {
			a.tell(Trouble, false, p.ID)
		}
	}
	return err
}

// item is what a fact says to everybody who is told of it.
func (s *Service) item(r event.Record, author person.ID) Item {
	i := Item{Event: r.ID, What: r.Name, At: r.Meta.At, Actor: author}
	if i.Actor == 0 && r.Meta.ActorKind != string(access.System) {
		i.Actor = person.ID(r.Meta.ActorID)
	}
	return i
}

// heardRaised tells those whom a step of the escalation names, where it goes by the page.
func (s *Service) heardRaised(ctx context.Context, tx *db.Tx, r event.Record) error {
	var f escalation.Raised
	if err := json.Unmarshal(r.Data, &f); err != nil || !f.Goes(escalation.OnPage) {
		return err
	}
	t, err := s.Tickets.GetIn(ctx, tx, f.Ticket)
	if err != nil {
		return err
	}
	a := by(r.Meta, 0)
	for _, x := range f.Told {
		a.tell(Clock, f.Goes(escalation.ByMail), x.Person)
	}
	return s.add(ctx, tx, t, s.item(r, 0), a, 0)
}

// heardBroke tells of a promise that was not kept.
func (s *Service) heardBroke(ctx context.Context, tx *db.Tx, r event.Record) error {
	var f promise.Broke
	if err := json.Unmarshal(r.Data, &f); err != nil {
		return err
	}
	t, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	return s.heardOwner(ctx, tx, r, Promise, false, Late, caller(t, f.Due))
}

// caller is who was named to make the promised call of a ticket, where what is due at an instant is that
// call; 0 for nobody.
func caller(t ticket.Ticket, due time.Time) person.ID {
	if c := t.Detail.CallBack; c.At.Equal(due) {
		return c.Who
	}
	return 0
}

// heardOwner tells whoever is accountable, and whoever works on the ticket, or who stands in for them;
// and whoever asked, where that is a kind of theirs, too. Others are told as well.
func (s *Service) heardOwner(ctx context.Context, tx *db.Tx, r event.Record, k Kind, letter bool, own Kind, others ...person.ID) error {
	t, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	a := by(r.Meta, 0)
	a.tell(k, letter, t.Owner, t.Assignee)
	a.tell(k, letter, others...)
	if k != Watched { // it asks for an act: somebody has to do it
		list, err := s.standIns(ctx, tx, t)
		if err != nil {
			return err
		}
		a.tell(k, letter, list...)
	}
	if own != "" {
		a.ask(own, t.Requester)
	}
	return s.add(ctx, tx, t, s.item(r, 0), a, 0)
}

// NearJob is the kind of the job that says that a promised word is due soon.
const NearJob = "inbox:near"

// nearBefore is how long before it is due a promise is spoken of; half of its time where that is shorter.
const nearBefore = 30 * time.Minute

// near is the payload of a NearJob.
type nearing struct {
	Event   int64
	Ticket  ticket.ID
	Promise promise.ID
}

// heardMade makes an appointment with a promise, shortly before it is due.
func (s *Service) heardMade(ctx context.Context, tx *db.Tx, r event.Record) error {
	var f promise.Made
	if err := json.Unmarshal(r.Data, &f); err != nil {
		return err
	}
	payload, err := json.Marshal(nearing{r.ID, ticket.ID(r.Subject), f.Promise})
	if err != nil {
		return err
	}
	before := min(nearBefore, f.Due.Sub(r.Meta.At)/2)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{
		Kind: NearJob, Payload: string(payload), Key: NearJob + ":" + strconv.FormatInt(r.ID, 10), RunAt: f.Due.Add(-before),
	})
}

// near tells of a promise that stands open when it is due soon. However often it runs, once.
func (s *Service) near(ctx context.Context, j job.Job) error {
	var n nearing
	if err := json.Unmarshal([]byte(j.Payload), &n); err != nil {
		return job.Permanent(err)
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: n.Ticket})
	if err != nil {
		return err
	}
	list, err := s.Promises.ForTicket(ctx, access.Desk(), t)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID != n.Promise || p.State != promise.Open {
			continue
		}
		a := by(access.Desk().Meta(s.Clock.Now()), 0)
		a.tell(Promise, false, t.Owner, t.Assignee, caller(t, p.Due))
		return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			list, err := s.standIns(ctx, tx, t)
			if err != nil {
				return err
			}
			a.tell(Promise, false, list...)
			return s.add(ctx, tx, t, Item{Event: n.Event, What: PromiseNear, At: s.Clock.Now()}, a, 0)
		})
	}
	return nil
}

// ReadBackJob is the kind of the job that says that a spoken request was not read back.
const ReadBackJob = "inbox:read_back"

// readBackAfter is how long whoever took a call may take to read it back before they are told.
const readBackAfter = 15 * time.Minute

// listening is the payload of a ReadBackJob.
type listening struct {
	Event  int64
	Ticket ticket.ID
	By     person.ID // who took the call
}

// appointReadBack makes an appointment with a request that was spoken, after a while (N18).
func (s *Service) appointReadBack(ctx context.Context, tx *db.Tx, r event.Record) error {
	l := listening{Event: r.ID, Ticket: ticket.ID(r.Subject)}
	if r.Meta.ActorKind == string(access.Person) {
		l.By = person.ID(r.Meta.ActorID)
	}
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{
		Kind: ReadBackJob, Payload: string(payload), Key: ReadBackJob + ":" + strconv.FormatInt(r.ID, 10), RunAt: r.Meta.At.Add(readBackAfter),
	})
}

// readBackDue tells whoever took a call, and whoever works on it, that it was not read back to
// the caller. Where it was meanwhile, where that is signed off, where the summary is on its way to the
// caller and where the request is over nobody is told.
func (s *Service) readBackDue(ctx context.Context, j job.Job) error {
	var l listening
	if err := json.Unmarshal([]byte(j.Payload), &l); err != nil {
		return job.Permanent(err)
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: l.Ticket})
	if err != nil {
		return err
	}
	if _, signed := t.Detail.Deviations["gap.read_back"]; signed || !t.Unheard() || !t.Open() || !t.Detail.ReadBack.Asked.IsZero() {
		return nil
	}
	a := by(access.Desk().Meta(s.Clock.Now()), 0)
	a.tell(Record, false, l.By, t.Owner, t.Assignee)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.add(ctx, tx, t, Item{Event: l.Event, What: ReadBackDue, At: s.Clock.Now()}, a, 0)
	})
}
