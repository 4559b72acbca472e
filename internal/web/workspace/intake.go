// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountIntake adds the two ways in which staff record a request for somebody else.
func (f *Faces) mountIntake(r *page.Router) {
	r.Get("/work/new", access.TicketOpenFor, f.newTicket)
	r.Post("/work/new", access.TicketOpenFor, f.openTicket)
	r.Post("/work/new/check", access.TicketOpenFor, f.checkNew)
	r.Get("/work/phone", access.TicketOpenFor, f.phonePad)
	r.Get("/work/phone/people", access.PersonRead, f.findPeople)
	r.Get("/work/phone/ringing", access.TicketOpenFor, f.ringing)
	r.Post("/work/phone", access.TicketOpenFor, f.takeCall)
	r.Post("/work/wording", access.TicketOpenFor, f.checkRecord)
	r.Post("/work/phone/check", access.TicketOpenFor, f.checkCall)
}

// somebodyNew is the value of "requester" for one whom the desk does not know yet.
const somebodyNew = "new"

// callerFields are what the choice of a requester carries.
func callerFields() []string {
	return []string{"q", "requester", "speaker", "new_name", "new_email", "new_phone", "new_department"}
}

// caller is the choice of whom a request is recorded for.
type caller struct {
	Text  string
	Found []person.Person
	Who   person.Person // chosen; empty for nobody yet
	Share int           // how many answer to the number that was typed; 0 where it is none, or nobody's
	Dial  string        // the number that was typed
	Form  *page.Form
}

// foundPeople bounds the people that a search offers: who is not among them types one letter more.
const foundPeople = 6

// caller reads who was chosen and, where something was typed, who it may be.
func (f *Faces) caller(c *page.Ctx, form *page.Form) (caller, error) {
	v := caller{Text: form.Text("q"), Form: form}
	if n := form.Int("requester"); n > 0 {
		v.Who = f.People.Card(c.Context(), person.ID(n))
	}
	if v.Text == "" {
		return v, nil
	}
	list, err := f.People.Find(c.Context(), c.Actor, v.Text, false, 2*foundPeople)
	list = slices.DeleteFunc(list, func(p person.Person) bool { return p.ID == v.Who.ID })
	if err != nil {
		return v, err
	}
	v.Found = list[:min(len(list), foundPeople)]
	if _, ok := person.IsNumber(v.Text); ok {
		v.Dial = v.Text
		answer, err := f.People.ByNumber(c.Context(), c.Actor, v.Text)
		v.Share = len(answer)
		return v, err
	}
	return v, nil
}

// recognised chooses the one who alone answers to what was looked for. It is for a whole page
// only: while one is still typing, the next letter may mean somebody else.
func (v caller) recognised() caller {
	if len(v.Found) == 1 && v.Share < 2 && v.Form.Get("requester") == "" {
		v.Who, v.Found = v.Found[0], nil
		v.Form.Values.Set("requester", key(int64(v.Who.ID)))
	}
	return v
}

// findPeople answers who may be meant, while one is still typing.
func (f *Faces) findPeople(c *page.Ctx) error {
	v, err := f.caller(c, page.Filled("q", c.Query("q"), "requester", c.Query("requester")))
	if err != nil {
		return err
	}
	return c.Show(peopleFound(c.Frame(""), v))
}

