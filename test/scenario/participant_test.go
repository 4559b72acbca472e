// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// partDoors are the doors of a ticket that stand open to whoever takes part in it: its public
// side is read, and words are added. Every other route of a ticket refuses them (S20).
func partDoors() []string {
	return []string{
		"GET /requests/{number}", "GET /requests/{number}/now", "POST /requests/{number}/reply", "POST /requests/{number}/seen",
		"GET /t/{code}", "GET /t/{code}/now", "POST /t/{code}/reply",
		"GET /files/{number}/{token}/{name}", "GET /frame/{number}/{message}",
		"GET /t/{code}/files/{token}/{name}", "GET /t/{code}/frame/{message}", "POST /t/{code}/files", "GET /t/{code}/events",
		"GET /api/v1/tickets/{number}", "GET /api/v1/tickets/{number}/messages", "POST /api/v1/tickets/{number}/messages",
		"GET /api/v1/tickets/{number}/events", "GET /api/v1/tickets/{number}/files/{token}", "GET /api/v1/tickets/{number}/promises", "GET /api/v1/tickets/{number}/visits", "POST /api/v1/tickets/{number}/reply",
	}
}

// TestA69_S20_S21_WhoTakesPartAtEveryDoor asks every route of a ticket as somebody who takes
// part, by browser, program and link, and again after they were taken off.
func TestA69_S20_S21_WhoTakesPartAtEveryDoor(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, canaryOfPart)
		guest := w.stranger
		w.do(w.agent, "web", ticket.AddParticipant{Person: guest.ID})
		w.refresh()
		holder, owner := *w, w.code
		holder.code = h.Links.Track(session.Bond{Ticket: int64(w.ticket.ID), Person: int64(guest.ID)})
		browser, program, link := w.browser("guest", guest), w.program("guest", guest), w.nobody()
		link.world = &holder
		ask := func() map[string]answer {
			out := map[string]answer{}
			for _, r := range w.routes() {
				v := browser
				switch {
				case strings.HasSuffix(r.pattern, "/leave"): // it would end what is asked about; asked below
					continue
				case strings.Contains(r.pattern, "{code}"):
					v = link
				case !strings.Contains(r.pattern, "{number}"):
					continue
				case r.api:
					v = program
				}
				out[r.method+" "+r.pattern] = v.ask(r)
			}
			return out
		}
		var open []string
		for door, a := range ask() {
			switch got := verdict(a); got {
			case "in":
				open = append(open, door)
			case "403", "404":
			default:
				t.Errorf("%s: %s", door, got)
			}
			if strings.Contains(a.body, canaryOfPart) {
				t.Errorf("%s shows an internal word", door)
			}
		}
		want := partDoors()
		slices.Sort(want)
		slices.Sort(open)
		if d := cmp.Diff(want, open); d != "" {
			t.Errorf("doors (-want +open):\n%s", d)
		}
		if a := link.get("/t/" + owner); a.status != http.StatusOK {
			t.Errorf("the requester's own link: %d", a.status)
		}
		if a := browser.get(fmt.Sprintf("/files/%s/%s/x", w.ticket.Ref(), w.hidden)); a.status != http.StatusNotFound {
			t.Errorf("the file of an internal note: %d", a.status)
		}

		for _, r := range w.routes() {
			v := browser
			switch {
			case !strings.HasSuffix(r.pattern, "/leave") || r.method != http.MethodPost: // opening the address changes nothing
				continue
			case strings.Contains(r.pattern, "{code}"):
				v = link
			case r.api:
				v = program
			}
			if a := v.ask(r); verdict(a) != "in" {
				t.Errorf("%s %s: %s", r.method, r.pattern, verdict(a))
			}
			if w.refresh(); w.ticket.TakesPart(guest.ID) {
				t.Errorf("%s %s: still takes part", r.method, r.pattern)
			}
			w.do(w.agent, "web", ticket.AddParticipant{Person: guest.ID})
		}

		w.do(w.agent, "web", ticket.RemoveParticipant{Person: guest.ID})
		for door, a := range ask() {
			// The stream refuses each topic by itself (S23); asked for none, it has nothing to refuse.
			if got := verdict(a); got == "in" && door != "GET /t/{code}/events" {
				t.Errorf("%s: still in", door)
			}
		}
	})
}

// Whoever takes part no longer is told of nothing that they could not open.
func TestS21_WhatLeavesWithAParticipantIsNotCounted(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		guest := h.Somebody(access.Requester)
		by := apptest.Actor(guest, "portal")
		unread := func() int64 {
			t.Helper()
			w.RunJobs()
			n, err := h.Inbox.Unread(t.Context(), by)
			w.must(err)
			return n
		}
		w.do(w.agent, "web", ticket.AddParticipant{Person: guest.ID})
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "请各位留意"}})
		if n := unread(); n != 1 {
			t.Fatalf("%d unread of what was said", n)
		}
		w.do(w.agent, "web", ticket.RemoveParticipant{Person: guest.ID})
		if n := unread(); n != 0 {
			t.Errorf("%d unread of a request that is not theirs any more", n)
		}
	})
}

// canaryOfPart stands before everything that only staff may read.
const canaryOfPart = "kanarienvogel-part-"
