// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/channel/push"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// This file ties the room of what staff are told to the one that writes letters: neither knows
// the other.

// inbox makes the room.
func (h *House) inbox(s stores, o Options) {
	post := h.summary
	if o.quiet {
		post = nil
	}
	h.Inbox = inbox.NewService(inbox.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Tickets: h.Tickets, Promises: h.Promises, Settings: h.Settings, Keys: s.Keys,
		BaseURL: o.Public, Reach: o.Reach, Pusher: push.NewSender(o.Reach, o.Clock),
		Hint:     func(tx *db.Tx, who person.ID) { h.Hub.Publish(tx, live.Person(who)) },
		Awake:    h.Notices.Awake,
		Post:     post,
		Calendar: h.Clocks.Calendar,
	})
}

// heard lets people be told of a fact. Of the past that is being written they are told on their
// pages only, and only where it is not long ago.
func (h *House) heard(ctx context.Context, tx *db.Tx, r event.Record) error {
	if h.quiet && (h.recent.IsZero() || r.Meta.At.Before(h.recent)) {
		return nil
	}
	return h.Inbox.Heard(ctx, tx, r)
}

// wants asks whether somebody wants a letter, where they may say.
func (h *House) wants(ctx context.Context, who person.ID, what notify.Template, t ticket.Ticket) (bool, error) {
	k := kindOf(what)
	if k == "" {
		return true, nil
	}
	return h.Inbox.Wants(ctx, who, k, t)
}

// kindOf is the kind of what a letter to staff says; "" for one that nobody may refuse.
func kindOf(what notify.Template) inbox.Kind {
	switch what {
	case notify.Assigned, notify.HandedOver:
		return inbox.Assigned
	case notify.Answered:
		return inbox.Answered
	case notify.Rejected, notify.Returned, notify.Withdrawn:
		return inbox.Rejected
	case notify.VendorLate, notify.MailKept, notify.NotReached:
		return inbox.Trouble
	case notify.Approved:
		return inbox.Outcome
	case notify.Escalated:
		return inbox.Clock
	default:
		return ""
	}
}

// summary queues what somebody has not seen as one letter.
func (h *House) summary(ctx context.Context, tx *db.Tx, to person.ID, list []inbox.Item) error {
	var lines []notify.SummaryLine
	for _, i := range list {
		lines = append(lines, notify.SummaryLine{Ticket: i.Ticket, Key: i.Words(), Actor: i.Actor, At: i.At})
	}
	return h.Notices.Summarize(ctx, tx, to, lines)
}
