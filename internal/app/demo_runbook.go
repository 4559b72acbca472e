// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"fmt"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// demoBook is a runbook of the sample organisation: its file, and the category that it is for.
type demoBook struct {
	file, category string
	id             runbook.ID
	book           runbook.Book
	runs           int // begun so far, for variety
}

func demoBooks() []*demoBook {
	return []*demoBook{
		{file: "wired", category: "有线网络"},
		{file: "printer", category: "打印机"},
		{file: "vpn.zh", category: "远程接入"},
		{file: "vpn.en", category: "远程接入"},
	}
}

// castRunbooks writes the runbooks down, has them reviewed by a second person and puts them in
// force. They become the first simple things at the end: the past was handled without.
func (h *House) castRunbooks(ctx context.Context, c *cast) error {
	author, second, lead := staffActor(c.staff["chen.li@qinglan.example"]), staffActor(c.staff["sun.hao@qinglan.example"]), staffActor(c.staff["zhou.min@qinglan.example"])
	if err := h.Runbooks.Load(ctx); err != nil {
		return err
	}
	for _, b := range demoBooks() {
		text, err := demoFiles.ReadFile("demodata/runbook/" + b.file + ".md")
		if err != nil {
			return err
		}
		x, err := h.Runbooks.Write(ctx, author, 0, string(text), "", 0)
		if err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
		b.id = x.ID
		b.book, _ = runbook.Read(string(text))
		for _, name := range b.book.Pictures() {
			picture, err := demoFiles.ReadFile("demodata/runbook/" + name)
			if err != nil {
				return err
			}
			if _, err := h.Runbooks.AddPicture(ctx, author, x.ID, name, bytes.NewReader(picture)); err != nil {
				return err
			}
		}
		if _, err := h.Runbooks.Submit(ctx, author, x.ID, 0); err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
		if _, err := h.Runbooks.Review(ctx, second, x.ID, true, "", 0); err != nil {
			return err
		}
		if _, err := h.Runbooks.Publish(ctx, lead, x.ID, 0); err != nil {
			return err
		}
		if err := h.placeBook(ctx, c, b, false); err != nil {
			return err
		}
		c.books = append(c.books, b)
	}
	return nil
}

func (h *House) placeBook(ctx context.Context, c *cast, b *demoBook, first bool) error {
	return h.Runbooks.SetPlaces(ctx, staffActor(c.staff["zhou.min@qinglan.example"]), b.id, []runbook.Place{{Category: c.categories[b.category], First: first}}, 0)
}

// bookFor is the runbook of a category in a language; nil where there is none.
func (c *cast) bookFor(category, lang string) *demoBook {
	for _, b := range c.books {
		if b.category == category && string(b.book.Lang) == lang {
			return b
		}
	}
	return nil
}

// runbook lets the agent follow the category's runbook, where there is one.
func (l *life) runbook() *life {
	b := l.c.bookFor(l.story.Category, l.story.lang)
	if b == nil {
		return l
	}
	by, nth := staffActor(l.agent), b.runs
	b.runs++
	l.steps = append(l.steps, step{at: l.at, play: l.play, also: func(ctx context.Context, h *House, on ticket.ID) error {
		return h.followDemo(ctx, by, on, b, nth)
	}})
	return l.wait(2, 6)
}

// followDemo follows a runbook to an end: now and then a step helps, mostly none does.
func (h *House) followDemo(ctx context.Context, by access.Actor, on ticket.ID, b *demoBook, nth int) error {
	c, err := h.Runbooks.Begin(ctx, by, ticket.Target{ID: on}, runbook.Beginning{Runbook: b.id})
	for n := 0; err == nil && !c.State.Over() && n < 12; n++ {
		step, _ := c.Here()
		c, err = h.Runbooks.Mark(ctx, by, c.ID, demoMarking(c, step, nth, n))
	}
	if err == nil && !c.State.Over() {
		_, err = h.Runbooks.Stop(ctx, by, c.ID)
	}
	return err
}

// demoMarking is what came of a step: where a runbook helps differs from run to run.
func demoMarking(c runbook.Course, step runbook.Step, nth, n int) runbook.Marking {
	m := runbook.Marking{Seq: c.Marks + 1, Step: step.Name, Outcome: runbook.Failed}
	options := c.Book.Outcomes(step)
	switch step.Kind {
	case runbook.Choose:
		m.Outcome = options[(nth+n)%len(options)].Value
		if step.Name == "online" && nth%3 != 0 || step.Name == "net" {
			m.Outcome = options[0].Value
		}
	case runbook.Measure:
		m.Outcome, m.Value = runbook.In, fmt.Sprint(1+(nth*7)%4)
	case runbook.Ask:
		m.Outcome, m.Value = runbook.Answered, [...]string{"49.4C02", "691", "No response from gateway"}[nth%3]
	case runbook.Act:
		m.Outcome, m.Reason = runbook.Waived, [...]string{"上班时间不重启，下班后再看", "队列已自己清空"}[nth%2]
	case runbook.Instruct:
		if n == nth%4 && nth%5 != 3 {
			m.Outcome = runbook.Done
		}
	}
	return m
}

