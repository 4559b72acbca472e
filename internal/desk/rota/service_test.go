// SPDX-License-Identifier: Apache-2.0

package rota_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

func fields(t *testing.T, err error) []string {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid {
		t.Fatalf("got %v, want fields to mend", err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Name)
	}
	return out
}

// house is the room with three people.
type house struct {
	*testing.T
	*rota.Service
	clock             *clock.Manual
	ann, bob, lea     person.Person
	asAnn, asBob, asL access.Actor
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := &house{T: t, clock: clock.NewManual(time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC))}
		bus := event.NewBus(job.New(d, h.clock, slog.New(slog.DiscardHandler)))
		people := person.NewService(d, bus, h.clock)
		add := func(name string, role access.Role) (person.Person, access.Actor) {
			p, err := people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: strings.ToLower(name) + "@desk.example", Lang: "en", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return p, access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
		}
		h.ann, h.asAnn = add("Ann", access.Agent)
		h.bob, h.asBob = add("Bob", access.Agent)
		h.lea, h.asL = add("Lea", access.Lead)
		h.Service = rota.NewService(d, bus, h.clock, people)
		fn(t, h)
	})
}

func (h *house) made() rota.Rota {
	h.Helper()
	r := weekly("Asia/Shanghai", h.ann.ID, h.bob.ID)
	r.ID = 0
	r, err := h.Save(h.Context(), h.asL, r, 0)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func TestN4_RotaIsSavedAndAnswered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		r := h.made()
		got, err := h.OnCall(t.Context(), r.ID, h.clock.Now())
		if diff := cmp.Diff([]person.ID{h.ann.ID}, got); diff != "" || err != nil {
			t.Errorf("on call: %v (-want +got):\n%s", err, diff)
		}
		if _, err := h.Save(t.Context(), h.asAnn, r, r.Version); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent changed the rota: %v", err)
		}
		if _, err := h.Save(t.Context(), h.asL, r, r.Version+1); errs.KindOf(err) != errs.Stale {
			t.Errorf("a stale save: %v", err)
		}
		twin := r
		twin.ID = 0
		if _, err := h.Save(t.Context(), h.asL, twin, 0); errs.KindOf(err) != errs.Invalid {
			t.Errorf("two of one name: %v", err)
		}
		r.Active = false
		if _, err := h.Save(t.Context(), h.asL, r, r.Version); err != nil {
			t.Fatal(err)
		}
		if got, _ := h.OnCall(t.Context(), r.ID, h.clock.Now()); len(got) != 0 {
			t.Errorf("a rota out of use pages %v", got)
		}
	})
}

func TestN4_SwapSaysWhoAgreed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		r, now := h.made(), h.clock.Now()
		swap := rota.Swap{Rota: r.ID, From: now, To: now.Add(time.Hour), Person: h.bob.ID, Instead: h.ann.ID}
		if _, err := h.Trade(t.Context(), h.asAnn, swap); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a swap without how it was agreed: %v", err)
		}
		swap.Agreed = "Bob said yes on the phone"
		x, err := h.Trade(t.Context(), h.asAnn, swap)
		if err != nil || x.By != h.ann.ID {
			t.Fatalf("swap %+v: %v", x, err)
		}
		if got, _ := h.OnCall(t.Context(), r.ID, now); !cmp.Equal(got, []person.ID{h.bob.ID}) {
			t.Errorf("on call %v, want Bob", got)
		}
		others := swap
		others.Person, others.Instead = h.lea.ID, h.ann.ID
		if _, err := h.Trade(t.Context(), h.asBob, others); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent traded for others: %v", err)
		}
		if err := h.CallOff(t.Context(), h.asBob, r.ID, x.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := h.OnCall(t.Context(), r.ID, now); !cmp.Equal(got, []person.ID{h.ann.ID}) {
			t.Errorf("on call %v, want Ann again", got)
		}
	})
}

// Whoever took a duty over passes it on, and whom the rota names takes it back by calling off.
func TestN4_ADutyThatWasTakenOverIsPassedOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		r, now := h.made(), h.clock.Now()
		swap := rota.Swap{Rota: r.ID, From: now, To: now.Add(time.Hour), Person: h.bob.ID, Instead: h.ann.ID, Agreed: "by phone"}
		if _, err := h.Trade(t.Context(), h.asAnn, swap); err != nil {
			t.Fatal(err)
		}
		back := swap
		back.Person, back.Instead = h.ann.ID, h.bob.ID
		if _, err := h.Trade(t.Context(), h.asBob, back); !cmp.Equal(fields(t, err), []string{"person"}) {
			t.Errorf("given back: %v", err)
		}
		on := swap
		on.Person, on.Instead = h.lea.ID, h.bob.ID
		x, err := h.Trade(t.Context(), h.asBob, on)
		if err != nil || x.Instead != h.ann.ID {
			t.Fatalf("passed on: %+v %v", x, err)
		}
		if got, _ := h.OnCall(t.Context(), r.ID, now); !cmp.Equal(got, []person.ID{h.lea.ID}) {
			t.Errorf("on call %v, want Lea", got)
		}
		if err := h.CallOff(t.Context(), h.asBob, r.ID, x.ID); err != nil {
			t.Error(err)
		}
		if got, _ := h.OnCall(t.Context(), r.ID, now); !cmp.Equal(got, []person.ID{h.bob.ID}) {
			t.Errorf("on call %v, want Bob again", got)
		}
	})
}

