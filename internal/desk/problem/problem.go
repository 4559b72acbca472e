// SPDX-License-Identifier: Apache-2.0

package problem

import (
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

// ID is a problem's key; people see it as its number.
type ID int64

// Prefix stands before the number of a problem.
const Prefix = "PRB-"

// Ref is the number as people see it, "PRB-12".
func (n ID) Ref() string { return Prefix + strconv.FormatInt(int64(n), 10) }

// ParseRef reads "PRB-12", "prb-12" or "12"; 0 where it is none of these.
func ParseRef(s string) ID {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), Prefix), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return ID(n)
}

// Problem is the cause of tickets.
type Problem struct {
	ID      ID
	Version int64
	State   State
	Draft
	OpenedAt   time.Time
	OpenedBy   person.ID
	ChangedAt  time.Time
	KnownAt    time.Time // when it last became a known error; zero before
	ResolvedAt time.Time
	ClosedAt   time.Time
	Tickets    int64 // how many are linked
}

// Draft is what people write about a problem.
type Draft struct {
	Title      string // 3–160 characters
	Category   catalog.CategoryID
	Service    catalog.ServiceID
	Owner      person.ID
	Cause      string // what it comes from
	Workaround string // the way around it, for staff
	Reply      string // the way around it in words for requesters; put into replies
	Fix        string // what removes it for good
}

// Bounds.
const (
	maxTitle = 160
	maxText  = 8000
	maxLinks = 2000 // tickets of a problem
)

// line brings what is written to one line.
func line(s string) string { return text.Line(s) }

// prose trims what is written.
func prose(s string) string {
	return text.Body(s)
}

// clean brings a draft into form and returns Invalid with the fields to mend.
func (d *Draft) clean() error {
	var bad []errs.FieldError
	d.Title = line(d.Title)
	if n := utf8.RuneCountInString(d.Title); n < 3 || n > maxTitle {
		bad = append(bad, errs.FieldError{Name: "title", Key: "problem.title_length"})
	}
	for name, s := range map[string]*string{"cause": &d.Cause, "workaround": &d.Workaround, "reply": &d.Reply, "fix": &d.Fix} {
		if *s = prose(*s); utf8.RuneCountInString(*s) > maxText {
			bad = append(bad, errs.FieldError{Name: name, Key: "problem.text_length"})
		}
	}
	return errs.Invalidf(bad...)
}

// Link is a ticket of a problem.
type Link struct {
	Problem ID
	Ticket  ticket.ID
	By      person.ID // 0 where the radar linked it
	At      time.Time
}
