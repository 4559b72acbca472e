// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/announcement"
)

// demoAnnouncement is what the sample desk tells everybody.
type demoAnnouncement struct {
	By      string
	Kind    string
	Title   string
	Text    string
	TitleEN string `toml:"title_en"`
	TextEN  string `toml:"text_en"`
	Service string
	Weekend bool // the matter begins on the Saturday that comes, at 20:00 there; else at once
	Hours   int  // how long it lasts
}

// castAnnouncements tells everybody something.
func (h *House) castAnnouncements(ctx context.Context, c *cast) error {
	for _, a := range c.script.Announcements {
		x := announcement.Announcement{Kind: announcement.Kind(a.Kind), Title: a.Title, Text: a.Text, TitleEN: a.TitleEN, TextEN: a.TextEN, Service: c.services[a.Service]}
		if a.Weekend {
			x.From = comingSaturday(c.now.In(c.zone))
			x.Until = x.From.Add(time.Duration(a.Hours) * time.Hour)
		}
		if _, err := h.Announcements.Save(ctx, staffActor(c.staff[a.By]), x, 0, false); err != nil {
			return fmt.Errorf("demo: announce %q: %w", a.Title, err)
		}
	}
	return nil
}

// comingSaturday is the next Saturday evening: not the one of a Saturday that has begun.
func comingSaturday(now time.Time) time.Time {
	days := 1 + int(time.Friday-now.Weekday()+7)%7
	return time.Date(now.Year(), now.Month(), now.Day()+days, 20, 0, 0, 0, now.Location())
}
