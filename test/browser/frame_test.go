// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS61_TheFrameHoldsWithoutTheSanitizer shows every hostile input as it is, in a frame with the
// attributes and under the policy that mails get: were nothing of a mail cleaned, nothing of it
// would run or load all the same.
func TestS61_TheFrameHoldsWithoutTheSanitizer(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Receive("li@outside.example", []byte("From: li@outside.example\r\nTo: "+apptest.Address+"\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"))
	list, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 1})
	if err != nil || len(list.Tickets) != 1 {
		t.Fatal(list, err)
	}
	desk := asAgent(t, h)
	desk.goTo("/work/tickets/" + list.Tickets[0].Ref())
	desk.run(`document.querySelectorAll("#thread details").forEach(d=>d.open=true)`)
	cage := eval[string](desk, `document.querySelector("iframe.mail").getAttribute("sandbox") ?? "none"`)
	desk.run(`window.policy = (await fetch(document.querySelector("iframe.mail").src)).headers.get("content-security-policy")`)
	policy := eval[string](desk, `window.policy`)
	if strings.Contains(cage+policy, "allow-scripts") || strings.Contains(cage+policy, "allow-same-origin") || cage == "none" {
		t.Fatalf("the frame is %q under %q", cage, policy)
	}

	const together = 12
	const lures = `<img src="/hit/a"><script src="/hit/b"></script><script>top.document.title='hit';alert(1)</script><style>@import "/hit/c";body{background:url(/hit/d)}</style>` +
		`<link rel=stylesheet href="/hit/e"><object data="/hit/f"></object><svg onload="alert(1)"><video src="/hit/g" autoplay></video><img src=x onerror="fetch('/hit/h')"><iframe src="/hit/i"></iframe>`
	inputs := hostile(t)
	var mu sync.Mutex
	var hits []string
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		var n int
		switch _, err := fmt.Sscanf(r.URL.Path, "/raw/%d", &n); {
		case err == nil:
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprint(w, "<!doctype html><title>mail</title><p>words", lures, strings.Join(inputs[n:min(n+together, len(inputs))], "<hr>"))
		case r.URL.Path == "/page":
			fmt.Fprintf(w, `<!doctype html><title>the page</title><link rel=icon href="data:,"><iframe sandbox="%s" src="/raw/%s"></iframe>`, html.EscapeString(cage), html.EscapeString(r.URL.RawQuery))
		case r.Header.Get("Sec-Fetch-Dest") != "iframe": // a frame that leads itself away shows nothing of the desk
			mu.Lock()
			hits = append(hits, r.URL.Path)
			mu.Unlock()
		}
	}))
	t.Cleanup(plain.Close)
	b := open(t, plain.URL)
	b.watch()
	for i := 0; i < len(inputs); i += together {
		b.goTo(fmt.Sprintf("/page?%d", i))
		b.run(`await new Promise(r=>setTimeout(r,30))`)
		if title := eval[string](b, `document.title + Object.keys(window).filter(k=>/^(xss|pwn|hit)/i.test(k)).join()`); title != "the page" {
			t.Errorf("inputs from %d: the page is called %q", i, title)
		}
		for _, w := range b.complaints() { // that the policy stopped something is what this test wants
			if strings.Contains(w, "dialog opened") {
				t.Errorf("inputs from %d: %s", i, w)
			}
		}
	}
	if len(hits) != 0 {
		t.Errorf("the frame asked for %v", hits)
	}
}
