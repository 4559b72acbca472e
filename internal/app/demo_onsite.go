// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	sitevisit "github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// castServices says who answers for the services of the sample desk, and what they depend on.
func (h *House) castServices(ctx context.Context, c *cast) error {
	for _, x := range []struct{ name, owner, needs string }{
		{"企业邮箱", "sun.hao@qinglan.example", ""},
		{"ERP 系统", "he.jing@qinglan.example", "企业邮箱"},
		{"生产执行系统", "fang.yuan@qinglan.example", "ERP 系统"},
		{"网上订单平台", "he.jing@qinglan.example", "ERP 系统"},
		{"审批流程", "sun.hao@qinglan.example", "企业邮箱"},
	} {
		s := h.Catalog.Service(ctx, c.services[x.name])
		if s.ID == 0 {
			continue
		}
		if s.Owner = c.staff[x.owner].ID; x.needs != "" {
			s.Depends = catalog.NeedsOf([]catalog.ServiceID{c.services[x.needs]})
		}
		if _, err := h.Catalog.SaveService(ctx, access.Desk(), s, s.Version); err != nil {
			return fmt.Errorf("demo: service %s: %w", x.name, err)
		}
	}
	return nil
}

// castDevices brings the devices by a file, as an administrator does.
func (h *House) castDevices(ctx context.Context) error {
	text, err := demoFiles.ReadFile("demodata/devices.csv")
	if err != nil {
		return err
	}
	x, err := h.Devices.Upload(ctx, access.Desk(), device.Import{Name: "设备台账.csv"}, text)
	if err == nil {
		_, err = h.Devices.Apply(ctx, access.Desk(), x.ID, false)
	}
	if err != nil {
		return fmt.Errorf("demo: devices: %w", err)
	}
	return nil
}

// demoVisit is how far a visit of the sample desk has come.
type demoVisit struct {
	engineer string
	in       time.Duration // until it begins
	upTo     sitevisit.State
	purpose  string
	english  string // the same for who reads English
	work     string
}

func demoVisits() []demoVisit {
	return []demoVisit{
		{"chen.li@qinglan.example", -15 * time.Minute, sitevisit.OnSite, "到现场检查设备和线路", "Look at the device and its connections", ""},
		{"chen.li@qinglan.example", 2 * time.Hour, sitevisit.Agreed, "到现场按步骤排查，带常用备件", "Go through it step by step on site, spare parts along", ""},
		{"chen.li@qinglan.example", 26 * time.Hour, sitevisit.Proposed, "到现场检查工位设备", "Check the equipment at the workplace", ""},
		{"chen.li@qinglan.example", -15 * time.Minute, sitevisit.Signed, "到现场检查工位设备", "Check the equipment at the workplace", "检查了工位设备与接线，处理后当场验证正常。"},
		{"sun.hao@qinglan.example", 3 * time.Hour, sitevisit.Travelling, "检查楼层交换机端口和跳线", "Check the port and the patch cable of this floor", ""},
		{"sun.hao@qinglan.example", 28 * time.Hour, sitevisit.Refused, "到现场复测", "Measure again on site", ""},
		{"chen.li@qinglan.example", time.Hour, sitevisit.Missed, "到现场复查", "Look again on site", ""},
	}
}

// castVisits lets the engineers of the sample desk go to people, on tickets that somebody works on.
func (h *House) castVisits(ctx context.Context, moving *clock.Manual, c *cast) error {
	p, err := h.Tickets.List(ctx, access.Desk(), ticket.Filter{View: ticket.Risk, Status: ticket.Opened, Limit: 200})
	if err != nil {
		return err
	}
	list := p.Tickets
	slices.SortStableFunc(list, func(a, b ticket.Ticket) int { // whoever goes there goes for things first
		return cmp.Compare(h.onThings(ctx, c, a), h.onThings(ctx, c, b))
	})
	for _, d := range demoVisits() {
		var t ticket.Ticket
		for len(list) > 0 && t.ID == 0 {
			if t, err = h.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: list[0].ID}); err != nil {
				return err
			}
			if list = list[1:]; t.Unheard() || t.Assignee == 0 { // it is read back first (N18)
				t = ticket.Ticket{}
			}
		}
		if t.ID == 0 {
			return nil // nothing is open at this hour
		}
		if err := h.castVisit(ctx, moving.Now(), c, t, d); err != nil {
			return fmt.Errorf("demo: visit of %s: %w", d.engineer, err)
		}
	}
	return nil
}

