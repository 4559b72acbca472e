// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// world is a house with people in every role and a ticket on which a bit of everything
// happened, for the tests that look at every door at once.
type world struct {
	*testing.T
	*apptest.House

	owner, stranger, agent, lead, admin person.Person

	ticket  ticket.Ticket // the owner's
	foreign ticket.Ticket // the stranger's
	mail    ticket.MessageID
	file    string // token of a file of the owner's ticket that the owner may have
	hidden  string // of one on an internal note
	group   person.Group
	subject catalog.Category
	service catalog.Service
	sent    sentBook
	code    string // tracking link of the owner to the ticket
	picture string // of the article that was made last
	forged  string // the same link with the signature of another

	session *visitor // of an administrator, made when first asked for
}

// build furnishes the house. Words are put before everything that nobody but staff may read:
// empty where no test looks for it.
func build(t *testing.T, h *apptest.House, words string) *world {
	t.Helper()
	w := &world{T: t, House: h}
	w.owner, w.stranger = h.Person(access.Requester), h.Somebody(access.Requester)
	w.agent, w.lead, w.admin = h.Person(access.Agent), h.Person(access.Lead), h.Person(access.Admin)
	var err error
	w.group, err = h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "系统组", Members: []person.ID{w.agent.ID}}, 0)
	w.must(err)
	w.subject, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "软件"}, 0)
	w.must(err)
	_, err = h.Catalog.SaveForm(t.Context(), access.Desk(), w.subject.ID, form.Form{{Name: "version", Kind: form.Text, Label: "哪个版本"}}, 0)
	w.must(err)
	w.service, err = h.Catalog.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "ERP", Core: true}, 0)
	w.must(err)

	h.Receive(w.owner.Email, []byte("From: "+w.owner.Email+"\r\nTo: "+apptest.Address+"\r\nSubject: ERP payment fails\r\nMessage-ID: <first@owner.example>\r\n"+
		"Content-Type: text/html; charset=utf-8\r\n\r\n<p>提交付款单<b>报错</b> ORA-01653</p>\r\n"))
	w.ticket = w.only(w.owner)
	file := w.stage(w.owner, "portal", "a.png", png)
	w.do(w.owner, "portal", ticket.Reply{Say: ticket.Say{Text: "附上截图", Files: []string{file}, Channel: ticket.Portal}})
	w.file = file
	w.hidden = w.stage(w.agent, "web", words+"internal.txt", words+"internal bytes")
	w.do(w.agent, "web", ticket.Accept{})
	w.do(w.agent, "web", ticket.Note{Say: ticket.Say{Text: words + "表空间口令", Files: []string{w.hidden}}})
	w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "我来负责"}})
	w.mail = w.firstMail()

	foreign, _, err := h.Tickets.Record(t.Context(), apptest.Actor(w.stranger, "portal"), ticket.Request{
		Requester: w.stranger.ID, Channel: ticket.Portal, Say: ticket.Say{Text: words + "别人的请求"},
	})
	w.must(err)
	w.foreign = foreign
	w.RunJobs()
	w.code = h.Links.Track(session.Bond{Ticket: int64(w.ticket.ID), Person: int64(w.owner.ID)})
	other := h.Links.Track(session.Bond{Ticket: int64(w.foreign.ID), Person: int64(w.stranger.ID)})
	w.forged = w.code[:strings.LastIndexByte(w.code, '-')] + other[strings.LastIndexByte(other, '-'):]
	w.refresh()
	return w
}

// png is a picture of one pixel.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// only returns the one ticket of somebody.
func (w *world) only(p person.Person) ticket.Ticket {
	w.Helper()
	list, err := w.Tickets.List(w.Context(), apptest.Actor(p, "portal"), ticket.Filter{View: ticket.All})
	w.must(err)
	if len(list.Tickets) != 1 {
		w.Fatalf("%s has %d tickets, want 1", p.Email, len(list.Tickets))
	}
	return list.Tickets[0]
}

func (w *world) do(by person.Person, via string, cmd ticket.Command) {
	w.Helper()
	if _, err := w.Tickets.Do(w.Context(), apptest.Actor(by, via), ticket.Target{ID: w.ticket.ID}, cmd); err != nil {
		w.Fatalf("%s: %v", cmd.Name(), err)
	}
}

func (w *world) stage(by person.Person, via, name, data string) string {
	w.Helper()
	a, err := w.Tickets.Stage(w.Context(), apptest.Actor(by, via), ticket.File{Name: name, Data: strings.NewReader(data)})
	w.must(err)
	return a.Token
}

// refresh reads the ticket as it is now.
func (w *world) refresh() {
	w.Helper()
	var err error
	w.ticket, err = w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{ID: w.ticket.ID})
	w.must(err)
}

func (w *world) firstMail() ticket.MessageID {
	w.Helper()
	list, err := w.Tickets.Thread(w.Context(), access.Desk(), w.ticket)
	w.must(err)
	for _, e := range list {
		if e.Message != nil && e.Message.HTML != "" {
			return e.Message.ID
		}
	}
	w.Fatal("no mail on the ticket")
	return 0
}

// asked is an approval that waits for the visitor; for the lead where the visitor may decide none:
// the requester, for whom it would be, and the administrator, who asks.
func (v *visitor) asked() approval.ID {
	v.Helper()
	who := v.person.ID
	if who == 0 || who == v.owner.ID || who == v.admin.ID {
		who = v.lead.ID
	}
	t, _, err := v.Tickets.Record(v.Context(), apptest.Actor(v.owner, "portal"), ticket.Request{Requester: v.owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "x"}})
	v.must(err)
	a, err := v.Approvals.Ask(v.Context(), apptest.Actor(v.admin, "web"), ticket.Target{ID: t.ID}, approval.Ask{
		Subject: approval.Subject{Title: "x", Content: "x"}, Levels: []approval.AskLevel{{People: []person.ID{who}}},
	})
	v.must(err)
	return a.ID
}

// quarantined makes a message that nobody can place.
func (w *world) quarantined() intake.ID {
	w.Helper()
	which, err := w.Intake.Journal(w.Context(), intake.Delivery{
		Source: "smtp", Recipient: apptest.Address, Address: "127.0.0.1", Raw: []byte("From: nobody at all\r\nSubject: x\r\n\r\nx\r\n"),
	})
	w.must(err)
	_, _ = w.Jobs.RunDue(w.Context()) // a job that dead made may fail again
	return which
}

// dead makes a job that was given up.
func (w *world) dead() int64 {
	w.Helper()
	w.must(w.DB.Write(w.Context(), func(ctx context.Context, tx *db.Tx) error {
		return w.Jobs.Enqueue(ctx, tx, job.Spec{Kind: "scenario:fails"})
	}))
	_, _ = w.Jobs.RunDue(w.Context()) // its failure is the point
	list, err := w.Jobs.Dead(w.Context(), 0, 1)
	w.must(err)
	if len(list) != 1 {
		w.Fatal("the job did not die")
	}
	return list[0].ID
}

// failing lets dead make jobs that die.
func (w *world) failing() {
	w.Jobs.Handle("scenario:fails", func(context.Context, job.Job) error { return job.Permanent(errors.New("as asked")) })
}