// requester returns whom the request is recorded for, and makes known whoever is new. From
// then on the form names them, so that sending it again makes nobody twice.
func (f *Faces) requester(c *page.Ctx, form *page.Form) (person.ID, error) {
	if form.Get("requester") != somebodyNew {
		n := form.Int("requester")
		if n <= 0 {
			return 0, errs.Field("requester", "work.requester_needed")
		}
		return person.ID(n), nil
	}
	p, err := f.People.Add(c.Context(), c.Actor, person.Person{
		Name: form.Get("new_name"), Email: form.Get("new_email"), Phone: form.Get("new_phone"), Department: form.Get("new_department"),
		Lang: c.Desk.Lang, Role: access.Requester,
	})
	if known, e := f.People.ByEmail(c.Context(), form.Get("new_email")); err != nil && e == nil && known.Active && known.Name == person.CleanName(form.Get("new_name")) {
		p, err = known, nil // a form that is sent twice makes nobody twice
	}
	if e := errs.As(err); e != nil && len(e.Fields) > 0 && e.Fields[0].Key == "person.email_taken" {
		if known, err := f.People.ByEmail(c.Context(), form.Get("new_email")); err == nil { // one mailbox for several people
			form.Values.Set("q", known.Email)
			return 0, errs.Field("new_email", "work.mailbox_shared", "Name", known.Name)
		}
	}
	if err != nil {
		return 0, renamed(err, "new_")
	}
	for _, name := range callerFields() {
		form.Values.Del(name)
	}
	form.Values.Set("requester", key(int64(p.ID)))
	return p.ID, nil
}

// renamed puts a prefix before the fields that an error points at, where a form holds the
// fields of two nouns.
func renamed(err error, prefix string) error {
	e := errs.As(err)
	if e == nil {
		return err
	}
	out := *e
	out.Fields = slices.Clone(e.Fields)
	for i := range out.Fields {
		out.Fields[i].Name = prefix + out.Fields[i].Name
	}
	return &out
}

// askedElements are the elements that somebody has to ask for; who it is follows from the
// directory, and how to reach them unless something else is said (N15).
func askedElements() []ticket.Element {
	return []ticket.Element{ticket.Contact, ticket.Since, ticket.Symptom, ticket.Affected, ticket.People, ticket.Wanted}
}

// filingFields are what files and grades a request and completes its record.
func filingFields() []string {
	out := append(page.AnswerFields(), "category", "service", "group", "halt", "asked", "take")
	for _, e := range askedElements() {
		out = append(out, string(e), string(e)+"_unknown", string(e)+"_reason")
	}
	return out
}

// elements reads the record as far as it was filled in.
func (f *Faces) elements(c *page.Ctx, form *page.Form) map[ticket.Element]ticket.Answer {
	out := map[ticket.Element]ticket.Answer{}
	for _, e := range askedElements() {
		name := string(e)
		a := ticket.Answer{Value: form.Text(name), Unknown: form.On(name + "_unknown"), Reason: form.Text(name + "_reason")}
		if e == ticket.People {
			a.Value = affectedWord(c, a.Value)
		}
		if a != (ticket.Answer{}) {
			out[e] = a
		}
	}
	if name := speaker(c, f, form); name != "" {
		out[ticket.Who] = ticket.Answer{Value: name}
	}
	if _, said := out[ticket.Affected]; !said {
		if s := f.service(c, form); s.ID != 0 {
			out[ticket.Affected] = ticket.Answer{Value: s.Label(string(c.Lang))}
		}
	}
	return out
}

// speaker says who is speaking where several share a telephone or a mailbox, and for whom.
func speaker(c *page.Ctx, f *Faces, form *page.Form) string {
	name, who := person.CleanName(form.Text("speaker")), form.Int("requester")
	if name == "" || who <= 0 {
		return ""
	}
	return c.T("work.speaker_for", "Speaker", name, "Name", f.People.Card(c.Context(), person.ID(who)).Name)
}

// closed reports whether a failure shuts the form as a whole, rather than being about what was typed.
func closed(err error) bool {
	kind := errs.KindOf(err)
	return err != nil && (kind == errs.Denied || kind == errs.Unauthenticated)
}

// unexplained points at every element that was marked as unknown without saying why (N15).
func unexplained(form *page.Form) error {
	var bad []errs.FieldError
	for _, e := range askedElements() {
		name := string(e)
		if form.On(name+"_unknown") && form.Text(name) == "" && form.Text(name+"_reason") == "" {
			bad = append(bad, errs.FieldError{Name: name + "_reason", Key: "ticket.unknown_reason"})
		}
	}
	return errs.Invalidf(bad...)
}

