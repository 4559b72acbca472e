// SPDX-License-Identifier: Apache-2.0

package score

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

// Namer writes keys as names.
type Namer struct {
	Group    func(person.GroupID) string
	Category func(catalog.CategoryID) string
	Person   func(person.ID) string
}

// Tables are the counts as the sheets of a file, in a language: a line a week, group, category and
// person. Where the reader may not compare people, nobody is named.
func (a Answer) Tables(lang i18n.Lang, name Namer) []sheet.Table {
	t := sheet.Table{Name: i18n.T(lang, "score.title")}
	for key := range strings.FieldsSeq("report.col_week report.col_group score.category score.agent score.tickets score.efficient score.friendly score.book score.confirmed score.unconfirmed score.truth score.rated score.stars_sum") {
		t.Head = append(t.Head, i18n.T(lang, key))
	}
	for _, c := range a.Cells {
		m := c.Mean()
		row := []any{c.Week.Format("2006-01-02"), name.Group(c.Group), name.Category(c.Category), ""}
		if c.Agent != 0 {
			row[3] = name.Person(c.Agent)
		}
		row = append(row, c.Tickets)
		for _, n := range Names() {
			if m.Of(n) == None {
				row = append(row, "")
				continue
			}
			row = append(row, int64(m.Of(n)))
		}
		t.Rows = append(t.Rows, append(row, c.Confirmed, c.Unconfirmed, sheet.Share(c.Truth()), c.Rated, c.Stars))
	}
	return []sheet.Table{t}
}
