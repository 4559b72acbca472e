// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Wish is an act with what its form says. Fields that the act does not know are left alone.
type Wish struct {
	Act Act
	Key string    // under which it is done once; 1–64 characters, made by the door where nobody gave one
	Did time.Time // when it was done; zero for now. Only acts that may come late believe it

	Times    []ticket.Span // propose: up to three; fix: one
	Pick     int           // 1 to 3: which of the proposed times
	Round    int64         // to which proposal it answers
	Engineer person.ID     // propose, fix, assign; 0 leaves it as it is
	Place    string        // in words, or that of the register
	PlaceID  int64
	Device   int64
	Purpose  string
	Zone     string

	Label string // what was scanned or typed on arrival: the token of a code, or a tag
	Why   string // arriving without a label, refusing, missing, cancelling, having no signature
	Work  string
	Parts string
	Name  string   // of whoever signs
	How   string   // "drawn", "typed" or "none"
	Files []string // tokens of staged photos
	Drawn string   // token of the staged drawing
}

// scene is what a decision depends on besides the visit.
type scene struct {
	now   time.Time
	staff bool // whether the engineer named may be given work
	label where
	own   bool // whoever acts is the engineer
}

// where is what a label that was read on arrival stands on.
type where struct {
	found  bool
	device int64
	place  int64
	name   string // to tell somebody who stands before the wrong one
	gone   bool   // the device is retired
}

// earliest is how long before a visit was made an act may claim to have been done: clocks of
// telephones are a little wrong.
const earliest = 5 * time.Minute

// decide is the rule: a visit as it stands and a wish in, the visit after it or a refusal out.
func decide(v Visit, w Wish, s scene) (Visit, error) {
	to, err := next(w.Act, v.State)
	if v.ID == 0 { // a new one
		switch w.Act {
		case Propose:
			to, err = Proposed, nil
		case Fix:
			to, err = Agreed, nil
		default:
			err = errs.New(errs.NotFound, "visit.not_found")
		}
	}
	if err != nil {
		return v, err
	}
	did := w.when(v, s.now)
	switch w.Act {
	case Propose, Fix:
		v, err = v.plan(w, s)
	case Pick, Refuse:
		v, err = v.answer(w, s)
	case Start:
		v.StartedAt = did
	case Arrive:
		v, err = v.arrive(w, s, did)
	case Note, Finish:
		v, err = v.report(w)
		if w.Act == Finish {
			v.DoneAt = did
			if v.Work == "" && err == nil {
				err = errs.Field("work", "visit.work_needed")
			}
		}
	case Sign:
		v, err = v.sign(w, did)
	case Miss, Cancel:
		if v, err = v.because(w); err == nil && v.Why == "" {
			err = errs.Field("why", "visit.why_needed")
		}
	case Assign:
		if w.Engineer == 0 || !s.staff {
			err = errs.Field("engineer", "visit.engineer_unknown")
		}
		v.Engineer = w.Engineer
	}
	v.State = to
	return v, err
}

// when is the instant at which an act was done. Only what may come late is believed, and not before
// the visit was made or what was done before it, nor ahead of the desk's own clock.
func (w Wish) when(v Visit, now time.Time) time.Time {
	if w.Did.IsZero() || !w.Act.Late() || w.Did.After(now) {
		return now
	}
	first := v.Created.Add(-earliest)
	for _, t := range []time.Time{v.StartedAt, v.ArrivedAt, v.DoneAt} {
		if t.After(first) {
			first = t
		}
	}
	if w.Did.Before(first) {
		return first
	}
	return w.Did.UTC().Truncate(time.Millisecond)
}

// plan proposes times or fixes one.
func (v Visit) plan(w Wish, s scene) (Visit, error) {
	var bad []errs.FieldError
	times, err := checkSpans(w.Times, s.now)
	if e := errs.As(err); e != nil {
		bad = append(bad, e.Fields...)
	}
	if v.ID == 0 || w.Place != "" || w.PlaceID != 0 {
		v.Place, v.PlaceID, v.Device = lineOf("place", w.Place, maxPlace, &bad), w.PlaceID, w.Device
	}
	if v.ID == 0 || w.Purpose != "" {
		v.Purpose = textOf("purpose", w.Purpose, maxPurpose, &bad)
	}
	if w.Why != "" {
		v.Why = textOf("why", w.Why, maxWhy, &bad)
	}
	if v.Place == "" {
		bad = append(bad, errs.FieldError{Name: "place", Key: "visit.place_needed"})
	}
	if w.Engineer != 0 {
		v.Engineer = w.Engineer
	}
	if v.Engineer == 0 || w.Engineer != 0 && !s.staff {
		bad = append(bad, errs.FieldError{Name: "engineer", Key: "visit.engineer_unknown"})
	}
	if w.Zone != "" {
		if _, ok := clock.Zone(w.Zone); !ok {
			bad = append(bad, errs.FieldError{Name: "zone", Key: "visit.zone_unknown"})
		}
		v.Zone = w.Zone
	}
	if !v.From.IsZero() {
		v.Moved++
	}
	v.Round++
	v.StartedAt, v.ArrivedAt, v.ArrivedBy = time.Time{}, time.Time{}, ""
	switch {
	case err != nil && len(bad) == 1:
		return v, err
	case err != nil:
		return v, errs.Invalidf(bad...)
	}
	if w.Act == Fix {
		if len(times) > 1 {
			bad = append(bad, errs.FieldError{Name: "from_2", Key: "visit.fix_one"})
		}
		v.Times, v.From, v.To = "", times[0].From, times[0].To
	} else {
		v.Times, v.From, v.To = SpansOf(times), time.Time{}, time.Time{}
	}
	return v, errs.Invalidf(bad...)
}

