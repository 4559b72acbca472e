// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// promises are the ticket's, as the room keeps them.
func (p *ticketDesk) promises() []promise.Promise {
	p.Helper()
	list, err := p.Promises.ForTicket(p.Context(), access.Desk(), p.now())
	if err != nil {
		p.Fatal(err)
	}
	return list
}

var field = regexp.MustCompile(`name="(promise(?:_for)?)"[^>]*value="([^"]*)"`)

// offered reads what the offer of a page would send back.
func offered(r apptest.Reply) map[string]string {
	out := map[string]string{}
	for _, x := range field.FindAllStringSubmatch(r.Body, -1) {
		out[x[1]] = x[2]
	}
	return out
}

func TestN29_ATimeIsOfferedAsAPromiseBeforeItIsSent(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	const words = "我去看一下，两小时内给您答复"
	live := p.htmx("promise", "at", "reply", "text", words)
	p.shows(live, 200, `id="promise"`, `name="promise_keep"`, `type="datetime-local"`)
	p.hides(p.htmx("promise", "at", "reply", "text", "您下午3点前能重启吗？"), "promise_keep")
	p.hides(p.htmx("promise?off=1", "at", "reply", "text", words), "promise_keep")

	// Without a script the reply is asked about before it leaves, and nothing typed is lost.
	asked := p.post("reply", "at", "reply", "text", words)
	p.shows(asked, 422, words, `name="promise_keep"`, "然后再次发送")
	if got := len(p.promises()); got != 1 || len(p.now().Detail.Owed) != 1 {
		t.Fatalf("a question left %d promises", got)
	}
	o := offered(asked)
	if o["promise_for"] != "两小时内给您答复" || o["promise"] == "" {
		t.Fatalf("offered: %v", o)
	}
	p.went(p.post("reply", "at", "reply", "text", words, "promise_for", o["promise_for"], "promise", o["promise"], "promise_keep", "yes"), p.at(""))
	p.leaves()
	list := p.promises()
	if len(list) != 2 || list[1].Source != promise.Reply || list[1].Words != o["promise_for"] || list[0].State != promise.Kept {
		t.Fatalf("%+v", list)
	}
	if away := list[1].Due.Sub(p.now().LastPublicAt); away < 2*time.Hour-10*time.Second || away > 2*time.Hour+time.Minute {
		t.Errorf("promised in %v", away)
	}
	p.shows(p.agent.Get(p.at("")), 200, `id="promises"`, "两小时内给您答复", "已兑现")
}

func TestN29_AnOfferIsDeclinedOrMendedByItsWriter(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	const words = "两小时内给您答复"
	p.went(p.post("reply", "at", "reply", "text", words, "promise_for", words, "promise", "2030-01-01T09:00"), p.at("")) // not ticked
	p.went(p.post("reply", "at", "reply", "text", words, "promise_off", words), p.at(""))
	if list := p.promises(); len(list) != 1 {
		t.Fatalf("declined, and yet %+v", list)
	}
	for name, at := range map[string]string{"past": "2001-01-01T09:00", "never": "9999-01-01T09:00", "nonsense": "morgen", "empty": ""} {
		r := p.post("reply", "at", "reply", "text", words, "promise_for", words, "promise", at, "promise_keep", "yes")
		p.shows(r, 422, words, `id="f-promise-error"`)
		if len(p.promises()) != 1 {
			t.Errorf("%s: promised", name)
		}
	}
	// Words that were changed after the offer are asked about anew.
	p.shows(p.post("reply", "at", "reply", "text", "三小时内给您答复", "promise_for", words, "promise_keep", "yes"), 422, "三小时内给您答复", "promise_keep")
}

