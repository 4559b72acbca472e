// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN26_AScreenIsAskedForAgreedToSeenAndEnded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x, window := r.live(true)
		file := must[ticket.Attachment](t)(r.Tickets.Stage(ctx, r.agent, ticket.File{Name: "screen.png", Data: strings.NewReader("\x89PNG\r\n\x1a\n")}))
		if x = must[remote.Session](t)(r.Keep(ctx, r.agent, r.on, x.ID, file.Token, "截图")); x.Kept != 1 {
			t.Errorf("%d pictures", x.Kept)
		}
		r.clock.Advance(5 * time.Minute)
		x = must[remote.Session](t)(r.Stop(ctx, r.link, r.on, x.ID))
		if x.Open() || x.Reason != remote.ByRequester || x.Took() != 5*time.Minute || len(r.over) != 1 {
			t.Errorf("%+v, over %v", x, r.over)
		}
		want := "asked, agreed+pictures, started, picture, ended requester"
		if got := r.line(r.agent); got != want {
			t.Errorf("the agent reads %q", got)
		}
		if got := r.line(r.wang); got != want {
			t.Errorf("the requester reads %q", got)
		}
		h := must[remote.Heard](t)(r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window, Say: []string{"late"}}))
		if h.Session.Open() || len(h.Signals) != 0 {
			t.Errorf("after the end: %+v", h)
		}
		_, _, err := r.Agree(ctx, r.link, r.on, x.ID, remote.Consent{Text: remote.Words})
		r.refused("consent after the end", err, errs.Conflict)
		r.asked(false) // and another may be asked for
	})
}

// A link is for the requester, a screen for whoever asked: nobody else gets in.
func TestN26_S20_S23_NobodyButTheTwoSides(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x, window := r.live(false)
		for name, by := range map[string]access.Actor{"a colleague": r.other, "who takes part": r.part} {
			_, err := r.Exchange(ctx, by, r.on, x.ID, remote.Talk{})
			r.refused(name+" listens", err, errs.Denied)
			_, err = r.Stop(ctx, by, r.on, x.ID)
			r.refused(name+" stops it", err, errs.Denied)
			_, err = r.Refuse(ctx, by, r.on, x.ID, false)
			r.refused(name+" refuses", err, errs.Denied)
			_, _, err = r.Agree(ctx, by, r.on, x.ID, remote.Consent{Text: remote.Words})
			r.refused(name+" consents", err, errs.Denied)
		}
		_, _, err := r.Agree(ctx, r.agent, r.on, x.ID, remote.Consent{Text: remote.Words})
		r.refused("the agent consents for the requester", err, errs.Denied)
		stranger := access.Actor{ID: r.part.ID, Kind: access.Link, Ticket: r.link.Ticket + 1}
		_, err = r.Exchange(ctx, stranger, r.on, x.ID, remote.Talk{Window: window})
		r.refused("another's link", err, errs.NotFound)
		_, err = r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: "another window"})
		r.refused("a window that did not consent", err, errs.Conflict)
		_, err = r.Exchange(ctx, r.link, ticket.Target{ID: r.on.ID}, x.ID+1000, remote.Talk{Window: window})
		r.refused("no such session", err, errs.NotFound)
		v, _, err := r.Tickets.Record(ctx, r.part, ticket.Request{Requester: person.ID(r.part.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "x"}})
		if err == nil { // a session is of its own ticket alone (S21)
			_, err = r.Exchange(ctx, r.agent, ticket.Target{ID: v.ID}, x.ID, remote.Talk{})
			r.refused("by another ticket", err, errs.NotFound)
		}
		must[remote.Heard](t)(r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window, Say: []string{"offer"}}))
		must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{Say: []string{"answer"}}))
		h := must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{}))
		if len(h.Signals) != 1 || h.Signals[0].Body != "offer" {
			t.Errorf("the agent hears %+v", h.Signals)
		}
		h = must[remote.Heard](t)(r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window}))
		if len(h.Signals) != 1 || h.Signals[0].Body != "answer" {
			t.Errorf("the requester hears %+v", h.Signals)
		}
		if list, err := r.Open(ctx, r.wang); err == nil {
			t.Errorf("a requester lists %v", list)
		}
	})
}