func (f *Faces) service(c *page.Ctx, form *page.Form) catalog.Service {
	return f.Catalog.Service(c.Context(), catalog.ServiceID(form.Int("service")))
}

// affectedWord is the answer to "how many people" as it is written into the record.
func affectedWord(c *page.Ctx, value string) string {
	for _, o := range affectedOptions(c) {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// grading reads the three answers, where all of them are there (N22).
func (f *Faces) grading(c *page.Ctx, form *page.Form) (triage.Answers, bool) {
	a := triage.Answers{Core: f.service(c, form).Core, Affected: triage.Affected(form.Get("people")), Halt: triage.Halt(form.Get("halt"))}
	return a, a.Check() == nil
}

// filed puts what the form says about filing into a request.
func (f *Faces) filed(c *page.Ctx, form *page.Form, r ticket.Request) ticket.Request {
	r.Category, r.Service = catalog.CategoryID(form.Int("category")), catalog.ServiceID(form.Int("service"))
	r.Group, r.Intake = person.GroupID(form.Int("group")), f.elements(c, form)
	r.Given = &ticket.Given{Version: form.Int(page.FormVersion), Answers: form.Answers()}
	return c.Once(form, r)
}

// keepFiles finds the files again that wait to be sent with a form.
func (f *Faces) keepFiles(c *page.Ctx, form *page.Form) error {
	files, err := f.Tickets.Staged(c.Context(), c.Actor, form.Tokens())
	form.Files = files
	return err
}

// elementView is one line of the record: what is asked, what was said, whether it is unknown.
type elementView struct {
	Name    string
	Label   string
	Hint    string
	Options []ui.Option // where one of a few is chosen
	Known   bool        // the directory says it already
	Judged  bool        // whether it is precise is looked at (N17)
	Vague   []wording.Remark
	Form    *page.Form
}

func (e elementView) id() string { return "el-" + e.Name }

// contact is the line of how the requester is reached.
func contact(list []elementView) elementView { return list[0] }

// elementViews are the lines of the record. known says how the requester is reached.
func (f *Faces) elementViews(c *page.Ctx, form *page.Form, known string) []elementView {
	var out []elementView
	for _, e := range askedElements() {
		v := elementView{Name: string(e), Label: c.T("work.element_" + string(e)), Hint: c.T("work.element_hint_" + string(e)), Form: form}
		if e == ticket.Contact && known != "" {
			v.Hint, v.Known = known, true
		}
		if v.Judged = slices.Contains(ticket.Judged(), e); v.Judged {
			v.Vague = f.vague(c, form.Get(v.Name))
		}
		if e == ticket.People {
			v.Options = affectedOptions(c)
		}
		out = append(out, v)
	}
	return out
}

// personSub is the line under a name: where somebody works and how to reach them.
func personSub(p person.Person) string {
	var parts []string
	for _, s := range []string{p.Department, p.Phone} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if p.Phone == "" {
		parts = append(parts, p.Email)
	}
	return strings.Join(parts, " · ")
}

// reached is how the directory says that somebody is reached.
func reached(p person.Person) string {
	if p.Phone != "" {
		return p.Phone
	}
	return p.Email
}

// noticeOf is the sentence above a form that is shown again.
func noticeOf(form *page.Form) string {
	if !form.Wrong() {
		return ""
	}
	if form.Notice == "" {
		return form.Mark("requester")
	}
	return form.Notice
}

// serviceOptions say beside its name that a service is core business.
func serviceOptions(f page.Frame, from choices) []ui.Option {
	out := slices.Clone(from.Services)
	for i, o := range out {
		if o.Note != "" {
			out[i].Label = f.T("work.service_core", "Name", o.Label)
		}
	}
	return out
}