// TestN29_ATimeIsReadByTheHoursOfTheTicket: "within a working day" means the working day that
// holds for the ticket, where a rule gives it other hours than the desk's.
func TestN29_ATimeIsReadByTheHoursOfTheTicket(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	sheet := calendar.Sheet{Name: "late", Title: "晚班", Zone: "Asia/Shanghai"}
	shifts, err := calendar.ParseShifts("20:00-21:00")
	if err != nil {
		t.Fatal(err)
	}
	for d := range sheet.Week {
		sheet.Week[d] = shifts
	}
	if err := p.Clocks.SaveCalendar(t.Context(), access.Desk(), "", sheet, 0); err != nil {
		t.Fatal(err)
	}
	policy := sla.Standard()
	policy.Rules = []sla.Rule{{Name: "晚班", Priorities: []triage.Priority{p.now().Priority}, Calendar: "late"}}
	if err := p.Clocks.SavePolicy(t.Context(), access.Desk(), policy, 0); err != nil {
		t.Fatal(err)
	}
	o := offered(p.htmx("promise", "at", "reply", "text", "明天下班前给您答复"))
	if !strings.HasSuffix(o["promise"], "T21:00") {
		t.Errorf("offered %q, want the end of the ticket's own shift", o["promise"])
	}
}

func TestN30_AWaitSaysWhatIsStuckAndNamesTheVendor(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	for name, at := range map[string]string{"past": "2001-01-01T09:00", "never": "9999-01-01T09:00"} {
		r := p.post("hold", "at", "act-hold", "reason", "blocked", "stuck", "等备件", "doing", "已催厂商", "next", at)
		p.shows(r, 422, "等备件", "已催厂商", "下次反馈时间")
		if p.now().Status != ticket.Opened {
			t.Fatalf("%s: it waits", name)
		}
	}
	p.shows(p.post("hold", "at", "act-hold", "reason", "blocked", "stuck", "等备件"), 409, "等备件", "N30")
	soon := p.now().UpdatedAt
	local := func(in time.Duration) string {
		zone, err := time.LoadLocation("Asia/Shanghai")
		if err != nil {
			t.Fatal(err)
		}
		return soon.Add(in).In(zone).Format("2006-01-02T15:04")
	}
	p.went(p.post("hold", "at", "act-hold", "reason", "blocked", "stuck", "等备件", "doing", "已催厂商", "next", local(6*time.Hour),
		"vendor", "惠普", "case", "HP-7781", "vendor_by", local(3*time.Hour)), p.at(""))
	page := p.agent.Get(p.at(""))
	p.shows(page, 200, "惠普", "HP-7781", `id="promises"`, "下次反馈")
	user := p.SignIn(access.Requester)
	r := user.Get("/requests/" + p.ref)
	p.shows(r, 200, "等备件", "已催厂商", `id="promises"`, "我们的承诺")
	p.hides(r, "HP-7781")
	list := p.promises()
	if len(list) != 2 || list[0].State != promise.Kept || list[1].Source != promise.Wait || list[1].State != promise.Open {
		t.Fatalf("%+v", list)
	}
}

func TestS25_TheListOfPromisesIsForStaff(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	const words = "两小时内给您答复"
	p.went(p.post("reply", "at", "reply", "text", words, "promise_for", words, "promise", offered(p.htmx("promise", "at", "reply", "text", words))["promise"], "promise_keep", "yes"), p.at(""))
	p.leaves()
	r := p.agent.Get("/work/promises")
	p.shows(r, 200, p.ref, words, "data-list", "data-row")
	p.hides(r, "已兑现，承诺")
	p.shows(p.agent.Get("/work/promises?state=kept"), 200, p.ref, "已兑现")
	p.shows(p.agent.Get("/work/promises?state=broken"), 200, "没有失约的承诺")
	p.hides(p.agent.Get("/work/promises?person=999999"), p.ref)
	p.hides(p.agent.Get("/work/promises?group=999999"), p.ref)
	if r := p.agent.Get("/work/promises?after=nonsense"); r.Status != 303 {
		t.Errorf("a place that is none: %d", r.Status)
	}
	if r := p.SignIn(access.Requester).Get("/work/promises"); r.Status != 403 && r.Status != 404 {
		t.Errorf("a requester reads the list: %d", r.Status)
	}
}

// Of several ways to reach somebody the number is offered that is called.
func TestN30_APromisedCallGoesToANumber(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.went(p.post("record", "contact", "zhao.min@example.org · 分机 5121"), p.at(""))
	p.shows(p.part("promise-call"), 200, `value="分机 5121"`)
}
