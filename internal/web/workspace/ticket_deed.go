// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

type reading func(f *Faces, c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error)

// plain is for a form that says everything by itself.
func plain(read func(form *page.Form) ticket.Command) reading {
	return func(_ *Faces, _ *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
		return read(form), nil
	}
}

// deeds are the commands of the page with the fields that their forms may carry.
func deeds() map[ticket.Name]deed {
	// small forms carry choices and short lines; long ones whatever somebody writes.
	small := func(read reading, fields ...string) deed {
		return deed{fields: fields, limit: page.SmallForm, read: read}
	}
	long := func(read reading, fields ...string) deed {
		return deed{fields: fields, limit: page.TextForm, read: read}
	}
	leads := func(d deed) deed {
		d.leads = true
		return d
	}
	elements := []string{}
	for _, e := range ticket.Elements() {
		elements = append(elements, string(e), string(e)+"_reason")
	}
	return map[ticket.Name]deed{
		ticket.CmdAccept:            small(plain(func(*page.Form) ticket.Command { return ticket.Accept{} })),
		ticket.CmdAssign:            small(readAssign, "owner", "assignee", "group"),
		ticket.CmdHandOver:          long(readHandOver, "group", "assignee", "done", "why", "needed"),
		ticket.CmdTakeOver:          small(plain(func(*page.Form) ticket.Command { return ticket.TakeOver{} })),
		ticket.CmdRefuseHandOver:    long(plain(func(form *page.Form) ticket.Command { return ticket.RefuseHandOver{Reason: form.Text("reason")} }), "reason"),
		ticket.CmdClassify:          small(readClassify, "category", "service", "subject"),
		ticket.CmdGrade:             long(plain(readGrade), "core", "affected", "halt", "override", "reason"),
		ticket.CmdRecord:            long(readRecord, elements...),
		ticket.CmdAsk:               small(readAsk, "elements", "questions", "only"),
		ticket.CmdFill:              long(readFill, page.AnswerFields()...),
		ticket.CmdReadBack:          small(plain(readReadBack), "items"),
		ticket.CmdReply:             long(readReply, append(offerFields(), "text", seenField, heardField, "canned", page.FileField)...),
		ticket.CmdAskReadBack:       small(plain(func(*page.Form) ticket.Command { return ticket.AskReadBack{} }), "items"),
		ticket.CmdPromiseCall:       small(readPromiseCall, "call_at", "call_number", "call_who"),
		ticket.CmdNote:              long(plain(readNote), "text", "mention", "canned", page.FileField),
		ticket.CmdDiagnose:          long(plain(readDiagnose), "line", "hypothesis", "check", "result", "judgement"),
		ticket.CmdCall:              long(readCall, "text", "direction", "length", "spoke", page.FileField),
		ticket.CmdHold:              long(readHold, "reason", "stuck", "doing", "next", "vendor", "case", "contact", "vendor_by", heardField),
		ticket.CmdResume:            small(plain(func(*page.Form) ticket.Command { return ticket.Resume{} })),
		ticket.CmdResolve:           leads(long(readResolve, append(solutionFields(), "how", seenField, heardField)...)),
		ticket.CmdConfirm:           leads(long(plain(readConfirm), "evidence", "solution")),
		ticket.CmdArchive:           leads(long(plain(readArchive), "difficulties", "approach")),
		ticket.CmdClose:             leads(long(plain(readClose), "as", "reason")),
		ticket.CmdReopen:            leads(long(plain(readReopen), "reason")),
		ticket.CmdMerge:             leads(small(readMerge, "into", "pick")),
		ticket.CmdSplit:             leads(long(plain(readSplit), "messages", "subject", "category")),
		ticket.CmdLink:              small(readLink, "to"),
		ticket.CmdDevice:            small(readDevice, "device", "tag", "off"),
		ticket.CmdVisit:             {fields: proposalFields(), limit: page.TextForm, read: readVisit, carry: (*Faces).proposeVisit},
		ticket.CmdAddParticipant:    small(readAddParticipant, "person", "who"),
		ticket.CmdRemoveParticipant: small(plain(readRemoveParticipant), "person"),
		ticket.CmdLeaveOut:          small(plain(readLeaveOut), "address"),
		ticket.CmdDeviate:           long(plain(readDeviate), "gap", "reason"),
	}
}

// readAssign takes what differs from what is; the rest stays as it is.
func readAssign(_ *Faces, _ *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error) {
	c := ticket.Assign{Owner: person.ID(form.Int("owner")), Assignee: person.ID(form.Int("assignee")), Group: person.GroupID(form.Int("group"))}
	if c.Owner == t.Owner {
		c.Owner = 0
	}
	if c.Assignee == t.Assignee {
		c.Assignee = 0
	}
	if c.Group == t.Group {
		c.Group = 0
	}
	return c, nil
}

func readHandOver(_ *Faces, _ *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	return ticket.HandOver{
		Group: person.GroupID(form.Int("group")), Assignee: person.ID(form.Int("assignee")),
		Done: form.Text("done"), Why: form.Text("why"), Needed: form.Text("needed"),
	}, nil
}

// readClassify takes the one thing that the form was about; the rest stays as it is.
func readClassify(_ *Faces, _ *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error) {
	c := ticket.Classify{Category: t.Category, Service: t.Service, Subject: form.Text("subject")}
	if form.Values.Has("category") {
		c.Category = catalog.CategoryID(form.Int("category"))
	}
	if form.Values.Has("service") {
		c.Service = catalog.ServiceID(form.Int("service"))
	}
	if form.Values.Has("subject") && c.Subject == "" {
		return nil, errs.Field("subject", "workticket.subject_empty")
	}
	return c, nil
}

