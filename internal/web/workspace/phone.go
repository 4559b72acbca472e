// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// padView is the pad on which a call is taken down: who calls, what they say, the elements
// made of it, and the sentences with which it is read back (N15, N18, N40).
//
// The form holds everything, so that it can be shown again whole at any point of the call. A
// script only brings the parts that follow from it up to date.
type padView struct {
	Form     *page.Form
	Caller   caller
	Calls    []callView // the caller's tickets that are still open
	Past     []callView // and the last that are not
	Elements []elementView
	From     choices
	Filing   filing
	Halt     []ui.Option
	Script   []sentence
	Missing  []ticket.Element // neither filled in nor marked as unknown
	Grade    triage.Answers
	Priority triage.Priority // by the grade; 0 while a question is open
	Why      string
	Told     string // what the caller may count on
	Began    time.Time
	Lasted   time.Duration
}

// callView is another ticket of the caller.
type callView struct {
	Ref     string
	Subject string
	State   string
	Next    string
	Late    bool
	When    ui.When
}

// padFields are what the form carries.
func padFields() []string {
	return append(append(callerFields(), filingFields()...), "act", "append", "key", "began", "text", "heard", "shown", "seen",
		"direction", "length", "call_at", "call_number", "call", page.FileField)
}

// longestCall bounds what a form may claim about the length of a call.
const longestCall = 12 * time.Hour

// phonePad begins a call. A telephone system may open it with ?q= and the number that calls.
func (f *Faces) phonePad(c *page.Ctx) error {
	form := page.Filled("direction", "in", "key", id.Token(), "began", key(c.Now.UnixMilli()), "q", c.Query("q"), "requester", c.Query("requester"))
	f.takeUp(c, form)
	return f.showPad(c, http.StatusOK, form)
}

func (f *Faces) showPad(c *page.Ctx, status int, form *page.Form) error {
	v, err := f.pad(c, form, caller.recognised)
	if err != nil {
		return err
	}
	fr := c.Frame(c.T("work.phone"))
	fr.Path = "/work/phone"
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: true, Keys: keyMap(fr)}
	return c.Render(status, framed(w, padPage(fr, v)))
}

// checkCall answers what follows from the form as it is now: the caller's tickets, the meter,
// the sentences that have changed, what is suggested and what the category asks. No field that is
// being typed into is among it.
func (f *Faces) checkCall(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, padFields()...)
	if err != nil {
		return err
	}
	v, err := f.pad(c, form, nil)
	if err != nil {
		return err
	}
	return c.Show(padParts(c.Frame(""), v))
}

// takeCall does what the button says. Whatever is missing or goes wrong, the pad comes back
// with all that was typed.
func (f *Faces) takeCall(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, padFields()...)
	if err != nil {
		return err
	}
	switch {
	case form.Get("append") != "":
		err = f.appendCall(c, form)
	case form.Get("take") != "":
		return f.showPad(c, http.StatusOK, form)
	case form.Get("act") == "create" || form.Get("act") == "flag" || form.Get("act") == "send":
		err = f.recordCall(c, form, form.Get("act"))
	default: // to look somebody up, to bring the script up to date
		return f.showPad(c, http.StatusOK, form)
	}
	if closed(err) {
		return err
	}
	if err != nil {
		return f.showPad(c, c.MarkUp(form, page.Used(form, err)), form)
	}
	return nil
}

// recordCall makes a ticket of the call. "create" says that every sentence was read back and
// agreed to; "send" has the caller confirm the record by a letter; with "flag" as with "send" the
// ticket is flagged until that is made good (N18).
//
// The request, its grade, the reading back and the record of the call are one commit. To have
// taken a request down is no answer to it: the response clock runs until somebody gives the
// first feedback by the time that the caller was told (N3, N20).
func (f *Faces) recordCall(c *page.Ctx, form *page.Form, act string) error {
	heard := act == "create"
	v, err := f.pad(c, form, nil)
	if err != nil {
		return err
	}
	if err := unexplained(form); err != nil {
		return err
	}
	if _, err := f.callLength(c, form); err != nil {
		return err
	}
	if heard && !v.whole() {
		return v.notYet()
	}
	back, err := f.callBackOf(c, form)
	if err != nil {
		return err
	}
	who, err := f.requester(c, form)
	if err != nil {
		return err
	}
	r := f.filed(c, form, ticket.Request{
		Requester: who, Channel: ticket.Phone,
		Say: ticket.Say{Text: form.Get("text"), Files: form.Tokens(), Channel: ticket.Phone, Seconds: callSeconds(v.Lasted)},
	})
	r.Given.Partly = !heard
	t, repeated, err := f.Tickets.Record(c.Context(), c.Actor, r, v.commands(c, act, back)...)
	if err != nil {
		return err
	}
	switch {
	case repeated:
		c.Say("work.recorded_before", "Ref", t.Ref())
	case heard:
		c.Say("work.call_recorded", "Ref", t.Ref(), "Told", v.Told)
	case act == "send":
		c.Say("work.call_sent", "Ref", t.Ref())
	default:
		c.Say("work.call_flagged", "Ref", t.Ref())
	}
	return c.Redirect("/work/tickets/" + t.Ref())
}