func (h *House) castVisit(ctx context.Context, now time.Time, c *cast, t ticket.Ticket, d demoVisit) error {
	by := staffActor(c.staff[d.engineer])
	from := now.Add(d.in).Truncate(15 * time.Minute)
	span := func(later time.Duration) ticket.Span {
		return ticket.Span{From: from.Add(later), To: from.Add(later + time.Hour)}
	}
	requester := h.People.Card(ctx, t.Requester)
	w := sitevisit.Wish{Act: sitevisit.Fix, Engineer: person.ID(by.ID), Times: []ticket.Span{span(0)}, Place: requester.Place, Purpose: d.purpose, Zone: c.zone.String()}
	if requester.Lang == "en" {
		w.Purpose = d.english
	}
	if w.Place == "" {
		w.Place = "总部 3 层 312"
	}
	own, err := h.Devices.Of(ctx, by, t.Requester)
	if err != nil {
		return err
	}
	if len(own) > 0 {
		if _, err := h.Devices.Tie(ctx, by, ticket.Target{ID: t.ID}, own[0].ID); err != nil {
			return err
		}
		w.Device, w.Place = int64(own[0].ID), own[0].Place.Label()
	}
	if d.upTo == sitevisit.Proposed || d.upTo == sitevisit.Refused {
		w.Act, w.Times = sitevisit.Propose, []ticket.Span{span(0), span(3 * time.Hour), span(24 * time.Hour)}
	}
	if gaps := h.Runbooks.Gate(t); len(gaps) > 0 { // on site before the first simple things: with a reason (N25)
		reason := "用户说基本检查都做过，需要到现场看"
		if requester.Lang == "en" {
			reason = "The requester has done the basic checks; it has to be seen on site"
		}
		if _, err := h.Tickets.Do(ctx, by, ticket.Target{ID: t.ID}, ticket.Deviate{Gap: runbook.GapFirst, Reason: reason}); err != nil {
			return err
		}
	}
	v, err := h.Visits.Propose(ctx, by, ticket.Target{ID: t.ID}, w)
	if err != nil {
		return err
	}
	asker := access.Actor{ID: int64(t.Requester), Kind: access.Person, Role: requester.Role, Via: "portal"}
	for _, step := range map[sitevisit.State][]sitevisit.Wish{
		sitevisit.Refused:    {{Act: sitevisit.Refuse, Why: "这两天在出差，周五以后可以。"}},
		sitevisit.Travelling: {{Act: sitevisit.Start}},
		sitevisit.OnSite:     {{Act: sitevisit.Start}, {Act: sitevisit.Arrive, Why: "标签还没有贴"}},
		sitevisit.Missed:     {{Act: sitevisit.Miss, Why: "座位上没有人，电话未接。"}},
		sitevisit.Signed:     {{Act: sitevisit.Arrive, Why: "标签还没有贴"}, {Act: sitevisit.Finish, Work: d.work, Parts: "网线 1 根"}, {Act: sitevisit.Sign, Name: requester.Name, How: "typed"}},
	}[d.upTo] {
		who := by
		if step.Act.Requester() {
			who = asker
		}
		if v, err = h.Visits.Do(ctx, who, v.ID, step); err != nil {
			return fmt.Errorf("%s: %w", step.Act, err)
		}
	}
	return nil
}

// onThings is 0 for a ticket about something that stands somewhere, so that whoever goes there can
// mend it, and 1 for others.
func (h *House) onThings(ctx context.Context, c *cast, t ticket.Ticket) int {
	path := h.Catalog.Path(ctx, t.Category)
	if len(path) > 0 && (path[0].ID == c.categories["硬件"] || path[0].ID == c.categories["网络"]) {
		return 0
	}
	return 1
}
