// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// listener reads a stream line by line from a running server.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	body  io.Closer
}

// listen opens a stream; the answer's status is looked at by the caller.
func (b *browser) listen(srv *httptest.Server, path string, headers ...string) (*http.Response, *listener) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, srv.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = resp.Body.Close() })
	return resp, &listener{b.T, bufio.NewScanner(resp.Body), resp.Body}
}

// next returns the next event as "event data", and false when the stream is over.
func (l *listener) next() (string, bool) {
	event := ""
	for l.lines.Scan() {
		line := l.lines.Text()
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "event":
			event = value
		case "data":
			return event + " " + value, true
		}
	}
	return "", false
}

func (h *house) publish(topics ...string) {
	h.Helper()
	err := h.db.Write(h.Context(), func(_ context.Context, tx *db.Tx) error {
		for _, topic := range topics {
			h.hub.Publish(tx, topic)
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
}

// serve runs the router; it closes the streams before the server waits for them.
func (h *house) serve() *httptest.Server {
	srv := httptest.NewServer(h.router)
	h.Cleanup(srv.Close)
	h.Cleanup(h.router.Close)
	return srv
}

func TestS23_ATopicIsForThoseWhoMayReadIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	mine, theirs := h.record(h.requester, say("x")), h.record(h.other, say("y"))
	code := h.code(mine)
	topic := func(tk ticket.Ticket) string { return "ticket:" + strings.TrimPrefix(tk.Ref(), ticket.Prefix) }
	requester, agent, nobody := h.as(h.requester), h.as(h.agent), h.nobody()
	cases := []struct {
		name string
		b    *browser
		path string
		want int
	}{
		{"one's own ticket", requester, "/events?topics=" + topic(mine), 200},
		{"by its full number", requester, "/events?topics=ticket:" + mine.Ref(), 200},
		{"oneself", requester, "/events?topics=person", 200},
		{"an agent, everything", agent, "/events?topics=queue,person," + topic(mine) + "," + topic(theirs), 200},
		{"who writes on a ticket", agent, "/events?topics=writing:" + mine.Ref(), 200},
		{"who writes on one's own ticket", requester, "/events?topics=writing:" + mine.Ref(), 403},
		{"who writes, by a link", nobody, "/t/" + code + "/events?topics=writing:" + mine.Ref(), 403},
		{"who writes on somebody else's ticket", requester, "/events?topics=writing:" + theirs.Ref(), 404},
		{"the holder of the link", nobody, "/t/" + code + "/events?topics=" + topic(mine), 200},
		{"somebody else's ticket", requester, "/events?topics=" + topic(theirs), 404},
		{"one's own and somebody else's (S22)", requester, "/events?topics=" + topic(mine) + "," + topic(theirs), 404},
		{"no such ticket", requester, "/events?topics=ticket:999999", 404},
		{"the queue", requester, "/events?topics=queue", 403},
		{"somebody else", requester, "/events?topics=person:1", 422},
		{"a pattern", agent, "/events?topics=*", 422},
		{"a pattern of tickets", agent, "/events?topics=ticket:*", 422},
		{"no topic", agent, "/events", 422},
		{"too many", agent, "/events?topics=" + strings.Repeat("queue,", 20) + "queue", 422},
		{"nobody", nobody, "/events?topics=queue", 303},
		{"the queue by a link", nobody, "/t/" + code + "/events?topics=queue", 404},
		{"a person by a link", nobody, "/t/" + code + "/events?topics=person", 422},
		{"somebody else's ticket by a link", nobody, "/t/" + code + "/events?topics=" + topic(theirs), 404},
	}
	for _, tt := range cases {
		resp, _ := tt.b.listen(srv, tt.path)
		if resp.StatusCode != tt.want {
			t.Errorf("%s: %d", tt.name, resp.StatusCode)
		}
		if kind := resp.Header.Get("Content-Type"); (kind == "text/event-stream") != (tt.want == 200) {
			t.Errorf("%s: %s", tt.name, kind)
		}
		if resp.StatusCode == http.StatusOK && (resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Cache-Control") != "no-store") {
			t.Errorf("%s: %v", tt.name, resp.Header)
		}
		_ = resp.Body.Close()
	}
}

func TestHintsArriveAndSayOnlyWhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	tk, other := h.record(h.requester, say("x")), h.record(h.other, say("y"))
	topic := "ticket:" + tk.Ref()
	_, l := h.as(h.agent).listen(srv, "/events?topics=queue,person,"+topic)
	h.publish(live.Ticket(other.ID), live.Person(h.lead.ID), live.Queue, live.Ticket(tk.ID), live.Ticket(tk.ID))
	for _, want := range []string{"queue queue", "ticket " + topic} {
		if got, ok := l.next(); !ok || got != want {
			t.Fatalf("%q %v, want %q", got, ok, want)
		}
	}
	h.publish(live.Person(h.agent.ID))
	if got, ok := l.next(); !ok || got != "person person" {
		t.Fatalf("%q %v", got, ok)
	}
	// What was hinted between the reading of the page and its listening is told first.
	read := h.hub.Mark()
	h.publish(live.Ticket(other.ID), live.Queue)
	_, l = h.as(h.agent).listen(srv, "/events?topics="+topic+",queue&since="+read)
	h.publish(live.Ticket(tk.ID))
	for _, want := range []string{"queue queue", "ticket " + topic} {
		if got, ok := l.next(); !ok || got != want {
			t.Fatalf("since the page was read: %q %v, want %q", got, ok, want)
		}
	}
	// Whoever comes back after a break looks at everything.
	_, l = h.as(h.agent).listen(srv, "/events?topics=queue,"+topic, "Last-Event-ID", "7")
	for _, want := range []string{"queue queue", "ticket " + topic} {
		if got, ok := l.next(); !ok || got != want {
			t.Fatalf("after a break: %q %v, want %q", got, ok, want)
		}
	}
}

func TestS23_AStreamEndsWithTheRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	tk := h.record(h.requester, say("x"))
	agent, holder := h.as(h.agent), h.nobody()
	_, a := agent.listen(srv, "/events?topics=queue")
	_, l := holder.listen(srv, "/t/"+h.code(tk)+"/events?topics=ticket:"+tk.Ref())
	if w := agent.post("/signout"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	p := h.requester
	p.Active = false
	if _, err := h.people.Change(t.Context(), h.actor(h.admin, "web"), p, 0); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(5 * time.Second)
	h.publish(live.Queue, live.Ticket(tk.ID))
	for name, s := range map[string]*listener{"after signing out": a, "a link of somebody disabled": l} {
		if got, ok := s.next(); !ok || got != "over session" {
			t.Errorf("%s: %q %v", name, got, ok)
		}
		if got, ok := s.next(); ok {
			t.Errorf("%s: it goes on with %q", name, got)
		}
	}
}

func TestA66_ListeningDoesNotProlongASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	_, l := h.as(h.admin).listen(srv, "/events?topics=queue")
	for range 3 {
		h.clock.Advance(4 * time.Minute)
		h.publish(live.Queue)
		if got, ok := l.next(); !ok || got != "queue queue" {
			t.Fatalf("%q %v", got, ok)
		}
	}
	h.clock.Advance(4 * time.Minute)
	h.publish(live.Queue)
	if got, _ := l.next(); got != "over session" {
		t.Errorf("an administrator who only listened for 16 minutes: %q", got)
	}
}

func TestStreamsEndWhenTheHouseCloses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	_, l := h.as(h.agent).listen(srv, "/events?topics=queue")
	h.router.Close()
	h.router.Close()
	if got, ok := l.next(); ok {
		t.Errorf("it goes on with %q", got)
	}
}

func TestS88_StreamsOfOnePersonAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := h.serve()
	b := h.as(h.agent)
	var first *http.Response
	for i := range 30 {
		resp, _ := b.listen(srv, "/events?topics=queue")
		if first == nil {
			first = resp
		}
		if resp.StatusCode == http.StatusTooManyRequests {
			if i < 6 {
				t.Fatalf("refused at %d", i)
			}
			return
		}
	}
	t.Error("streams without end")
}
