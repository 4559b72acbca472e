// SPDX-License-Identifier: Apache-2.0

package device

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is a device's key.
type ID int64

// Kind is what sort of thing a device is.
type Kind string

// The kinds.
const (
	Laptop  Kind = "laptop"
	Desktop Kind = "desktop"
	Monitor Kind = "monitor"
	Printer Kind = "printer"
	Phone   Kind = "phone"
	Network Kind = "network"
	Server  Kind = "server"
	Meeting Kind = "meeting" // of a meeting room
	Other   Kind = "other"
)

// Kinds lists them in the order in which forms show them.
func Kinds() []Kind {
	return []Kind{Laptop, Desktop, Monitor, Printer, Phone, Network, Server, Meeting, Other}
}

// State says what a device is doing.
type State string

// The states, as in doc.go.
const (
	InUse    State = "in_use"
	Spare    State = "spare"
	InRepair State = "repair"
	Retired  State = "retired"
)

// States lists them in the order in which forms show them.
func States() []State { return []State{InUse, Spare, InRepair, Retired} }

// The bounds of what is written about a device, in characters.
const (
	maxTag  = 40
	maxText = 120
	maxNote = 1000
)

// Device is one thing of the house.
type Device struct {
	ID       ID
	Tag      string // on its label; 1–40 characters, one device each
	Kind     Kind
	Model    string
	Serial   string // one device each, where it has one
	Owner    person.ID
	Place    Place             // by its key; the words beside it are those of the register
	Service  catalog.ServiceID // what depends on it, of a server or a line; 0 for nothing in particular
	State    State
	Note     string
	Bought   string // "2006-01-02", empty where nobody knows
	Warranty string // its last day, likewise
	Token    string `json:"-"` // in the code on the label
	Version  int64
	Created  time.Time
}

// Retired reports whether the device is out of service for good.
func (d Device) Retired() bool { return d.State == Retired }

// Tied is the device as a ticket keeps it. The kind stands there as a word of the code: the page
// says it in the reader's language.
func (d Device) Tied() ticket.Tied {
	return ticket.Tied{ID: int64(d.ID), Tag: d.Tag, Label: d.Model}
}

// Covered reports whether the warranty holds on a day; known is false where nobody wrote it down.
func (d Device) Covered(on time.Time) (covered, known bool) {
	return d.Warranty >= on.Format(time.DateOnly), d.Warranty != ""
}

// fold is a tag or a serial number as it is compared: width, case, blanks and dashes do not count.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '-', r == '_', r == '.', r == '/':
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// Clean checks what somebody wrote and brings it to the form in which it is stored. Invalid with
// every field that is wrong.
func (d Device) Clean() (Device, error) {
	var bad []errs.FieldError
	wrong := func(name, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
	}
	d.Tag, d.Model, d.Serial = person.CleanName(d.Tag), person.CleanName(d.Model), person.CleanName(d.Serial)
	d.Note = text.Body(d.Note)
	if n := utf8.RuneCountInString(d.Tag); n == 0 || n > maxTag || fold(d.Tag) == "" {
		wrong("tag", "device.tag_length", "Max", maxTag)
	}
	if utf8.RuneCountInString(d.Model) > maxText {
		wrong("model", "device.text_long", "Max", maxText)
	}
	if utf8.RuneCountInString(d.Serial) > maxText {
		wrong("serial", "device.text_long", "Max", maxText)
	}
	if utf8.RuneCountInString(d.Note) > maxNote {
		wrong("note", "device.text_long", "Max", maxNote)
	}
	if d.Kind == "" {
		d.Kind = Other
	}
	if !slices.Contains(Kinds(), d.Kind) {
		wrong("kind", "device.kind_unknown")
	}
	if d.State == "" {
		d.State = InUse
	}
	if !slices.Contains(States(), d.State) {
		wrong("state", "device.state_unknown")
	}
	var ok bool
	if d.Bought, ok = day(d.Bought); !ok {
		wrong("bought", "device.day_shape")
	}
	if d.Warranty, ok = day(d.Warranty); !ok {
		wrong("warranty", "device.day_shape")
	}
	if d.Bought != "" && d.Warranty != "" && d.Warranty < d.Bought {
		wrong("warranty", "device.warranty_before")
	}
	return d, errs.Invalidf(bad...)
}

// day reads a date as people and spreadsheets write it; false where it is none. Empty stays empty.
func day(s string) (string, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	if s == "" {
		return "", true
	}
	s = strings.TrimSuffix(strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(s), "-")
	if cut := strings.IndexAny(s, " T"); cut > 0 {
		s = s[:cut]
	}
	for _, layout := range []string{"2006-1-2", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t.Format(time.DateOnly), true
		}
	}
	return s, false
}