// The link opened twice: the second window may take over by consenting itself; the first is told.
func TestN26_ASecondWindowTakesOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x, first := r.live(false)
		_, second, err := r.Agree(ctx, r.wang, r.on, x.ID, remote.Consent{Text: remote.Words})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: first})
		r.refused("the first window", err, errs.Conflict)
		must[remote.Heard](t)(r.Exchange(ctx, r.wang, r.on, x.ID, remote.Talk{Window: second, Say: []string{"offer"}}))
		h := must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{Began: true}))
		if h.Session.State != remote.Live || len(h.Signals) != 1 {
			t.Errorf("%+v", h)
		}
	})
}

func TestN26_S56_WhatIsSaidIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x, window := r.agreed(false)
		for name, say := range map[string][]string{
			"large": {strings.Repeat("x", remote.MaxSignal+1)}, "many": make([]string, remote.MaxSaid+1), "empty": {""}, "no text": {"\xff"}, "with NUL": {"a\x00b"},
		} {
			_, err := r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window, Say: say})
			r.refused(name, err, errs.Invalid)
		}
		full := make([]string, remote.MaxSaid)
		for i := range full {
			full[i] = "candidate"
		}
		var err error
		said := 0
		for err == nil && said < 2000 {
			if _, err = r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window, Say: full}); err == nil {
				said += len(full)
			}
		}
		if r.refused("a flood", err, errs.Limited); said > 200 {
			t.Errorf("%d messages at once", said)
		}
		for err, said = nil, 0; err == nil && said < 2000; {
			r.clock.Advance(time.Minute)
			if _, err = r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window, Say: full}); err == nil {
				said += len(full)
			}
		}
		if r.refused("a slow flood", err, errs.Limited); said > 1000 {
			t.Errorf("%d messages in all", said)
		}
		must[remote.Session](t)(r.Stop(ctx, r.link, r.on, x.ID)) // which still works
	})
}

func TestN26_PicturesOnlyWhereAgreed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		stage := func() string {
			return must[ticket.Attachment](t)(r.Tickets.Stage(ctx, r.agent, ticket.File{Name: "screen.png", Data: strings.NewReader("\x89PNG\r\n\x1a\n")})).Token
		}
		x, _, err := r.Agree(ctx, r.link, r.on, r.asked(false).ID, remote.Consent{Text: remote.Words, Pictures: true}) // nobody asked for them
		if err != nil || x.Pictures {
			t.Fatalf("%+v %v", x, err)
		}
		_, err = r.Keep(ctx, r.agent, r.on, x.ID, stage(), "截图")
		r.refused("before anything is seen", err, errs.Conflict)
		must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{Began: true}))
		_, err = r.Keep(ctx, r.agent, r.on, x.ID, stage(), "截图")
		r.refused("without consent", err, errs.Denied)
		_, err = r.Keep(ctx, r.wang, r.on, x.ID, stage(), "截图")
		r.refused("by the requester", err, errs.Denied)
		if strings.Contains(r.line(r.agent), "picture") {
			t.Errorf("a picture was kept: %s", r.line(r.agent))
		}
		_, _, err = r.Agree(ctx, r.link, r.on, x.ID, remote.Consent{Text: remote.Words + 1})
		r.refused("other words than there are", err, errs.Stale)
	})
}

