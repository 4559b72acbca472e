// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func TestA18_AFormReadsItsValues(t *testing.T) {
	t.Parallel()
	f := page.Filled("text", "  a  ", "n", "42", "n", "x", "n", "7", "on", "yes", "big", "9223372036854775808", "version", "3")
	got := fmt.Sprint(f.Get("text"), "|", f.Text("text"), "|", f.Int("n"), f.Ints("n"), f.Has("n", "7"), f.Has("n", "8"), f.On("on"), f.On("off"),
		f.Int("big"), f.Int("none"), f.Version(), f.Wrong())
	if d := cmp.Diff("  a  |a|42 [42 7] true false true false 0 0 3 false", got); d != "" {
		t.Error(d)
	}
	var none *page.Form
	if none.Get("x") != "" || none.Mark("x") != "" || none.Chips() != nil || none.Wrong() || none.Version() != 0 || none.Ints("x") != nil {
		t.Error("an absent form says something")
	}
	if f.Notice = "x"; !f.Wrong() {
		t.Error("a refused form is not wrong")
	}
}

func TestA18_NumbersInAddresses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	show := func(read func(*page.Ctx) (int64, error)) page.Handler {
		return func(c *page.Ctx) error {
			n, err := read(c)
			if err != nil {
				return err
			}
			return c.Text(http.StatusOK, fmt.Sprint(n, " ", c.QueryInt("page")))
		}
	}
	h.router.Get("/id/{id}", page.Public, show(func(c *page.Ctx) (int64, error) { return c.PathInt("id") }))
	h.router.Get("/no/{id}", page.Public, show(func(c *page.Ctx) (int64, error) { return c.Number("id") }))
	b := h.nobody()
	for path, want := range map[string]string{
		"/id/7?page=2": "7 2", "/id/9223372036854775807?page=-1": "9223372036854775807 0", "/no/LD-1042?page=x": "1042 0", "/no/1042": "1042 0", "/no/ld-7": "7 0",
		"/id/07": "", "/id/-7": "", "/id/0": "", "/id/7.0": "", "/id/9223372036854775808": "", "/id/x": "", "/id/+7": "", "/no/LD-": "", "/no/0": "", "/no/-1": "", "/no/XX-1": "",
	} {
		w := b.get(path)
		if got := w.Body.String(); want != "" && got != want || want == "" && w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %.40q, want %q", path, w.Code, got, want)
		}
	}
}

func TestAFragmentBringsItsToast(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Post("/claim", page.SignedIn, func(c *page.Ctx) error {
		c.SayUndo("/unclaim?x=1", "page.token_revoked")
		if c.Fragment() {
			return c.Show(templ.Raw("<p>row</p>"))
		}
		return c.Redirect("/me")
	})
	h.router.Post("/away", page.SignedIn, func(c *page.Ctx) error {
		c.SayUndo("https://evil.example", "page.token_revoked")
		return c.Show(templ.Raw(""))
	})
	b := h.as(h.agent)
	body := b.htmx().post("/claim").Body.String()
	if !strings.HasPrefix(body, "<p>row</p><hx-partial") || !strings.Contains(body, "令牌已收回") || !strings.Contains(body, `action="/unclaim?x=1"`) || !strings.Contains(body, "撤销") {
		t.Errorf("beside a fragment:\n%s", body)
	}
	b.post("/claim")
	if body := b.get("/me").Body.String(); !strings.Contains(body, `action="/unclaim?x=1"`) {
		t.Errorf("on the next page:\n%s", body)
	}
	if body := b.htmx().post("/away").Body.String(); strings.Contains(body, "evil") {
		t.Errorf("undo leads away:\n%s", body)
	}
	for name, w := range map[string]*browser{"boosted": b.htmx().with("HX-Boosted", "true"), "restored": b.htmx().with("HX-History-Restore-Request", "true"), "whole": b.with("HX-Request", "true").with("HX-Request-Type", "full")} {
		if w := w.post("/claim"); w.Code != http.StatusSeeOther {
			t.Errorf("%s wants a page: %d", name, w.Code)
		}
	}
}

func TestTheFrameKnowsItsReader(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(k *page.Kit) {
		k.Counts = func(_ ctxType, c *page.Ctx) map[string]int { return map[string]int{c.Person.Name: 3} }
	})
	var got page.Frame
	at := time.Time{}
	show := func(c *page.Ctx) error {
		got = c.Frame("标题").Listen("queue", "ticket:7")
		at = c.Now.Add(90 * time.Minute)
		return c.Text(http.StatusOK, c.Clock(at)+" "+c.Moment(at)+" "+c.Left(at))
	}
	h.router.Face(page.Admin).Get("/show", page.SignedIn, show)
	h.router.Face(page.Portal).Get("/t/{code}/show", page.LinkHolder, show)
	w := h.as(h.admin).get("/show?x=1")
	if w.Body.String() != "10:30 今天 10:30 1 小时 30 分" {
		t.Errorf("times: %s", w.Body)
	}
	if got.Live != "/events?topics=queue,ticket:7" || got.Path != "/show?x=1" || !got.Staff || !got.Admin || got.Counts["管理员"] != 3 || got.Face != page.Admin {
		t.Errorf("%+v", got)
	}
	me := got.Me()
	if len(me.Links) != 4 || me.SignOut != "/signout" || me.Name != "管理员" {
		t.Errorf("%+v", me)
	}
	code := h.code(h.record(h.requester, say("x")))
	h.nobody().get("/t/" + code + "/show")
	if got.Live != "/t/"+code+"/events?topics=queue,ticket:7" || got.SignedIn || got.Code != code || got.Me().Name != "" || got.Person.Name != "王海燕" {
		t.Errorf("%+v", got)
	}
}

func TestSizesAndPictures(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 KB", 213_600: "214 KB", 1_500_000: "1.5 MB", 26_214_400: "26.2 MB"} {
		if got := page.Size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for kind, want := range map[string]bool{"image/png": true, "image/svg+xml": false, "text/html": false, "image/svg+xml; x": false, "": false} {
		if got := page.Viewable(ticket.Attachment{Type: kind}); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

func TestTheGalleryIsForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	if w := newHouse(t).nobody().get("/gallery"); w.Code != http.StatusNotFound {
		t.Errorf("in use: %d", w.Code)
	}
	h := newHouse(t, func(k *page.Kit) { k.Develop = true })
	if w := h.nobody().get("/gallery"); w.Code != http.StatusOK {
		t.Errorf("while developing: %d", w.Code)
	}
}
