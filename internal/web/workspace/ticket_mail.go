// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

// frameName names the frame of a message, so that the button below it can show another document there.
func frameName(m *ticket.Message) string { return "mail-" + key(int64(m.ID)) }

// hasRemote reports whether a message refers to pictures elsewhere. What is stored was
// sanitised: an address stands first in its element, in double quotes.
func hasRemote(m *ticket.Message) bool {
	return strings.Contains(m.HTML, `<img src="http`)
}

// notDelivered says below a card of whom its words did not reach; nil where they reached everybody.
func (s *sheet) notDelivered(fact int64) templ.Component {
	var list []notify.Delivery
	for _, d := range s.sent.Troubled {
		if d.Event == fact {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return notDelivered(s, list)
}

// sendDetail is what a line of the send log says beside its state: why, what the server said,
// since when it is tried and when it is tried again.
func (s *sheet) sendDetail(d notify.Delivery) []string {
	var out []string
	switch {
	case d.Reason != "":
		out = append(out, s.T(d.Reason))
	case d.With != 0 && d.State != notify.Sent:
		out = append(out, s.T("sendlog.joined"))
	case d.State == notify.Queued && d.DueAt.After(s.c.Now):
		out = append(out, s.T("sendlog.due", "When", s.c.Moment(d.DueAt)))
	}
	if d.Answer != "" && d.Reason != "" {
		out = append(out, s.T("sendlog.answer", "Answer", d.Answer))
	}
	if at := d.NextTry(); d.State == notify.Queued && !at.IsZero() {
		out = append(out, s.T("sendlog.next_try", "Count", int(d.Attempts), "When", s.c.Moment(at)))
	}
	return out
}

// invitation is a meeting as the page shows it.
type invitation struct {
	mail.Invitation
	When string
}

// maxCalendar bounds the calendar files that are read for a card, in bytes; larger ones are files.
const maxCalendar = 256 << 10

// invitations reads the calendar files of a message. They stay files as well.
func (s *sheet) invitations(m *ticket.Message) []invitation {
	var out []invitation
	for _, a := range m.Attached {
		calendar := strings.HasPrefix(a.Type, "text/calendar") || strings.EqualFold(path.Ext(a.Name), ".ics")
		if !calendar || a.Size > maxCalendar || len(out) == 3 {
			continue
		}
		_, body, err := s.f.Tickets.Attachment(s.c.Context(), s.c.Actor, s.t.ID, a.Token)
		if err != nil {
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(body, maxCalendar))
		_ = body.Close()
		if err != nil {
			continue
		}
		v, ok := mail.ReadInvitation(raw, s.c.Zone)
		same := func(x invitation) bool { return x.Start.Equal(v.Start) && x.Summary == v.Summary } // programs attach it twice
		if ok && !slices.ContainsFunc(out, same) {
			out = append(out, invitation{v, s.span(v)})
		}
	}
	return out
}

// span writes when a meeting is, in the reader's zone.
func (s *sheet) span(v mail.Invitation) string {
	if v.Days {
		first, last := i18n.Date(s.c.Lang, v.Start, v.Start.Location()), ""
		if !v.End.IsZero() {
			last = i18n.Date(s.c.Lang, v.End.AddDate(0, 0, -1), v.End.Location())
		}
		if last == "" || last == first {
			return s.T("sendlog.whole_day", "Date", first)
		}
		return first + " – " + last
	}
	in := s.c.Zone
	out := i18n.Date(s.c.Lang, v.Start, in) + " " + v.Start.In(in).Format("15:04")
	switch {
	case v.End.IsZero() || !v.End.After(v.Start):
	case v.End.In(in).Format(time.DateOnly) == v.Start.In(in).Format(time.DateOnly):
		out += "–" + v.End.In(in).Format("15:04")
	default:
		out += " – " + i18n.Date(s.c.Lang, v.End, in) + " " + v.End.In(in).Format("15:04")
	}
	return out
}

// whyNot is what the server said, else why the desk itself gave up.
func (s *sheet) whyNot(d notify.Delivery) string {
	if d.Answer != "" {
		return d.Answer
	}
	return s.T(d.Reason)
}
