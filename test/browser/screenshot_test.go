// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"bytes"
	"flag"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// write makes TestScreenshots write its pictures down.
var write = flag.Bool("write", false, "write docs/screenshots")

// pick leaves the other pictures as they are.
var pick = flag.String("pick", "", "names of the pictures to take, with commas between; all where empty")

// picture is a page of docs/screenshots.
type picture struct {
	name, path string
	who        string // nobody: the requester or the agent whose language it is
	narrow     bool   // on a phone, too
	both       bool   // in the theme that is not the language's, too
	only       string // the short name of the one language it is worth; both where empty
	act        func(b *tab)
}

// cast is who is seen in the pictures of a language, so that people see requests in theirs.
// Chinese is shown in the light and English in the dark, so that the folder stays small; what people
// have before them all day is shown in both.
type cast struct{ lang, short, theme, requester, agent string }

func casts() []cast {
	return []cast{{"zh-CN", "zh", "light", wang, chen}, {"en", "en", "dark", emily, hale}}
}

// themes are those that a picture is taken in; the second only where it is written.
func (c cast) themes(p picture) []string {
	switch {
	case !p.both || !*write:
		return []string{c.theme}
	case c.theme == "dark":
		return []string{"dark", "light"}
	default:
		return []string{"light", "dark"}
	}
}

// pictures are the pages worth showing.
func (d desk) pictures(t *testing.T, c cast) []picture {
	t.Helper()
	solved := d.of(t, c.requester, ticket.Resolved)
	open := d.worthSeeing(t, c)
	return []picture{
		{name: "portal", path: "/", who: c.requester, both: true, narrow: true},
		{name: "request", path: "/requests/" + solved.Ref(), who: c.requester, both: true, narrow: true},
		{name: "queue", path: "/work", who: c.agent, both: true, narrow: true},
		{name: "palette", path: "/work/tickets/" + open.Ref(), who: c.agent, both: true, act: func(b *tab) {
			b.press("ctrl+k")
			b.focused("#palette input")
		}},
		{name: "peek", path: "/work", who: c.agent, both: true, act: func(b *tab) {
			b.press("j", "Space")
			b.sees("a glance", `document.querySelector("#peek .msg")`)
		}},
		{name: "ticket", path: "/work/tickets/" + open.Ref(), who: c.agent, both: true, narrow: true},
		{name: "resolve", path: "/work/tickets/" + open.Ref() + "/resolve", who: c.agent, both: true},
		{name: "blocked", path: "/work/tickets/" + open.Ref() + "/hold", who: c.agent, act: func(b *tab) {
			b.run(`document.querySelector("#act [value=blocked]")?.click()`)
		}},
		{name: "phone", path: "/work/phone?q=" + url.QueryEscape(wang), who: c.agent, both: true, act: takesDown},
		{name: "completeness", path: d.lacking(t, c.lang), who: nobody, narrow: true, act: func(b *tab) {
			b.run(`document.getElementById("answer").scrollIntoView()`)
		}},
		{name: "catalogue-editor", path: "/admin/categories/" + strconv.FormatInt(d.asking(t), 10) + "/form", who: zheng},
		{name: "overrides", path: "/work/report/overrides?weeks=26", who: zheng},
		{name: "promises", path: "/work/promises", who: c.agent, both: true},
		{name: "next", path: "/work/next", who: c.agent, both: true},
		{name: "report", path: "/work/report", who: c.agent},
		{name: "runbook", path: "/work/runbooks/1", who: c.agent, only: "zh"},
		{name: "runbook-editor", path: "/work/runbooks/1/edit", who: c.agent, only: "zh"},
		{name: "runbook-locked", path: d.following(t, runbook.Running), who: c.agent},
		{name: "runbook-run", path: d.following(t, runbook.Sent), who: c.agent},
		{name: "runbook-guide", path: d.guided(t), who: nobody, narrow: true},
		{name: "rota", path: "/work/rota/1", who: c.agent},
		{name: "problems", path: "/work/problems", who: zheng, narrow: true},
		{name: "problem", path: "/work/problems/PRB-1", who: zheng},
		{name: "improvements", path: "/work/improvements", who: zheng},
		{name: "review-agenda", path: "/work/reviews/2", who: zheng, narrow: true},
		{name: "approvals", path: "/work/approvals", who: zheng},
		{name: "articles", path: "/work/articles", who: c.agent},
		{name: "scores", path: "/work/scores", who: zheng},
		{name: "month", path: "/work/month?month=2026-02", who: zheng},
		{name: "deviations", path: "/work/deviations", who: zheng},
		{name: "norm", path: "/admin/norm", who: zheng},
		{name: "quarantine", path: "/work/quarantine", who: c.agent, both: true},
		{name: "view", path: "/work/views/new", who: c.agent, both: true},
		{name: "board", path: "/work/board", who: zheng, both: true},
		{name: "new-ticket", path: "/work/tickets/" + d.untouched(t).Ref(), who: c.agent, both: true},
		{name: "routing", path: "/admin/routing", who: zheng},
		{name: "wording", path: "/admin/wording", who: zheng, both: true},
		{name: "people", path: "/admin/people", who: zheng, both: true},
		{name: "grading", path: "/admin/grading", who: zheng, both: true},
		{name: "policies", path: "/admin/policies", who: zheng},
		{name: "escalation", path: "/admin/escalation", who: zheng},
		{name: "visit-day", path: "/work/visits", who: chen, narrow: true},
		{name: "visit-sign-off", path: d.visiting(t, visit.OnSite), who: chen, narrow: true, act: signs},
		{name: "device", path: "/work/devices/" + d.laptop(t), who: c.agent},
		{name: "device-labels", path: "/work/devices/labels", who: c.agent},
	}
}

