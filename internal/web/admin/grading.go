// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// showGrading shows how three answers give a priority (N22).
func (f *Faces) showGrading(c *page.Ctx) error { return f.grading(c, http.StatusOK, nil) }

// grading shows the matrix; one that failed comes as it was sent.
func (f *Faces) grading(c *page.Ctx, status int, matrix *page.Form) error {
	m, version, err := setting.Load(c.Context(), f.Settings, ticket.MatrixName, triage.Standard())
	if err != nil {
		return err
	}
	if matrix == nil {
		matrix = page.Filled("version", num(version))
		for i := range m {
			for j := range m[i] {
				matrix.Values.Set(triage.Cell(i, j), num(int64(m[i][j])))
			}
		}
	}
	return show(c, status, "admin.grading", "admin.grading_lead", func(fr page.Frame) templ.Component {
		return gradingPage(fr, matrix)
	})
}

func (f *Faces) saveMatrix(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "cell_*", "version")
	if err != nil {
		return err
	}
	var m triage.Matrix
	for i := range m {
		for j := range m[i] {
			m[i][j] = triage.ParsePriority(form.Get(triage.Cell(i, j)))
		}
	}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, ticket.MatrixName, m, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.grading(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/grading")
}

func priorities() []triage.Priority {
	return []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4}
}

func priorityOptions() []ui.Option {
	var out []ui.Option
	for _, p := range priorities() {
		out = append(out, ui.Option{Value: num(int64(p)), Label: p.String()})
	}
	return out
}

func levels() []string { return []string{"high", "medium", "low"} }

// lengthOf says a number of minutes as people do, under its field: in hours where the calendar
// rests, for its days are shorter than 24 of them.
func lengthOf(f page.Frame, form *page.Form, name string) string {
	n := form.Int(name)
	if n < 1 || n > 366*24*60 {
		return ""
	}
	if form.Get("calendar") != calendar.AlwaysName {
		return calendar.Worked(f.Lang, time.Duration(n)*time.Minute)
	}
	return i18n.Duration(f.Lang, time.Duration(n)*time.Minute)
}
