// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// office is a house with an agent, a lead and a requester with a ticket that the agent has.
type office struct {
	*testing.T
	*apptest.House
	user, agent, lead person.Person
	t                 ticket.Ticket
}

func offices(t *testing.T, fn func(o *office)) {
	t.Helper()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		h := apptest.New(t, apptest.On(url), apptest.Reaching(netguard.Options{AllowLoopback: true}))
		o := &office{T: t, House: h, user: h.Person(access.Requester), agent: h.Person(access.Agent), lead: h.Person(access.Lead)}
		x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(o.user, "portal"), ticket.Request{Requester: o.user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸，关机也没用"}})
		if err != nil {
			t.Fatal(err)
		}
		o.t = x
		o.do(o.agent, ticket.Accept{})
		o.RunJobs()
		fn(o)
	})
}

func (o *office) do(by person.Person, cmd ticket.Command) {
	o.Helper()
	via := "web"
	if by.Role == access.Requester {
		via = "portal"
	}
	if _, err := o.Tickets.Do(o.Context(), apptest.Actor(by, via), ticket.Target{ID: o.t.ID}, cmd); err != nil {
		o.Fatal(err)
	}
}

func (o *office) note(by person.Person, text string) {
	o.Helper()
	o.do(by, ticket.Note{Say: ticket.Say{Text: text}})
}

// told is what somebody has on their page: of each line its kinds, the newest first.
func (o *office) told(who person.Person, s inbox.State) []inbox.Kind {
	o.Helper()
	p, err := o.Inbox.List(o.Context(), apptest.Actor(who, "web"), inbox.Filter{State: s})
	if err != nil {
		o.Fatal(err)
	}
	var out []inbox.Kind
	for _, l := range p.Lines {
		for _, i := range l.Items {
			out = append(out, i.Kind)
		}
	}
	return out
}

// leaves puts somebody out of use who no longer works here.
func (o *office) leaves(p person.Person) {
	o.Helper()
	p.Active = false
	if _, err := o.People.Change(o.Context(), access.Desk(), p, 0); err != nil {
		o.Fatal(err)
	}
}

// hears reports whether a fact of that name stands open on somebody's page.
func (o *office) hears(who person.Person, what string) bool {
	o.Helper()
	p, err := o.Inbox.List(o.Context(), apptest.Actor(who, "web"), inbox.Filter{State: inbox.Open})
	if err != nil {
		o.Fatal(err)
	}
	return slices.ContainsFunc(p.Lines, func(l inbox.Line) bool {
		return slices.ContainsFunc(l.Items, func(i inbox.Item) bool { return i.What == what })
	})
}

func (o *office) same(what string, got []inbox.Kind, want ...inbox.Kind) {
	o.Helper()
	if !slices.Equal(got, want) {
		o.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestTold_OnceAndNeverOfOnesOwnDeeds(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		o.same("of what the agent did", o.told(o.agent, inbox.Open))
		o.do(o.user, ticket.Reply{Say: ticket.Say{Text: "还是卡"}})
		o.note(o.lead, "@陈立 看一下纸盒")
		o.same("the agent", o.told(o.agent, inbox.Open), inbox.Mentioned, inbox.Answered)
		o.same("the lead, who wrote it", o.told(o.lead, inbox.Open))
		records, err := o.Tickets.Records(o.Context(), o.t.ID)
		if err != nil {
			o.Fatal(err)
		}
		for range 2 { // heard again: by another node, or after a crash
			err := o.DB.Write(o.Context(), func(ctx context.Context, tx *db.Tx) error {
				for _, r := range records {
					if err := o.Inbox.Heard(ctx, tx, r); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				o.Fatal(err)
			}
		}
		o.same("heard again", o.told(o.agent, inbox.Open), inbox.Mentioned, inbox.Answered)
	})
}

// Where neither owner nor assignee works here any more the group has it on its page, else those who
// lead; nobody of them while one of the two is here.
func TestN12_N29_WhoStandsInForWhoLeftHasItOnTheirPage(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		second := o.Somebody(access.Agent)
		say := func(text string) { o.do(o.user, ticket.Reply{Say: ticket.Say{Text: text}}) }
		say("还是卡")
		o.same("while the agent is here", o.told(o.lead, inbox.Open))
		o.leaves(o.agent)
		say("现在整个部门都不行了")
		o.same("of no group: who leads", o.told(o.lead, inbox.Open), inbox.Answered)
		team, err := o.People.SaveGroup(o.Context(), access.Desk(), person.Group{Name: "打印组", Active: true, Members: []person.ID{second.ID}}, 0)
		if err != nil {
			o.Fatal(err)
		}
		o.do(o.lead, ticket.Assign{Group: team.ID})
		say("有人吗")
		o.same("the group", o.told(second, inbox.Unread)[:1], inbox.Answered)
		o.same("who leads, no second time", o.told(o.lead, inbox.Open), inbox.Answered)
		o.do(o.lead, ticket.PromiseCall{At: o.Clock.Now().Add(time.Hour), Number: "8009"})
		o.Clock.Advance(31 * time.Minute)
		o.RunJobs()
		o.same("a promised call is due soon", o.told(second, inbox.Unread)[:2], inbox.Promise, inbox.Answered)
		o.Clock.Advance(time.Hour)
		o.RunJobs()
		if !o.hears(second, (promise.Broke{}).EventName()) {
			o.Error("nobody hears that the call was not made")
		}
	})
}

