// SPDX-License-Identifier: Apache-2.0

package page

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
)

// How a stream behaves.
const (
	maxTopics  = 20
	maxStreams = 24               // open at once per person
	beat       = 20 * time.Second // a line that says nothing, so that no proxy closes the stream
	gather     = 150 * time.Millisecond
	trust      = 4 * time.Second // how long a right that was checked is believed (S23: under 5 s)
	writeFor   = 15 * time.Second
)

// streams counts the open streams of each person.
type streams struct {
	mu   sync.Mutex
	open map[int64]int
}

func (s *streams) enter(who int64) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[int64]int{}
	}
	if s.open[who] >= maxStreams {
		return nil, errs.New(errs.Limited, "page.streams_many")
	}
	s.open[who]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[who]--; s.open[who] == 0 {
			delete(s.open, who)
		}
	}, nil
}

// wish is one topic as a page asked for it.
type wish struct {
	asked  string // "ticket:1042", as it comes back in the data
	event  string // ticket, queue, person
	topic  string // within the house
	ticket ticket.ID
}

// stream is one open line to a browser.
type stream struct {
	h       *house
	c       *Ctx
	conn    *http.ResponseController
	wishes  []wish
	checked time.Time
	sent    int64
}

// live is the event stream. Hints only: they say where something changed, never what, and
// the page fetches that by the ordinary way with the ordinary checks. It ends with the
// session, with the right to what it is about, and when the house closes.
func (h *house) live(c *Ctx) error {
	s := &stream{h: h, c: c, conn: http.NewResponseController(c.w), checked: c.Now}
	if err := s.read(strings.Split(c.Query("topics"), ",")); err != nil {
		return err
	}
	leave, err := h.streams.enter(c.Actor.ID)
	if err != nil {
		return err
	}
	defer leave()
	topics := make([]string, 0, len(s.wishes))
	for _, w := range s.wishes {
		topics = append(topics, w.topic)
	}
	hints, cancel := h.kit.Hub.Subscribe(topics...)
	defer cancel()
	missed := h.kit.Hub.Since(c.Query("since"), topics...)
	if s.open(); s.hint(missed) {
		s.run(hints)
	}
	return nil
}

// read turns the questions into wishes and asks access for each (S23). Patterns are no topics.
func (s *stream) read(asked []string) error {
	if len(asked) > maxTopics {
		return errs.New(errs.Invalid, "page.topic_unknown")
	}
	for _, a := range asked {
		w, err := s.wish(a)
		if err != nil {
			return err
		}
		s.wishes = append(s.wishes, w)
	}
	return nil
}

func (s *stream) wish(asked string) (wish, error) {
	w := wish{asked: asked}
	w.event, _, _ = strings.Cut(asked, ":")
	switch number := ticket.ParseRef(strings.TrimPrefix(asked, "ticket:")); {
	case asked == live.Queue:
		w.topic = live.Queue
		return w, access.Can(s.c.Actor, access.QueueRead, access.Object{})
	case asked == "person" && s.c.Actor.Kind == access.Person:
		w.topic = live.Person(s.c.Person.ID)
		return w, nil
	case strings.HasPrefix(asked, "writing:") && ticket.ParseRef(strings.TrimPrefix(asked, "writing:")) != 0:
		t, err := s.h.kit.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{Number: ticket.ParseRef(strings.TrimPrefix(asked, "writing:"))})
		if err == nil {
			err = access.Can(s.c.Actor, access.TicketWork, t.Object())
		}
		w.ticket, w.topic = t.ID, live.Writing(t.ID)
		return w, err
	case strings.HasPrefix(asked, "remote:") && ticket.ParseRef(strings.TrimPrefix(asked, "remote:")) != 0:
		t, err := s.h.kit.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{Number: ticket.ParseRef(strings.TrimPrefix(asked, "remote:"))})
		if err == nil && access.Can(s.c.Actor, access.TicketWork, t.Object()) != nil {
			err = access.Can(s.c.Actor, access.TicketAnswer, t.Object())
		}
		w.ticket, w.topic = t.ID, live.Remote(t.ID)
		return w, err
	case strings.HasPrefix(asked, "ticket:") && number != 0:
		t, err := s.h.kit.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{Number: number})
		w.ticket, w.topic = t.ID, live.Ticket(t.ID)
		return w, err
	}
	return w, errs.New(errs.Invalid, "page.topic_unknown")
}