// What nobody ends ends by itself, and the ticket says so.
func TestN26_WhatIsForgottenEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		p := remote.Start()
		p.LongestMinutes = 5
		if err := setting.Save(ctx, r.Settings, access.Desk(), remote.PolicyName, p, 0); err != nil {
			t.Fatal(err)
		}
		r.asked(false)
		r.advance(30*time.Minute + time.Second)
		x, window := r.live(false)
		for range 6 {
			r.advance(40 * time.Second)
			must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{}))
			must[remote.Heard](t)(r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window}))
		}
		if x = must[remote.Session](t)(r.Share(ctx, r.agent, must[ticket.Ticket](t)(r.Tickets.Get(ctx, r.agent, r.on)))); x.State != remote.Live {
			t.Fatalf("both are there, and it is %s", x.State)
		}
		r.advance(30 * time.Second)
		must[remote.Heard](t)(r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{})) // one side goes on alone
		r.advance(16 * time.Second)
		x, window = r.live(false)
		for range 12 {
			r.advance(30 * time.Second)
			_, _ = r.Exchange(ctx, r.agent, r.on, x.ID, remote.Talk{})
			_, _ = r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window})
		}
		must[remote.Session](t)(first(r.Begin(ctx, r.agent, r.on, "ToDesk", "123 456 789")))
		r.advance(8*time.Hour + time.Second)
		want := "asked, ended unanswered, asked, agreed, started, ended lost, asked, agreed, started, ended too_long, started ToDesk 123 456 789, ended too_long"
		if got := r.line(r.agent); got != want {
			t.Errorf("the ticket says %q", got)
		}
	})
}

func first[A, B any](a A, _ B, err error) (A, error) { return a, err }

func TestN26_TheTicketEndsAndWhatIsOpenOnIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x, window := r.live(false)
		must[remote.Session](t)(first(r.Begin(ctx, r.agent, r.on, "RustDesk", "42")))
		must[ticket.Ticket](t)(r.Tickets.Do(ctx, r.agent, r.on, ticket.Close{As: ticket.Invalid, Reason: "误报"}))
		_, _, err := r.Agree(ctx, r.link, r.on, x.ID, remote.Consent{Text: remote.Words})
		r.refused("consent on a closed ticket", err, errs.Conflict)
		r.advance(time.Second)
		if h := must[remote.Heard](t)(r.Exchange(ctx, r.link, r.on, x.ID, remote.Talk{Window: window})); h.Session.Reason != remote.Closed {
			t.Errorf("%+v", h.Session)
		}
		if got := r.line(r.agent); !strings.HasSuffix(got, "ended closed, ended closed") {
			t.Errorf("the ticket says %q", got)
		}
		_, err = r.Ask(ctx, r.agent, r.on, false)
		r.refused("asked on a closed ticket", err, errs.Conflict)
		_, _, err = r.Begin(ctx, r.agent, r.on, "RustDesk", "42")
		r.refused("begun on a closed ticket", err, errs.Conflict)
	})
}

func TestN26_AToolByItsLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		_, _, err := r.Begin(ctx, r.agent, r.on, "RustDesk", "  ")
		r.refused("without the device", err, errs.Invalid)
		_, _, err = r.Begin(ctx, r.agent, r.on, "VNC of mine", "1")
		r.refused("an unknown tool", err, errs.Invalid)
		_, _, err = r.Begin(ctx, r.wang, r.on, "RustDesk", "1")
		r.refused("by the requester", err, errs.Denied)
		x, link, err := r.Begin(ctx, r.agent, r.on, "RustDesk", "123/45?6")
		if err != nil || link != "rustdesk://connection/new/123%2F45%3F6" {
			t.Fatalf("%q %v", link, err)
		}
		_, _, err = r.Begin(ctx, r.other, r.on, "ToDesk", "1")
		r.refused("a second one", err, errs.Conflict)
		if list := must[[]remote.Session](t)(r.Open(ctx, r.other)); len(list) != 1 || list[0].ID != x.ID {
			t.Errorf("open: %+v", list)
		}
		_, err = r.End(ctx, r.agent, r.on, x.ID, remote.Closing{})
		r.refused("without an outcome", err, errs.Invalid)
		_, err = r.End(ctx, r.wang, r.on, x.ID, remote.Closing{Outcome: remote.Solved})
		r.refused("ended by the requester", err, errs.Denied)
		r.clock.Advance(12 * time.Minute)
		if x = must[remote.Session](t)(r.End(ctx, r.other, r.on, x.ID, remote.Closing{Outcome: remote.Solved, Note: "重装驱动"})); x.Took() != 12*time.Minute {
			t.Errorf("it took %v", x.Took())
		}
		if got := r.line(r.agent); got != "started RustDesk 123/45?6, ended agent solved" {
			t.Errorf("the ticket says %q", got)
		}
		_, err = r.End(ctx, r.agent, r.on, x.ID, remote.Closing{Outcome: remote.Solved})
		r.refused("ended twice", err, errs.Conflict)
	})
}