// answer is the requester's choice. An answer to an earlier proposal is no answer to this one.
func (v Visit) answer(w Wish, s scene) (Visit, error) {
	if w.Round != 0 && w.Round != v.Round {
		return v, errs.New(errs.Conflict, "visit.old_proposal")
	}
	if w.Act == Refuse {
		v, err := v.because(w)
		v.Times = ""
		return v, err
	}
	times := v.Times.List()
	if w.Pick < 1 || w.Pick > len(times) {
		return v, errs.Field("pick", "visit.pick_one")
	}
	x := times[w.Pick-1]
	if x.To.Before(s.now) {
		return v, errs.Field("pick", "visit.time_past")
	}
	v.Times, v.From, v.To = "", x.From, x.To
	return v, nil
}

// arrive says that the engineer is there: by a label of the place, or by a press with a reason.
func (v Visit) arrive(w Wish, s scene, did time.Time) (Visit, error) {
	v.ArrivedAt = did
	if w.Label == "" {
		var bad []errs.FieldError
		if v.Why = textOf("why", w.Why, maxWhy, &bad); v.Why == "" {
			bad = append(bad, errs.FieldError{Name: "why", Key: "visit.press_why"})
		}
		v.ArrivedBy = "press"
		return v, errs.Invalidf(bad...)
	}
	switch {
	case !s.label.found:
		return v, errs.Field("label", "visit.label_unknown")
	case s.label.gone:
		return v, errs.Field("label", "visit.label_retired", "Name", s.label.name)
	case v.Device != 0 && s.label.device == v.Device, v.PlaceID != 0 && s.label.place == v.PlaceID:
		v.ArrivedBy = "label"
		return v, nil
	case v.Device == 0 && v.PlaceID == 0: // nobody wrote down at what: any label of the house says enough
		v.ArrivedBy = "label"
		return v, nil
	}
	return v, errs.Field("label", "visit.label_elsewhere", "Name", s.label.name, "Place", v.Place)
}

// report keeps what was done and used. What is empty stays as it was: two reports do not undo each
// other.
func (v Visit) report(w Wish) (Visit, error) {
	var bad []errs.FieldError
	if t := textOf("work", w.Work, maxWork, &bad); t != "" {
		v.Work = t
	}
	if t := textOf("parts", w.Parts, maxWork, &bad); t != "" {
		v.Parts = t
	}
	return v, errs.Invalidf(bad...)
}

// sign is the requester's word on the engineer's telephone, or why there is none.
func (v Visit) sign(w Wish, did time.Time) (Visit, error) {
	v, err := v.report(w)
	if err != nil {
		return v, err
	}
	if v.Work == "" {
		return v, errs.Field("work", "visit.work_needed")
	}
	if v.DoneAt.IsZero() {
		v.DoneAt = did
	}
	var bad []errs.FieldError
	v.SignedAt, v.SignedHow = did, w.How
	v.SignedBy = lineOf("name", w.Name, maxSigner, &bad)
	switch w.How {
	case "none":
		if v.Why = textOf("why", w.Why, maxWhy, &bad); v.Why == "" {
			bad = append(bad, errs.FieldError{Name: "why", Key: "visit.unsigned_why"})
		}
		v.SignedBy = ""
	case "drawn", "typed":
		if v.SignedBy == "" {
			bad = append(bad, errs.FieldError{Name: "name", Key: "visit.name_needed"})
		}
		if w.How == "drawn" && w.Drawn == "" {
			bad = append(bad, errs.FieldError{Name: "drawn", Key: "visit.drawing_needed"})
		}
		v.SignFile = w.Drawn
	default:
		bad = append(bad, errs.FieldError{Name: "how", Key: "visit.how_unknown"})
	}
	return v, errs.Invalidf(bad...)
}

func (v Visit) because(w Wish) (Visit, error) {
	var bad []errs.FieldError
	v.Why = textOf("why", w.Why, maxWhy, &bad)
	return v, errs.Invalidf(bad...)
}

// note is the step as the ticket keeps it, with when it was done where the desk hears of it later.
func (v Visit) note(a Act, did, now time.Time) ticket.VisitNote {
	n := ticket.VisitNote{ID: int64(v.ID), Step: step(a, v.Moved > 0), Engineer: v.Engineer, Place: v.Place}
	switch a {
	case Propose:
		n.Times, n.Words = v.Times.List(), v.Purpose
	case Fix:
		n.Times, n.Words, n.How = []ticket.Span{v.Span()}, v.Purpose, "phone"
	case Pick:
		n.Times = []ticket.Span{v.Span()}
	case Refuse, Miss, Cancel:
		n.Words = v.Why
	case Start:
		did = v.StartedAt
	case Arrive:
		n.How, did = v.ArrivedBy, v.ArrivedAt
		if v.ArrivedBy == "press" {
			n.Words = v.Why
		}
	case Finish:
		n.Words, n.Parts, did = v.Work, v.Parts, v.DoneAt
	case Sign:
		n.How, n.Words, did = v.SignedHow, v.SignedBy, v.SignedAt
		if v.SignedHow == "none" {
			n.Words = v.Why
		}
	case Assign:
		if v.State == Agreed {
			n.Times = []ticket.Span{v.Span()}
		}
	case Note:
	}
	if now.Sub(did) >= time.Minute {
		n.Did = did
	}
	return n
}
