// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// rehearse fills an empty desk with the sample organisation and six weeks of its life that
// end now. It works on a house of its own over the same stores, whose clock it moves and of
// whose past nobody is told by mail.
func rehearse(ctx context.Context, conf Config, s stores, o Options) error {
	now := o.Clock.Now()
	moving := clock.NewManual(now.Add(-demoWeeks*7*24*time.Hour - 24*time.Hour))
	o.Clock, o.quiet, o.recent = moving, true, now.Add(-recentFor)
	h, err := assemble(ctx, conf, s, o)
	if err != nil {
		return err
	}
	if err := setting.Save(ctx, h.Settings, access.Desk(), setting.DeskName, dressed(), setting.AnyVersion); err != nil {
		return err
	}
	c, err := h.castDemo(ctx, now)
	if err != nil {
		return err
	}
	steps, err := c.plan()
	if err != nil {
		return err
	}
	if err := h.perform(ctx, moving, steps); err != nil {
		return err
	}
	if err := h.receive(ctx, moving, c); err != nil {
		return err
	}
	if err := h.readArticles(ctx, moving, c); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := h.helpDemo(ctx, moving, c); err != nil {
		return err
	}
	moving.Set(now.Add(-20 * time.Minute))
	if err := h.finishRunbooks(ctx, c); err != nil {
		return err
	}
	if err := h.castAnnouncements(ctx, c); err != nil {
		return err
	}
	if err := h.castAsides(ctx, c); err != nil {
		return err
	}
	if err := h.castServices(ctx, c); err != nil {
		return err
	}
	if err := h.castDevices(ctx); err != nil {
		return err
	}
	if err := h.castVisits(ctx, moving, c); err != nil {
		return err
	}
	if err := h.castApprovals(ctx, c); err != nil {
		return err
	}
	moving.Set(now)
	if err := h.importDemo(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := h.learnDemo(ctx, moving, c); err != nil {
		return err
	}
	if err := h.takeIn(ctx, c); err != nil {
		return err
	}
	if _, err := h.Jobs.RunDue(ctx); err != nil { // what the past had set a timer for
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// receive takes the letters in that became no ticket, as the SMTP listener would.
func (h *House) receive(ctx context.Context, moving *clock.Manual, c *cast) error {
	letters := slices.Clone(c.script.Letters)
	slices.SortStableFunc(letters, func(a, b demoLetter) int { return cmp.Compare(b.Ago, a.Ago) }) // as they came
	for _, l := range letters {
		moving.Set(c.now.Add(-time.Duration(l.Ago)))
		_, err := h.Intake.Journal(ctx, intake.Delivery{
			Source: "smtp", Sender: l.Sender, Recipient: demoAddress, Address: "127.0.0.1",
			Raw: []byte(strings.ReplaceAll(strings.TrimLeft(l.Raw, "\n"), "\n", "\r\n")),
		})
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// demoBatch is how many steps share one commit at most.
const demoBatch = 200

// perform replays the steps in order. Steps between two requests that need nothing of each
// other share a commit; each has its own instant all the same.
func (h *House) perform(ctx context.Context, moving *clock.Manual, steps []step) error {
	for len(steps) > 0 {
		if steps[0].also != nil {
			moving.Set(steps[0].at)
			if err := steps[0].also(ctx, h, steps[0].play.id); err != nil {
				return fmt.Errorf("demo: %q at %s: %w", steps[0].play.request.Say.Text, steps[0].at, err)
			}
			steps = steps[1:]
			continue
		}
		if steps[0].do == nil {
			moving.Set(steps[0].at)
			t, _, err := h.Tickets.Record(ctx, steps[0].by(steps[0].play), steps[0].play.request)
			if err != nil {
				return fmt.Errorf("demo: record %q: %w", steps[0].play.request.Say.Text, err)
			}
			steps[0].play.id = t.ID
			steps = steps[1:]
			continue
		}
		n := 1
		for n < len(steps) && n < demoBatch && steps[n].do != nil {
			n++
		}
		if err := h.batch(ctx, moving, steps[:n]); err != nil {
			return err
		}
		steps = steps[n:]
	}
	return nil
}

// batch carries out commands on recorded tickets in one commit.
func (h *House) batch(ctx context.Context, moving *clock.Manual, steps []step) error {
	ready := make([]ticket.Ready, len(steps))
	for i, s := range steps {
		moving.Set(s.at)
		var err error
		if ready[i], err = h.Tickets.Ready(ctx, s.by(s.play), s.do(s.play)); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, s := range steps {
			moving.Set(s.at)
			if _, err := ready[i].In(ctx, tx, ticket.Target{ID: s.play.id}); err != nil {
				return fmt.Errorf("demo: %s on %q at %s: %w", s.do(s.play).Name(), s.play.request.Say.Text, s.at, err)
			}
		}
		return nil
	})
}

// castDemo writes the sample organisation down: groups, people, what they rely on.
func (h *House) castDemo(ctx context.Context, now time.Time) (*cast, error) {
	s, err := readScript()
	if err != nil {
		return nil, err
	}
	zone := clock.FirstZone(h.Settings.Desk(ctx).Zone)
	rnd := chance(20_251)
	c := &cast{
		script: s, rnd: &rnd, now: now, zone: zone,
		staff: map[string]person.Person{}, groups: map[string]person.GroupID{}, members: map[person.GroupID][]person.Person{},
		categories: map[string]catalog.CategoryID{}, homes: map[string]person.GroupID{},
		services: map[string]catalog.ServiceID{}, core: map[string]bool{},
		turn: map[person.GroupID]int{}, asked: map[string]int{},
	}
	for _, step := range []func(context.Context, *cast) error{
		h.castPeople, h.castGroups, h.castCatalog, h.castForms, h.castRunbooks, h.castRota, h.castViews, h.castTexts, h.castArticles,
	} {
		if err := step(ctx, c); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return c, nil
}

func (h *House) castPeople(ctx context.Context, c *cast) error {
	return h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(c.staff)
		c.requesters = nil
		for _, p := range append(c.script.Staff, c.script.Requesters...) {
			x := person.Person{
				Name: p.Name, Email: p.Email, Phone: p.Phone, Department: p.Department, Place: p.Place, Lang: p.Lang, Role: access.Role(p.Role),
				Skills: person.ReadSkills(p.Skills), Limit: p.Limit,
			}
			if x.Lang == "" {
				x.Lang = "zh-CN"
			}
			if x.Role == "" {
				x.Role = access.Requester
			}
			x, err := h.People.AddIn(ctx, tx, access.Desk(), x)
			if err != nil {
				return fmt.Errorf("%s: %w", p.Email, err)
			}
			if x.Role == access.Requester {
				c.requesters = append(c.requesters, x)
			} else {
				c.staff[x.Email] = x
			}
		}
		return nil
	})
}

func (h *House) castGroups(ctx context.Context, c *cast) error {
	for _, g := range c.script.Groups {
		group := person.Group{Name: g.Name, NameEN: g.NameEN}
		var workers []person.Person
		for _, p := range c.script.Staff {
			for _, name := range p.Groups {
				if name == g.Name {
					group.Members = append(group.Members, c.staff[p.Email].ID)
					if p.Role == string(access.Agent) {
						workers = append(workers, c.staff[p.Email])
					}
				}
			}
		}
		saved, err := h.People.SaveGroup(ctx, access.Desk(), group, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", g.Name, err)
		}
		c.groups[g.Name], c.members[saved.ID] = saved.ID, workers
	}
	return nil
}

// castTexts writes the texts that everybody at the desk uses.
func (h *House) castTexts(ctx context.Context, c *cast) error {
	for _, t := range c.script.Texts {
		text := canned.Text{Group: c.groups[t.Group], Lang: t.Lang, Short: t.Short, Title: t.Title, Body: t.Body}
		if _, err := h.Texts.Save(ctx, access.Desk(), text, 0); err != nil {
			return fmt.Errorf("%s: %w", t.Short, err)
		}
	}
	return nil
}

func (h *House) castCatalog(ctx context.Context, c *cast) error {
	for _, s := range c.script.Services {
		saved, err := h.Catalog.SaveService(ctx, access.Desk(), catalog.Service{Name: s.Name, NameEN: s.NameEN, Core: s.Core, Skills: person.ReadSkills(s.Skills)}, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		c.services[s.Name], c.core[s.Name] = saved.ID, s.Core
	}
	for place, top := range c.script.Categories {
		group := c.groups[top.Group]
		parent, err := h.Catalog.SaveCategory(ctx, access.Desk(), catalog.Category{
			Name: top.Name, NameEN: top.NameEN, Group: group, Place: int64(place + 1),
		}, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", top.Name, err)
		}
		c.categories[top.Name], c.homes[top.Name] = parent.ID, group
		for place, name := range top.Children {
			child, err := h.Catalog.SaveCategory(ctx, access.Desk(), catalog.Category{
				Parent: parent.ID, Name: name[0], NameEN: name[1], Place: int64(place + 1),
			}, 0)
			if err != nil {
				return fmt.Errorf("%s: %w", name[0], err)
			}
			c.categories[name[0]], c.homes[name[0]] = child.ID, group
		}
	}
	return nil
}