// A swap with somebody who is not on call then would change nothing, and is refused; so is one that
// stands already.
func TestN4_ASwapThatChangesNothingIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		r, now := h.made(), h.clock.Now()
		swap := rota.Swap{Rota: r.ID, From: now, To: now.Add(time.Hour), Person: h.lea.ID, Instead: h.bob.ID, Agreed: "by phone"}
		refused := func(x rota.Swap) {
			t.Helper()
			before, _ := h.OnCall(t.Context(), r.ID, now)
			if _, err := h.Trade(t.Context(), h.asL, x); !cmp.Equal(fields(t, err), []string{"instead"}) {
				t.Errorf("%+v: %v", x, err)
			}
			if after, _ := h.OnCall(t.Context(), r.ID, now); !cmp.Equal(before, after) {
				t.Errorf("on call %v, before %v", after, before)
			}
		}
		refused(swap)
		next := swap // a turn of Bob's begins on the Monday at nine
		next.To = time.Date(2026, 3, 9, 9, 0, 0, 0, r.Location())
		refused(next)
		next.To = next.To.Add(time.Minute)
		if _, err := h.Trade(t.Context(), h.asL, next); err != nil {
			t.Errorf("a turn that begins within the time: %v", err)
		}
		swap.Instead = h.ann.ID
		if _, err := h.Trade(t.Context(), h.asL, swap); err != nil {
			t.Fatal(err)
		}
		refused(swap)
		swap.Instead, swap.Person = h.lea.ID, h.bob.ID
		if _, err := h.Trade(t.Context(), h.asL, swap); err != nil {
			t.Errorf("a turn that somebody has by a swap: %v", err)
		}
	})
}

func TestN4_FeedIsReadBySecretAndRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		r, now := h.made(), h.clock.Now()
		if _, err := h.Trade(t.Context(), h.asL, rota.Swap{Rota: r.ID, From: now, To: now.Add(time.Hour), Person: h.bob.ID, Instead: h.ann.ID, Agreed: "ok"}); err != nil {
			t.Fatal(err)
		}
		f, secret, err := h.MakeFeed(t.Context(), h.asBob, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.MakeFeed(t.Context(), h.asBob, r.ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent made a feed of a rota: %v", err)
		}
		text, err := h.ReadFeed(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		first, bobs := time.Time{}, 0
		for _, e := range cal.Events() {
			start, err := e.DateTimeStart(time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if summary, _ := e.Props.Text("SUMMARY"); summary == "值班 · Bob" {
				bobs++
			}
			if first.IsZero() {
				first = start
			}
		}
		if !first.Equal(now) || bobs != len(cal.Events()) || bobs < 10 {
			t.Errorf("the feed begins at %v with %d of %d for Bob, want the swap first", first, bobs, len(cal.Events()))
		}
		if err := h.RevokeFeed(t.Context(), h.asAnn, f.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else revoked it: %v", err)
		}
		if err := h.RevokeFeed(t.Context(), h.asBob, f.ID); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{secret, "", "x", strings.Repeat("a", 26)} {
			if _, err := h.ReadFeed(t.Context(), s); errs.KindOf(err) != errs.NotFound {
				t.Errorf("secret %q: %v", s, err)
			}
		}
	})
}

func TestN4_ICSOfHostileNames(t *testing.T) {
	t.Parallel()
	name := "x\r\nATTENDEE:mailto:evil@example.org;,\\" + strings.Repeat("夜", 60)
	text := rota.ICS(name, day(2026, 1, 1), []rota.Duty{{UID: "1", From: day(2026, 1, 1), To: day(2026, 1, 2), Summary: name}})
	cal, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatal(err)
	}
	e := cal.Events()[0]
	if got, _ := e.Props.Text("SUMMARY"); got != strings.ReplaceAll(name, "\r", " ") || e.Props.Get("ATTENDEE") != nil {
		t.Errorf("the name became %q", got)
	}
	for _, line := range strings.Split(string(text), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}
