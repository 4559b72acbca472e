// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Verdict is how an approval stands by its answers.
type Verdict struct {
	State State // Waiting, Granted, Refused, or Dropped where nobody is left who could decide
	Turn  int   // the level whose turn it is, while it waits
}

// Judge says how the answers decide. It is a function of the answers alone, whatever their order:
//
//   - a level agrees as soon as enough of its seats do, and the next one has its turn;
//   - it refuses as soon as so many said no that it could not agree any more;
//   - where it could not because somebody left before answering, nobody decided: it is dropped.
//
// Enough and too many exclude each other: of m seats n must agree, and a level with n who agree
// and more than m−n who do not would have more than m.
func Judge(levels []Level, seats []Seat) Verdict {
	for i, l := range levels {
		yes, no, gone, all := tally(l, seats)
		need := l.Need
		if need <= 0 || need > all {
			need = all
		}
		switch {
		case all == 0:
			return Verdict{State: Dropped, Turn: i}
		case yes >= need:
			continue
		case no > all-need:
			return Verdict{State: Refused, Turn: i}
		case no+gone > all-need:
			return Verdict{State: Dropped, Turn: i}
		}
		return Verdict{State: Waiting, Turn: i}
	}
	return Verdict{State: Granted, Turn: len(levels)}
}

// tally counts what the seats of a level say; nobody counts twice, from however many seats.
func tally(l Level, seats []Seat) (yes, no, gone, all int64) {
	var counted []person.ID
	for _, s := range seats {
		if s.Level != l.ID {
			continue
		}
		all++
		if s.Answer != "" && slices.Contains(counted, s.By) {
			continue
		}
		switch {
		case s.Answer == Yes:
			yes++
			counted = append(counted, s.By)
		case s.Answer == No:
			no++
			counted = append(counted, s.By)
		case !s.GoneAt.IsZero():
			gone++
		}
	}
	return yes, no, gone, all
}

// Turn returns the level whose turn it is; false where it is over.
func (a Approval) Turn() (Level, bool) {
	v := Judge(a.Levels, a.Seats)
	if !a.Open() || v.State != Waiting {
		return Level{}, false
	}
	return a.Levels[v.Turn], true
}

// turn is the key of the level whose turn it is; 0 where it is over.
func (a Approval) turn() int64 {
	l, _ := a.Turn()
	return l.ID
}

// Awaited returns the seats whose answer is waited for now.
func (a Approval) Awaited() []Seat {
	l, waits := a.Turn()
	if !waits {
		return nil
	}
	return slices.DeleteFunc(a.At(l.ID), func(s Seat) bool { return !s.Open() })
}
