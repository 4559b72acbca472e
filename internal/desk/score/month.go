// SPDX-License-Identifier: Apache-2.0

package score

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/report"
)

// Month is everything that the monthly report says.
type Month struct {
	From, To   time.Time
	Group      person.GroupID // 0 for all
	Total      Sum
	Cells      []Cell // by group, category and agent
	Clocks     report.Report
	Causes     []Count // told to requesters most often, without personal data
	Misses     []Count // clauses that were missed
	Deviations []Tally
	Gaps       []knowledge.Gap     // categories in which tickets were closed and nothing is published
	Recurring  []problem.Candidate // what the radar saw, without what was dismissed
	Trend      []Line[time.Time]   // this month and those before it, the earliest first
}

// Bounds of a month's report.
const (
	trendMonths = 6
	mostCauses  = 10
	mostGaps    = 10
)

// monthForm is how a month is named.
const monthForm = "2006-01"

// Name is the month as addresses, files and letters name it, "2026-03".
func (m Month) Name() string { return MonthName(m.From) }

// MonthName names the month that holds an instant, in its zone.
func MonthName(at time.Time) string { return at.Format(monthForm) }

// ReadMonth is the beginning of the month of a name; false for what names none between 2000 and 2099.
func ReadMonth(name string, loc *time.Location) (time.Time, bool) {
	at, err := time.ParseInLocation(monthForm, name, loc)
	return at, err == nil && at.Year() >= 2000 && at.Year() <= 2099
}

// Month reports on the calendar month in loc that holds an instant.
//
// Errors: Denied for whoever does not lead.
func (s *Service) Month(ctx context.Context, by access.Actor, at time.Time, group person.GroupID, loc *time.Location) (Month, error) {
	at = at.In(loc)
	m := Month{From: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, loc), Group: group}
	m.To = m.From.AddDate(0, 1, 0)
	var err error
	if m.Clocks, err = s.Reports.Between(ctx, by, m.From, m.To, group); err != nil {
		return Month{}, err
	}
	for i := trendMonths - 1; i >= 0; i-- {
		from := m.From.AddDate(0, -i, 0)
		to := from.AddDate(0, 1, 0)
		list, err := cells(ctx, s.DB.Long(), calendar.Stretch{From: from, To: to, Week: to.Sub(from)}, Question{Group: group})
		if err != nil {
			return Month{}, err
		}
		total := Answer{Cells: list}.Total()
		m.Trend = append(m.Trend, Line[time.Time]{from, total})
		if i == 0 {
			m.Cells, m.Total = list, total
		}
	}
	told, err := causes(ctx, s.DB.Long(), m.From, m.To, int64(group), mostCauses)
	if err != nil {
		return Month{}, err
	}
	m.Causes = masked(told)
	if m.Misses, err = misses(ctx, s.DB.Long(), m.From, m.To, int64(group)); err != nil {
		return Month{}, err
	}
	if m.Deviations, err = tallies(ctx, s.DB.Long(), m.From, m.To, Filter{Group: group}); err != nil {
		return Month{}, err
	}
	return m, s.learned(ctx, by, &m)
}

// masked takes out of causes what is about somebody, and counts together those that differ in nothing
// else. A report is printed, kept as a spreadsheet, read by programs and mailed: each of them leaves the
// house, so that they all say the same (N6).
func masked(told []Count) []Count {
	var out []Count
	for _, c := range told {
		c.What, _ = knowledge.Mask(c.What, knowledge.Known{}, func(knowledge.Personal) string { return "*" })
		if i := slices.IndexFunc(out, func(x Count) bool { return x.What == c.What }); i >= 0 {
			out[i].Many += c.Many
			continue
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Count) int { return cmp.Compare(b.Many, a.Many) })
	return out
}

// learned adds what the desk has yet to learn from the month: categories without an article, and what
// keeps coming back. The radar looks at the desk as a whole, so that this is the same for each group.
func (s *Service) learned(ctx context.Context, by access.Actor, m *Month) (err error) {
	per := map[catalog.CategoryID]int64{}
	for _, c := range m.Cells {
		if c.Category != 0 {
			per[c.Category] += c.Tickets
		}
	}
	if m.Gaps, err = s.Knowledge.Gaps(ctx, by, per); err != nil {
		return err
	}
	m.Gaps = m.Gaps[:min(len(m.Gaps), mostGaps)]
	m.Recurring, err = s.Problems.Recurring(ctx, by, m.From, m.To, mostCauses)
	return err
}
