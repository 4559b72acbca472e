// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// maxWords bounds a comment and the asker's reason, in characters.
const maxWords = 2000

// Said is what an approver says.
type Said struct {
	By      person.ID
	Seat    SeatID // 0 for the one that is theirs to answer
	Yes     bool
	Comment string // a refusal must say why
	Via     string
	At      time.Time
}

// answered is the approval with one more answer, and the seat it was given from. It is pure:
// deputies says who stands in for whom.
//
// Errors: Conflict where it is over, or where it is not this seat's turn; Denied for whoever asked,
// wrote it or benefits, and for whoever has no seat; Invalid where the comment is missing or too long.
func (a Approval) answered(x Said, deputies map[person.ID]person.ID) (Approval, Seat, error) {
	seat, err := a.seatFor(x.By, x.Seat, deputies)
	if err != nil {
		return a, seat, err
	}
	x.Comment = text.Body(x.Comment)
	switch n := utf8.RuneCountInString(x.Comment); {
	case n > maxWords:
		return a, seat, errs.Field("comment", "approval.comment_length", "Max", maxWords)
	case n == 0 && !x.Yes:
		return a, seat, errs.Field("comment", "approval.refuse_reason")
	}
	seat.Answer, seat.By, seat.At, seat.Comment, seat.Via = No, x.By, x.At, x.Comment, x.Via
	if x.Yes {
		seat.Answer = Yes
	}
	a.Seats = slices.Clone(a.Seats)
	for i := range a.Seats {
		if a.Seats[i].ID == seat.ID {
			a.Seats[i] = seat
		}
	}
	return a, seat, nil
}

// seatFor finds the seat from which somebody may speak now.
func (a Approval) seatFor(who person.ID, which SeatID, deputies map[person.ID]person.ID) (Seat, error) {
	if a.own(who) {
		return Seat{}, errs.New(errs.Denied, "approval.own")
	}
	mine := slices.DeleteFunc(slices.Clone(a.Seats), func(s Seat) bool {
		return which != 0 && s.ID != which || s.Person != who && deputies[s.Person] != who
	})
	if len(mine) == 0 {
		return Seat{}, errs.New(errs.Denied, "approval.not_yours")
	}
	if !a.Open() {
		return mine[0], errs.New(errs.Conflict, "approval.over_"+string(a.State))
	}
	level, waits := a.Turn()
	if !waits {
		return mine[0], errs.New(errs.Conflict, "approval.over_"+string(Dropped))
	}
	slices.SortStableFunc(mine, func(x, y Seat) int { return rank(x, who, level) - rank(y, who, level) })
	seat := mine[0]
	switch {
	case seat.Answer != "":
		return seat, errs.New(errs.Conflict, "approval.answered_already")
	case !seat.GoneAt.IsZero():
		return seat, errs.New(errs.Conflict, "approval.seat_gone")
	case seat.Level != level.ID:
		return seat, errs.New(errs.Conflict, "approval.not_yet")
	}
	for _, s := range a.At(level.ID) {
		if s.Answer != "" && s.By == who {
			return seat, errs.New(errs.Conflict, "approval.twice")
		}
	}
	return seat, nil
}

// rank puts in front what somebody may answer now: their own seat before one that they stand in for.
func rank(s Seat, who person.ID, turn Level) int {
	n := 0
	if s.Level != turn.ID {
		n += 4
	}
	if !s.Open() {
		n += 2
	}
	if s.Person != who {
		n++
	}
	return n
}

// own reports whether somebody would decide for themselves: they asked, they wrote it, or it is for
// them.
func (a Approval) own(who person.ID) bool {
	return who == 0 || who == a.AskedBy || who == a.Author || who == a.For
}

// maxSeats bounds how many people one approval asks, and maxLevels in how many steps.
const (
	maxSeats  = 200
	maxLevels = 10
)

// called is the approval with somebody called in by an approver whose turn it is: before them,
// so that they hear what the other says, or after them.
//
// Errors as of answered; Invalid where the other may not decide or is asked already.
func (a Approval) called(by person.ID, from SeatID, who person.ID, before bool, deputies map[person.ID]person.ID) (Approval, Level, error) {
	seat, err := a.seatFor(by, from, deputies)
	if err != nil {
		return a, Level{}, err
	}
	switch {
	case a.own(who):
		return a, Level{}, errs.Field("who", "approval.own_named")
	case who == by, slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Person == who && s.Open() }):
		return a, Level{}, errs.Field("who", "approval.asked_already")
	case len(a.Levels) >= maxLevels || len(a.Seats) >= maxSeats:
		return a, Level{}, errs.New(errs.Conflict, "approval.too_many", "Max", maxSeats)
	}
	at, next := 0, int64(0)
	for i, l := range a.Levels {
		if next = max(next, l.ID+1); l.ID == seat.Level {
			at = i
		}
	}
	if !before {
		at++
	}
	l := Level{ID: next, Need: 1, Added: by}
	a.Levels = slices.Insert(slices.Clone(a.Levels), at, l)
	return a, l, nil
}

// left is the approval without those who left before they answered.
func (a Approval) left(who person.ID, at time.Time) Approval {
	a.Seats = slices.Clone(a.Seats)
	for i := range a.Seats {
		if s := &a.Seats[i]; s.Person == who && s.Open() {
			s.GoneAt = at
		}
	}
	return a
}
