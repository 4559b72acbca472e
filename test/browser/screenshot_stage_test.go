// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// A letter to many, whose pictures lie elsewhere.
const newsletter = `From: Northlight Devices <news@northlight.example>
To: ` + apptest.Address + `
Subject: Firmware 4.2 for label printers: what changes on Monday
Message-ID: <news-42@northlight.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<table width="600" style="font-family:sans-serif"><tr><td>
<img src="https://pictures.northlight.example/header.png" width="600" height="120" alt="Northlight Devices">
<h2 style="color:#1f3a93">Firmware 4.2</h2>
<p>Printers of the L series update themselves in the night to Monday. Labels that were stored with 3.x print as before.</p>
<ul><li>Two-sided labels no longer shift by half a millimetre.</li><li>The network card answers at once after sleep.</li></ul>
<p><a href="https://northlight.example/l42" style="color:#1f3a93">All changes</a></p>
<img src="https://pictures.northlight.example/seen.gif?u=4711" width="1" height="1" alt="">
</td></tr></table>
`

// chainMail is an answer above a chain of quoted answers, as Chinese mail programs write it.
const chainMail = `From: =?utf-8?B?546L5rW354eV?= <{{from}}>
To: ` + apptest.Address + `
Subject: =?utf-8?B?5Zue5aSN77ya5Zue5aSN77ya?= {{subject}}
Message-ID: <chain-2@desk.example>
In-Reply-To: {{parent}}
References: {{parent}}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

重启以后好了一会儿，下午两点又断了，这次整层都断。

------------------ 原始邮件 ------------------
发件人: "IT 服务台" <desk@desk.example>
发送时间: 2026年3月2日(星期一) 上午9:40
收件人: "王海燕"
主题: 回复：五层网络断开

请先重启墙边的小交换机，再看一次。

在 2026-03-02 09:05:00，"王海燕" 写道：
> 五层财务部的网络断了，付款做不了。
`

// A bounce of a Chinese mail server: no standard report, a sentence.
const bounceMail = `From: postmaster@mail.example
To: ` + apptest.Address + `
Subject: =?utf-8?B?57O757uf6YCA5L+h?=
Content-Type: text/plain; charset=utf-8

收件人：{{to}}
退信原因：550 收件人不存在
原邮件：{{parent}}
`

// crlf is a mail as it comes over the wire.
func crlf(text string, pairs ...string) []byte {
	return []byte(strings.ReplaceAll(strings.NewReplacer(pairs...).Replace(text), "\n", "\r\n"))
}

// newest is the ticket that was recorded last.
func newest(t *testing.T, h *apptest.House) ticket.Ticket {
	t.Helper()
	list, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All})
	if err != nil || len(list.Tickets) == 0 {
		t.Fatal(err)
	}
	last := list.Tickets[0]
	for _, v := range list.Tickets {
		if v.ID > last.ID {
			last = v
		}
	}
	return now(t, h, last)
}

// What comes by mail and what becomes of what goes out: a newsletter whose pictures are only
// offered, a chain of which the last words count, a letter that came back.
func TestScreenshotsOfMail(t *testing.T) {
	h := apptest.New(t)
	user := h.Person(access.Requester)
	h.Receive("news@northlight.example", crlf(newsletter))
	letter := newest(t, h)
	v := taken(t, h, "五层财务部的网络断了，付款做不了")
	h.RunJobs()
	v = work(t, h, v, ticket.Reply{Say: ticket.Say{Text: "请先重启墙边的小交换机，再看一次。"}})
	h.RunJobs()
	box := h.Mailbox(user.Email)
	sent := box[len(box)-1].Header("Message-ID")
	h.Receive(user.Email, crlf(chainMail, "{{from}}", user.Email, "{{subject}}", "["+v.Ref()+"]", "{{parent}}", sent))
	work(t, h, v, ticket.Reply{Say: ticket.Say{Text: "已经派人到五层，11:30 前给您下一次反馈。"}})
	h.RunJobs()
	box = h.Mailbox(user.Email)
	h.Receive("", crlf(bounceMail, "{{to}}", user.Email, "{{parent}}", box[len(box)-1].Header("Message-ID")))
	b := asAgent(t, h)
	unfold := func(b *tab) {
		b.run(`document.querySelectorAll(".msg details").forEach(d => d.open = true)`)
	}
	b.series([]picture{
		{name: "newsletter", path: "/work/tickets/" + letter.Ref(), act: func(b *tab) {
			unfold(b)
			b.run(`document.querySelector(".msg iframe").scrollIntoView({block: "center"})`)
			b.run(framed) // one that has only its height is an empty sheet
		}},
		{name: "reply-chain", path: "/work/tickets/" + v.Ref(), act: unfold, only: "zh"},
		{name: "bounce", path: "/work/tickets/" + v.Ref(), act: func(b *tab) {
			b.run(`document.getElementById("sent").scrollIntoView()`)
			b.run(`document.querySelector(".msg:last-of-type")?.scrollIntoView()`)
		}},
		{name: "send-log", path: "/work/tickets/" + v.Ref() + "/sent"},
	})
}