// What stands still on a ticket whose people left is told to who can act: a vendor who is silent, a
// mail that was held beside it, a letter that did not arrive. Nothing of it is told while its agent is
// here to hear it.
func TestN12_N29_WhoStandsInHearsWhatStandsStill(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		trouble := map[string]func(){
			(ticket.VendorSilent{}).EventName(): func() {
				now := o.Clock.Now()
				o.do(o.lead, ticket.HoldFor{Reason: ticket.ForVendor, Next: now.Add(3 * time.Hour), Vendor: ticket.Vendor{Name: "惠普", Case: "4711", By: now.Add(time.Hour)}})
				o.Clock.Advance(61 * time.Minute)
				o.RunJobs()
				o.do(o.lead, ticket.Resume{})
			},
			(ticket.MailHeld{}).EventName(): func() {
				held := ticket.KeepOut{Inbound: 1, Author: o.user.ID, Address: o.user.Email, Reason: "intake.reply_forged", Forged: true}
				if _, err := o.Tickets.Do(o.Context(), access.Desk(), ticket.Target{ID: o.t.ID}, held); err != nil {
					o.Fatal(err)
				}
			},
			(notify.Undelivered{}).EventName(): func() {
				err := o.DB.Write(o.Context(), func(ctx context.Context, tx *db.Tx) error {
					f := notify.Undelivered{Ticket: o.t.ID, Person: o.user.ID, Template: notify.Replied, Reason: "notify.bounced", Address: o.user.Email}
					_, err := o.Bus.Record(ctx, tx, access.Desk().Meta(o.Clock.Now()), f)
					return err
				})
				if err != nil {
					o.Fatal(err)
				}
			},
		}
		for _, what := range slices.Sorted(maps.Keys(trouble)) {
			trouble[what]()
			if !o.hears(o.agent, what) || o.hears(o.lead, what) {
				o.Errorf("%s: told to the agent %v, to who leads %v", what, o.hears(o.agent, what), o.hears(o.lead, what))
			}
		}
		o.leaves(o.agent)
		for _, what := range slices.Sorted(maps.Keys(trouble)) {
			trouble[what]()
			if !o.hears(o.lead, what) {
				o.Errorf("%s: nobody hears of it after the agent left", what)
			}
		}
	})
}

func TestTold_SeenDoneAndBroughtBack(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		o.note(o.lead, "@陈立 看一下纸盒")
		agent := o.SignInAs(o.agent)
		number := strings.TrimPrefix(o.t.Ref(), ticket.Prefix)
		page := agent.Get("/work/inbox").Body
		if !strings.Contains(page, "打印机卡纸") || !strings.Contains(page, "周敏在备注里提到您") {
			o.Fatal("the page does not tell it")
		}
		upTo := field(o, page, "upto")
		if o.note(o.lead, "@陈立 另外查一下日志"); agent.Post("/work/inbox/"+number+"/done", url.Values{"upto": {upTo}}).Status != http.StatusSeeOther {
			o.Fatal("not done")
		}
		o.same("what came in meanwhile stays", o.told(o.agent, inbox.Open), inbox.Mentioned)
		o.same("done", o.told(o.agent, inbox.Done), inbox.Mentioned)
		agent.Post("/work/inbox/undo", url.Values{})
		o.same("brought back", o.told(o.agent, inbox.Open), inbox.Mentioned, inbox.Mentioned)
		if r := agent.Post("/work/inbox/undo", url.Values{}); r.Status != http.StatusConflict {
			o.Errorf("nothing was left to bring back: %d", r.Status)
		}
		ticketPage := agent.Get("/work/tickets/" + number).Body
		if !strings.Contains(ticketPage, "data-seen") {
			o.Error("the page of the ticket does not say that it was seen")
		}
		o.same("opening it by a link changes nothing", o.told(o.agent, inbox.Unread), inbox.Mentioned)
		agent.Post("/work/inbox/"+number+"/seen", url.Values{"upto": {field(o, agent.Get("/work/inbox").Body, "upto")}})
		o.same("seen", o.told(o.agent, inbox.Unread))
		// Nobody else's list is moved by it.
		o.note(o.agent, "@周敏 好的")
		o.SignInAs(o.agent).Post("/work/inbox/"+number+"/done", url.Values{"upto": {"999999"}})
		o.same("the lead's", o.told(o.lead, inbox.Open), inbox.Mentioned)
	})
}

