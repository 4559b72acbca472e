// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// MonthJob is the kind of the job that brings the report of the month that ended to whoever wants it.
const MonthJob = "score:month"

// monthHour is the hour of the first day of a month at which it is sent: the night's counting is done.
const monthHour = 7

// MailMonth says whether somebody gets the monthly report by mail.
//
// Errors: Denied for whoever does not lead.
func (s *Service) MailMonth(ctx context.Context, by access.Actor, wanted bool) error {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return err
	}
	if by.Kind != access.Person {
		return errs.New(errs.Denied, "access.denied")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, `DELETE FROM score_reader WHERE person_id = $1`, by.ID); err != nil || !wanted {
			return err
		}
		_, err := db.Exec(ctx, tx, `INSERT INTO score_reader (person_id, at) VALUES ($1, $2)`, by.ID, s.Clock.Now())
		return err
	})
}

// MonthIsMailed reports whether the actor gets it.
func (s *Service) MonthIsMailed(ctx context.Context, by access.Actor) (bool, error) {
	n, err := db.One(ctx, s.DB, db.Int, `SELECT COUNT(*) FROM score_reader WHERE person_id = $1`, by.ID)
	return n > 0, err
}

// Ensure plans the next report by mail.
func (s *Service) Ensure(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Clock.Now().In(s.Zone(ctx))
		at := time.Date(now.Year(), now.Month(), 1, monthHour, 0, 0, 0, now.Location())
		if !at.After(now) {
			at = at.AddDate(0, 1, 0)
		}
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: MonthJob, Key: MonthJob, RunAt: at.UTC()})
	})
}

// mailMonth is the job. A letter is queued once for each reader and month, however often the job is
// tried again.
func (s *Service) mailMonth(ctx context.Context, _ job.Job) error {
	readers, err := db.All(ctx, s.DB, db.Int, `SELECT person_id FROM score_reader ORDER BY person_id`)
	if err != nil {
		return err
	}
	for _, which := range readers {
		if err := s.mailTo(ctx, person.ID(which)); err != nil {
			return err
		}
	}
	return s.Ensure(ctx)
}

// mailTo queues the letter to one reader; to nobody who leads no longer.
func (s *Service) mailTo(ctx context.Context, which person.ID) error {
	p, err := s.People.Get(ctx, which)
	if err != nil {
		return err
	}
	who := access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
	if !p.Active || access.Can(who, access.LeadRead, access.Object{}) != nil {
		return nil //nolint:nilerr // who leads no longer gets none
	}
	zone := s.Zone(ctx)
	now := s.Clock.Now().In(zone)
	m, err := s.Month(ctx, who, time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone).AddDate(0, -1, 0), 0, zone)
	if err != nil {
		return err
	}
	lang, known := i18n.Known(p.Lang)
	if !known {
		lang = i18n.ZH
	}
	month := m.Name()
	news := notify.News{Title: month, Figures: s.figures(ctx, lang, m), Path: "/work/month?month=" + month}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Notices.Tell(ctx, tx, p.ID, "month."+month, news) })
}

// figures are what the letter says of a month. What has no figure is left out.
func (s *Service) figures(ctx context.Context, lang i18n.Lang, m Month) (out []notify.Figure) {
	add := func(key, text string) { out = append(out, notify.Figure{Key: key, Text: text}) }
	add("score.month_opened", strconv.FormatInt(m.Clocks.Flow().Opened, 10))
	add("score.tickets", strconv.FormatInt(m.Total.Tickets, 10))
	if n := m.Total.Truth(); n != None {
		add("score.truth", i18n.T(lang, "score.confirmed_of", "Rate", tenth(n)+"%", "Confirmed", m.Total.Confirmed, "All", m.Total.Confirmed+m.Total.Unconfirmed))
	}
	if n := m.Clocks.Sum().Rate(); n >= 0 {
		add("score.mailed_rate", tenth(n)+"%")
	}
	if m.Total.Rated > 0 {
		add("score.rating", i18n.T(lang, "score.rated_of", "Rating", tenth(m.Total.Rating()), "Count", m.Total.Rated))
	}
	lines := func(key string, n int, line func(i int) string) {
		text := ""
		for i := range min(n, 5) {
			text += line(i) + "\n"
		}
		if n > 0 {
			add(key, text)
		}
	}
	lines("score.causes", len(m.Causes), func(i int) string { return m.Causes[i].What + " · " + strconv.FormatInt(m.Causes[i].Many, 10) })
	lines("score.recurring", len(m.Recurring), func(i int) string {
		c := m.Recurring[i]
		words := ""
		for _, w := range c.Words {
			words += w + " "
		}
		return words + "· " + strconv.FormatInt(c.Count, 10)
	})
	lines("score.gaps", len(m.Gaps), func(i int) string {
		return s.Catalog.Category(ctx, m.Gaps[i].Category).Label(string(lang)) + " · " + strconv.FormatInt(m.Gaps[i].Solved, 10)
	})
	lines("score.misses", len(m.Misses), func(i int) string {
		return m.Misses[i].What + " " + s.Norm.Pack().Title(lang, m.Misses[i].What) + " · " + strconv.FormatInt(m.Misses[i].Many, 10)
	})
	return out
}

// tenth writes tenths with one place behind the point.
func tenth(n int64) string { return strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10) }
