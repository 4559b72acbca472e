// SPDX-License-Identifier: Apache-2.0

package page

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// LocalTime is how the form of a browser writes an instant, without its zone (HTML, datetime-local).
const LocalTime = "2006-01-02T15:04"

// LocalOf writes an instant as the field of a form holds it; nothing for none.
func LocalOf(t time.Time, in *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(in).Format(LocalTime)
}

// ReadLocal reads an instant as its writer's clock shows it.
func ReadLocal(text string, in *time.Location) (time.Time, error) {
	return time.ParseInLocation(LocalTime, text, in)
}

// Span writes a stretch as the reader's clock shows it, with its second day where it lies over
// midnight; and, where that is another, as it is at the place whose zone is named.
func (c *Ctx) Span(from, to time.Time, zone string) string {
	if from.IsZero() {
		return ""
	}
	a, b := from.In(c.Zone), to.In(c.Zone)
	out := c.Moment(from) + " – " + c.Moment(to)
	if a.YearDay() == b.YearDay() && a.Year() == b.Year() {
		out = c.Moment(from) + "–" + b.Format("15:04")
	}
	there, ok := clock.Zone(zone)
	if !ok {
		return out
	}
	_, here := a.Zone()
	if _, away := from.In(there).Zone(); here != away {
		return c.T("workvisit.two_zones", "Here", out, "There", from.In(there).Format("15:04")+"–"+to.In(there).Format("15:04"), "Zone", zone)
	}
	return out
}

// Ticked is the value of a box that is set, as forms hold it.
func Ticked(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// LangOptions are the languages to choose from, each in its own words.
func LangOptions() []ui.Option {
	var out []ui.Option
	for _, l := range i18n.Langs() {
		out = append(out, ui.Option{Value: string(l), Label: i18n.T(l, "ui.language_name")})
	}
	return out
}
