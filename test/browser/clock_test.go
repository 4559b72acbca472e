// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// nationalDay is a desk on the way into the National Day, and a ticket there whose solution is
// due after it: it waited for its user meanwhile.
func nationalDay(t *testing.T) (*apptest.House, ticket.Ticket) {
	t.Helper()
	h := apptest.New(t, apptest.At(time.Date(2026, 9, 29, 7, 20, 0, 0, time.UTC))) // Tuesday, 15:20 in Shanghai
	p := sla.Standard()
	p.Calendar = "china-office"
	p.Targets[2] = sla.Target{Response: 120, Update: 480, Resolve: 1800, Accept: 120, Silence: 1440}
	p.Targets[3] = sla.Target{Response: 480, Update: 1440, Resolve: 3000, Accept: 480, Silence: 2400}
	p.Rules = []sla.Rule{
		{Name: "上海园区", Sites: []string{"上海"}, Target: sla.Target{Response: 60}},
		{Name: "财务部月结", Organisations: []string{"财务部"}, Sites: []string{"上海"}, Target: sla.Target{Response: 30, Resolve: 1440}},
	}
	if err := h.Clocks.SavePolicy(t.Context(), access.Desk(), p, setting.AnyVersion); err != nil {
		t.Fatal(err)
	}
	user := h.Person(access.Requester)
	user.Department, user.Place = "财务部", "上海 3 号楼"
	if _, err := h.People.Change(t.Context(), access.Desk(), user, 0); err != nil {
		t.Fatal(err)
	}
	v := taken(t, h, "月结报表打不开，提示没有权限")
	h.Advance(25 * time.Minute)
	v = work(t, h, v, ticket.Reply{Say: ticket.Say{Text: "正在查，请把报错截图发给我。"}}, ticket.HoldFor{Reason: ticket.ForRequester})
	h.Advance(18*time.Hour + 10*time.Minute)
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(user, "portal"), ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: "截图在附件里。"}}); err != nil {
		t.Fatal(err)
	}
	h.Advance(26 * time.Hour)
	return h, v
}

// A clock over the National Day, with its make-up workday, and over a wait for the user: the
// page says line by line which rule counts, what did not, and which event says so.
func TestAClockIsExplained_N3_N23_N29(t *testing.T) {
	t.Parallel()
	h, v := nationalDay(t)
	b := asAgent(t, h)
	at := "/work/tickets/" + v.Ref()
	for _, lang := range []string{"zh-CN", "en"} {
		b.speak(lang)
		want := map[string][]string{
			"zh-CN": {"适用规则“财务部月结”", "“上海园区”也符合，但条件更少", "国庆节放假", "调休补班", "等用户", "正好用完"},
			"en":    {"The rule “财务部月结” applies", "with fewer conditions", "Sat 2026-10-10", "waiting for the requester", "used up at"},
		}[lang]
		for _, theme := range []string{"light", "dark"} {
			b.paint(theme)
			for _, w := range []window{wide, narrow} {
				b.size(w)
				b.goTo(at + "/clock/resolve")
				for _, s := range want {
					b.reads(s)
				}
				if bad := eval[bool](b, `document.body.innerText.includes("⟦")`); bad {
					t.Errorf("%s: a sentence is missing", lang)
				}
				if over := eval[int](b, `document.documentElement.scrollWidth-innerWidth`); over > 0 {
					t.Errorf("%s, %s: %d pixels too wide", lang, theme, over)
				}
				b.keep(strings.Join([]string{"clock", lang, theme, map[bool]string{true: "390", false: "1440"}[w == narrow]}, "-"))
			}
		}
	}
	b.size(wide)
	b.speak("zh-CN")
	b.goTo(at + "/clock/resolve")
	b.run(`document.querySelector("a[href*='#e-']").click()`)
	b.arrives(at)
	b.provoke(404)
	b.goTo(at + "/clock/nothing")
}

// keep writes what stands on the page where LOOPDESK_PICTURES says; nowhere without it.
func (b *tab) keep(name string) {
	b.Helper()
	dir := os.Getenv("LOOPDESK_PICTURES")
	if dir == "" {
		return
	}
	raw, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o600))
}