// Of many who begin at once one does, on both engines.
func TestN26_F53_OneSessionOfAKind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var group sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for i := range 16 {
			group.Go(func() {
				by := r.agent
				if i%2 == 0 {
					by = r.other
				}
				_, err := r.Ask(t.Context(), by, r.on, false)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					made++
				} else if errs.KindOf(err) != errs.Conflict {
					t.Errorf("%v", err)
				}
			})
		}
		group.Wait()
		if made != 1 || r.line(r.agent) != "asked" {
			t.Errorf("%d sessions, %q", made, r.line(r.agent))
		}
	})
}

func TestN26_S80_WhoMayUseTheRelay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		x := r.asked(false)
		if list := must[[]remote.Server](t)(r.Servers(ctx, x, remote.Sharer)); list != nil {
			t.Errorf("before consent: %+v", list)
		}
		x, _, err := r.Agree(ctx, r.link, r.on, x.ID, remote.Consent{Text: remote.Words})
		if err != nil {
			t.Fatal(err)
		}
		list := must[[]remote.Server](t)(r.Servers(ctx, x, remote.Viewer))
		if len(list) != 2 || list[1].URLs[0] != "turn:relay.desk.test:3478?transport=udp" || list[1].Credential == "" {
			t.Fatalf("%+v", list)
		}
		user := list[1].Username
		which, password, err := r.Admit(ctx, user)
		if err != nil || which != x.ID || password != list[1].Credential {
			t.Errorf("%v %q %v", which, password, err)
		}
		sharer := must[[]remote.Server](t)(r.Servers(ctx, x, remote.Sharer))[1]
		if sharer.Username == user || sharer.Credential == password {
			t.Error("both sides have one password")
		}
		for _, bad := range []string{"", "x", "1:2", "1:" + user, strings.Replace(user, ":agent", ":admin", 1), "1" + user[len(user)-8:]} {
			if _, _, err := r.Admit(ctx, bad); errs.KindOf(err) != errs.Unauthenticated {
				t.Errorf("%q is admitted", bad)
			}
		}
		longer := "9" + user // a name that was made longer has another password
		if _, other, err := r.Admit(ctx, longer); err == nil && other == password {
			t.Error("a name with another time has the same password")
		}
		must[remote.Session](t)(r.Stop(ctx, r.agent, r.on, x.ID))
		if _, _, err := r.Admit(ctx, user); err == nil {
			t.Error("after the end")
		}
	})
}

func TestN26_AnAdministratorMayWantNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := remote.Start()
		p.Off = true
		if err := setting.Save(t.Context(), r.Settings, access.Desk(), remote.PolicyName, p, 0); err != nil {
			t.Fatal(err)
		}
		_, err := r.Ask(t.Context(), r.agent, r.on, false)
		r.refused("asked all the same", err, errs.Conflict)
		own := access.Actor{ID: r.wang.ID, Kind: access.Person, Role: access.Agent, Via: "web"}
		p.Off = false
		if err := setting.Save(t.Context(), r.Settings, access.Desk(), remote.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		_, err = r.Ask(t.Context(), own, r.on, false)
		r.refused("of oneself", err, errs.Denied)
	})
}
