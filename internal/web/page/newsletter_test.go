// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// reaching are the ways in which a letter to many asks for something elsewhere; %s is where.
func reaching() []string {
	return []string{
		`<img src="%s/a.png" width=600>`, `<img srcset="%s/b.png 2x" src="%s/c.png">`, `<table background="%s/d.png"><tr><td background="%s/e.png">x</td></tr></table>`,
		`<div style="background-image:url('%s/f.png')">x</div>`, `<div style="background:#fff url(%s/g.png) no-repeat">x</div>`, `<style>@import url("%s/h.css");.a{background:url(%s/i.png)}</style>`,
		`<link rel="stylesheet" href="%s/j.css"><link rel="prefetch" href="%s/k">`, `<meta http-equiv="refresh" content="0;url=%s/l">`, `<base href="%s/"><img src="m.png">`,
		`<video poster="%s/n.png"><source src="%s/o.mp4"></video>`, `<audio src="%s/p.mp3" autoplay></audio>`, `<iframe src="%s/q"></iframe>`, `<object data="%s/r.swf"></object><embed src="%s/s">`,
		`<svg><image href="%s/t.png"/><use xlink:href="%s/u.svg#a"/></svg>`, `<form action="%s/v"><input type="image" src="%s/w.png"></form>`, `<script src="%s/x.js"></script>`,
		`<body background="%s/y.png">`, `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='%s/z.png'/></svg>">`,
		`<!--[if mso]><v:fill src="%s/aa.png"/><![endif]-->`, `<picture><source srcset="%s/bb.webp"><img src="%s/cc.png"></picture>`,
		`<span style="font-family:x;src:url(%s/dd.woff)">x</span>`, `<a href="%s/ee" ping="%s/ff">read</a>`, `<img src="%s/gg.gif" width=1 height=1 alt="">`, `<li style="list-style-image:url(%s/hh.png)">x</li>`,
		`<div style="content:url(%s/ii.png);cursor:url(%s/jj.cur),auto">x</div>`,
	}
}

// loads finds what a reader's program would ask for by itself: everything but the address of a link.
var loads = regexp.MustCompile(`(?i)(?:src|srcset|poster|data|background|action|ping|xlink:href)\s*=\s*["']?\s*(?:https?:|//)|url\s*\(|@import|<(?:link|meta http-equiv|base|script|iframe|object|embed|form|video|audio|svg)\b`)

// TestS64_AThousandNewslettersReachNothing opens letters that ask for things elsewhere in every way
// that is known, two and three ways each: the desk asks for nothing, and nothing in the frame would
// make a browser ask.
func TestS64_AThousandNewslettersReachNothing(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	h := newHouse(t, func(k *page.Kit) { k.Outside = netguard.Client(netguard.Options{AllowLoopback: true}) })
	ways := reaching()
	agent := h.as(h.agent)
	for i := range 1000 {
		var b strings.Builder
		fmt.Fprintf(&b, "<h1>No. %d</h1>", i)
		for k, at := 0, i; k < 3; k, at = k+1, at/len(ways)+7*k+3 {
			b.WriteString(strings.ReplaceAll(ways[at%len(ways)], "%s", o.URL) + "<p>words</p>")
		}
		tk := h.record(h.requester, ticket.Say{Text: "x", HTML: b.String()})
		w := agent.get(page.MailFramePath(tk.Number, ticket.MessageID(i+1))) // nothing else is said on this desk
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), fmt.Sprintf("No. %d", i)) {
			t.Fatalf("%d: %d\n%s", i, w.Code, w.Body)
		}
		if found := loads.FindString(w.Body.String()); found != "" {
			t.Errorf("%d: %q in\n%s\nof\n%s", i, found, w.Body, b.String())
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; img-src data:; ") {
			t.Errorf("%d: %q", i, csp)
		}
	}
	if o.calls.Load() != 0 {
		t.Errorf("%d calls", o.calls.Load())
	}
}
