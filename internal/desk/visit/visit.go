// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is a visit's key.
type ID int64

// The bounds of a visit.
const (
	MaxTimes   = 3                    // proposed at once
	shortest   = 5 * time.Minute      // of one stretch
	longest    = 24 * time.Hour       // likewise; it may lie over midnight
	farthest   = 180 * 24 * time.Hour // from now
	maxPlace   = 200                  // characters
	maxPurpose = 500
	maxWork    = 4000
	maxWhy     = 500
	maxSigner  = 80
)

// Spans are stretches of time: their milliseconds with a dash between, a line each.
type Spans string

// SpansOf writes stretches, in the order of their beginning, each once.
func SpansOf(list []ticket.Span) Spans {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b ticket.Span) int { return a.From.Compare(b.From) })
	var out []string
	for _, x := range list {
		out = append(out, strconv.FormatInt(x.From.UnixMilli(), 10)+"-"+strconv.FormatInt(x.To.UnixMilli(), 10))
	}
	return Spans(strings.Join(slices.Compact(out), "\n"))
}

// List returns the stretches one by one, in UTC.
func (s Spans) List() []ticket.Span {
	var out []ticket.Span
	for _, line := range strings.Fields(string(s)) {
		a, b, _ := strings.Cut(line, "-")
		from, bad := strconv.ParseInt(a, 10, 64)
		to, worse := strconv.ParseInt(b, 10, 64)
		if bad == nil && worse == nil {
			out = append(out, ticket.Span{From: time.UnixMilli(from).UTC(), To: time.UnixMilli(to).UTC()})
		}
	}
	return out
}

// Visit is one appointment.
type Visit struct {
	ID       ID
	Token    string // names it where a number would be guessable
	Ticket   ticket.ID
	Engineer person.ID
	State    State
	Times    Spans // proposed and not answered
	Round    int64 // counts the proposals; an answer names the one that it is to
	From     time.Time
	To       time.Time
	PlaceID  int64 // of the register; 0 where only the words say
	Device   int64 // at which it is; 0 for none
	Place    string
	Purpose  string // what is to be done there, as the requester reads it
	Zone     string // in which the times were said, "Asia/Shanghai"

	Work      string
	Parts     string
	ArrivedBy string // "label" or "press"
	StartedAt time.Time
	ArrivedAt time.Time
	DoneAt    time.Time
	SignedAt  time.Time
	SignedBy  string // the name of whoever signed
	SignedHow string // "drawn", "typed" or "none"
	SignFile  string // token of the drawing
	Why       string // of the last refusal, no-show, cancelling, or for having no signature
	Moved     int64  // how often it was moved
	Version   int64
	Created   time.Time
	By        person.ID
}

// Span is the stretch that holds; zero where none does.
func (v Visit) Span() ticket.Span { return ticket.Span{From: v.From, To: v.To} }

// Location is the zone in which the times were said; UTC where nobody knows it any more.
func (v Visit) Location() *time.Location {
	return clock.FirstZone(v.Zone)
}

// checkSpans refuses stretches that cannot be: none, too many, backwards, too short, too long,
// past, or far away. They are kept to the minute.
func checkSpans(list []ticket.Span, now time.Time) ([]ticket.Span, error) {
	if len(list) == 0 {
		return nil, errs.Field("times", "visit.times_none")
	}
	if len(list) > MaxTimes {
		return nil, errs.Field("times", "visit.times_many", "Max", MaxTimes)
	}
	out := make([]ticket.Span, 0, len(list))
	for i, x := range list {
		x.From, x.To = x.From.UTC().Truncate(time.Minute), x.To.UTC().Truncate(time.Minute)
		name := "from_" + strconv.Itoa(i+1)
		switch {
		case x.From.IsZero() || x.To.IsZero():
			return nil, errs.Field(name, "visit.time_shape")
		case !x.To.After(x.From):
			return nil, errs.Field(name, "visit.time_backwards")
		case x.To.Sub(x.From) < shortest, x.To.Sub(x.From) > longest:
			return nil, errs.Field(name, "visit.time_length")
		case x.To.Before(now):
			return nil, errs.Field(name, "visit.time_past")
		case x.From.Sub(now) > farthest:
			return nil, errs.Field(name, "visit.time_far")
		case slices.ContainsFunc(out, func(o ticket.Span) bool { return o.From.Equal(x.From) }):
			return nil, errs.Field(name, "visit.time_twice")
		}
		out = append(out, x)
	}
	return out, nil
}

// lineOf is a text of a form on one line, at most so long.
func lineOf(name, s string, most int, bad *[]errs.FieldError) string {
	s = text.Line(s)
	if utf8.RuneCountInString(s) > most {
		*bad = append(*bad, errs.FieldError{Name: name, Key: "visit.text_long", Args: []any{"Max", most}})
	}
	return s
}

// textOf is a text of a form over several lines, at most so long.
func textOf(name, s string, most int, bad *[]errs.FieldError) string {
	s = text.Body(s)
	if utf8.RuneCountInString(s) > most {
		*bad = append(*bad, errs.FieldError{Name: name, Key: "visit.text_long", Args: []any{"Max", most}})
	}
	return s
}
