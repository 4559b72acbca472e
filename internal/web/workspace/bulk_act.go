// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// actFields are what the acts of the bulk bar ask. They stand in one form, so that each has
// names of its own.
func actFields() []string {
	return []string{"to", "group", "over_group", "done", "why", "needed", "core", "affected", "halt", "into", "wait", "as", "reason", "category", "service", "note", "stuck", "doing", "next"}
}

// bulkCommand reads what to do with the picked tickets.
func (f *Faces) bulkCommand(c *page.Ctx, form *page.Form) (ticket.Command, error) {
	switch c.Path("act") {
	case "accept":
		return ticket.Accept{}, nil
	case "assign":
		return ticket.Assign{Assignee: person.ID(form.Int("to")), Group: person.GroupID(form.Int("group"))}, nil
	case "hand-over":
		return ticket.HandOver{
			Group: person.GroupID(form.Int("over_group")), Done: form.Get("done"), Why: form.Get("why"), Needed: form.Get("needed"),
		}, nil
	case "grade":
		return ticket.Grade{Answers: triage.Answers{
			Core: form.On("core"), Affected: triage.Affected(form.Get("affected")), Halt: triage.Halt(form.Get("halt")),
		}}, nil
	case "merge":
		into, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: ticket.ParseRef(form.Get("into"))})
		if errs.KindOf(err) == errs.NotFound {
			return nil, errs.New(errs.Invalid, "work.merge_into_unknown")
		}
		return ticket.Merge{Into: into.ID}, err
	case "hold":
		h := ticket.HoldFor{Reason: ticket.Waiting(form.Get("wait"))}
		if h.Reason != ticket.Blocked {
			return h, nil
		}
		var err error
		h.Stuck, h.Doing = form.Text("stuck"), form.Text("doing")
		h.Next, err = localField(c, form, "next")
		return h, err
	case "resume":
		return ticket.Resume{}, nil
	case "classify":
		to := ticket.Classify{Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service"))}
		if to == (ticket.Classify{}) {
			return nil, errs.New(errs.Invalid, "work.classify_nothing")
		}
		return to, nil
	case "note":
		return ticket.Note{Say: ticket.Say{Text: form.Get("note"), Channel: ticket.Web}}, nil
	case "close":
		return ticket.Close{As: ticket.Outcome(form.Get("as")), Reason: form.Get("reason")}, nil
	}
	return nil, errs.New(errs.NotFound, "page.not_found")
}

// onOne is a command as it is given on one ticket: what its form left unchanged stays as the ticket has it.
func onOne(cmd ticket.Command, t ticket.Ticket) ticket.Command {
	if c, ok := cmd.(ticket.Classify); ok {
		c.Category, c.Service = cmp.Or(c.Category, t.Category), cmp.Or(c.Service, t.Service)
		return c
	}
	return cmd
}

// bulkChoices are what the acts of the bulk bar let one choose from.
type bulkChoices struct {
	People   []ui.Option
	Groups   []ui.Option
	Affected []ui.Option
	Halt     []ui.Option
	Waits    []ui.Option

	Categories []ui.Option
	Services   []ui.Option
	Every      int // how many tickets the list holds; 0 where all of them are on the page

	Act  string     // one that did not go through everywhere; its form is open
	Form *page.Form // as it was filled in; nil for none
}

func (from choices) bulk(c *page.Ctx) bulkChoices {
	b := bulkChoices{People: from.People, Groups: from.Groups, Affected: affectedOptions(c), Halt: haltOptions(c), Categories: from.Categories, Services: from.Services}
	for _, w := range ticket.WaitingReasons() {
		if w != ticket.Blocked { // it has three answers of its own, told to each requester (N30)
			b.Waits = append(b.Waits, ui.Option{Value: string(w), Label: c.T("work.waits_" + string(w))})
		}
	}
	return b
}

func affectedOptions(c *page.Ctx) []ui.Option {
	var out []ui.Option
	for _, a := range []triage.Affected{triage.One, triage.Team, triage.Department, triage.Everyone} {
		out = append(out, ui.Option{Value: string(a), Label: c.T("work.affected_" + string(a))})
	}
	return out
}

func haltOptions(c *page.Ctx) []ui.Option {
	var out []ui.Option
	for _, h := range []triage.Halt{triage.Stopped, triage.Impaired, triage.Working} {
		out = append(out, ui.Option{Value: string(h), Label: c.T("work.halt_" + string(h))})
	}
	return out
}

// maxUndo bounds an address that takes something back: it travels in a cookie.
const maxUndo = 1200

// undoOf is where an assignment is taken back, "" for what cannot be honestly undone: a ticket
// that nobody had before, and everything that has been told to a requester by now. pairs holds
// each ticket as it was and as it is.
func undoOf(cmd ticket.Command, pairs []ticket.Ticket) string {
	a, ok := cmd.(ticket.Assign)
	if !ok {
		return ""
	}
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		was, now := pairs[i], pairs[i+1]
		if (a.Assignee != 0 && was.Assignee == 0) || (a.Group != 0 && was.Group == 0) {
			return ""
		}
		back := ticket.Assign{}
		if a.Assignee != 0 {
			back.Assignee = was.Assignee
		}
		if a.Group != 0 {
			back.Group = was.Group
		}
		parts = append(parts, fmt.Sprintf("%d.%d.%d.%d", now.Number, now.Version, back.Assignee, back.Group))
	}
	path := "/work/unassign/" + strings.Join(parts, "_")
	if len(path) > maxUndo {
		return ""
	}
	return path
}

// unassign gives tickets back to whom they belonged before. One that somebody has changed
// since stays as it is.
func (f *Faces) unassign(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	done, left := 0, 0
	for part := range strings.SplitSeq(c.Path("what"), "_") {
		n, ok := fourNumbers(part)
		if !ok {
			return errs.New(errs.NotFound, "page.not_found")
		}
		_, err := f.Tickets.Do(c.Context(), c.Actor, ticket.Target{Number: n[0], Version: n[1]},
			ticket.Assign{Assignee: person.ID(n[2]), Group: person.GroupID(n[3])})
		switch {
		case err == nil:
			done++
		case tooLate(err) || errs.KindOf(err) == errs.Invalid:
			left++
		default:
			return err
		}
	}
	if left > 0 {
		c.Say("work.unassigned_partly", "Done", done, "Left", left)
	} else {
		c.Say("work.unassigned", "Count", done)
	}
	return c.Redirect(c.Back("/work"))
}

func fourNumbers(s string) (n [4]int64, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != len(n) {
		return n, false
	}
	for i, p := range parts {
		x, err := strconv.ParseInt(p, 10, 64)
		if err != nil || x < 0 {
			return n, false
		}
		n[i] = x
	}
	return n, n[0] > 0 && n[1] > 0
}
