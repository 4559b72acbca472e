// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// hidden is what an internal error says and nobody but the log may read.
const hidden = "pq: relation credential at 10.1.2.3 row 7"

func TestA88_S46_EachKindHasItsStatusAndItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	cases := []struct {
		kind   errs.Kind
		status int
		zh, en string
	}{
		{errs.Internal, 500, "出了问题", "Something went wrong"},
		{errs.Invalid, 422, "需要修改", "Needs a change"},
		{errs.Denied, 403, "没有权限", "No permission"},
		{errs.NotFound, 404, "没有找到", "Not found"},
		{errs.Conflict, 409, "状态不符", "State does not fit"},
		{errs.Stale, 412, "内容已更新", "Changed meanwhile"},
		{errs.Missing, 409, "还差几项", "Something is missing"},
		{errs.TooLarge, 413, "内容太大", "Too large"},
		{errs.Limited, 429, "次数太多", "Too many tries"},
		{errs.Unavailable, 503, "暂时不可用", "Not available"},
	}
	h := newHouse(t)
	for _, tt := range cases {
		fail := func(*page.Ctx) error { return errs.Wrap(errors.New(hidden), tt.kind, "nothing.written") }
		path := "/fail/" + tt.kind.String()
		h.router.Get(path, page.Public, fail)
		h.router.Post(path, page.Public, fail)
		for lang, want := range map[string]string{"zh-CN": tt.zh, "en": tt.en} {
			b := h.nobody().with("Accept-Language", lang)
			for _, w := range []*httptest.ResponseRecorder{b.get(path), b.post(path), b.htmx().get(path), b.with("Accept", "application/json").get(path)} {
				if w.Code != tt.status || w.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("%s %s: %d", tt.kind, lang, w.Code)
				}
				if strings.Contains(w.Body.String(), "pq:") || strings.Contains(w.Body.String(), "10.1.2.3") {
					t.Errorf("%s %s shows the cause:\n%s", tt.kind, lang, w.Body)
				}
			}
			w := b.get(path)
			if !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `lang="`+lang+`"`) {
				t.Errorf("%s %s: %q is not said:\n%s", tt.kind, lang, want, w.Body)
			}
			if !strings.Contains(w.Body.String(), `href="/"`) {
				t.Errorf("%s %s is a dead end", tt.kind, lang)
			}
		}
	}
	if w := h.nobody().get("/fail/limited"); w.Header().Get("Retry-After") == "" {
		t.Error("limited without saying until when")
	}
}

func TestA88_AnIncidentStandsInTheLogOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Get("/breaks", page.Public, func(*page.Ctx) error { return fmt.Errorf("read: %s", hidden) })
	h.router.Get("/panics", page.Public, func(*page.Ctx) error { panic(hidden) })
	h.router.Get("/renders", page.Public, func(c *page.Ctx) error {
		return c.Show(templ.ComponentFunc(func(_ ctxType, w writer) error {
			_, _ = w.Write([]byte("half a page"))
			return errors.New(hidden)
		}))
	})
	h.router.Foreign("/foreign", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(hidden) }))
	for _, path := range []string{"/breaks", "/panics", "/renders", "/foreign"} {
		before := h.log.String()
		w := h.nobody().get(path)
		logged := strings.TrimPrefix(h.log.String(), before)
		n := regexp.MustCompile(`incident=([a-z2-7]{10})`).FindAllStringSubmatch(logged, -1)
		if w.Code != http.StatusInternalServerError || len(n) != 1 {
			t.Errorf("%s: %d, incidents %v in\n%s", path, w.Code, n, logged)
			continue
		}
		if !strings.Contains(w.Body.String(), n[0][1]) || !strings.Contains(logged, "pq: relation") {
			t.Errorf("%s: page and log do not meet: %s", path, n[0][1])
		}
		if strings.Contains(w.Body.String(), "pq:") || strings.Contains(w.Body.String(), "half a page") || strings.Contains(w.Body.String(), "goroutine") {
			t.Errorf("%s shows what only the log may:\n%s", path, w.Body)
		}
	}
}