// field is the greatest value of a hidden field on a page.
func field(t testing.TB, page, name string) string {
	t.Helper()
	best := ""
	for _, piece := range strings.Split(page, `name="`+name+`" value="`)[1:] {
		v, _, _ := strings.Cut(piece, `"`)
		if len(v) > len(best) || len(v) == len(best) && v > best {
			best = v
		}
	}
	if best == "" {
		t.Fatalf("no field %s", name)
	}
	return best
}

func TestTold_WatchersFollowAndMove(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		lead := o.SignInAs(o.lead)
		number := strings.TrimPrefix(o.t.Ref(), ticket.Prefix)
		if r := lead.Post("/work/tickets/"+number+"/watch", url.Values{}); r.Status != http.StatusSeeOther {
			o.Fatalf("%d", r.Status)
		}
		lead.Post("/work/tickets/"+number+"/watch", url.Values{}) // twice is once
		if page := lead.Get(workspace.TicketsPath + number).Body; !strings.Contains(page, "周敏在关注") || !strings.Contains(page, "取消关注") {
			o.Error("the page does not say who watches")
		}
		o.note(o.agent, "换了纸盒")
		o.note(o.lead, "好的") // their own
		o.same("the watcher", o.told(o.lead, inbox.Open), inbox.Watched)
		into, _, err := o.Tickets.Record(o.Context(), apptest.Actor(o.user, "portal"), ticket.Request{Requester: o.user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "又卡了"}})
		if err != nil {
			o.Fatal(err)
		}
		o.do(o.agent, ticket.Merge{Into: into.ID})
		who, err := o.Inbox.Watchers(o.Context(), apptest.Actor(o.agent, "web"), into)
		if d := cmp.Diff([]person.ID{o.lead.ID}, who); err != nil || d != "" {
			o.Error(err, d)
		}
		if r := o.SignInAs(o.user).Post("/work/tickets/"+number+"/watch", url.Values{}); r.Status == http.StatusSeeOther {
			o.Error("a requester watches")
		}
		lead.Post("/work/tickets/"+number+"/unwatch", url.Values{})
		if who, _ := o.Inbox.Watchers(o.Context(), apptest.Actor(o.agent, "web"), o.t); len(who) != 0 {
			o.Error("still watched", who)
		}
	})
}

// summaries are the letters to the agent that lead to the whole of what they were told.
func (o *office) summaries() (out []mailtest.Mail) {
	for _, m := range o.Mailbox(o.agent.Email) {
		if strings.Contains(m.Text(), "/work/inbox") {
			out = append(out, m)
		}
	}
	return out
}

func TestTold_TheSummaryHoldsWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		o.note(o.lead, "@陈立 看一下纸盒")
		o.RunJobs()
		if n := len(o.summaries()); n != 0 {
			o.Fatalf("a mention went by itself: %d letters", n)
		}
		o.Advance(24 * time.Hour) // past 09:00 of the next working day
		list := o.summaries()
		if len(list) != 1 {
			o.Fatalf("%d letters", len(list))
		}
		body := list[0].Text()
		for _, want := range []string{o.t.Ref(), "打印机卡纸", "周敏在备注里提到您", o.URL + workspace.Path + "/inbox"} {
			if !strings.Contains(body, want) {
				o.Errorf("the summary lacks %q:\n%s", want, body)
			}
		}
		if strings.Contains(body, "纸盒") {
			o.Error("the summary holds the words of a note")
		}
		o.note(o.lead, "@陈立 又看一下")
		o.RunJobs()
		if err := o.Inbox.Seen(o.Context(), apptest.Actor(o.agent, "web"), 0, 1<<40); err != nil {
			o.Fatal(err)
		}
		o.Advance(48 * time.Hour)
		if n := len(o.summaries()); n != 1 {
			o.Errorf("what was seen is told again: %d letters", n)
		}
	})
}

