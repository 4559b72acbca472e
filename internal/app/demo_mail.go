// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

//go:embed demodata/mail.toml
var demoMails string

// demoBorder is the server that the sample house believes about senders.
const demoBorder = "mx.qinglan.example"

// demoMail is a mail that came and became a ticket or joined one, and what was answered.
type demoMail struct {
	Ago     span
	Thread  bool // the ticket that it becomes is the one that the next ones are about
	Sender  string
	Raw     string
	Replies []string
}

// correspondence is the mail of the last two hours with somebody outside the house.
type correspondence struct {
	h      *House
	moving *clock.Manual
	agent  access.Actor
	on     ticket.ID // the ticket that it is about
}

// correspond lets mail come in and letters go out through the mailbox of the demo, as on a desk
// that runs: what is sent has a send log, and what comes back is about a letter that was sent. Like
// rehearse it works on a house of its own, whose clock it moves.
func correspond(ctx context.Context, conf Config, s stores, o Options) error {
	var script struct{ Mail []demoMail }
	if _, err := toml.Decode(demoMails, &script); err != nil {
		return fmt.Errorf("demo mail: %w", err)
	}
	now := o.Clock.Now()
	c := correspondence{moving: clock.NewManual(now.Add(-2 * time.Hour))}
	o.Clock = c.moving
	h, err := build(ctx, conf, s, o)
	if err != nil {
		return err
	}
	c.h = h
	if err := h.dressMail(ctx); err != nil {
		return err
	}
	trust := intake.Trust{Checks: intake.TheyCheck, Servers: []string{demoBorder}, Require: intake.WhenChecked}
	if err := setting.Save(ctx, h.Settings, access.Desk(), intake.TrustName, trust, setting.AnyVersion); err != nil {
		return err
	}
	agent, err := h.People.ByEmail(ctx, "chen.li@qinglan.example")
	if err != nil {
		return err
	}
	c.agent = staffActor(agent)
	for _, m := range script.Mail {
		c.moving.Set(now.Add(-time.Duration(m.Ago)))
		if err := c.take(ctx, m); err != nil {
			return fmt.Errorf("demo mail: %w", err)
		}
	}
	return nil
}

// take lets one mail in, and answers it.
func (c *correspondence) take(ctx context.Context, m demoMail) error {
	thread, last, err := c.places(ctx)
	if err != nil {
		return err
	}
	raw := strings.NewReplacer("{date}", c.moving.Now().Format(time.RFC1123Z), "{thread}", thread, "{last}", last, "\n", "\r\n").Replace(strings.TrimLeft(m.Raw, "\n"))
	to := demoAddress
	if strings.Contains(m.Raw, "{thread}") {
		to = thread
	}
	which, err := c.h.Intake.Journal(ctx, intake.Delivery{Source: "smtp", Sender: m.Sender, Recipient: to, Address: "127.0.0.1", Raw: []byte(raw)})
	if err != nil {
		return err
	}
	if _, err := c.h.Jobs.RunDue(ctx); err != nil {
		return err
	}
	e, err := c.h.Intake.Entry(ctx, access.Desk(), which)
	if err != nil {
		return err
	}
	if m.Thread {
		c.on = e.Ticket
		if _, err := c.h.Tickets.Do(ctx, c.agent, ticket.Target{ID: c.on}, ticket.Accept{}); err != nil {
			return err
		}
	}
	for _, text := range m.Replies {
		c.moving.Advance(6 * time.Minute)
		if _, err := c.h.Tickets.Do(ctx, c.agent, ticket.Target{ID: c.on}, ticket.Reply{Say: ticket.Say{Text: text}}); err != nil {
			return err
		}
		for range 2 { // it waits two minutes for others
			if _, err := c.h.Jobs.RunDue(ctx); err != nil {
				return err
			}
			c.moving.Advance(3 * time.Minute)
		}
	}
	return nil
}

// places are the address to which the requester answers, and the name of the last letter to them.
func (c *correspondence) places(ctx context.Context) (thread, last string, err error) {
	if c.on == 0 {
		return demoAddress, "", nil
	}
	t, err := c.h.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: c.on})
	if err != nil {
		return "", "", err
	}
	box, domain, _ := strings.Cut(demoAddress, "@")
	thread = box + "+" + c.h.Links.Reply(session.Bond{Ticket: int64(t.ID), Person: int64(t.Requester)}) + "@" + domain
	return thread, c.h.box.lastTo(c.h.People.Card(ctx, t.Requester)), nil
}

// lastTo is the Message-ID of the newest letter to somebody.
func (b *mailbox) lastTo(p person.Person) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := ""
	for _, raw := range b.letters {
		if m, err := mail.Read(raw, mail.Standard()); err == nil && len(m.To) == 1 && m.To[0].Addr == p.Email {
			last = "<" + strings.Trim(m.MessageID, "<>") + ">"
		}
	}
	return last
}