func TestA88_HalfAnAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Stream("/half", page.Public, func(c *page.Ctx) error {
		_, _ = c.Writer().Write([]byte("half"))
		return errors.New(hidden)
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // as net/http does
			t.Errorf("the connection is not cut: %v", p)
		}
		if !strings.Contains(h.log.String(), "pq: relation") {
			t.Error("nothing in the log")
		}
	}()
	h.nobody().get("/half")
}

func TestAFailedFragmentLeavesThePageAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	gaps := []errs.Gap{{Clause: "N32", Key: "gap.solution"}}
	h.router.Post("/gap", page.Public, func(*page.Ctx) error {
		return &errs.Error{Kind: errs.Missing, Key: "errs.missing", Gaps: gaps}
	})
	w := h.nobody().htmx().post("/gap")
	if w.Code != http.StatusConflict || w.Header().Get("HX-Reswap") != "innerHTML" || w.Header().Get("HX-Retarget") != "#problem" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	body := w.Body.String()
	if !strings.Contains(body, "还差几项") || !strings.Contains(body, "N32") || strings.Contains(body, "<html") {
		t.Errorf("the line:\n%s", body)
	}
	if w := h.nobody().htmx().get("/me"); w.Code != http.StatusUnauthorized || w.Header().Get("Location") != "" {
		t.Errorf("a fragment for nobody: %d", w.Code)
	}
	if w := h.nobody().with("Accept", "application/json").get("/me"); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `"status":401`) {
		t.Errorf("a script for nobody: %d %s", w.Code, w.Body)
	}
}

func TestWhatWasTypedComesBackWhenTheSessionIsOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Post("/reply", page.SignedIn, func(*page.Ctx) error { return nil })
	long := "打印机又卡纸了，昨天换过一次硒鼓，今天早上第一页就卡住了。"
	w := h.nobody().with("Referer", "http://desk.example/work/tickets/LD-1").post("/reply", "text", long, "password", "a very secret passphrase", "short", "x")
	body := w.Body.String()
	if w.Code != http.StatusUnauthorized || !strings.Contains(body, long) || strings.Contains(body, "secret passphrase") {
		t.Errorf("%d\n%s", w.Code, body)
	}
	if !strings.Contains(body, "/signin?next=%2Fwork%2Ftickets%2FLD-1") {
		t.Errorf("no way to sign in and come back:\n%s", body)
	}
	// Another site cannot put its words into our page.
	w = h.nobody().with("Sec-Fetch-Site", "cross-site").post("/reply", "text", long)
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), long) {
		t.Errorf("from another site: %d", w.Code)
	}
}

// What somebody wrote is words however few; what a box, a choice or the form itself says is not, and
// what is secret is never written back.
func TestWordsComeBackWhateverTheirLengthAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Post("/reply", page.SignedIn, func(*page.Ctx) error { return nil })
	b := h.nobody()
	for name, words := range map[string]string{
		"text": "Thanks!", "reply": "好", "answer_where": "三楼东侧", "done": "电源换过", "why": "not ours", "stuck": "プリンタ",
		"solution": "ORA-01653@db-prod-01.example",
	} {
		body := b.post("/reply", name, words).Body.String()
		if !strings.Contains(body, ">"+words+"</textarea>") {
			t.Errorf("%s: %q is lost:\n%s", name, words, body)
		}
		if !strings.Contains(body, "请先复制") || !strings.Contains(b.with("Accept-Language", "en").post("/reply", name, words).Body.String(), "copy it") {
			t.Errorf("%s: nothing says that it is to be copied", name)
		}
	}
	const machine = "abcdefghijklmnopqrstuvwxyz234567"
	for name, value := range map[string]string{
		"password": "我的密码 of many words", "old": machine, "again": machine, "code": "123 abc", "token": machine, "secret": machine,
		"client_secret": machine, "refresh_token": machine, "key": machine, "files": machine, "next": "/requests/LD-1?from=here",
		"text_was": "what stood there before", "digest": machine,
		"version": "12", "kind": "incident", "zone": "Asia/Shanghai", "due": "2026-03-02T10:00", "sure": "on", "text": "  \n ",
	} {
		if body := b.post("/reply", name, value).Body.String(); strings.Contains(body, "<textarea") {
			t.Errorf("%s: %q is shown:\n%s", name, value, body)
		}
	}
}

// secrets finds the fields of our pages that browsers hide while one types.
var secrets = regexp.MustCompile(`Name: "(\w+)"[^}]*Type: "password"`)

