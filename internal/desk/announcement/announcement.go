// SPDX-License-Identifier: Apache-2.0

package announcement

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is an announcement's key.
type ID int64

// Kind says what an announcement is about.
type Kind string

// The kinds.
const (
	Advice  Kind = "advice"  // good to know
	Planned Kind = "planned" // work that interrupts something, at a stated time
	Failure Kind = "failure" // something does not work, and the desk knows
)

// Kinds lists them in the order in which forms show them.
func Kinds() []Kind { return []Kind{Planned, Failure, Advice} }

// Bounds in characters.
const (
	MaxTitle = 120
	MaxText  = 4000
)

// Announcement is what the desk tells everybody.
type Announcement struct {
	ID        ID
	Version   int64
	Kind      Kind
	Title     string
	Text      string
	TitleEN   string // empty where nobody wrote it in English
	TextEN    string
	Service   catalog.ServiceID
	Anonymous bool      // readers who are not signed in see it, too
	From      time.Time // when the matter begins; zero for at once
	Until     time.Time // when it ends, and with it the announcement; zero until somebody ends it
	By        person.ID
	At        time.Time // when it was published
	Over      time.Time // when somebody ended it
}

// Standing reports whether it is shown at an instant: from when it is published until its end.
func (a Announcement) Standing(at time.Time) bool {
	return a.Over.IsZero() && (a.Until.IsZero() || at.Before(a.Until))
}

// Begun reports whether the matter itself has begun.
func (a Announcement) Begun(at time.Time) bool { return a.From.IsZero() || !at.Before(a.From) }

// Words are title and text for a reader: in their language where there are any, else in the other.
func (a Announcement) Words(lang string) (title, text string) {
	if strings.HasPrefix(lang, "en") && a.TitleEN != "" {
		return a.TitleEN, a.TextEN
	}
	return a.Title, a.Text
}

// check tidies it and returns Invalid with the fields to mend.
func (a *Announcement) check() error {
	a.Title, a.TitleEN, a.Text, a.TextEN = text.Line(a.Title), text.Line(a.TitleEN), text.Body(a.Text), text.Body(a.TextEN)
	a.From, a.Until = a.From.UTC().Truncate(time.Millisecond), a.Until.UTC().Truncate(time.Millisecond)
	var bad []errs.FieldError
	mark := func(field, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: field, Key: key, Args: args})
	}
	if !slices.Contains(Kinds(), a.Kind) {
		mark("kind", "announcement.kind")
	}
	for _, f := range []struct {
		name, text string
		most       int
		needed     bool
	}{
		{"title", a.Title, MaxTitle, true},
		{"text", a.Text, MaxText, true},
		{"title_en", a.TitleEN, MaxTitle, a.TextEN != ""},
		{"text_en", a.TextEN, MaxText, a.TitleEN != ""},
	} {
		if f.needed && f.text == "" {
			mark(f.name, "announcement."+f.name+"_missing")
		} else if utf8.RuneCountInString(f.text) > f.most {
			mark(f.name, "announcement.long", "Max", f.most)
		}
	}
	if a.Kind == Planned && a.From.IsZero() {
		mark("from", "announcement.from_missing")
	}
	if !a.Until.IsZero() && !a.From.IsZero() && !a.Until.After(a.From) {
		mark("until", "announcement.until_before")
	}
	return errs.Invalidf(bad...)
}

// Topic is what somebody may want to hear of by mail.
type Topic string

// Everything is every announcement and every major incident that stands on the portal.
const Everything Topic = "all"

// OfMajor is one major incident.
func OfMajor(t ticket.ID) Topic { return Topic("major:" + strconv.FormatInt(int64(t), 10)) }

// Major reads the incident back; false for every other topic.
func (t Topic) Major() (ticket.ID, bool) {
	s, ok := strings.CutPrefix(string(t), "major:")
	n, err := strconv.ParseInt(s, 10, 64)
	return ticket.ID(n), ok && err == nil && n > 0
}
