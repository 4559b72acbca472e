// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

// Word names what a row counts, in a language.
func Word(lang i18n.Lang, what string) string {
	if what == Promise {
		return i18n.T(lang, "report.promise")
	}
	return i18n.T(lang, "sla.clock_"+what)
}

// Week writes the day with which a week began, as spreadsheets sort it.
func Week(t time.Time) string { return t.Format(time.DateOnly) }

// Tables are the report as the sheets of a file, in a language: the counts, and what came and
// went. Names of groups are written by name; no group has none.
func (r Report) Tables(lang i18n.Lang, name func(person.GroupID) string) []sheet.Table {
	head := func(keys string) []string {
		var out []string
		for key := range strings.FieldsSeq(keys) {
			out = append(out, i18n.T(lang, "report.col_"+key))
		}
		return out
	}
	counts := sheet.Table{Name: i18n.T(lang, "report.sheet_counts"), Head: head("week group priority what kept broken late open moved rate longest")}
	rows := slices.Clone(r.Rows)
	order := Things()
	slices.SortStableFunc(rows, func(a, b Row) int {
		if c := a.Week.Compare(b.Week); c != 0 {
			return c
		}
		if a.Group != b.Group {
			return int(a.Group - b.Group)
		}
		if a.Priority != b.Priority {
			return int(a.Priority - b.Priority)
		}
		return slices.Index(order, a.What) - slices.Index(order, b.What)
	})
	for _, x := range rows {
		counts.Rows = append(counts.Rows, []any{
			Week(x.Week), name(x.Group), x.Priority.String(), Word(lang, x.What), x.Kept, x.Broken, x.Late, x.Open, x.Moved, sheet.Share(Sum{}.Add(x).Rate()), int64(x.Longest / time.Minute),
		})
	}
	came := sheet.Table{Name: i18n.T(lang, "report.sheet_flow"), Head: head("week group priority opened closed reassigned reopened rejected")}
	for _, x := range r.Flows {
		came.Rows = append(came.Rows, []any{
			Week(x.Week), name(x.Group), x.Priority.String(), x.Opened, x.Closed, x.Reassigned, x.Reopened, x.Rejected,
		})
	}
	return []sheet.Table{counts, came}
}
