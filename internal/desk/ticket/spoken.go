// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// What was spoken is read back to whoever said it, aloud or as a summary that they confirm with one
// press (N18); and a call that was promised is a promise until it was made.

type (
	// AskReadBack sends the record to the requester to be confirmed.
	AskReadBack struct{}
	// AnswerReadBack is the requester's word about it. Mark names the record that they read: one
	// that was changed since is shown to them again. Say holds what is wrong where it is not right.
	AnswerReadBack struct {
		Right bool
		Mark  string
		Say
	}
	// PromiseCall makes an appointment to call the requester, in place of an earlier one.
	PromiseCall struct {
		At     time.Time
		Number string    // 1–80 characters
		Who    person.ID // who calls; 0 for whoever works on it then
	}

	// ReadBackAsked says that the record was sent to the requester.
	ReadBackAsked struct {
		Of
		Mark string
	}
	// ReadBackWrong says that the requester found it wrong.
	ReadBackWrong struct {
		Of
		Words string
	}
	// CallPromised says that the requester was promised a call.
	CallPromised struct {
		Of
		Call CallBack
	}
)

// CallBack is a call that the requester was promised.
type CallBack struct {
	At     time.Time `json:",omitzero"`
	Number string    `json:",omitempty"`
	Who    person.ID `json:",omitempty"`
}

// Name of each command.
func (AskReadBack) Name() Name    { return CmdAskReadBack }
func (AnswerReadBack) Name() Name { return CmdAnswerReadBack }
func (PromiseCall) Name() Name    { return CmdPromiseCall }

// Spoken reports whether the request was said rather than written, so that it must be read back.
func (t Ticket) Spoken() bool { return t.Channel == Phone }

// Unheard reports whether a spoken request has not been read back to whoever said it (N18).
func (t Ticket) Unheard() bool { return t.Spoken() && t.Detail.ReadBack.At.IsZero() }

// RecordMark names the record as it is now: a word for it is a word for nothing else.
func (t Ticket) RecordMark() string {
	h := sha256.New()
	for _, e := range Elements() {
		a := t.Detail.Intake[e]
		_, _ = h.Write([]byte(string(e) + "\x00" + a.Value + "\x00" + a.Reason + "\x00")) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (AskReadBack) decide(t Ticket, _ world) ([]Fact, error) {
	if !t.Detail.ReadBack.At.IsZero() {
		return nil, errs.New(errs.Conflict, "ticket.read_back_done")
	}
	return []Fact{ReadBackAsked{Of{t.ID}, t.RecordMark()}}, nil
}

func (c AnswerReadBack) decide(t Ticket, w world) ([]Fact, error) {
	switch {
	case !t.Detail.ReadBack.At.IsZero():
		return nil, errs.New(errs.Conflict, "ticket.read_back_done")
	case t.Detail.ReadBack.Asked.IsZero():
		return nil, errs.New(errs.Conflict, "ticket.read_back_unasked")
	case c.Mark != t.RecordMark():
		return nil, errs.New(errs.Conflict, "ticket.read_back_moved")
	case !c.Right:
		words := oneLine(text.Storable(c.Text), maxWords)
		return []Fact{Said{Of: Of{t.ID}, Message: w.message, Kind: Public, ByRequester: true}, ReadBackWrong{Of{t.ID}, words}}, nil
	}
	var items []Element
	for _, e := range Elements() {
		if t.Detail.Intake[e].Filled() {
			items = append(items, e)
		}
	}
	how := w.by.Via
	if w.by.Kind == access.Link {
		how = "link"
	}
	return []Fact{ReadBackDone{Of: Of{t.ID}, Items: items, How: how}}, nil
}

func (c PromiseCall) decide(t Ticket, w world) ([]Fact, error) {
	bad := marks(ahead("call_at", "ticket.call_at", c.At, w.at))
	if c.At.IsZero() {
		bad = append(bad, errs.FieldError{Name: "call_at", Key: "ticket.call_at_needed"})
	}
	number := person.CleanName(text.Storable(c.Number))
	if n := utf8.RuneCountInString(number); n == 0 || n > 80 || !strings.ContainsAny(number, "0123456789") {
		bad = append(bad, errs.FieldError{Name: "call_number", Key: "ticket.call_number"})
	}
	if c.Who != 0 && !w.staff[c.Who] {
		bad = append(bad, errs.FieldError{Name: "call_who", Key: "ticket.assignee_unknown"})
	}
	return []Fact{CallPromised{Of{t.ID}, CallBack{At: c.At.UTC().Truncate(time.Millisecond), Number: number, Who: c.Who}}}, errs.Marked(bad...)
}

func (f ReadBackAsked) apply(t *Ticket, m event.Meta) {
	t.Detail.ReadBack.Asked, t.Detail.ReadBack.Wrong = m.At, ""
}

func (f ReadBackWrong) apply(t *Ticket, _ event.Meta) { t.Detail.ReadBack.Wrong = f.Words }

func (f CallPromised) apply(t *Ticket, _ event.Meta) { t.Detail.CallBack = f.Call }

// Called reports whether a fact is a call with the requester, or the attempt of one, by somebody of
// the desk: it keeps a call that was promised.
func Called(f Fact, m event.Meta) bool {
	said, ok := f.(Said)
	return ok && said.Kind == Call && m.ActorKind == string(access.Person)
}

// called takes a promised call away once it was made, or the ticket is over.
func (t *Ticket) called(f Fact, m event.Meta) {
	if _, over := f.(Ended); over || Called(f, m) {
		t.Detail.CallBack = CallBack{}
	}
}
