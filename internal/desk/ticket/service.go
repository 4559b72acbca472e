// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// MatrixName is the name under which the matrix of N22 is stored.
const MatrixName = "triage.matrix"

// Parts are what the room is made of. Gates and Plan come from the assembly.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	People   *person.Service
	Catalog  *catalog.Desk
	Settings *setting.Service
	Blobs    *blob.Store
	Jobs     *job.Queue // says replies when their seconds are over; nil says them at once
	Gates    Gates
	// Plan returns the next due time and the clock it belongs to; Never and "" where nothing
	// is due. It is a function of the ticket and of policies held in memory: it runs in the commit.
	Plan func(Ticket) (time.Time, string)
	// Expect returns the time that the acknowledgement of a new ticket tells (N20). As Plan.
	Expect func(Ticket) time.Time
	// Wording returns what the desk's rules say of words of its own; nil where nobody looks. It
	// runs before the commit.
	Wording func(context.Context, []Writing) []Remark
	// Own reports whether an address is one of the desk's own, where nobody takes part. nil for none.
	Own func(address string) bool
	// Majors are the tickets of the incidents that stand, for filters. nil for none.
	Majors func() []int64
	// Settled takes part in each commit that changed a ticket, once per ticket, after its facts:
	// for rooms that keep an appointment with it. nil for nobody.
	Settled func(context.Context, *db.Tx, Ticket) error
	// Writing hears, within the commit, that somebody began or ended to write. nil for nobody.
	Writing func(*db.Tx, ID)
}

// Service holds the commands and queries on tickets.
type Service struct {
	Parts
	board  *board
	recent *recent
}

// NewService makes the room. Call LoadBoard before the first count.
func NewService(p Parts) *Service {
	if p.Plan == nil {
		p.Plan = func(Ticket) (time.Time, string) { return Never, "" }
	}
	if p.Expect == nil {
		p.Expect = func(t Ticket) time.Time { return t.CreatedAt.Add(time.Hour) }
	}
	s := &Service{Parts: p, board: newBoard(), recent: newRecent()}
	if p.Jobs != nil {
		p.Jobs.Handle(SendJob, s.send)
	}
	return s
}

// Never is the due time of a ticket on which nothing is due: past every real one, so that it sorts last.
var Never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant in all but name

// ClockArchive is the planned clock of a ticket that only waits for its closure sheet.
const ClockArchive = "archive"

// Target says which ticket a command means, and which version of it the caller saw.
type Target struct {
	ID      ID
	Number  int64
	Version int64 // 0 skips the check
}

// Do decides and carries out one command: may I, take, rule, gates, save, record, in one commit.
//
// Errors: NotFound where the actor may not see the ticket; Denied where the command is not
// theirs; Stale where Version is older than the row; Conflict where the life does not allow it;
// Missing with all gaps where gates stand before it; Invalid with fields.
func (s *Service) Do(ctx context.Context, by access.Actor, on Target, cmd Command) (Ticket, error) {
	ready, err := s.Ready(ctx, by, cmd)
	if err != nil {
		return Ticket{}, err
	}
	if on.ID == 0 {
		if on.ID, err = s.find(ctx, s.DB, on.Number); err != nil {
			return Ticket{}, err
		}
	}
	var out Ticket
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = ready.In(ctx, tx, on)
		return err
	})
	return out, err
}

// Ready is a command with all that its decision needs from outside the commit.
type Ready struct {
	s   *Service
	w   world
	cmd Command
}

// Ready looks up what the command needs before a commit begins. Rooms that must add to the
// commit call it, open the commit themselves and then call In.
func (s *Service) Ready(ctx context.Context, by access.Actor, cmd Command) (Ready, error) {
	w, err := s.world(ctx, by, cmd)
	return Ready{s, w, cmd}, err
}

// In carries the command out within the caller's commit. Errors as for Do.
func (r Ready) In(ctx context.Context, tx *db.Tx, on Target) (Ticket, error) {
	return r.s.do(ctx, tx, r.w, on, r.cmd)
}

