// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// shown lists the tickets of a page in their order.
func shown(body string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`id="row-(LD-\d+)"`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func refs(list ...ticket.Ticket) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Ref()
	}
	return out
}

func TestN23_TheQueueStandsInRiskOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	calm := h.open(h.requester, "键盘有点松，不急。")
	h.clock.Advance(time.Minute)
	urgent := h.open(h.other, "全厂无法登录。三条产线停了")
	urgent = h.do(h.agent, urgent, ticket.Accept{}, graded())
	body := h.as(h.agent).page("/work")
	if diff := cmp.Diff(refs(urgent, calm), shown(body)); diff != "" {
		t.Error(diff)
	}
	h.holds(body, "全厂无法登录", "“…三条产线停了”", "Tom Reed", "财务部", ">P1<", "2 单未关闭", "首次响应", "领取 "+calm.Ref())
	h.lacks(body, "领取 "+urgent.Ref())
}

// Under the problem stand the words that it leaves out, and never half a word.
func TestTheSecondLineGoesOnWhereTheProblemEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.open(h.requester, "My headset is very quiet in calls since this week, customers hear me but I hardly hear them")
	h.open(h.other, "键盘有点松。")
	body := h.as(h.agent).page("/work")
	h.holds(body, "“…customers hear me but I hardly hear them”", "门户 · 09:00 提出")
}

func TestTheViewsAndFiltersNarrowTheQueue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fresh := h.open(h.requester, "新的一单，没有人看过")
	mine := h.do(h.agent, h.open(h.requester, "打印机卡纸"), ticket.Accept{}, ticket.Classify{Category: h.software.ID, Service: h.erp.ID})
	waits := h.do(h.second, h.open(h.other, "VPN 断线"), ticket.Accept{}, graded(), ticket.HoldFor{Reason: ticket.ForRequester}, ticket.Assign{Group: h.network.ID})
	gone := h.do(h.agent, h.open(h.other, "发错了的一单"), ticket.Close{As: ticket.Invalid, Reason: "发错了"})
	b := h.as(h.agent)
	for query, want := range map[string][]ticket.Ticket{
		"":                                    {waits, fresh, mine},
		"view=mine":                           {mine},
		"view=unclaimed":                      {fresh},
		"view=waiting":                        {waits},
		"view=closed":                         {gone},
		"view=all&status=closed":              {gone},
		"priority=P1":                         {waits},
		"q=打印机":                               {mine},
		fmt.Sprintf("group=%d", h.network.ID): {waits},
		fmt.Sprintf("owner=%d", h.second.ID):  {waits},
		fmt.Sprintf("category=%d&service=%d", h.software.ID, h.erp.ID): {mine},
		"status=new&priority=P1": {},
	} {
		t.Run(query, func(t *testing.T) {
			got := shown(b.page("/work?" + query))
			want := refs(want...)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	h.holds(b.page("/work?status=new&priority=P1"), "没有符合这些条件的工单。", "清除筛选")
	h.holds(b.page("/work?view=overdue"), "没有超时的工单。", "去风险队列")
	h.holds(b.page("/work?view=closed"), "关闭，不是请求")
}

func TestANumberLeadsToItsTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	gone := h.do(h.agent, h.open(h.other, "发错了"), ticket.Close{As: ticket.Invalid, Reason: "发错了"})
	b := h.as(h.agent)
	for _, q := range []string{gone.Ref(), strings.ToLower(gone.Ref()), strings.TrimPrefix(gone.Ref(), "LD-")} {
		a := b.get("/work?q=" + q)
		if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/work/tickets/"+gone.Ref() {
			t.Errorf("%s: %d to %q", q, a.Code, a.Header().Get("Location"))
		}
	}
	if a := b.get("/work?q=LD-999999"); a.Code != http.StatusOK {
		t.Errorf("a number that nobody has: %d", a.Code)
	}
}