// commands are what happens to the new ticket within the same commit.
func (v padView) commands(c *page.Ctx, act string, back []ticket.Command) []ticket.Command {
	var then []ticket.Command
	if v.Priority != 0 {
		then = append(then, ticket.Grade{Answers: v.Grade})
	}
	text := c.T("work.call_unheard", "Told", v.Told)
	if act == "create" {
		then = append(then, ticket.ReadBackWith{Items: ticket.Elements()})
		text = c.T("work.call_heard", "Told", v.Told)
	}
	if act == "send" {
		then = append(then, ticket.AskReadBack{})
	}
	then = append(then, ticket.CallRecord{
		Incoming: v.Form.Get("direction") != "out", Say: ticket.Say{Text: text, Channel: ticket.Phone, Seconds: callSeconds(v.Lasted)},
	})
	return append(then, back...) // behind the record of this call, which would keep the promise of the next one
}

// appendCall writes the call down on a ticket that there is already, in the caller's words.
func (f *Faces) appendCall(c *page.Ctx, form *page.Form) error {
	lasted, err := f.callLength(c, form)
	if err != nil {
		return err
	}
	back, err := f.callBackOf(c, form)
	if err != nil {
		return err
	}
	t, err := f.Tickets.Do(c.Context(), c.Actor, ticket.Target{Number: ticket.ParseRef(form.Get("append"))}, ticket.CallRecord{
		Spoke: true, Incoming: form.Get("direction") != "out",
		Say: ticket.Say{Text: form.Get("text"), Files: form.Tokens(), Channel: ticket.Phone, Seconds: callSeconds(lasted)},
	})
	if err != nil {
		return err
	}
	for _, cmd := range back {
		if t, err = f.Tickets.Do(c.Context(), c.Actor, ticket.Target{ID: t.ID}, cmd); err != nil {
			return err
		}
	}
	c.Say("work.call_appended", "Ref", t.Ref())
	return c.Redirect("/work/tickets/" + t.Ref())
}

// pad gathers the pad. choose may settle who calls where the search leaves no doubt.
func (f *Faces) pad(c *page.Ctx, form *page.Form, choose func(caller) caller) (padView, error) {
	v := padView{Form: form, Halt: haltOptions(c), Began: callBegan(c, form)}
	var err error
	if v.Lasted, err = f.callLength(c, form); err != nil { // half typed: the page counts on until it is recorded
		v.Lasted = callLasted(c, form)
	}
	if v.Caller, err = f.caller(c, form); err != nil {
		return v, err
	}
	if choose != nil {
		v.Caller = choose(v.Caller)
	}
	if v.From, err = f.choices(c); err != nil {
		return v, err
	}
	if err = f.otherCalls(c, &v); err != nil {
		return v, err
	}
	if v.Filing, err = f.filing(c, form, v.Caller.Who.ID); err != nil {
		return v, err
	}
	v.Elements = f.elementViews(c, form, reached(v.Caller.Who))
	record := f.callElements(c, form, v.Caller)
	for _, e := range ticket.Elements() {
		if !record[e].Filled() {
			v.Missing = append(v.Missing, e)
		}
	}
	v.Script = script(c, form, v.Caller, record)
	err = f.expect(c, &v)
	return v, err
}

// callElements is the record as it would be: what was filled in, what the directory knows, and
// for what happened the caller's own words until somebody puts them shorter.
func (f *Faces) callElements(c *page.Ctx, form *page.Form, who caller) map[ticket.Element]ticket.Answer {
	out := f.elements(c, form)
	fill := func(e ticket.Element, value string) {
		if !out[e].Filled() && value != "" {
			out[e] = ticket.Answer{Value: value}
		}
	}
	name, contact := who.Who.Name, reached(who.Who)
	if form.Get("requester") == somebodyNew {
		name = form.Text("new_name")
		contact = reached(person.Person{Phone: form.Text("new_phone"), Email: form.Text("new_email")})
	}
	fill(ticket.Who, name)
	fill(ticket.Contact, contact)
	fill(ticket.Symptom, ticket.SubjectOf(form.Get("text")))
	return out
}