func (s *Service) do(ctx context.Context, tx *db.Tx, w world, on Target, cmd Command) (Ticket, error) {
	t, err := s.takeAll(ctx, tx, &w, on.ID, cmd)
	if err != nil {
		return Ticket{}, err
	}
	if err := s.admit(w, t, on, cmd); err != nil {
		return Ticket{}, err
	}
	if t, err = s.sayFirst(ctx, tx, w, t, cmd); err != nil {
		return Ticket{}, err
	}
	if cmd, err = s.invite(ctx, tx, &w, cmd); err != nil {
		return Ticket{}, err
	}
	if err := s.formOf(ctx, tx, &w, t, cmd); err != nil {
		return Ticket{}, err
	}
	if err := s.stillHere(ctx, tx, w, t, cmd); err != nil {
		return Ticket{}, err
	}
	if part, err := s.part(ctx, tx, w, t, cmd); err != nil {
		return Ticket{}, err
	} else if part.ID != 0 {
		w.other = part
	}
	if w.message, err = s.say(ctx, tx, w, t, cmd); err != nil {
		return Ticket{}, err
	}
	after, list, err := s.Gates.step(t, w, cmd)
	if err != nil {
		return Ticket{}, err
	}
	if err := s.forget(ctx, tx, w.by, t, cmd); err != nil {
		return Ticket{}, err
	}
	if err := s.giveBack(ctx, tx, w, t, cmd); err != nil {
		return Ticket{}, err
	}
	if err := s.sendLater(ctx, tx, list); err != nil {
		return Ticket{}, err
	}
	if after, err = s.settle(ctx, tx, w, after, list); err != nil || w.other.ID == 0 {
		return after, err
	}
	back := mirror(cmd, after, w)
	_, err = s.settle(ctx, tx, w, w.after(w.other, back), back)
	return after, err
}

// takeAll takes the ticket, and the other one of a merge or a link, the older first, so that
// two merges that cross cannot wait for each other.
func (s *Service) takeAll(ctx context.Context, tx *db.Tx, w *world, which ID, cmd Command) (t Ticket, err error) {
	second := other(cmd)
	order := []ID{which, second}
	slices.Sort(order)
	for _, one := range slices.Compact(order) {
		if one == 0 {
			continue
		}
		got, err := take(ctx, tx, one)
		if err == nil && one != which {
			err = access.Can(w.by, access.TicketRead, got.Object())
		}
		if errs.KindOf(err) == errs.NotFound && one != which {
			return Ticket{}, errs.Field("other", "ticket.not_found")
		}
		if errs.KindOf(err) == errs.NotFound {
			return Ticket{}, errs.New(errs.NotFound, "ticket.not_found")
		}
		if err != nil {
			return Ticket{}, err
		}
		if one == which {
			t = got
		} else {
			w.other = got
		}
	}
	return t, nil
}

// admit asks access and then the version: whoever may not see the ticket learns neither its
// version nor its status.
func (s *Service) admit(w world, t Ticket, on Target, cmd Command) error {
	if err := access.Can(w.by, access.TicketRead, t.Object()); err != nil {
		return err
	}
	if err := access.Can(w.by, action(cmd, w.by, t), t.Object()); err != nil {
		return err
	}
	if on.Version != 0 && !seen(t, on.Version) {
		return errs.New(errs.Stale, "ticket.stale", "Ref", t.Ref())
	}
	return nil
}

// settle plans, saves and records what a step decided.
func (s *Service) settle(ctx context.Context, tx *db.Tx, w world, after Ticket, list []Fact) (Ticket, error) {
	after.NextDue, after.NextClock = s.Plan(after)
	after.PromiseAt = after.promise()
	if err := save(ctx, tx, after); err != nil {
		return Ticket{}, err
	}
	if err := enrol(ctx, tx, w, list); err != nil {
		return Ticket{}, err
	}
	meta := w.by.Meta(w.at)
	for _, f := range list {
		if _, err := s.Bus.Record(ctx, tx, meta, f); err != nil {
			return Ticket{}, err
		}
	}
	s.publish(tx, after)
	if s.Settled != nil {
		return after, s.Settled(ctx, tx, after)
	}
	return after, nil
}

