// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/richtext/hostiletest"
)

// payloadsLooked is how many payloads the test run looks at; LOOPDESK_HOSTILE=all looks at each.
const payloadsLooked = 24

// looked are the payloads of this run, from all over the corpus.
func looked(t *testing.T) []string {
	t.Helper()
	all := hostiletest.Payloads(t, "..", "..")
	n := payloadsLooked
	switch v := os.Getenv("LOOPDESK_HOSTILE"); v {
	case "":
	case "all":
		return all
	default:
		var err error
		if n, err = strconv.Atoi(v); err != nil || n < 1 {
			t.Fatalf("LOOPDESK_HOSTILE is %q: a number, or all", v)
		}
	}
	out := make([]string, 0, n)
	for i := range n {
		out = append(out, all[i*len(all)/n])
	}
	return out
}

// hostileMail carries a payload as its subject, as the name of its sender, as its words and as the
// name and the bytes of a file.
func hostileMail(from, payload string) []byte {
	word := func(s string) string {
		var out []string
		for part := range slices.Chunk([]rune(strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, s)), 10) {
			out = append(out, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(string(part)))+"?=")
		}
		return strings.Join(out, "\r\n ")
	}
	var body strings.Builder
	for part := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString([]byte(payload))), 76) {
		body.Write(part)
		body.WriteString("\r\n")
	}
	return []byte("From: " + word(payload) + " <" + from + ">\r\nTo: " + apptest.Address + "\r\nSubject: " + word(payload) + "\r\nMessage-ID: <" + from + ">\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body.String() +
		"\r\n--b1\r\nContent-Type: text/html; name=\"x.html\"\r\nContent-Disposition: attachment; filename*=UTF-8''" + url.PathEscape(payload) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body.String() + "\r\n--b1--\r\n")
}

// intruders is what no page of ours ever holds outside the frame of a mail: a script or a style from
// elsewhere, an element that runs or reaches out by itself, a handler, a form that leads away.
const intruders = `[...document.querySelectorAll("script,style,object,embed,base,applet,marquee,math,audio,video,iframe,link,form,a,img,meta,*")].filter(e=>{
	const own=u=>!u||u.startsWith("/")&&!u.startsWith("//")||u.startsWith(location.origin+"/")||u.startsWith("#")||u.startsWith("?");
	if([...e.attributes].some(a=>/^on/i.test(a.name))||e.hasAttribute("srcdoc")) return true;
	switch(e.localName){
		case "script": return !own(e.getAttribute("src"))||!e.getAttribute("src");
		case "style": case "object": case "embed": case "base": case "applet": case "marquee": case "math": case "audio": case "video": return true;
		case "iframe": return !e.matches(".mail")||!/^[a-z -]*$/.test(e.getAttribute("sandbox"))||/allow-(scripts|same-origin)/.test(e.getAttribute("sandbox"));
		case "link": return !own(e.getAttribute("href"));
		case "form": return !own(e.getAttribute("action"));
		case "meta": return e.httpEquiv.toLowerCase()==="refresh";
		case "img": return !own(e.getAttribute("src"))&&!e.src.startsWith("blob:");
		case "a": return /^\s*(javascript|data|vbscript):/i.test(e.getAttribute("href")||"");
	}
	return false;
}).map(e=>e.outerHTML.slice(0,200)).join("\n")`

// marks are what a payload that ran would have left.
const marks = `Object.keys(window).filter(k=>/^(xss|pwn|hit)/i.test(k)).join()`

// framed lets every frame of a mail load.
const framed = `await Promise.all([...document.querySelectorAll("iframe.mail")].map(f=>new Promise(r=>{f.addEventListener("load",r,{once:true}); f.loading="eager"; f.src=f.src})));`

// settle opens whatever is folded and lets every frame of a mail load.
const settle = `document.querySelectorAll("details").forEach(d=>d.open=true);` + framed

// looks looks at a page as a screen of some width shows it, and as it is printed. What a page holds
// is the same at each width.
func (b *tab) looks(path, what string) {
	b.Helper()
	b.goTo(path)
	b.run(settle)
	b.unharmed(what)
	media := emulation.SetEmulatedMediaParams{Media: "print"}
	call(b, emulation.SetEmulatedMedia, media)
	b.unharmed(what + ", printed")
	media.Media = ""
	call(b, emulation.SetEmulatedMedia, media)
}

// unharmed looks that nothing ran and that nothing stands in the page which is not ours.
func (b *tab) unharmed(what string) {
	b.Helper()
	if got := eval[string](b, marks); got != "" {
		b.Errorf("%s at %s: %s ran", what, b.where(), got)
	}
	if got := eval[string](b, intruders); got != "" {
		b.Errorf("%s at %s holds\n%s", what, b.where(), got)
	}
	for _, w := range b.complaints() { // dialogs, violations of the policy, addresses of other houses
		b.Errorf("%s at %s: %s", what, b.where(), w)
	}
}

// sheaf is how many payloads stand in one thread. It has no divisor in common with the 13 places in
// which the corpus puts each input: the heads of the threads hold every place in turn.
const sheaf = 12