func TestA88_NoFieldForSecretsIsWrittenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Post("/reply", page.SignedIn, func(*page.Ctx) error { return nil })
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range secrets.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(names) < 3 {
		t.Fatalf("fields for secrets: %v %v", names, err)
	}
	for name := range names {
		if strings.Contains(h.nobody().post("/reply", name, "correct horse battery staple").Body.String(), "battery") {
			t.Errorf("%s is written back", name)
		}
	}
}

// A form may post to its own address, and be shown again at one that takes only commands: whoever
// signs in comes back to a page that can be opened.
func TestWhoSignsInComesBackToThePageOfTheForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	none := func(*page.Ctx) error { return nil }
	h.router.Get("/ask", page.SignedIn, none)
	h.router.Post("/ask", page.SignedIn, none)
	h.router.Get("/things/{id}", access.SelfWork, none)
	h.router.Post("/things/{id}/name", page.SignedIn, none)
	for _, tt := range []struct{ from, to, next string }{
		{"/ask", "/ask", "%2Fask"},
		{"/ask?like=7", "/ask?like=7", "%2Fask%3Flike%3D7"},
		{"", "/ask", "%2Fask"},
		{"/things/7/name", "/things/7/name", "%2Fthings%2F7"},
		{"", "/things/7/name", "%2Fthings%2F7"},
		{"/ask", "/things/7/name", "%2Fask"},
	} {
		b := h.nobody()
		if tt.from != "" {
			b = b.with("Referer", "http://desk.example"+tt.from)
		}
		w := b.post(tt.to, "text", "打印机又卡纸了")
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `href="/signin?next=`+tt.next+`"`) {
			t.Errorf("from %q to %s: %d\n%s", tt.from, tt.to, w.Code, w.Body)
		}
	}
}

// The words are still in the box of the page that asked, so nothing in the answer leads away from it:
// signing in goes on beside it, and what was refused is sent again as it stands.
func TestAFragmentForNobodyLeavesTheWordsInTheirBox(t *testing.T) {
	t.Parallel()
	h := formHouse(t, nil)
	for lang, says := range map[string]string{"zh-CN": "新标签页", "en": "new tab"} {
		b := h.nobody().htmx().with("Accept-Language", lang).with("HX-Current-URL", "http://desk.example/requests/LD-1")
		w := b.post("/form", "text", "卡纸")
		body := w.Body.String()
		if w.Code != http.StatusUnauthorized || strings.Count(body, "<a ") != 1 || strings.Count(body, says) != 2 ||
			!strings.Contains(body, `href="/signin?next=%2Frequests%2FLD-1" target="_blank" rel="noopener"`) {
			t.Errorf("%s: %d\n%s", lang, w.Code, body)
		}
	}
	stale := h.nobody().htmx()
	stale.post("/form", "text", "卡纸")
	stale.cookies = h.as(h.agent).cookies
	if w := stale.post("/form", "text", "卡纸"); w.Header().Get("HX-Redirect") != "/me" {
		t.Errorf("sent again: %d\n%s", w.Code, w.Body)
	}
}

func TestAFaceWithALayoutKeepsItAroundFailures(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	work := h.router.Face(page.Workspace)
	work.Layout(func(_ *page.Ctx, f page.Frame, body templ.Component) templ.Component {
		return templ.Join(templ.Raw("<nav>"+f.Title+"</nav>"), body)
	})
	work.Get("/work/gone", page.SignedIn, func(*page.Ctx) error { return errs.New(errs.NotFound, "page.not_found") })
	b := h.as(h.agent)
	if w := b.get("/work/gone"); !strings.Contains(w.Body.String(), "<nav>没有找到</nav>") || !strings.Contains(w.Body.String(), `href="/work"`) {
		t.Errorf("%s", w.Body)
	}
	if w := b.get("/me"); !strings.Contains(w.Body.String(), "<nav>个人资料</nav>") {
		t.Errorf("the profile of staff stands elsewhere:\n%s", w.Body)
	}
	if w := h.as(h.requester).get("/me"); strings.Contains(w.Body.String(), "<nav>个人资料</nav>") {
		t.Error("the profile of a requester stands in the workspace")
	}
}