// Missing returns what stands between the ticket and a command, for the process rail.
func (s *Service) Missing(t Ticket, cmd Name) []errs.Gap { return s.Gates.missing(cmd, t) }

// world gathers what a decision depends on, before the commit begins.
func (s *Service) world(ctx context.Context, by access.Actor, cmd Command) (world, error) {
	matrix, _, err := setting.Load(ctx, s.Settings, MatrixName, triage.Standard())
	if err != nil {
		return world{}, err
	}
	w := world{
		by: by, at: s.Clock.Now(), matrix: matrix, missing: s.Gates.missing,
		reopen: time.Duration(s.Settings.Desk(ctx).ReopenDays) * 24 * time.Hour,
		staff:  map[person.ID]bool{}, group: map[person.GroupID]bool{},
		worded: s.worded(ctx, by, cmd), category: map[catalog.CategoryID]bool{}, service: map[catalog.ServiceID]bool{}, active: map[person.ID]bool{},
	}
	if s.Jobs != nil {
		w.undo = time.Duration(s.Settings.Desk(ctx).UndoSeconds) * time.Second
	}
	people := func(list ...person.ID) {
		for _, who := range list {
			p := s.People.Card(ctx, who)
			w.staff[who] = p.Active && p.Role.Staff()
		}
	}
	switch c := cmd.(type) {
	case Accept:
		people(person.ID(by.ID))
	case AddParticipant:
		err = s.lookUp(ctx, &w, c)
	case Assign:
		people(c.Owner, c.Assignee)
		w.group[c.Group] = s.People.Group(ctx, c.Group).Active
	case Note:
		w.mentions, err = s.mentions(ctx, c)
	case PromiseCall:
		people(c.Who)
	case TakeOver, RefuseHandOver:
		w.member = map[person.GroupID]bool{}
		for _, g := range s.People.GroupsOf(ctx, person.ID(by.ID)) {
			w.member[g] = true
		}
		var list []person.Group
		list, err = s.People.Groups(ctx)
		for _, g := range list { // the ticket names the one that may have it back
			w.group[g.ID] = g.Active
		}
	case HandOver:
		people(c.Assignee)
		if list := s.People.GroupsInUse(ctx, c.Assignee); len(list) > 0 {
			w.home = list[0]
		}
		w.group[c.Group] = s.People.Group(ctx, c.Group).Active
	case Split:
		w.parting, err = s.parting(ctx, by, c)
	case Classify:
		w.category[c.Category] = s.Catalog.Category(ctx, c.Category).Active
		w.service[c.Service] = s.Catalog.Service(ctx, c.Service).Active
	}
	return w, err
}

// stillHere looks up, within the commit, whether somebody works for the desk whom the ticket names
// and the command leaves in charge.
func (s *Service) stillHere(ctx context.Context, tx *db.Tx, w world, t Ticket, cmd Command) error {
	var who person.ID
	switch cmd.(type) {
	case Accept:
		who = t.Owner
	case RefuseHandOver:
		who = t.Detail.HandOver.By
	}
	if who == 0 {
		return nil
	}
	list, err := s.People.WorkersIn(ctx, tx, []person.ID{who}, 0)
	w.staff[who] = len(list) > 0
	return err
}

// find turns a number into a key.
func (s *Service) find(ctx context.Context, q db.Querier, number int64) (ID, error) {
	which, err := db.One(ctx, q, func(r db.Row) (x ID, err error) {
		err = r.Scan(&x)
		return x, err
	}, `SELECT id FROM ticket WHERE number = $1`, number)
	if errs.KindOf(err) == errs.NotFound {
		return 0, errs.New(errs.NotFound, "ticket.not_found")
	}
	return which, err
}