// Why a clock is due when it is, over the National Day and its make-up workday.
func TestScreenshotsOfTime(t *testing.T) {
	h, v := nationalDay(t)
	b := asAgent(t, h)
	b.series([]picture{{name: "clock", path: "/work/tickets/" + v.Ref() + "/clock/resolve", narrow: true, act: func(b *tab) {
		b.run(`innerWidth > 768 && document.querySelector("#clock ol").scrollIntoView({block: "end"})`)
	}}})
}

// One incident that everybody waits for, seen by those who wait and by those who work on it.
func TestScreenshotsOfAMajorIncident(t *testing.T) {
	d, err := openSample()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Jobs.RunDue(t.Context()); err != nil { // the index of the search
		t.Fatal(err)
	}
	v := d.find(t, ticket.Filter{View: ticket.Risk, Status: ticket.Opened}, func(x ticket.Ticket) bool {
		return x.Priority == triage.P1 && strings.Contains(x.Subject, "网上订单")
	})
	lead, err := d.People.ByEmail(t.Context(), "zhou.min@qinglan.example")
	if err != nil {
		t.Fatal(err)
	}
	by, on := apptest.Actor(lead, "web"), ticket.Target{ID: v.ID}
	if _, err := d.Majors.Declare(t.Context(), by, on, major.Declaration{Headline: "网上订单平台暂时无法下单", Public: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Majors.Update(t.Context(), by, on, major.Word{Text: "数据库空间已满，正在扩容。已有订单不受影响，预计 11:10 恢复下单。", Public: true}); err != nil {
		t.Fatal(err)
	}
	for who, list := range map[string][]picture{
		wang: {{name: "major-portal", path: "/", narrow: true}, {name: "major-incidents", path: "/incidents"}},
		chen: {{name: "major-queue", path: "/work", only: "zh"}, {name: "major-work", path: "/work/majors/" + v.Ref()}, {name: "search", path: "/work/search?q=" + url.QueryEscape("打印机"), both: true}},
	} {
		b := open(t, d.url)
		b.signIn(who)
		b.series(list)
	}
}

// The requester's way from the need to the mark, and what a changed standard would have made of the
// last months.
func TestScreenshotsOfTheLoop(t *testing.T) {
	d, err := openSample()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := d.People.ByEmail(t.Context(), zheng)
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.Rehearsals.Start(t.Context(), apptest.Actor(admin, "web"), rehearsal.Pack, "[N16]\noff = true\n[N33]\nwhen = 'channel == \"phone\"'\n", 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Jobs.RunDue(t.Context()); err != nil { // the rehearsal, and the index that answers
		t.Fatal(err)
	}
	b := open(t, d.url)
	b.signIn(zheng)
	b.series([]picture{{name: "rehearsal", path: "/admin/rehearsals/" + strconv.FormatInt(int64(id), 10)}})
	for _, c := range casts() {
		words := map[string]string{"zh": "打印机卡纸", "en": "VPN"}[c.short]
		solved := d.of(t, c.requester, ticket.Resolved)
		b := open(t, d.url)
		b.signIn(c.requester)
		b.speak(c.lang)
		b.paint(c.theme)
		for _, p := range []picture{
			{name: "need", path: "/", act: func(b *tab) {
				b.tabTo("#main textarea[name=text]")
				b.write(words)
				b.sees("answers", `document.querySelector("#answers a")`)
			}},
			{name: "new-request", path: "/new?category=" + strconv.FormatInt(d.asking(t), 10)},
			{name: "requests", path: "/requests"},
			{name: "solution-step", path: "/requests/" + solved.Ref() + "/solution"},
			{name: "closed-request", path: "/requests/" + d.of(t, c.requester, ticket.Closed).Ref()},
		} {
			b.shoot(p, narrow, strings.Join([]string{p.name, c.short, c.theme, "390"}, "-"))
		}
	}
}

// series takes each picture in both languages, each in its light.
func (b *tab) series(list []picture) {
	b.Helper()
	for _, look := range casts() {
		b.size(wide)
		b.speak(look.lang)
		for _, p := range list {
			if p.taken() && (p.only == "" || p.only == look.short) {
				b.portray(p, look)
			}
		}
	}
}