// invade lets each payload in as a mail that makes a ticket, and once more as a mail to the thread
// that gathers its sheaf; and as words of a request of its owner, a sheaf in each thread. It returns
// the threads, and how many requests had no word that could be shown.
func invade(t *testing.T, h *apptest.House, list []string) (mails, requests []ticket.Ticket, empty int) {
	t.Helper()
	owner := h.Person(access.Requester)
	post := func(from, to, payload string) intake.ID {
		id, err := h.Intake.Journal(t.Context(), intake.Delivery{Source: "smtp", Sender: from, Recipient: to, Address: "127.0.0.1", Raw: hostileMail(from, payload)})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	say := func(p string) ticket.Say { return ticket.Say{Text: p, Channel: ticket.Portal} }
	for from := 0; from < len(list); from += sheaf {
		part := list[from:min(from+sheaf, len(list))]
		var asked ticket.Ticket
		first := post(fmt.Sprintf("m@outside%d.example", from), apptest.Address, part[0])
		for i, p := range part {
			if i > 0 {
				post(fmt.Sprintf("m@outside%d.example", from+i), apptest.Address, p)
			}
			var err error
			if asked.ID == 0 {
				asked, _, err = h.Tickets.Record(t.Context(), apptest.Actor(owner, "portal"), ticket.Request{Requester: owner.ID, Channel: ticket.Portal, Say: say(p)})
			} else {
				_, err = h.Tickets.Do(t.Context(), apptest.Actor(owner, "portal"), ticket.Target{ID: asked.ID}, ticket.Reply{Say: say(p)})
			}
			if errs.KindOf(err) == errs.Invalid { // of some, nothing is left that could be shown
				empty++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		h.RunJobs()
		if asked.ID != 0 {
			requests = append(requests, asked)
		}
		e, err := h.Intake.Entry(t.Context(), access.Desk(), first)
		if err != nil {
			t.Fatal(err)
		}
		if e.Ticket == 0 {
			continue // it waits in the quarantine, which is looked at
		}
		v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: e.Ticket})
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, v)
		user, host, _ := strings.Cut(apptest.Address, "@")
		to := user + "+" + h.Links.Reply(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)}) + "@" + host
		for i, p := range part[1:] {
			post(fmt.Sprintf("n@outside%d.example", from+i+1), to, p)
		}
		h.RunJobs()
		if from/sheaf%16 == 15 {
			h.Advance(time.Hour) // so that no bound on automatic mail spares us a letter
		}
	}
	return mails, requests, empty
}

// TestS60_EveryFieldInEveryView lets payloads in as subject, sender, words and file of a mail and as
// the words of a request, and looks at each as an agent, as the requester, in every list, printed, on
// a phone, and in the letters that the desk writes about it: nothing runs, nothing asks another house,
// nothing of it becomes a part of a page. The run of all payloads is "make hostile".
func TestS60_EveryFieldInEveryView(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	list := looked(t)
	mails, requests, empty := invade(t, h, list)
	var tabs []*tab // two of each: at a desk, and with a phone
	for i, open := range []func() *tab{
		func() *tab { return asAgent(t, h) }, func() *tab { return asAgent(t, h) },
		func() *tab { return asRequester(t, h) }, func() *tab { return asRequester(t, h) },
		func() *tab { return open(t, h.URL) }, func() *tab { return open(t, h.URL) },
	} {
		b := open()
		b.watch()
		b.size([]window{wide, narrow}[i%2])
		tabs = append(tabs, b)
	}
	agents, users, links := tabs[:2], tabs[2:4], tabs[4:]
	track := func(v ticket.Ticket) string {
		return "/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	}
	framed, listed := 0, 0
	for i, v := range mails {
		agents[i%2].looks("/work/tickets/"+v.Ref(), "the ticket")
		framed += eval[int](agents[i%2], `document.querySelectorAll("iframe.mail").length`)
		links[i%2].looks(track(v), "the tracking page")
	}
	for i, v := range requests {
		users[i%2].looks("/requests/"+v.Ref(), "the request")
		agents[1-i%2].looks("/work/tickets/"+v.Ref(), "the ticket of a request")
	}
	for cursor, at := "", ""; ; {
		page, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 50, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		listed += len(page.Tickets)
		for _, b := range agents {
			b.looks("/work?view=all"+at, "the queue")
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		at = "&cursor=" + url.QueryEscape(cursor)
	}
	for _, b := range agents {
		for _, path := range []string{"/work", "/work/quarantine", "/work/inbox", "/work/search?q=alert", "/work/search?q=script"} {
			b.looks(path, "an overview")
		}
	}
	for _, b := range users {
		b.looks("/", "the portal")
		b.looks("/requests", "the list of requests")
	}
	letter := links[0]
	letters := h.Mail.Mails()
	for _, m := range letters {
		letter.do(chromedp.Navigate("data:text/html;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(m.HTML()))))
		letter.letterUnharmed(m.Header("Subject"))
	}
	t.Logf("%d payloads: %d tickets listed, %d threads of mail, %d of requests, %d frames of mails, %d letters; %d without a word",
		len(list), listed, len(mails), len(requests), framed, len(letters), empty)
	if listed < len(list)*9/10 || framed < len(list)*6/10 || len(letters) < len(list)/2 || len(requests) < len(list)/sheaf*9/10 {
		t.Error("too few were looked at")
	}
}

// letterUnharmed looks at a letter of ours in a browser that would run whatever is in it.
func (b *tab) letterUnharmed(what string) {
	b.Helper()
	if got := eval[string](b, marks); got != "" {
		b.Errorf("the letter %q: %s ran", what, got)
	}
	if got := eval[string](b, `[...document.querySelectorAll("script,object,embed,base,iframe,form,img,video,audio,svg,math,link")].map(e=>e.outerHTML.slice(0,200)).concat([...document.querySelectorAll("*")].filter(e=>[...e.attributes].some(a=>/^on/i.test(a.name))).map(e=>e.outerHTML.slice(0,200))).join("\n")`); got != "" {
		b.Errorf("the letter %q holds\n%s", what, got)
	}
	for _, w := range b.complaints() {
		b.Errorf("the letter %q: %s", what, w)
	}
}
