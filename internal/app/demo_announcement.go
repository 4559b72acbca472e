// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/announcement"
)

// demoAnnouncement is what the sample desk tells everybody; days count from the present.
type demoAnnouncement struct {
	By      string
	Kind    string
	Title   string
	Text    string
	TitleEN string `toml:"title_en"`
	TextEN  string `toml:"text_en"`
	Service string
	InDays  int `toml:"in_days"` // when the matter begins, at 20:00 there; none for at once
	Hours   int // how long it lasts
}

// castAnnouncements tells everybody something.
func (h *House) castAnnouncements(ctx context.Context, c *cast) error {
	for _, a := range c.script.Announcements {
		x := announcement.Announcement{Kind: announcement.Kind(a.Kind), Title: a.Title, Text: a.Text, TitleEN: a.TitleEN, TextEN: a.TextEN, Service: c.services[a.Service]}
		if a.InDays > 0 {
			day := c.now.In(c.zone).AddDate(0, 0, a.InDays)
			x.From = time.Date(day.Year(), day.Month(), day.Day(), 20, 0, 0, 0, c.zone)
			x.Until = x.From.Add(time.Duration(a.Hours) * time.Hour)
		}
		if _, err := h.Announcements.Save(ctx, staffActor(c.staff[a.By]), x, 0, false); err != nil {
			return fmt.Errorf("demo: announce %q: %w", a.Title, err)
		}
	}
	return nil
}
