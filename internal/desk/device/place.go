// SPDX-License-Identifier: Apache-2.0

package device

import (
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PlaceID is a place's key.
type PlaceID int64

// Place is where things stand: a site, a building on it, a room in it. A room has a code on its
// door, by which an engineer says that they are there.
type Place struct {
	ID       PlaceID
	Site     string // 1–60 characters
	Building string // at most 60
	Room     string // at most 60
	Token    string `json:"-"`
	Active   bool
	Version  int64
}

const maxPlace = 60

// Label names the place in one line; empty for the zero Place.
func (p Place) Label() string {
	var parts []string
	for _, s := range []string{p.Site, p.Building, p.Room} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

func (p Place) folded() string {
	return fold(p.Site) + "\x1f" + fold(p.Building) + "\x1f" + fold(p.Room)
}

// Clean checks a place and brings it to the form in which it is stored.
func (p Place) Clean() (Place, error) {
	p.Site, p.Building, p.Room = person.CleanName(p.Site), person.CleanName(p.Building), person.CleanName(p.Room)
	var bad []errs.FieldError
	if n := utf8.RuneCountInString(p.Site); n == 0 || n > maxPlace {
		bad = append(bad, errs.FieldError{Name: "site", Key: "device.site_length", Args: []any{"Max", maxPlace}})
	}
	for name, s := range map[string]string{"building": p.Building, "room": p.Room} {
		if utf8.RuneCountInString(s) > maxPlace {
			bad = append(bad, errs.FieldError{Name: name, Key: "device.text_long", Args: []any{"Max", maxPlace}})
		}
	}
	return p, errs.Invalidf(bad...)
}