// visiting is the page of a visit of the agent that stands so.
func (d desk) visiting(t *testing.T, state visit.State) string {
	t.Helper()
	who, err := d.People.ByEmail(t.Context(), chen)
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Visits.Day(t.Context(), access.Desk(), who.ID, noon().Add(-24*time.Hour), noon().Add(48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.State == state {
			return "/work/visits/" + strconv.FormatInt(int64(v.ID), 10)
		}
	}
	t.Fatalf("no visit of %s is %s", chen, state)
	return ""
}

// laptop is a device that a ticket is about.
func (d desk) laptop(t *testing.T) string {
	t.Helper()
	list, _, err := d.Devices.List(t.Context(), access.Desk(), device.Filter{Kind: device.Laptop, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if about, err := d.Devices.TicketsOf(t.Context(), access.Desk(), x.ID, 1); err == nil && len(about) > 0 {
			return strconv.FormatInt(int64(x.ID), 10)
		}
	}
	return strconv.FormatInt(int64(list[0].ID), 10)
}

// signs lets the requester sign under the work.
func signs(b *tab) {
	b.run(`document.querySelector("#step-finish").open = false; document.querySelector("#step-sign").scrollIntoView()`)
	b.draw("#step-sign canvas")
}

// takesDown writes what a caller says, until the pad suggests where it goes and why.
func takesDown(b *tab) {
	b.focused("#f-text")
	b.write("上午开始 ERP 提交付款单就报错 ORA-01653，重启也没用")
	b.sees("suggestions with their reasons", `document.querySelector("#guesses li small")`)
}

// lacking is the address by which its requester, who reads the language, opens a request that says
// too little.
func (d desk) lacking(t *testing.T, lang string) string {
	t.Helper()
	v := d.find(t, ticket.Filter{View: ticket.Risk}, func(x ticket.Ticket) bool {
		return x.Status != ticket.Resolved && x.Complete() < len(ticket.Elements()) && d.People.Card(t.Context(), x.Requester).Lang == lang
	})
	return "/t/" + d.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
}

// run is a runbook that is being followed on an open ticket, in that state.
func (d desk) run(t *testing.T, state runbook.RunState) (ticket.Ticket, runbook.Run) {
	t.Helper()
	var found runbook.Run
	v := d.find(t, ticket.Filter{View: ticket.Risk}, func(x ticket.Ticket) bool {
		list, err := d.Runbooks.Runs(t.Context(), access.Desk(), x)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if r.State == state {
				found = r
			}
		}
		return found.ID != 0
	})
	return v, found
}

// following is the address of it for the people of the desk.
func (d desk) following(t *testing.T, state runbook.RunState) string {
	t.Helper()
	v, r := d.run(t, state)
	return "/work/tickets/" + v.Ref() + "/runbook?run=" + strconv.FormatInt(int64(r.ID), 10)
}

// guided is the address by which its requester opens the step that they were sent.
func (d desk) guided(t *testing.T) string {
	t.Helper()
	v, r := d.run(t, runbook.Sent)
	code := d.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	return "/t/" + code + "/guides/" + strconv.FormatInt(int64(r.ID), 10) + "?again=1"
}

// asking is a category that asks something.
func (d desk) asking(t *testing.T) int64 {
	t.Helper()
	tree, err := d.Catalog.Categories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range tree {
		if own, err := d.Catalog.OwnForm(t.Context(), at.ID); err == nil && len(own.Fields) > 2 {
			return int64(at.ID)
		}
	}
	t.Fatal("no category of the sample asks anything")
	return 0
}

// worthSeeing is an open ticket of a requester who writes the language, with a reply and a
// note on it, about something that many rely on.
func (d desk) worthSeeing(t *testing.T, c cast) ticket.Ticket {
	t.Helper()
	return d.find(t, ticket.Filter{View: ticket.Risk, Status: ticket.Opened}, func(x ticket.Ticket) bool {
		who := d.People.Card(t.Context(), x.Requester)
		return who.Lang == c.lang && x.Graded && x.Service != 0 && !x.FirstResponseAt.IsZero() && x.Detail.Reopened == 0
	})
}

// untouched is a ticket that nobody has taken or classified yet.
func (d desk) untouched(t *testing.T) ticket.Ticket {
	t.Helper()
	return d.find(t, ticket.Filter{View: ticket.Unclaimed}, func(x ticket.Ticket) bool { return x.Status == ticket.New && x.Category == 0 })
}

// taken says whether a picture is taken. Where none is written, those are that something is done for:
// how the others look is seen by the tests of pages.
func (p picture) taken() bool {
	if *pick != "" {
		return slices.Contains(strings.Split(*pick, ","), p.name)
	}
	return *write || p.act != nil
}

// The pages that the README shows come up; with -write they are written down as they are.
func TestScreenshots(t *testing.T) {
	d := sampleDesk(t)
	for _, c := range casts() {
		tabs := map[string]*tab{}
		for _, p := range d.pictures(t, c) {
			if !p.taken() || p.only != "" && p.only != c.short {
				continue
			}
			b := tabs[p.who]
			if b == nil {
				b = open(t, d.url)
				if p.who == nobody {
					b.goTo("/signin") // where language and theme can be chosen
				} else {
					b.signIn(p.who)
				}
				b.speak(c.lang)
				tabs[p.who] = b
			}
			b.portray(p, c)
		}
	}
}

// portray takes the pictures of a page in a language: in its themes, on its windows.
func (b *tab) portray(p picture, c cast) {
	b.Helper()
	for _, theme := range c.themes(p) {
		b.paint(theme)
		b.shoot(p, wide, strings.Join([]string{p.name, c.short, theme}, "-"))
		if p.narrow {
			b.shoot(p, narrow, strings.Join([]string{p.name, c.short, theme, "390"}, "-"))
		}
	}
}

// shoot takes one picture of a window. Where the fonts have not come, it would be of a page
// that nobody sees.
func (b *tab) shoot(p picture, w window, name string) {
	b.Helper()
	b.size(w)
	if got := b.goTo(p.path); got != http.StatusOK {
		b.Errorf("%s answers %d", p.path, got)
	}
	if p.act != nil {
		p.act(b)
	}
	b.file(w, name)
}

// file takes a picture of a window as it stands, and writes it down where that is wanted.
func (b *tab) file(w window, name string) {
	b.Helper()
	eval[bool](b, `document.fonts.ready.then(()=>true)`)
	raw, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	seen, err := png.Decode(bytes.NewReader(raw))
	b.must(err)
	if size := seen.Bounds(); int64(size.Dx()) != w.width || int64(size.Dy()) != w.height {
		b.Errorf("%s is %s large", name, size)
	}
	if !*write {
		return
	}
	dir := filepath.Join("..", "..", "docs", "screenshots")
	b.must(os.MkdirAll(dir, 0o755))
	var small bytes.Buffer
	b.must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, seen))
	b.must(os.WriteFile(filepath.Join(dir, name+".png"), small.Bytes(), 0o644))
}
