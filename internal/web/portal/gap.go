// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// missing is what the requester can still say: what they were asked for, else what the record and
// the category's form lack. Who they are and how they are reached the desk knows by itself.
func missing(t ticket.Ticket, lang i18n.Lang) []ticket.Wanting {
	if !t.Open() {
		return nil
	}
	if asked := t.Detail.Asked.Open(t); len(asked) > 0 || t.Status == ticket.Resolved {
		return asked
	}
	var out []ticket.Wanting
	for _, e := range ticket.Elements() {
		if e != ticket.Who && e != ticket.Contact && !t.Detail.Intake[e].Filled() {
			out = append(out, ticket.Wanting{Element: e})
		}
	}
	for _, ask := range t.Detail.Form.Missing {
		w := ticket.Wanting{Question: ask.Name, Label: ask.Label}
		if lang == i18n.EN && ask.LabelEN != "" {
			w.Label = ask.LabelEN
		}
		out = append(out, w)
	}
	return out
}

// meter is how complete a request is.
type meter struct{ Done, All int }

// full is the meter of a ticket: the seven elements, and what its category's form has to be answered.
func (f *Faces) full(c *page.Ctx, t ticket.Ticket) (meter, error) {
	m := meter{t.Complete(), len(ticket.Elements())}
	of, err := f.tickets.FormOf(c.Context(), t)
	for _, one := range of.Fields {
		if one.By != form.Never && len(t.Detail.Form.Answers[one.Name]) > 0 {
			m.Done++
			m.All++
		}
	}
	m.All += len(t.Detail.Form.Missing)
	return m, err
}

// quickOptions are answers by one press: times as they are written into the record, so that they
// mean the same when they are read later.
func quickOptions(c *page.Ctx, e ticket.Element) []ui.Option {
	day := func(which string, days int) ui.Option {
		text := c.T("portal.quick_text_"+which, "Date", c.Now.In(c.Zone).AddDate(0, 0, days).Format(time.DateOnly))
		return ui.Option{Value: string(e) + "=" + text, Label: c.T("portal.quick_" + which)}
	}
	word := func(key string) ui.Option { return ui.Option{Value: string(e) + "=" + c.T(key), Label: c.T(key)} }
	switch e {
	case ticket.Since:
		return []ui.Option{day("since_today", 0), day("since_yesterday", -1), day("since_before", -1)}
	case ticket.Wanted:
		return []ui.Option{day("by_today", 0), day("by_tomorrow", 1), word("portal.quick_no_hurry")}
	case ticket.People:
		var out []ui.Option
		for _, p := range []string{"one", "team", "department", "everyone"} {
			out = append(out, word("portal.people_"+p))
		}
		return out
	case ticket.Who, ticket.Contact, ticket.Symptom, ticket.Affected:
	}
	return nil
}

// quick takes the answer of a press as if it had been typed.
func quick(c *page.Ctx, in *page.Form) {
	name, text, ok := strings.Cut(in.Get("quick"), "=")
	in.Values.Del("quick")
	for _, o := range quickOptions(c, ticket.Element(name)) {
		if ok && o.Value == name+"="+text {
			in.Values.Set(name, text)
		}
	}
}