// finishRunbooks makes them the first simple things, and leaves two of them on the way: one with a
// requester who does not understand a step, one before a step with a risk.
func (h *House) finishRunbooks(ctx context.Context, c *cast) error {
	for _, b := range c.books {
		if err := h.placeBook(ctx, c, b, true); err != nil {
			return err
		}
	}
	if err := h.sentDemo(ctx, c); err != nil {
		return err
	}
	if err := h.lockedDemo(ctx, c); err != nil {
		return err
	}
	for _, who := range []string{"tom.hale@qinglan.example", "lin.xiao@qinglan.example"} {
		by := staffActor(c.staff[who])
		list, err := h.Runbooks.ToRead(ctx, by)
		if err != nil {
			return err
		}
		for i, x := range list {
			if i%2 == 0 {
				if err := h.Runbooks.Confirm(ctx, by, x.ID, x.Published); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// openOf is an open ticket of a category on which no runbook is being followed.
func (h *House) openOf(ctx context.Context, c *cast, category string) (ticket.Ticket, bool, error) {
	p, err := h.Tickets.List(ctx, staffActor(c.staff["chen.li@qinglan.example"]), ticket.Filter{View: ticket.Risk, Limit: 200})
	if err != nil {
		return ticket.Ticket{}, false, err
	}
	for _, t := range p.Tickets {
		if t.Category != c.categories[category] || t.Status != ticket.Opened && t.Status != ticket.New {
			continue
		}
		whole, err := h.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: t.ID})
		if err != nil {
			return whole, false, err
		}
		going := false
		for _, g := range whole.Detail.Guides {
			going = going || !g.State.Over()
		}
		if !going {
			return whole, true, nil
		}
	}
	return ticket.Ticket{}, false, nil
}

func (h *House) sentDemo(ctx context.Context, c *cast) error {
	for _, category := range []string{"有线网络", "远程接入"} {
		t, ok, err := h.openOf(ctx, c, category)
		if err != nil {
			return err
		}
		if !ok {
			continue // nothing of it is open at this hour
		}
		requester := h.People.Card(ctx, t.Requester)
		b := c.bookFor(category, requester.Lang)
		if b == nil {
			b = c.bookFor(category, "zh-CN")
		}
		by := staffActor(c.staff["chen.li@qinglan.example"])
		run, err := h.Runbooks.Begin(ctx, by, ticket.Target{ID: t.ID}, runbook.Beginning{Runbook: b.id, Send: true})
		if err != nil {
			return fmt.Errorf("demo: send %s: %w", b.file, err)
		}
		user := access.Actor{ID: int64(requester.ID), Kind: access.Person, Role: requester.Role, Via: "portal"}
		step, _ := run.Here()
		m := demoMarking(run, step, 1, 0)
		if run, err = h.Runbooks.Mark(ctx, user, run.ID, m); err != nil {
			return fmt.Errorf("demo: answer %s: %w", b.file, err)
		}
		step, _ = run.Here()
		if _, err = h.Runbooks.Mark(ctx, user, run.ID, runbook.Marking{Seq: run.Marks + 1, Step: step.Name, Outcome: runbook.Unclear}); err != nil {
			return fmt.Errorf("demo: answer %s: %w", b.file, err)
		}
	}
	return nil
}

func (h *House) lockedDemo(ctx context.Context, c *cast) error {
	t, ok, err := h.openOf(ctx, c, "打印机")
	if err != nil || !ok {
		return err
	}
	by := staffActor(c.staff["sun.hao@qinglan.example"])
	b := c.bookFor("打印机", "zh-CN")
	run, err := h.Runbooks.Begin(ctx, by, ticket.Target{ID: t.ID}, runbook.Beginning{Runbook: b.id})
	for _, m := range []runbook.Marking{{Step: "panel", Outcome: "ready"}, {Step: "queue", Value: "37", Outcome: runbook.Out}} {
		if err != nil {
			return fmt.Errorf("demo: %s: %w", b.file, err)
		}
		m.Seq = run.Marks + 1
		run, err = h.Runbooks.Mark(ctx, by, run.ID, m)
	}
	if err == nil {
		_, err = h.Runbooks.Prepare(ctx, by, run.ID, run.Marks+1, "打印服务器 prn-3f-01：停止 Spooler，清空队列目录，再启动", "停止服务后把队列目录从备份拷回，再启动；影响三楼 4 台打印机约 2 分钟")
	}
	if err != nil {
		return fmt.Errorf("demo: %s: %w", b.file, err)
	}
	return nil
}
