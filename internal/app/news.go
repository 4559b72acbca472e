// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Who asked for it hears of announcements and of how public major incidents go on, by mail.

// newsAtOnce is how many letters one commit queues.
const newsAtOnce = 500

// listenNews lets those who follow something hear of it. The names stay the same over releases.
func (h *House) listenNews() {
	event.After(h.Bus, "news:announced", func(ctx context.Context, r event.Record, f announcement.Published) error {
		if f.Quiet {
			return nil
		}
		a := f.Announcement
		return h.tellFollowers(ctx, announcement.Everything, r, notify.News{Title: a.Title, Text: a.Text, TitleEN: a.TitleEN, TextEN: a.TextEN})
	})
	event.After(h.Bus, "news:major_declared", func(ctx context.Context, r event.Record, f major.Declared) error {
		if !f.Public {
			return nil
		}
		return h.tellFollowers(ctx, announcement.OfMajor(f.Ticket), r, notify.News{Title: f.Headline})
	})
	event.After(h.Bus, "news:major_updated", func(ctx context.Context, r event.Record, f major.Updated) error {
		x, words, err := h.Majors.Word(ctx, f.Ticket, f.Update)
		if err != nil || !x.Public || !f.Public {
			return err
		}
		return h.tellFollowers(ctx, announcement.OfMajor(f.Ticket), r, notify.News{Title: x.Headline, Text: words.Text})
	})
	event.After(h.Bus, "news:major_ended", func(ctx context.Context, r event.Record, f major.Ended) error {
		x, _, err := h.Majors.Word(ctx, f.Ticket, 0)
		if err != nil || !x.Public {
			return err
		}
		return h.tellFollowers(ctx, announcement.OfMajor(f.Ticket), r, notify.News{Title: x.Headline, Over: true})
	})
}

// tellFollowers queues a letter for each of them, in batches; a run that was cut off goes on, for the
// same news is queued once. Whoever did it need not be told.
func (h *House) tellFollowers(ctx context.Context, t announcement.Topic, r event.Record, n notify.News) error {
	for after := person.ID(0); ; {
		var list []person.ID
		err := h.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if list, err = h.Announcements.Followers(ctx, tx, t, after, newsAtOnce); err != nil {
				return err
			}
			for _, who := range list {
				if int64(who) == r.Meta.ActorID {
					continue
				}
				if err := h.Notices.Tell(ctx, tx, who, strconv.FormatInt(r.ID, 10), n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(list) < newsAtOnce {
			return err
		}
		after = list[len(list)-1]
	}
}
