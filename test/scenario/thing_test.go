// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// screen is a share of the ticket that is open, where the pattern names one; the last one where
// none can be opened any more.
func (w *world) screen(r route) string {
	w.Helper()
	if !strings.Contains(r.pattern, "{session}") {
		return ""
	}
	by := apptest.Actor(w.agent, "web")
	x, err := w.Remote.Ask(w.Context(), by, ticket.Target{ID: w.ticket.ID}, true)
	if err != nil {
		x, err = w.Remote.Share(w.Context(), by, w.ticket)
	}
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return "1" // there never was one
	}
	w.must(err)
	return key(int64(x.ID))
}

// thing is something that the id of a pattern may name: one's own where it is about oneself.
func (v *visitor) thing(r route) string {
	v.Helper()
	by := apptest.Actor(v.person, "web")
	if strings.Contains(r.pattern, "/views/") {
		return key(v.view())
	}
	if strings.Contains(r.pattern, "/articles/{id}") {
		return key(v.article())
	}
	if strings.HasPrefix(r.pattern, "/approvals/") {
		return key(v.asked())
	}
	switch parts := strings.Split(strings.TrimPrefix(r.pattern, "/api"), "/"); parts[2] {
	case "people":
		return key(v.stranger.ID)
	case "scores":
		return key(v.agent.ID)
	case "rehearsals":
		return key(v.rehearsed())
	case "groups":
		return key(v.group.ID)
	case "categories":
		return key(v.subject.ID)
	case "services":
		return key(v.service.ID)
	case "jobs":
		return key(v.dead())
	case "quarantine":
		return key(v.quarantined())
	case "mailboxes":
		return v.mailbox()
	case "approvals":
		return key(v.asked())
	case "routing":
		rule, err := v.Routing.Save(v.Context(), access.Desk(), routing.Rule{Name: "x", Condition: `requester == "nobody"`, Group: v.group.ID, Active: true}, 0)
		v.must(err)
		return key(rule.ID)
	case "directory":
		return v.imported(parts[3])
	case "rota":
		return key(v.rota())
	case "texts":
		t, err := v.Texts.Save(v.Context(), access.Desk(), canned.Text{Lang: "en", Short: "x", Title: "x", Body: "x"}, 0) // everybody's
		v.must(err)
		return key(t.ID)
	case "announcements":
		a, err := v.Announcements.Save(v.Context(), access.Desk(), announcement.Announcement{Kind: announcement.Advice, Title: "x", Text: "x"}, 0, false)
		v.must(err)
		return key(a.ID)
	case "runbooks":
		return v.guide().book
	case "notices":
		return "1"
	case "devices":
		if parts[3] == "imports" {
			x, err := v.Devices.Upload(v.Context(), apptest.Actor(v.admin, "web"), device.Import{Name: "devices.csv"}, []byte("tag,kind\nNEW-1,laptop\n"))
			v.must(err)
			return key(x.ID)
		}
		return key(v.printer().ID)
	case "places":
		p, err := v.Devices.Places(v.Context(), access.Desk())
		v.must(err)
		if len(p) == 0 {
			return key(v.printer().Place.ID)
		}
		return key(p[0].ID)
	case "visits":
		return key(v.visit().ID)
	case "problems", "problem-candidates", "improvements", "reviews", "tickets":
		return v.behind(strings.TrimPrefix(r.pattern, "/api"))
	case "push":
		return key(v.wakeable())
	case "tokens":
		if v.person.ID == 0 {
			return "1"
		}
		_, t, err := v.Sessions.MakeToken(v.Context(), by, v.person.ID, "x")
		v.must(err)
		return key(t.ID)
	case "sessions":
		if v.person.ID == 0 {
			return "1"
		}
		v.browser(v.name, v.person) // a visit elsewhere, to be ended from here
		list, err := v.Sessions.Sessions(v.Context(), by)
		v.must(err)
		newest := list[0].ID
		for _, s := range list {
			newest = max(newest, s.ID)
		}
		return key(newest)
	}
	v.Fatalf("what does the id of %s name?", r.pattern)
	return ""
}

// imported is a file of people, or a run of it.
func (w *world) imported(what string) string {
	w.Helper()
	x, err := w.Directory.Upload(w.Context(), apptest.Actor(w.admin, "web"), directory.Import{Name: "people.csv"}, []byte("name,email\nNobody New,nobody.new@firm.example\n"))
	w.must(err)
	if what == "imports" {
		return key(x.ID)
	}
	r, err := w.Directory.Apply(w.Context(), apptest.Actor(w.admin, "web"), x.ID, false)
	w.must(err)
	return key(r.ID)
}

// rota is one on which the agent is on call.
func (w *world) rota() rota.ID {
	w.Helper()
	list, err := w.Rotas.List(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].ID
	}
	r, err := w.Rotas.Save(w.Context(), access.Desk(), rota.Rota{Name: "Rota", Zone: "UTC", Active: true, Shifts: []rota.Shift{{
		Name: "day", Days: rota.EveryDay, People: []person.ID{w.agent.ID}, Every: 7, Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}}}, 0)
	w.must(err)
	return r.ID
}

// view is a saved view of the visitor's own where they can have one, else of the agent.
func (v *visitor) view() queue.ViewID {
	v.Helper()
	who := v.person
	if !who.Role.Staff() {
		who = v.agent
	}
	out, err := v.Views.Save(v.Context(), apptest.Actor(who, "web"), queue.View{Name: "x", Filter: "status:open", Sharing: queue.Own}, 0)
	v.must(err)
	return out.ID
}