// Whoever walks through the pages meets every ticket once, and finds the way back.
func TestTheCursorShowsEachTicketOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := map[string]bool{}
	for i := range 120 {
		who := h.requester
		if i%3 == 0 {
			who = h.other
		}
		want[h.open(who, fmt.Sprintf("第 %d 单", i)).Ref()] = true
		if i%10 == 0 {
			h.clock.Advance(time.Minute)
		}
	}
	b := h.as(h.agent)
	next, prev := regexp.MustCompile(`href="([^"]+)"[^>]*rel="next"`), regexp.MustCompile(`href="([^"]+)"[^>]*rel="prev"`)
	seen, path := map[string]int{}, "/work?status=new"
	var pages []string
	for path != "" {
		body := b.page(path)
		for _, ref := range shown(body) {
			seen[ref]++
		}
		pages = append(pages, body)
		path = ""
		if m := next.FindStringSubmatch(body); m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	if len(pages) != 3 || len(seen) != len(want) {
		t.Fatalf("%d pages with %d tickets, want 3 with %d", len(pages), len(seen), len(want))
	}
	for ref, n := range seen {
		if n != 1 || !want[ref] {
			t.Errorf("%s was seen %d times", ref, n)
		}
	}
	for i := len(pages) - 1; i > 0; i-- {
		m := prev.FindStringSubmatch(pages[i])
		if m == nil {
			t.Fatalf("page %d has no way back", i+1)
		}
		back := b.page(html.UnescapeString(m[1]))
		if diff := cmp.Diff(shown(pages[i-1]), shown(back)); diff != "" {
			t.Errorf("back from page %d:\n%s", i+1, diff)
		}
	}
	if a := b.get("/work?after=nonsense"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("a cursor that is none: %d", a.Code)
	}
}

// The live list is the same stretch as the page: an offer to sort it anew counts what has
// changed there and nothing else.
func TestTheLiveListIsTheSameStretch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 60 {
		h.open(h.requester, fmt.Sprintf("第 %d 单", i))
	}
	b := h.as(h.agent)
	second := html.UnescapeString(regexp.MustCompile(`href="([^"]+)"[^>]*rel="next"`).FindStringSubmatch(b.page("/work"))[1])
	body := b.page(second)
	live := regexp.MustCompile(`hx-get="(/work/rows[^"]*)"`).FindStringSubmatch(body)
	if live == nil {
		t.Fatal("the list has no address of its own")
	}
	part := b.htmx().page(html.UnescapeString(live[1]))
	if diff := cmp.Diff(shown(body), shown(part)); diff != "" {
		t.Error(diff)
	}
	h.holds(part, `id="list"`, `data-offer="offer"`)
	h.lacks(part, "<!doctype", "<html")
}

// What people wrote is text wherever it stands (A1, S82).
func TestA1_WordsAreTextInTheQueue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const canary = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
	h.open(h.requester, canary+"。第二句 "+canary)
	b := h.as(h.agent)
	for _, path := range []string{"/work", "/work?q=" + "%22%3E%3Cimg", "/work?view=all&owner=%22%3E%3Cscript%3E", "/work?status=%3Cscript%3E"} {
		h.lacks(b.page(path), "<img src=x", "<script>alert")
	}
}

func TestA69_RequestersAreKeptOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.open(h.requester, "一单")
	b := h.as(h.requester)
	for _, path := range []string{"/work", "/work/rows", "/work/new", "/work/phone", "/work/phone/people?q=a", "/work/quarantine", "/work/quarantine/1", "/work/quarantine/1/raw"} {
		if a := b.get(path); a.Code != http.StatusForbidden {
			t.Errorf("GET %s: %d", path, a.Code)
		}
	}
	for _, path := range []string{
		"/work/next", "/work/claim", "/work/bulk/accept", "/work/unassign/1.1.1.1", "/work/new", "/work/phone", "/work/phone/check",
		"/work/quarantine/1/retry", "/work/quarantine/1/ticket", "/work/quarantine/1/discard",
	} {
		if a := b.post(path, "ticket", one.Ref()); a.Code != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, a.Code)
		}
	}
	if now := h.get(one); now.Status != ticket.New || now.Owner != 0 {
		t.Errorf("status %s, owner %d", now.Status, now.Owner)
	}
}
