// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// idOrNew is the last part of the address of a form.
func idOrNew(n int64) string {
	if n == 0 {
		return "new"
	}
	return num(n)
}

func personAddress(v personView) string { return "/admin/people/" + idOrNew(v.ID) }

func memberNames(f page.Frame, g person.Group, names map[person.ID]string) string {
	var out []string
	for _, m := range g.Members {
		out = append(out, names[m])
	}
	return strings.Join(out, f.T("admin.list_comma"))
}

// indent shows the depth of a category.
func indent(depth int) string {
	return []string{"font-medium", "pl-5", "pl-10", "pl-14", "pl-14"}[min(max(depth, 0), 4)]
}

func passwordHelp(f page.Frame, stored bool) string {
	if stored {
		return f.T("admin.mail_password_stored")
	}
	return f.T("admin.mail_password_help")
}

func setNames(f page.Frame, sets []string) string {
	if len(sets) == 0 {
		return "–"
	}
	return strings.Join(sets, f.T("admin.list_comma"))
}

// kindWord says in a word why a day is not as its weekday is; "" for a plain working day.
func kindWord(f page.Frame, p calendar.Plan) string {
	if p.Kind == calendar.Weekly {
		return ""
	}
	return f.T("calendaradmin.kind_" + string(p.Kind))
}

func kindTone(p calendar.Plan) string {
	switch p.Kind {
	case calendar.MakeUp, calendar.Own:
		return ui.Warn
	case calendar.Off, calendar.Closed:
		return ui.Brand
	default:
		return ui.Neutral
	}
}