func TestTold_NothingOfP1WaitsForASummary(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		o.do(o.agent, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.P1, Reason: "产线停了"})
		o.RunJobs()
		before := len(o.Mailbox(o.agent.Email))
		o.note(o.lead, "@陈立 看一下纸盒")
		o.RunJobs()
		if list := o.Mailbox(o.agent.Email)[before:]; len(list) != 1 || !strings.Contains(list[0].Text(), o.t.Ref()) {
			o.Errorf("%d letters", len(list))
		}
	})
}

// Whoever wants no letter of a kind gets none by itself; the summary has it.
func TestTold_ByThePersonsOwnRules(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		me := apptest.Actor(o.agent, "web")
		w := inbox.Wishes{Rules: inbox.Rules{}, Reader: inbox.Reader{Digest: inbox.Hourly, Hour: 9}}
		w.Rules[inbox.Answered] = inbox.Rule{Kind: inbox.Answered, Mail: inbox.Digest}
		w.Rules[inbox.Mentioned] = inbox.Rule{Kind: inbox.Mentioned}
		if err := o.Inbox.SaveWishes(o.Context(), me, w); err != nil {
			o.Fatal(err)
		}
		before := len(o.Mailbox(o.agent.Email))
		o.note(o.lead, "@陈立 不要通知")
		o.do(o.user, ticket.Reply{Say: ticket.Say{Text: "还是卡"}})
		o.RunJobs()
		o.same("the page", o.told(o.agent, inbox.Open))
		if n := len(o.Mailbox(o.agent.Email)); n != before {
			o.Errorf("%d letters at once", n-before)
		}
		o.Advance(time.Hour)
		list := o.Mailbox(o.agent.Email)[before:]
		if len(list) != 1 || !strings.Contains(list[0].Text(), "王海燕回复了") || strings.Contains(list[0].Text(), "提到") {
			o.Errorf("%d letters", len(list))
		}
	})
}

// Whoever is to go there is told that they are, that somebody else goes, and that nobody does; the
// requester, who comes in their place (N27).
func TestN27_TheEngineerIsTold(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		from := o.Clock.Now().Add(26 * time.Hour)
		by := apptest.Actor(o.agent, "web")
		v, err := o.Visits.Propose(t.Context(), by, ticket.Target{ID: o.t.ID}, visit.Wish{Act: visit.Fix, Engineer: o.agent.ID, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "A座 301", Purpose: "换搓纸轮", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		says := func(who person.Person, want ...string) {
			t.Helper()
			o.Advance(10 * time.Minute)
			o.RunJobs()
			p, err := o.Inbox.List(t.Context(), apptest.Actor(who, "web"), inbox.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range p.Lines {
				for _, i := range l.Items {
					if i.What == (ticket.VisitStepped{}).EventName() || i.What == (ticket.Ended{}).EventName() {
						got = append(got, i.Words())
					}
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s is told (-want +got):\n%s", who.Name, d)
			}
		}
		colleague := o.Somebody(access.Agent)
		for range 2 { // given to whom it is given already, nobody hears of it
			if _, err := o.Visits.Do(t.Context(), apptest.Actor(o.lead, "web"), v.ID, visit.Wish{Act: visit.Assign, Engineer: colleague.ID}); err != nil {
				t.Fatal(err)
			}
		}
		says(o.agent, "inbox.did_ticket_visit")
		says(colleague, "inbox.did_assigned")
		x, err := o.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: o.t.ID})
		if err != nil || x.Pending != ticket.ForVisit || len(x.Detail.Visits) != 1 || x.Detail.Visits[0] != (ticket.VisitNow{ID: int64(v.ID), Step: ticket.VisitFixed, Engineer: colleague.ID}) {
			t.Errorf("it waits for %q: %+v %v", x.Pending, x.Detail.Visits, err)
		}
		if list, err := o.Promises.ForTicket(t.Context(), by, x); err != nil || list[len(list)-1].Source != promise.Visit || list[len(list)-1].State != promise.Open {
			t.Errorf("the time is owed as before: %+v %v", list, err)
		}
		letters := 0
		for _, m := range o.Mailbox(o.user.Email) {
			if strings.Contains(m.Text(), "改由 "+colleague.Name+" 上门") {
				letters++
			}
		}
		if letters != 1 {
			t.Errorf("the requester has %d letters of who comes instead", letters)
		}
		o.do(o.agent, ticket.Close{As: ticket.Cancelled, Reason: "用户说好了"})
		says(colleague, "inbox.did_ticket_closed", "inbox.did_assigned")
	})
}
