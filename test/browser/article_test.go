// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/kit/richtext/hostiletest"
)

// published has an article written by an agent and published by a lead.
func published(t *testing.T, h *apptest.House, c knowledge.Content) knowledge.Article {
	t.Helper()
	agent, lead := apptest.Actor(h.Person(access.Agent), "web"), apptest.Actor(h.Person(access.Lead), "web")
	a, err := h.Knowledge.Save(t.Context(), agent, knowledge.Manuscript{Lang: "zh", Content: c})
	if err == nil {
		_, err = h.Knowledge.Submit(t.Context(), agent, a.ID, 0, h.Person(access.Lead).ID)
	}
	if err == nil {
		a, err = h.Knowledge.Publish(t.Context(), lead, a.ID, knowledge.Release{Sure: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// solvedBy is how often an article solved what somebody came with.
func solvedBy(t *testing.T, h *apptest.House, which knowledge.ID) int64 {
	t.Helper()
	if err := h.Knowledge.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := h.Knowledge.Stats(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return all[which].Solved
}

// An answer comes while somebody writes what they need, in the one box of the first page; what it
// solved is counted, and nothing was recorded. What it did not solve becomes a request with the words
// that were typed, in the guided form.
func TestN37_TheAnswerComesWhileOneWrites(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	a := published(t, h, knowledge.Content{Title: "VPN 连不上怎么办", Body: "1. 重启客户端\n2. 换备用网关", Audience: knowledge.Public})
	b := asRequester(t, h)
	b.size(narrow)
	b.goTo("/")
	if n := eval[int](b, `document.querySelectorAll("main textarea, main input[type=search]").length`); n != 1 {
		t.Errorf("the first page asks in %d boxes", n)
	}
	b.tabTo("#main textarea[name=text]")
	b.write("在家 VPN 连不上")
	b.sees("the article", `[...document.querySelectorAll("#answers a")].some(a=>a.innerText.includes("VPN 连不上怎么办"))`)
	b.holds("what was being written stays in the box") // axe, shape, console
	if got := eval[string](b, `document.activeElement.value`); got != "在家 VPN 连不上" {
		t.Errorf("the box holds %q", got)
	}
	b.click("#answers a")
	b.arrives("/articles/" + strconv.FormatInt(int64(a.ID), 10))
	b.tap("没有，写请求")
	b.arrives("/new")
	b.sees("the words in the guided form", `document.querySelector("textarea[name=text]").value === "在家 VPN 连不上" && document.querySelector("input[name=since]")`)
	b.goTo("/articles/" + strconv.FormatInt(int64(a.ID), 10))
	b.tap("解决了")
	b.arrives("/")
	b.reads("很高兴解决了您的问题")
	if n := solvedBy(t, h, a.ID); n != 1 {
		t.Errorf("counted as solved %d times", n)
	}
	b.tabTo("#main textarea[name=text]")
	b.write("三楼的投影仪没有信号")
	b.tap("补充细节")
	b.sees("the guided form", `document.querySelector("textarea[name=text]").value === "三楼的投影仪没有信号" && document.querySelector("input[name=since]")`)
	b.tabTo("input[name=since]")
	b.write("今天早上")
	b.tap("提交")
	b.sees("the request", `location.pathname.startsWith("/requests/LD-")`)
	b.reads("三楼的投影仪没有信号")
}

// The same by buttons alone, where no script runs.
func TestN37_TheAnswerWithoutScript(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	a := published(t, h, knowledge.Content{Title: "VPN 连不上怎么办", Body: "1. 重启客户端\n2. 换备用网关", Audience: knowledge.Public})
	b := open(t, h.URL)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.signIn(h.Person(access.Requester).Email)
	b.size(narrow)
	b.goTo("/")
	b.tabTo("#main textarea[name=text]")
	b.write("VPN 连不上")
	b.tap("查找答案")
	b.sees("the article, and the words", `document.querySelector("#answers a")?.innerText.includes("VPN 连不上怎么办") && document.querySelector("textarea[name=text]").value === "VPN 连不上"`)
	b.click("#answers a")
	b.sees("its steps", `document.querySelectorAll("article li").length === 2`)
	b.tap("解决了")
	b.reads("很高兴解决了您的问题")
	if n := solvedBy(t, h, a.ID); n != 1 {
		t.Errorf("counted as solved %d times", n)
	}
}

// From a solved ticket to an article that its requester reads, each at their own window: drafted in one
// press, changed, given to another person, published, found.
func TestN37_FromTheTicketToTheReader(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h, "第二台显示器不亮，我的电话 13812345678")
	agent, lead, user := asAgent(t, h), asLead(t, h), asRequester(t, h)
	agent.goTo("/work/tickets/" + v.Ref())
	agent.tap("生成文章草稿")
	agent.sees("the editor", `location.pathname.endsWith("/edit")`)
	agent.sees("the words of the ticket, without the number of a telephone", `document.querySelector("textarea[name=body]").value.includes("换了连接线") && !document.body.innerText.includes("13812345678") && !document.querySelector("textarea[name=body]").value.includes("13812345678")`)
	agent.run(`document.querySelector("input[name=title]").value=""`)
	agent.tabTo("input[name=title]")
	agent.write("第二台显示器不亮")
	agent.run(`document.querySelector("select[name=audience]").value="public"`)
	agent.sees("the preview", `document.querySelector("#preview .md, .preview .md, .md")?.innerText.includes("换了连接线")`)
	agent.press("ctrl+Enter")
	agent.sees("the article as saved", `/^\/work\/articles\/\d+$/.test(location.pathname) && document.querySelector("select[name=reviewer]")`)
	at := eval[string](agent, `location.pathname`)
	agent.run(`document.querySelector("select[name=reviewer]").value="` + strconv.FormatInt(int64(h.Person(access.Lead).ID), 10) + `"`)
	agent.tap("送审")
	agent.sees("that it waits for the other", `document.body.innerText.includes("等审核人发布")`)

	lead.goTo(at)
	lead.tap("发布")
	lead.sees("it published", `document.querySelector(".chip")?.innerText.includes("已发布")`)

	user.size(narrow)
	user.goTo("/")
	user.tabTo("#main textarea[name=text]")
	user.write("显示器不亮")
	user.sees("it found", `[...document.querySelectorAll("#answers a")].some(a=>a.innerText.includes("第二台显示器不亮"))`)
	user.click("#answers a")
	user.sees("it read", `document.querySelector("article .md")?.innerText.includes("换了连接线")`)
	if eval[bool](user, `document.body.innerText.includes("`+v.Ref()+`")`) {
		t.Error("a reader learns from which ticket it came")
	}
}

// Articles made of the whole corpus of hostile markup run nothing where they are edited, read by staff
// and read in the portal, and ask nobody for anything.
func TestS69_HostileArticlesRunNowhere(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	list := hostiletest.Inputs(t, "..", "..")
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.watch()
	user.watch()
	const together = 72
	for i := 0; i < len(list); i += together {
		var body strings.Builder
		body.WriteString("[a](javascript:window.hit=1) ![b](http://outside.example/b.png) <http://outside.example>\n\n")
		for _, c := range list[i:min(i+together, len(list))] {
			body.WriteString(strings.Map(func(r rune) rune {
				if r == 0 {
					return -1
				}
				return r
			}, strings.ToValidUTF8(c.HTML, "?")) + "\n\n")
		}
		text := body.String()
		if len(text) > 48_000 {
			text = strings.ToValidUTF8(text[:48_000], "")
		}
		a := published(t, h, knowledge.Content{Title: `<img src=x onerror="window.hit=1"> ` + strconv.Itoa(i), Body: text, Audience: knowledge.Public})
		key := strconv.FormatInt(int64(a.ID), 10)
		for b, paths := range map[*tab][]string{agent: {"/work/articles/" + key, "/work/articles/" + key + "/edit", "/work/articles"}, user: {"/articles/" + key, "/find?q=img", "/faq"}} {
			for _, path := range paths {
				b.goTo(path)
				if hit := eval[string](b, marks); hit != "" {
					t.Errorf("%s: %s", path, hit)
				}
				if bad := eval[int](b, `document.querySelectorAll('.md :is(script,iframe,object,embed,form,style,link,meta,svg,base), .md [href^="javascript:" i], .md [src^="http" i]').length`); bad != 0 {
					t.Errorf("%s holds %d things that it may not", path, bad)
				}
			}
		}
	}
	for _, b := range []*tab{agent, user} {
		for _, asked := range b.requests() {
			if strings.Contains(asked, "outside.example") || strings.Contains(asked, "evil") {
				t.Errorf("an article asked for %s", asked)
			}
		}
	}
}
