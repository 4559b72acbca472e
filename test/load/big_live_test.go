// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/test/running"
)

const (
	streamsEach = 20  // pages that one person keeps open
	readers     = 20  // of the pages, so many show the ticket on which something is said
	together    = 150 // milliseconds in which a page takes hints as one, as its script does
)

// listen opens pages that hear of the queue, lets something happen a few times, and measures how
// long it takes from the request that does it until every page has its hint, and until those that show
// the ticket have its thread anew.
func listen(d *running.Desk, name string, inside []http.CookieJar, pages int, longest int64) {
	d.Helper()
	idle := d.RSS()
	ctx, leave := context.WithCancel(d.Context())
	defer leave()
	l := &listening{Desk: d, ctx: ctx, ticket: strconv.FormatInt(longest, 10)}
	begin := time.Now()
	for i := range pages {
		if i%streamsEach == 0 {
			l.browser = &http.Client{Jar: inside[i/streamsEach], Transport: &http.Transport{MaxConnsPerHost: 0, MaxIdleConnsPerHost: 4}}
		}
		l.open(l.browser, i < readers)
	}
	if !l.until(func() bool { return int(l.ready.Load()) == pages }, time.Minute) {
		d.Fatalf("%d of %d pages are open", l.ready.Load(), pages)
	}
	opened := time.Since(begin)
	before := d.CPU()
	d.Idle(2 * time.Second)
	quiet := d.CPU() - before
	acts := 5
	if pages >= 200 {
		acts = 30
	}
	before = d.CPU()
	for i := range acts {
		l.act(i, pages)
	}
	cpu := d.CPU() - before
	slices.Sort(l.hints)
	slices.Sort(l.screens)
	hint, screen := figures{took: l.hints}, figures{took: l.screens}
	d.Logf("%s: %d live pages, opened in %v: %d MB more memory (%.0f kB a page), %.1f %% of a processor while nothing happens, %.0f ms of processor for each thing that happens", name, pages,
		opened.Round(time.Millisecond), (d.RSS()-idle)>>20, float64(d.RSS()-idle)/1024/float64(pages), 100*quiet.Seconds()/2, ms(cpu)/float64(acts))
	d.Logf("%s: from a request to the hint on every page: p50 %.0f, p95 %.0f, p99 %.0f ms (%d); to the thread on %d pages that show it: p50 %.0f, p95 %.0f, p99 %.0f ms, goal p95 < 1000 ms", name,
		hint.at(0.5), hint.at(0.95), hint.at(0.99), len(l.hints), readers, screen.at(0.5), screen.at(0.95), screen.at(0.99))
}

// enter signs people in before the desk runs, each from an address of their own, as a crowd would:
// from one address the desk takes so many tries in a quarter of an hour and no more.
func enter(t *testing.T, d *running.Desk, people int) []http.CookieJar {
	t.Helper()
	h, err := app.Open(t.Context(), app.Config{Data: d.Data, Database: d.Database, HTTP: d.HTTP, SecureCookies: "auto"}, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	out := make([]http.CookieJar, 0, people)
	for i := range people {
		secret, _, err := h.Sessions.SignIn(t.Context(), listener(i), running.Passphrase, session.Visitor{Address: fmt.Sprintf("192.0.2.%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(&url.URL{Scheme: "http", Host: d.HTTP}, []*http.Cookie{{Name: "session", Value: secret, Path: "/"}})
		out = append(out, jar)
	}
	return out
}

// listening is a crowd of open pages.
type listening struct {
	*running.Desk
	ctx     context.Context
	browser *http.Client
	ticket  string
	ready   atomic.Int64
	heard   atomic.Int64 // pages that have their hint of what happened last
	drawn   atomic.Int64 // readers that have the thread
	turn    atomic.Int64 // what happened last
	mu      sync.Mutex
	began   time.Time
	hints   []time.Duration
	screens []time.Duration
}

func (l *listening) until(done func() bool, patience time.Duration) bool {
	for end := time.Now().Add(patience); !done(); l.Idle(2 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// open keeps one page open.
func (l *listening) open(browser *http.Client, reader bool) {
	topics := "queue,person"
	if reader {
		topics = "ticket:" + l.ticket + ",queue,person"
	}
	go func() {
		r, err := http.NewRequestWithContext(l.ctx, http.MethodGet, "http://"+l.HTTP+"/events?topics="+topics, nil)
		if err != nil {
			return
		}
		answer, err := browser.Do(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			return // it is missed at the end
		}
		defer func() { _ = answer.Body.Close() }()
		l.ready.Add(1)
		heard, asked := int64(0), int64(0)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			turn := l.turn.Load()
			switch event, _ := strings.CutPrefix(lines.Text(), "event: "); {
			case turn == 0:
			case (event == "queue" || reader && event == "ticket") && heard < turn:
				heard = turn
				l.note(&l.hints)
				l.heard.Add(1)
			}
			if reader && asked < heard {
				asked = heard
				go l.draw(browser)
			}
		}
	}()
}

func (l *listening) note(list *[]time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*list = append(*list, time.Since(l.began))
}

// draw asks for the thread, as the script of the page does.
func (l *listening) draw(browser *http.Client) {
	l.Idle(together * time.Millisecond)
	if _, err := fetch(browser, "http://"+l.HTTP+"/work/tickets/"+l.ticket+"/thread"); err == nil {
		l.note(&l.screens)
		l.drawn.Add(1)
	}
}

// act lets a note be written, and waits until every page has heard of it.
func (l *listening) act(n, pages int) {
	l.Helper()
	l.heard.Store(0)
	l.drawn.Store(0)
	l.mu.Lock()
	l.began = time.Now()
	l.mu.Unlock()
	l.turn.Add(1)
	r, err := http.NewRequestWithContext(l.ctx, http.MethodPost, "http://"+l.HTTP+"/api/v1/tickets/"+l.ticket+"/note", strings.NewReader(fmt.Sprintf(`{"text":"第 %d 次查看，还没有新的错误"}`, n)))
	if err != nil {
		l.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		l.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		l.Fatalf("a note is answered %s", answer.Status)
	}
	all := func() bool { return int(l.heard.Load()) >= pages && int(l.drawn.Load()) >= min(readers, pages) }
	if !l.until(all, 30*time.Second) {
		l.Errorf("%d of %d pages heard of note %d, %d of %d show it", l.heard.Load(), pages, n, l.drawn.Load(), min(readers, pages))
	}
}
