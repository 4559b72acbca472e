// SPDX-License-Identifier: Apache-2.0

package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Decision is an approval as its page shows it, whichever door it was opened by: exactly what is to
// be approved, who asks and for whom, who has said what, and, where the reader may, the two answers.
type Decision struct {
	approval.View
	About   ticket.Ticket
	Base    string // address of what the reader may do; "" where they may do nothing
	Way     string // where the ticket stands, for those who may read it
	Asker   ui.Person
	Benefit ui.Person
	Reader  string // as whom the reader decides
	Stand   string // whom they stand in for
	Reason  string // why they cannot decide; "" where they can
	Steps   []DecisionStep
	Take    bool // the reader may withdraw it
	May     bool // the reader may answer
	Form    *Form
}

// DecisionStep is one level in words.
type DecisionStep struct {
	Title string // 第 1 级 · 全部同意
	Added string // who called it in
	Now   bool
	Seats []DecisionSeat
}

// DecisionSeat is one approver in words.
type DecisionSeat struct {
	Who     ui.Person
	Because string
	Tone    string
	Icon    string
	Word    string
	At      time.Time
	Comment string
	Instead string // who spoke in their place
}

// NewDecision puts an approval into words.
func NewDecision(c *Ctx, v approval.View, about ticket.Ticket, base string) Decision {
	people := c.Kit.People
	card := func(who person.ID) ui.Person {
		return ui.Person{Name: people.Card(c.Context(), who).Name, Me: who == c.Person.ID && who != 0}
	}
	d := Decision{View: v, About: about, Base: base, Asker: card(v.AskedBy), Benefit: card(v.Approval.For), Reader: c.Person.Name}
	if v.For != 0 {
		d.Stand = people.Card(c.Context(), v.For).Name
	}
	if e := errs.As(v.Why); e != nil {
		d.Reason = c.T(e.Key, e.Args...)
	}
	d.May = v.Why == nil && v.Mine.ID != 0
	turn, _ := v.Turn()
	for i, l := range v.Levels {
		s := DecisionStep{Title: stepTitle(c, v.Approval, i), Now: l.ID == turn.ID}
		if l.Added != 0 {
			s.Added = people.Card(c.Context(), l.Added).Name
		}
		for _, seat := range v.At(l.ID) {
			x := DecisionSeat{Who: card(seat.Person), At: seat.At, Comment: seat.Comment, Because: c.T("workapproval.because_" + string(seat.Because))}
			if seat.Because == approval.ByGroup {
				x.Because = people.Group(c.Context(), seat.Group).Label(string(c.Lang))
			}
			if seat.For() != 0 {
				x.Instead = people.Card(c.Context(), seat.By).Name
			}
			x.Tone, x.Icon, x.Word = seatWord(c, v.Approval, seat, s.Now)
			s.Seats = append(s.Seats, x)
		}
		d.Steps = append(d.Steps, s)
	}
	return d
}

// stepTitle says which level it is and how many must agree.
func stepTitle(c *Ctx, a approval.Approval, i int) string {
	l, of := a.Levels[i], len(a.At(a.Levels[i].ID))
	word := c.T("workapproval.need_all")
	switch {
	case of == 1:
		word = ""
	case l.Need == 1:
		word = c.T("workapproval.need_any")
	case l.Need > 1 && int(l.Need) < of:
		word = c.T("workapproval.need_some", "Need", int(l.Need), "Of", of)
	}
	if len(a.Levels) == 1 {
		return word
	}
	return strings.Trim(c.T("workapproval.level", "Level", i+1)+" · "+word, " ·")
}

func seatWord(c *Ctx, a approval.Approval, s approval.Seat, now bool) (tone, icon, word string) {
	switch {
	case s.Answer == approval.Yes:
		return ui.OK, "circle-check", c.T("workapproval.said_yes")
	case s.Answer == approval.No:
		return ui.Danger, "ban", c.T("workapproval.said_no")
	case !s.GoneAt.IsZero():
		return ui.Neutral, "user-round-x", c.T("workapproval.seat_gone")
	case !a.Open():
		return ui.Neutral, "", c.T("workapproval.seat_over")
	case now:
		return ui.Warn, "hourglass", c.T("workapproval.seat_waits")
	}
	return ui.Neutral, "", c.T("workapproval.seat_later")
}

// ApprovalWord is the word for where an approval stands, and its tone.
func ApprovalWord(l i18n.Lang, s approval.State) (word, tone string) {
	tone = ui.Neutral
	switch s {
	case approval.Waiting:
		tone = ui.Warn
	case approval.Granted:
		tone = ui.OK
	case approval.Refused, approval.Void:
		tone = ui.Danger
	case approval.Withdrawn, approval.Expired, approval.Dropped:
	}
	return i18n.T(l, "workapproval.state_"+string(s)), tone
}

// DecideFields are what the two forms of a decision may carry.
func DecideFields() []string { return []string{"answer", "seat", "comment", "who", "place"} }

// Decide carries out what was pressed on the page of a decision; Invalid where nothing was.
func (c *Ctx) Decide(form *Form, do func(approval.Decision) error) error {
	answer := form.Get("answer")
	if answer != string(approval.Yes) && answer != string(approval.No) {
		return errs.Field("answer", "workapproval.choose")
	}
	return do(approval.Decision{Seat: approval.SeatID(form.Int("seat")), Yes: answer == string(approval.Yes), Comment: form.Get("comment")})
}

// ApproverNamed finds whom one line of a form means: an address, or a name that only one person has.
func (c *Ctx) ApproverNamed(field, text string, find func(string) ([]person.Person, error)) (person.ID, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, errs.Field(field, "workapproval.who_missing")
	}
	if email, ok := person.CleanEmail(text); ok {
		p, err := c.Kit.People.ByEmail(c.Context(), email)
		if err != nil {
			return 0, errs.Field(field, "workapproval.who_unknown", "Text", text)
		}
		return p.ID, nil
	}
	list, err := find(text)
	if err != nil {
		return 0, err
	}
	var exact []person.Person
	for _, p := range list {
		if p.Name == person.CleanName(text) {
			exact = append(exact, p)
		}
	}
	if len(exact) > 0 {
		list = exact
	}
	switch len(list) {
	case 0:
		return 0, errs.Field(field, "workapproval.who_unknown", "Text", text)
	case 1:
		return list[0].ID, nil
	}
	return 0, errs.Field(field, "workapproval.who_several", "Text", text, "First", list[0].Email, "Second", list[1].Email)
}

// seatKey writes a key into a form.
func seatKey(s approval.SeatID) string { return strconv.FormatInt(int64(s), 10) }
