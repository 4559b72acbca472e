// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// timekeeping makes the rooms that act when time passes.
func (h *House) timekeeping() {
	h.Rotas = rota.NewService(h.DB, h.Bus, h.Clock, h.People)
	h.Majors = major.NewService(major.Parts{DB: h.DB, Bus: h.Bus, Clock: h.Clock, Settings: h.Settings, Tickets: h.Tickets})
	p := escalation.Parts{
		DB: h.DB, Bus: h.Bus, Clock: h.Clock, Jobs: h.Jobs, Log: h.Log, People: h.People, Rotas: h.Rotas, Settings: h.Settings, Tickets: h.Tickets,
		Scene: h.scene, Rota: func() rota.ID { return h.Majors.Policy().Rota },
	}
	if h.Elapsed != nil {
		p.Elapsed = h.Elapsed
		p.Boot, _ = clock.Boot()
	}
	h.Escalations = escalation.NewService(p)
	h.Clocks.Replanned(h.Escalations.Planned)
}

// loadTimekeeping reads what these rooms hold in memory.
func (h *House) loadTimekeeping(ctx context.Context) error {
	if err := h.Majors.Load(ctx); err != nil {
		return fmt.Errorf("load major incidents: %w", err)
	}
	if err := h.Escalations.Load(ctx); err != nil {
		return fmt.Errorf("load escalations: %w", err)
	}
	return nil
}

// scene is what the escalation of a ticket depends on: its clocks, and whether it is told at any
// hour. Whether it is a major incident is asked of the commit: who is on call must be paged by
// whichever node looks first.
func (h *House) scene(ctx context.Context, tx *db.Tx, t ticket.Ticket) (escalation.Scene, error) {
	s := escalation.Scene{Priority: t.Priority, Hours: h.Clocks.Terms(t).Calendar()}
	incident, stands, err := h.Majors.StandsIn(ctx, tx, t.ID)
	for _, c := range h.Clocks.Running(t) {
		if stands && c.Name == sla.Update { // the incident's own clock stands for it: nobody is told twice
			continue
		}
		s.Clocks = append(s.Clocks, escalation.Clock{
			Name: string(c.Name), Run: c.Run(), Running: c.State == sla.Running || c.State == sla.Over, Due: c.Due, At: c.At, Off: c.Off,
		})
	}
	if stands {
		s.Clocks = append(s.Clocks, plainClock(escalation.ClockDeclared, incident.DeclaredAt, incident.DeclaredAt),
			plainClock(escalation.ClockMajor, incident.Last(), incident.Due(h.Majors.Policy())))
	}
	s.Urgent = stands || t.Graded && t.Priority == triage.P1
	return s, err
}

// plainClock is a clock for which every minute counts.
func plainClock(name string, start, due time.Time) escalation.Clock {
	return escalation.Clock{
		Name: name, Run: name + ":" + strconv.FormatInt(start.UnixMilli(), 10), Running: true, Due: due,
		At:  func(percent int) time.Time { return start.Add(due.Sub(start) / 100 * time.Duration(percent)) },
		Off: func(d time.Duration) time.Time { return due.Add(d) },
	}
}

// incident has a ticket looked at as soon as it became a major incident, got another cadence, or
// ended: whoever is on call is paged at any hour (N4).
func (h *House) incident(ctx context.Context, tx *db.Tx, r event.Record) error {
	if !strings.HasPrefix(r.Name, "major.") {
		return nil
	}
	if tx.Engine() == db.Postgres {
		tx.Notify(majorChannel, strconv.FormatInt(r.Subject, 10))
	}
	return h.Escalations.Look(ctx, tx, ticket.ID(r.Subject))
}

// majorChannel is where the nodes tell each other that an incident changed.
const majorChannel = "major"

// houseClock is the clock of a house that nobody gave another one: on PostgreSQL the server's,
// so that all nodes go by one (F43), else the machine's. elapsed is how much time really passes.
func houseClock(ctx context.Context, d *db.DB) (c clock.Clock, elapsed func() time.Duration, err error) {
	elapsed = clock.Elapsed()
	before := elapsed()
	told, shared, err := d.Now(ctx)
	if err != nil || !shared {
		return clock.System(), elapsed, err
	}
	return clock.NewSteady(elapsed, told, (before+elapsed())/2), elapsed, nil
}

// setClock asks the database again what time it is. Where that takes long the answer is worth
// less than what is known.
func (h *House) setClock(ctx context.Context) error {
	steady, ok := h.Clock.(*clock.Steady)
	if !ok {
		return nil
	}
	before := h.Elapsed()
	told, shared, err := h.DB.Now(ctx)
	if after := h.Elapsed(); err == nil && shared && after-before < time.Second {
		steady.Told(told, (before+after)/2)
	}
	return err
}

// standingMajors are the tickets of the incidents that have not ended.
func (h *House) standingMajors() []int64 {
	var out []int64
	for _, x := range h.Majors.Standing() {
		out = append(out, int64(x.Ticket))
	}
	return out
}