// swap is a swap of the visitor's own where they can have one, else of the agent.
func (v *visitor) swap() string {
	v.Helper()
	at := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	x := rota.Swap{Rota: v.rota(), From: at, To: at.Add(time.Hour), Person: v.agent.ID, Agreed: "yes"}
	if v.person.Role.Staff() {
		x.Person = v.person.ID
	}
	x, err := v.Rotas.Trade(v.Context(), access.Desk(), x)
	v.must(err)
	return key(x.ID)
}

// feed is a calendar of the visitor's own.
func (v *visitor) feed() string {
	v.Helper()
	f, _, err := v.Rotas.MakeFeed(v.Context(), apptest.Actor(v.person, "web"), 0)
	v.must(err)
	return key(f.ID)
}

// visitFeed is a calendar of the visitor's own visits.
func (v *visitor) visitFeed() string {
	v.Helper()
	f, _, err := v.Visits.MakeFeed(v.Context(), apptest.Actor(v.person, "web"))
	v.must(err)
	return key(f.ID)
}

// printer is a device of the register, in a room of its own.
func (w *world) printer() device.Device {
	w.Helper()
	list, _, err := w.Devices.List(w.Context(), access.Desk(), device.Filter{Text: "PRN-1"})
	w.must(err)
	if len(list) > 0 {
		return list[0]
	}
	p, err := w.Devices.SavePlace(w.Context(), access.Desk(), device.Place{Site: "HQ", Room: "301"}, 0)
	w.must(err)
	d, err := w.Devices.Save(w.Context(), access.Desk(), device.Device{Tag: "PRN-1", Kind: device.Printer, Place: p}, 0)
	w.must(err)
	return d
}

// visit is one of the agent on the owner's ticket.
func (w *world) visit() visit.Visit {
	w.Helper()
	list, err := w.Visits.Of(w.Context(), access.Desk(), w.now())
	w.must(err)
	if len(list) > 0 {
		return list[0]
	}
	from := w.Clock.Now().Add(time.Hour)
	v, err := w.Visits.Propose(w.Context(), apptest.Actor(w.agent, "web"), ticket.Target{ID: w.ticket.ID}, visit.Wish{
		Act: visit.Fix, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "HQ 301", Engineer: w.agent.ID,
	})
	w.must(err)
	return v
}

// now is the owner's ticket as it stands.
func (w *world) now() ticket.Ticket {
	w.Helper()
	t, err := w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{ID: w.ticket.ID})
	w.must(err)
	return t
}

// mailbox is one that mail would be fetched from, if anything answered there.
func (w *world) mailbox() string {
	w.Helper()
	list, _, err := w.Intake.Mailboxes(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].Key
	}
	b := intake.StartMailbox()
	b.Name, b.Address, b.Host, b.Port, b.User = "Desk", "box@desk.example", "127.0.0.1", 1, "box"
	b, err = w.Intake.SaveMailbox(w.Context(), access.Desk(), b, intake.Secrets{Password: "none"}, 0)
	w.must(err)
	return b.Key
}

// wakeable is a browser of the visitor's that the desk may wake; 1 for who has none.
func (v *visitor) wakeable() inbox.BrowserID {
	v.Helper()
	if !v.person.Role.Staff() {
		return 1
	}
	// The public key of the example in RFC 8291, appendix A.
	b, err := v.Inbox.Subscribe(v.Context(), apptest.Actor(v.person, "web"), inbox.Browser{
		Endpoint: "https://push.example.net/" + v.name, Auth: "BTBZMqHH6r4Tts7J_aSIgg", Agent: "x",
		P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
	})
	v.must(err)
	return b.ID
}

// article is a published one for everybody, with a picture, that the agent wrote and the lead read.
func (w *world) article() knowledge.ID {
	w.Helper()
	by := apptest.Actor(w.agent, "web")
	w.picture = w.stage(w.agent, "web", "a.png", png)
	a, err := w.Knowledge.Save(w.Context(), by, knowledge.Manuscript{
		Lang: "zh", Content: knowledge.Content{Title: "打印机卡纸", Body: "打开前盖\n\n![图](cid:" + w.picture + ")", Audience: knowledge.Public},
	})
	w.must(err)
	_, err = w.Knowledge.Submit(w.Context(), by, a.ID, 0, w.lead.ID)
	w.must(err)
	_, err = w.Knowledge.Publish(w.Context(), apptest.Actor(w.lead, "web"), a.ID, knowledge.Release{})
	w.must(err)
	return a.ID
}

// deviation is one of the agent's, on the owner's ticket.
func (w *world) deviation() int64 {
	w.Helper()
	for range 2 {
		p, err := w.Scores.Deviations(w.Context(), access.Desk(), score.Filter{By: w.agent.ID}, time.UTC)
		w.must(err)
		if len(p.List) > 0 {
			return p.List[0].Event
		}
		w.do(w.agent, "web", ticket.Deviate{Gap: "gap.intake", Reason: "用户在现场，先处理"})
	}
	w.Fatal("what was deviated from is not listed")
	return 0
}

// rehearsed is a rehearsal of the house's own pack.
func (w *world) rehearsed() rehearsal.ID {
	w.Helper()
	list, err := w.Rehearsals.List(w.Context(), access.Desk())
	w.must(err)
	if len(list) > 0 {
		return list[0].ID
	}
	id, err := w.Rehearsals.Start(w.Context(), access.Desk(), rehearsal.Pack, "", 1)
	w.must(err)
	return id
}
