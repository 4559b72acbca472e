// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// routeJob is the kind of the job that asks the rules about one ticket.
const routeJob = "routing:route"

// Listen takes part in the commits of the facts after which a rule may hold, and of those by which
// a person chooses.
func (s *Service) Listen() {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f ticket.Recorded) error {
		return s.queue(ctx, tx, f.Ticket)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f ticket.Classified) error {
		return s.queue(ctx, tx, f.Ticket)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f ticket.Graded) error {
		return s.queue(ctx, tx, f.Ticket)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Assigned) error {
		return s.chosen(ctx, tx, r, f.Ticket, f.Group)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.HandedOver) error {
		return s.chosen(ctx, tx, r, f.Ticket, f.To)
	})
}

// queue asks the rules after the commit, where there are any.
func (s *Service) queue(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	n, err := db.One(ctx, tx, db.Int, `SELECT COUNT(*) FROM routing_rule WHERE active`)
	if err != nil || n == 0 {
		return err
	}
	id := strconv.FormatInt(int64(which), 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: routeJob, Payload: id, Key: routeJob + ":" + id})
}

// chosen hears that a person gave a ticket to a group.
func (s *Service) chosen(ctx context.Context, tx *db.Tx, r event.Record, which ticket.ID, group person.GroupID) error {
	if group == 0 || r.Meta.ActorKind != string(access.Person) {
		return nil
	}
	if err := bounce(ctx, tx, which, group, r.Meta.At); err != nil {
		return err
	}
	return keep(ctx, tx, which, r.Meta.At)
}

// route asks the rules about a ticket that nobody works on, and follows the first that holds.
func (s *Service) route(ctx context.Context, j job.Job) error {
	id, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(fmt.Errorf("read job %d: %w", j.ID, err))
	}
	list, err := s.Tickets.FirstsSince(ctx, ticket.ID(id)-1, 1)
	if err != nil || len(list) == 0 || list[0].ID != ticket.ID(id) || !free(list[0].Ticket) {
		return err
	}
	t := list[0]
	if own, err := kept(ctx, s.DB, t.ID); own || err != nil {
		return err
	}
	r, err := s.first(ctx, s.Fields(ctx, t))
	if err != nil || r.ID == 0 {
		return err
	}
	before, err := last(ctx, s.DB, t.ID)
	if err != nil || before.Rule == r.ID && before.Group == r.Group {
		return err
	}
	return s.send(ctx, t.Ticket, r)
}

// first is the first rule in use that holds. One that fails is passed over, and its trouble kept.
func (s *Service) first(ctx context.Context, f Fields) (Rule, error) {
	h, err := s.read(ctx)
	if err != nil {
		return Rule{}, err
	}
	for _, r := range h.rules {
		if !r.Active || !s.People.Group(ctx, r.Group).Active {
			continue
		}
		trouble := "condition not understood"
		if c, ok := h.known[r.ID]; ok {
			yes, err := c.Holds(f)
			if err == nil && yes {
				return r, nil
			}
			if err == nil {
				continue
			}
			trouble = note(err)
		}
		now := s.Clock.Now()
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return putTrouble(ctx, tx, r.ID, trouble, now) }); err != nil {
			return Rule{}, err
		}
	}
	return Rule{}, nil
}

// note is the first line of what went wrong, short enough to be kept.
func note(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.ToValidUTF8(line[:min(len(line), 300)], "")
}

// errElse leaves a commit in which it turned out that somebody else is to have the ticket.
var errElse = errors.New("somebody else is to have it") //nolint:gochecknoglobals // a sentinel

// send gives the ticket to the group of a rule, and to whom the rule finds.
func (s *Service) send(ctx context.Context, t ticket.Ticket, r Rule) error {
	var list []candidate
	var err error
	if r.Assign {
		if list, err = s.candidates(ctx, t, r); err != nil {
			return err
		}
	}
	for err = errElse; errors.Is(err, errElse); {
		err = s.give(ctx, t, r, list)
	}
	switch errs.KindOf(err) {
	case errs.Stale, errs.Conflict: // something happened to it meanwhile: the rules are asked about it as it is now
		return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.queue(ctx, tx, t.ID) })
	default:
		return err
	}
}

// give gives the ticket to the one whom choose finds in the list. Others may be giving them work at
// the same time: the commit waits for them and counts again, and where another is to have the ticket
// now it answers errElse, with the count in the list.
func (s *Service) give(ctx context.Context, t ticket.Ticket, r Rule, list []candidate) error {
	run := Run{Ticket: t.ID, Rule: r.ID, Name: r.Name, Group: r.Group, Choice: GroupOnly, At: s.Clock.Now()}
	if r.Assign {
		run.Person, run.Choice = choose(list)
	}
	cmd := ticket.Assign{Group: run.Group, Assignee: run.Person}
	if cmd.Group == t.Group && cmd.Assignee == 0 {
		return nil // it lies there already
	}
	ready, err := s.Tickets.Ready(ctx, access.Desk(), cmd)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if i := slices.IndexFunc(list, func(c candidate) bool { return c.who == run.Person }); i >= 0 {
			if err := s.Tickets.Turn(ctx, tx, run.Person, run.At); err != nil {
				return err
			}
			if run.InWork, err = s.Tickets.Load(ctx, tx, run.Person); err != nil {
				return err
			}
			list[i].inWork = run.InWork
			if who, _ := choose(list); who != run.Person {
				return errElse
			}
		}
		if _, err := ready.In(ctx, tx, ticket.Target{ID: t.ID, Version: t.Version}); err != nil {
			return err
		}
		if err := insertRun(ctx, tx, run); err != nil {
			return err
		}
		_, err := s.Bus.Record(ctx, tx, access.Desk().Meta(run.At), Routed{
			Ticket: t.ID, Rule: r.ID, Name: r.Name, Group: run.Group, Person: run.Person, Choice: run.Choice, InWork: run.InWork,
		})
		return err
	})
}

// candidates are the people of the rule's group.
func (s *Service) candidates(ctx context.Context, t ticket.Ticket, r Rule) ([]candidate, error) {
	var duty []person.ID
	if r.Rota != 0 {
		var err error
		if duty, err = s.Rotas.OnCall(ctx, r.Rota, s.Clock.Now()); err != nil {
			return nil, err
		}
	}
	asked := s.Catalog.Skills(ctx, t.Category, t.Service).With(r.Skills)
	var out []candidate
	for _, who := range s.People.Group(ctx, r.Group).Members {
		p := s.People.Card(ctx, who)
		if !p.Active || !p.Role.Staff() || who == t.Requester {
			continue
		}
		n, err := s.Tickets.Load(ctx, s.DB, who)
		if err != nil {
			return nil, err
		}
		out = append(out, candidate{
			who: who, duty: r.Rota == 0 || slices.Contains(duty, who), skill: len(p.Skills.Missing(asked)) == 0, inWork: n, limit: s.People.LimitOf(ctx, p),
		})
	}
	return out, nil
}