// otherCalls reads the caller's other tickets: perhaps this call is about one of them.
func (f *Faces) otherCalls(c *page.Ctx, v *padView) error {
	if v.Caller.Who.ID == 0 {
		return nil
	}
	p, err := f.Tickets.List(c.Context(), c.Actor, ticket.Filter{View: ticket.All, Requester: v.Caller.Who.ID, Limit: 30})
	for _, t := range p.Tickets {
		one := callView{Ref: t.Ref(), Subject: t.Subject, State: standing(c, t), When: ui.At(c.Lang, t.CreatedAt, c.Now, c.Zone)}
		if k := clockOf(c, t); !k.Due.IsZero() {
			one.Next, one.Late = k.Meaning+" "+k.At, k.Left < 0
		}
		switch {
		case t.Open():
			v.Calls = append(v.Calls, one)
		case len(v.Past) < 3:
			v.Past = append(v.Past, one)
		}
	}
	return err
}

// standing is where a ticket stands, in one or two words.
func standing(c *page.Ctx, t ticket.Ticket) string {
	switch t.Status {
	case ticket.Pending:
		return c.T("work.waits_" + string(t.Pending))
	case ticket.Closed:
		return c.T("work.ended_" + string(t.ClosedAs))
	case ticket.New, ticket.Opened, ticket.Resolved:
	}
	return c.T("work.status_" + string(t.Status))
}

// expect says what the caller may count on: who will be on it, and by when the first feedback
// comes at the latest (N20). An open question of the grading counts as it will on the ticket.
func (f *Faces) expect(c *page.Ctx, v *padView) error {
	p := triage.Default
	if a, whole := f.grading(c, v.Form); whole {
		matrix, _, err := setting.Load(c.Context(), f.Settings, ticket.MatrixName, triage.Standard())
		if err != nil {
			return err
		}
		p = matrix.Priority(a)
		core := "work.why_not_core"
		if a.Core {
			core = "work.why_core"
		}
		v.Grade, v.Priority = a, p
		v.Why = c.T("work.why_grade", "Core", c.T(core), "Affected", affectedWord(c, string(a.Affected)), "Halt", c.T("work.halt_"+string(a.Halt)))
	}
	due := f.Clocks.Expect(ticket.Ticket{CreatedAt: c.Now, Priority: p})
	v.Told = c.T("work.told", "Group", f.helpers(c, v.Form), "Time", c.Moment(due))
	return nil
}

// helpers names the group that the ticket will go to.
func (f *Faces) helpers(c *page.Ctx, form *page.Form) string {
	g := f.People.Group(c.Context(), person.GroupID(form.Int("group")))
	if g.ID == 0 {
		g = f.Catalog.GroupFor(c.Context(), f.People, catalog.CategoryID(form.Int("category")))
	}
	if g.ID == 0 {
		return c.T("work.service_desk")
	}
	return g.Label(string(c.Lang))
}

// callBegan is when the pad was opened for this call.
func callBegan(c *page.Ctx, form *page.Form) time.Time {
	ms, err := strconv.ParseInt(form.Get("began"), 10, 64)
	at := time.UnixMilli(ms)
	if err != nil || at.After(c.Now) || c.Now.Sub(at) > longestCall {
		form.Values.Set("began", key(c.Now.UnixMilli()))
		return c.Now
	}
	return at
}

func callLasted(c *page.Ctx, form *page.Form) time.Duration { return c.Now.Sub(callBegan(c, form)) }

func callSeconds(d time.Duration) int64 { return int64(d / time.Second) }

// callLength is how long the call lasted: as it was written down, or since the pad was opened.
func (f *Faces) callLength(c *page.Ctx, form *page.Form) (time.Duration, error) {
	if form.Text("length") == "" {
		if d := f.toldLength(c, form); d > 0 {
			return d, nil
		}
		return callLasted(c, form), nil
	}
	n, ok := seconds(form.Text("length"))
	if !ok {
		return 0, errs.Field("length", "workticket.length_shape")
	}
	return time.Duration(n) * time.Second, nil
}

// callBackOf is the call that was promised while this one lasted, if one was.
func (f *Faces) callBackOf(c *page.Ctx, form *page.Form) ([]ticket.Command, error) {
	at, err := localField(c, form, "call_at")
	if err != nil || at.IsZero() {
		return nil, err
	}
	if !at.After(c.Now) {
		return nil, errs.Field("call_at", "ticket.call_at_past")
	}
	number := form.Text("call_number")
	if number == "" { // where they are reached anyway
		number = f.numberOf(c, form)
	}
	if number == "" {
		return nil, errs.Field("call_number", "ticket.call_number")
	}
	return []ticket.Command{ticket.PromiseCall{At: at, Number: number, Who: c.Person.ID}}, nil
}

// numberOf is the number under which the caller is reached, as far as the form or the directory says it.
func (f *Faces) numberOf(c *page.Ctx, form *page.Form) string {
	for _, n := range []string{form.Text("contact"), form.Text("new_phone"), f.People.Card(c.Context(), person.ID(max(0, form.Int("requester")))).Phone} {
		if len(person.Dials(n)) > 0 {
			return n
		}
	}
	return ""
}
