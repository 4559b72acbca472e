// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ID is a rota's key within the house.
type ID int64

// Rota is who is on call when.
type Rota struct {
	ID      ID
	Name    string // 1–60 characters; unique
	NameEN  string // shown to English readers where it is not empty
	Zone    string // IANA time zone of every time of day here
	Shifts  []Shift
	Active  bool
	Version int64
}

// Shift is one post that people take turns on.
type Shift struct {
	Name   string      // 1–40 characters: 白班, 夜班
	From   int         // minute of the day at which it begins, and at which turns are handed over
	To     int         // minute at which it ends, on the next day where it is not after From; the same is a whole day
	Days   Days        // the weekdays on which it begins
	People []person.ID // in the order of their turns
	Every  int         // days of one turn: 1, 7, 14
	Start  time.Time   // the day of the first turn, a date in UTC; nobody is on call before it
}

// Days is a set of weekdays, bit 0 for Sunday.
type Days uint8

// EveryDay is all seven.
const EveryDay Days = 1<<7 - 1

// On reports whether a weekday is in the set.
func (d Days) On(w time.Weekday) bool { return d&(1<<w) != 0 }

// Bounds of a rota.
const (
	maxShifts = 8
	maxPeople = 60
	maxEvery  = 56 // days of one turn
	dayLength = 24 * 60
)

// Label is the rota's name for a reader of the language.
func (r Rota) Label(lang string) string {
	if lang == "en" && r.NameEN != "" {
		return r.NameEN
	}
	return r.Name
}

// Location is the rota's zone; UTC where it cannot be read, which Check refuses.
func (r Rota) Location() *time.Location {
	return clock.FirstZone(r.Zone)
}

// Field names the form field of a shift, counted from 0: "from_0".
func Field(name string, shift int) string { return name + "_" + strconv.Itoa(shift) }

// Check returns Invalid with every field to mend.
func (r *Rota) Check() error {
	var bad []errs.FieldError
	add := func(name, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
	}
	r.Name, r.NameEN = person.CleanName(r.Name), person.CleanName(r.NameEN)
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > 60 {
		add("name", "rota.name_length")
	}
	if utf8.RuneCountInString(r.NameEN) > 60 {
		add("name_en", "rota.name_length")
	}
	if _, ok := clock.Zone(r.Zone); !ok {
		add("zone", "rota.zone_unknown")
	}
	if len(r.Shifts) == 0 || len(r.Shifts) > maxShifts {
		add("shifts", "rota.shift_count", "Max", maxShifts)
	}
	for i := range r.Shifts {
		r.Shifts[i].check(func(name, key string, args ...any) { add(Field(name, i), key, args...) })
	}
	return errs.Invalidf(bad...)
}

func (s *Shift) check(add func(name, key string, args ...any)) {
	s.Name = person.CleanName(s.Name)
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > 40 {
		add("shift", "rota.shift_name")
	}
	if s.From < 0 || s.From >= dayLength {
		add("from", "rota.time_shape")
	}
	if s.To < 0 || s.To >= dayLength {
		add("to", "rota.time_shape")
	}
	if s.Days&EveryDay == 0 || s.Days > EveryDay {
		add("days", "rota.days_none")
	}
	if s.Every < 1 || s.Every > maxEvery {
		add("every", "rota.every_range", "Max", maxEvery)
	}
	if y := s.Start.Year(); y < 2000 || y > 2100 {
		add("start", "rota.start_range")
	}
	sorted := slices.Sorted(slices.Values(s.People))
	switch {
	case len(s.People) == 0 || sorted[0] <= 0:
		add("people", "rota.people_none")
	case len(s.People) > maxPeople:
		add("people", "rota.people_many", "Max", maxPeople)
	case len(slices.Compact(sorted)) < len(s.People):
		add("people", "rota.people_twice")
	}
}

// Swap puts somebody in another's place for a while.
type Swap struct {
	ID      int64
	Rota    ID
	From    time.Time
	To      time.Time
	Person  person.ID // is on call instead
	Instead person.ID // whose duty it was; 0 stands for whoever it is, and fills a gap too
	Agreed  string    // how the two agreed, in words, 1–200 characters
	By      person.ID // who wrote it down
	At      time.Time
	Off     bool // called off
}

// maxSwap bounds the length of a swap.
const maxSwap = 62 * 24 * time.Hour

// check returns Invalid with every field to mend.
func (s *Swap) check() error {
	var bad []errs.FieldError
	if s.Person <= 0 {
		bad = append(bad, errs.FieldError{Name: "person", Key: "rota.swap_person"})
	} else if s.Person == s.Instead {
		bad = append(bad, errs.FieldError{Name: "person", Key: "rota.swap_same"})
	}
	if !s.To.After(s.From) || s.From.Year() < 2000 || s.To.Year() > 2100 {
		bad = append(bad, errs.FieldError{Name: "to", Key: "rota.swap_order"})
	} else if s.To.Sub(s.From) > maxSwap {
		bad = append(bad, errs.FieldError{Name: "to", Key: "rota.swap_long"})
	}
	s.Agreed = person.CleanName(s.Agreed)
	if n := utf8.RuneCountInString(s.Agreed); n == 0 || n > 200 {
		bad = append(bad, errs.FieldError{Name: "agreed", Key: "rota.swap_agreed"})
	}
	return errs.Invalidf(bad...)
}