func readGrade(form *page.Form) ticket.Command {
	return ticket.Grade{
		Answers:  triage.Answers{Core: form.Get("core") == "yes", Affected: triage.Affected(form.Get("affected")), Halt: triage.Halt(form.Get("halt"))},
		Override: triage.ParsePriority(form.Get("override")), Reason: form.Text("reason"),
	}
}

// readRecord takes the elements that differ from what is recorded. A reason beside an empty
// element says that the user does not know.
func readRecord(_ *Faces, _ *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error) {
	out := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		a := ticket.Answer{Value: form.Text(string(e)), Reason: form.Text(string(e) + "_reason")}
		a.Unknown = a.Value == "" && a.Reason != ""
		if a.Value != "" {
			a.Reason = ""
		}
		if a != t.Detail.Intake[e] && form.Values.Has(string(e)) {
			out[e] = a
		}
	}
	return ticket.Record{Intake: out}, nil
}

func readReadBack(form *page.Form) ticket.Command {
	var items []ticket.Element
	for _, v := range form.All("items") {
		items = append(items, ticket.Element(v))
	}
	return ticket.ReadBackWith{Items: items}
}

func sayOf(form *page.Form) ticket.Say {
	return ticket.Say{Text: form.Get("text"), Files: form.Tokens(), Channel: ticket.Web}
}

// readNote takes the words, and whom the list under "@" meant by a name that several share.
func readNote(form *page.Form) ticket.Command {
	c := ticket.Note{Say: sayOf(form)}
	for _, n := range form.Ints("mention") {
		c.Mentions = append(c.Mentions, person.ID(n))
	}
	return c
}

func readCall(_ *Faces, _ *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	say := sayOf(form)
	say.Channel = ticket.Phone
	var ok bool
	if say.Seconds, ok = seconds(form.Text("length")); !ok {
		return nil, errs.Field("length", "workticket.length_shape")
	}
	return ticket.CallRecord{Say: say, Spoke: form.On("spoke"), Incoming: form.Get("direction") == "in"}, nil
}

// seconds reads the length of a call: "4:12", or minutes alone; nothing is nothing.
func seconds(s string) (int64, bool) {
	if s == "" {
		return 0, true
	}
	whole, rest, parted := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
	m, err := strconv.ParseInt(strings.TrimSpace(whole), 10, 64)
	if err != nil || m < 0 || m > 24*60 {
		return 0, false
	}
	if !parted {
		return m * 60, true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
	return m*60 + n, err == nil && n >= 0 && n < 60
}

func readHold(_ *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	h := ticket.HoldFor{Reason: ticket.Waiting(form.Get("reason")), Stuck: form.Text("stuck"), Doing: form.Text("doing")}
	var err error
	if h.Next, err = localField(c, form, "next"); err != nil {
		return nil, err
	}
	h.Vendor = ticket.Vendor{Name: form.Text("vendor"), Case: form.Text("case"), Contact: form.Text("contact")}
	h.Vendor.By, err = localField(c, form, "vendor_by")
	return h, err
}

// localField reads an instant as its writer's clock shows it; none where nothing was written.
func localField(c *page.Ctx, form *page.Form, name string) (time.Time, error) {
	text := form.Text(name)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := page.ReadLocal(text, c.Zone)
	if err != nil {
		return time.Time{}, errs.Field(name, "workticket.time_shape")
	}
	return at, nil
}

func readPromiseCall(_ *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	at, err := localField(c, form, "call_at")
	return ticket.PromiseCall{At: at, Number: form.Text("call_number"), Who: person.ID(form.Int("call_who"))}, err
}

func solutionOf(form *page.Form) ticket.Solution {
	s := ticket.Solution{Text: form.Text("solution"), Cause: form.Text("cause"), Prevention: form.Text("prevention")}
	for _, step := range form.All("verify") {
		if step = strings.TrimSpace(step); step != "" {
			s.Verify = append(s.Verify, step)
		}
	}
	return s
}

func readConfirm(form *page.Form) ticket.Command {
	return ticket.Confirm{How: "phone", Evidence: form.Text("evidence"), Resolutions: int(form.Int("solution"))}
}

func readArchive(form *page.Form) ticket.Command {
	return ticket.Archive{Difficulties: form.Text("difficulties"), Approach: form.Text("approach")}
}

func readClose(form *page.Form) ticket.Command {
	return ticket.Close{As: ticket.Outcome(form.Get("as")), Reason: form.Text("reason")}
}

func readReopen(form *page.Form) ticket.Command { return ticket.Reopen{Reason: form.Text("reason")} }

func readDeviate(form *page.Form) ticket.Command {
	return ticket.Deviate{Gap: form.Get("gap"), Reason: form.Text("reason")}
}

// readMerge takes the number that was written, else the one that was picked.
func readMerge(f *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	text := form.Text("into")
	if text == "" {
		text = form.Text("pick")
	}
	into, err := f.byNumber(c, "into", text)
	return ticket.Merge{Into: into}, err
}

func readLink(f *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	to, err := f.byNumber(c, "to", form.Text("to"))
	return ticket.Link{To: to}, err
}

// byNumber finds another ticket by the number in a field.
func (f *Faces) byNumber(c *page.Ctx, field, text string) (ticket.ID, error) {
	n := ticket.ParseRef(text)
	if n == 0 {
		return 0, errs.Field(field, "workticket.number_shape")
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: n})
	if errs.KindOf(err) == errs.NotFound {
		return 0, errs.Field(field, "ticket.not_found")
	}
	return t.ID, err
}

// canSay reports whether words to the requester may still be written.
func canSay(t ticket.Ticket) bool { return slices.Contains(ticket.Commands(t.Status), ticket.CmdReply) }