// open sends the head of the stream. Whoever comes back after a break is told to look at
// everything, because what was hinted meanwhile is gone.
func (s *stream) open() {
	head := s.c.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("X-Accel-Buffering", "no")
	_ = s.conn.SetReadDeadline(time.Time{})
	s.c.w.WriteHeader(http.StatusOK)
	s.write("retry: 2000\n\n")
	if s.c.Request.Header.Get("Last-Event-ID") != "" {
		s.hint([]string{pubsub.Resync})
	}
}

func (s *stream) run(hints <-chan string) {
	pulse := time.NewTicker(beat)
	defer pulse.Stop()
	for {
		select {
		case <-s.c.Context().Done():
			return
		case <-s.h.closing:
			return
		case <-pulse.C:
			if !s.still(0) || !s.write(": \n\n") {
				return
			}
		case topic, open := <-hints:
			if !open || !s.still(trust) || !s.hint(s.gather(topic, hints)) {
				return
			}
		}
	}
}

// gather waits a moment for more hints of the same change: a command touches its ticket,
// the queue and a person at once.
func (s *stream) gather(first string, hints <-chan string) []string {
	out := []string{first}
	t := time.NewTimer(gather)
	defer t.Stop()
	for {
		select {
		case <-s.c.Context().Done():
			return out
		case <-t.C:
			return out
		case topic, open := <-hints:
			if !open {
				return out
			}
			if !slices.Contains(out, topic) {
				out = append(out, topic)
			}
		}
	}
}

// still reports whether the reader may go on listening; what was found is believed for a
// moment. It does not prolong the session: listening is no work.
func (s *stream) still(believed time.Duration) bool {
	now := s.h.kit.Clock.Now()
	if believed > 0 && now.Sub(s.checked) < believed && !now.Before(s.checked) {
		return true
	}
	if s.c.Actor.Kind == access.Person {
		who, _, err := s.h.kit.Sessions.Peek(s.c.Context(), s.c.cookie(sessionCookie))
		if err != nil || who.Role != s.c.Actor.Role {
			return s.over()
		}
	} else if !s.linked() {
		return s.over()
	}
	for _, w := range s.wishes {
		if w.ticket == 0 {
			continue
		}
		if _, err := s.h.kit.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{ID: w.ticket}); err != nil {
			return s.over()
		}
	}
	s.checked = now
	return true
}

// linked reports whether the link is still good, and its holder still welcome as stored (S45).
func (s *stream) linked() bool {
	if _, err := s.h.kit.Links.ReadTrack(s.c.Code); err != nil {
		return false
	}
	who, err := s.h.kit.People.Get(s.c.Context(), s.c.Person.ID)
	return err == nil && who.Active
}

// over tells the page that it will hear no more, so that it can say so.
func (s *stream) over() bool {
	s.write("event: over\ndata: session\n\n")
	return false
}

// hint sends one event for each wish that is touched.
func (s *stream) hint(topics []string) bool {
	all := slices.Contains(topics, pubsub.Resync)
	var b strings.Builder
	for _, w := range s.wishes {
		if all || slices.Contains(topics, w.topic) {
			s.sent++
			b.WriteString("id: " + strconv.FormatInt(s.sent, 10) + "\nevent: " + w.event + "\ndata: " + w.asked + "\n\n")
		}
	}
	return b.Len() == 0 || s.write(b.String())
}

// write sends a piece at once; a reader who does not take it in time is gone.
func (s *stream) write(text string) bool {
	stop := clock.Patience(s.conn.SetWriteDeadline, writeFor)
	_, err := io.WriteString(s.c.w, text)
	if err == nil {
		err = s.conn.Flush()
	}
	return stop() && err == nil
}
