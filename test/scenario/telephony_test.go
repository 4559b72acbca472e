// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
)

// exchange is a telephone system that signs what it sends.
type exchange struct {
	*testing.T
	h   *apptest.House
	key []byte
}

func (x *exchange) send(id string, at time.Time, key []byte, body string) int {
	x.Helper()
	r, err := http.NewRequestWithContext(x.Context(), http.MethodPost, x.h.URL+"/hooks/cti", strings.NewReader(body))
	if err != nil {
		x.Fatal(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", stamp)
	if key != nil {
		r.Header.Set("webhook-signature", "v1,bm90IG91cnM= "+telephony.Sign(key, id, stamp, []byte(body)))
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		x.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode
}

// rings reports whether the page of whoever is called says so.
func (x *exchange) rings(page *apptest.Client) bool {
	return strings.Contains(page.Get("/work/phone/ringing").Body, "/work/phone?call=")
}

func told(state, call string) string {
	return fmt.Sprintf(`{"type":"call.%s","data":{"call":%q,"direction":"in","number":"8206","extension":"6011"}}`, state, call)
}

// TestN18_N40_A37_S57_ACallFromRingToTicket: it rings, the page of whoever is called offers the pad,
// the pad knows the caller, the length is the exchange's. What is not signed, too old, or was taken
// before changes nothing.
func TestN18_N40_A37_S57_ACallFromRingToTicket(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		agent := h.Person(access.Agent)
		for p, number := range map[string]string{s.user.Email: "分机 8206", agent.Email: "分机 6011"} {
			who, err := h.People.ByEmail(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			who.Phone = number
			if _, err := h.People.Change(t.Context(), access.Desk(), who, 0); err != nil {
				t.Fatal(err)
			}
			if who.ID == s.user.ID {
				s.user = who
			}
		}
		made, err := h.Telephony.MakeSecret(t.Context(), apptest.Actor(h.Person(access.Admin), "web"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(made, "whsec_"))
		if err != nil || len(key) != 32 {
			t.Fatal(made, err)
		}
		x := &exchange{t, h, key}
		now := h.Clock.Now()
		for name, tt := range map[string]struct {
			status int
			got    int
		}{
			"unsigned":           {401, x.send("a1", now, nil, told("ringing", "a"))},
			"with another key":   {401, x.send("a2", now, []byte("another"), told("ringing", "a"))},
			"of ten minutes ago": {401, x.send("a3", now.Add(-10*time.Minute), key, told("ringing", "a"))},
			"of tomorrow":        {401, x.send("a4", now.Add(24*time.Hour), key, told("ringing", "a"))},
			"without a key":      {401, x.send("", now, key, told("ringing", "a"))},
			"no JSON":            {422, x.send("a6", now, key, "ring ring")},
			"of no kind":         {422, x.send("a7", now, key, told("flying", "a"))},
			"without extension":  {422, x.send("a8", now, key, `{"type":"call.ringing","data":{"call":"a"}}`)},
			"too long":           {413, x.send("a9", now, key, strings.Repeat("x", 20<<10))},
		} {
			if tt.got != tt.status {
				t.Errorf("%s: %d, want %d", name, tt.got, tt.status)
			}
		}
		if r := s.agent.Get("/work/phone/ringing"); strings.Contains(r.Body, "来电") {
			t.Fatal("something rang that nobody signed")
		}
		if got := x.send("m1", now, key, told("ringing", "c1")); got != http.StatusNoContent {
			t.Fatalf("ringing: %d", got)
		}
		ring := s.agent.Get("/work/phone/ringing").Body
		if !strings.Contains(ring, "来电："+s.user.Name) || !strings.Contains(ring, "/work/phone?call=") {
			t.Fatalf("%s", ring)
		}
		if r := h.SignIn(access.Lead).Get("/work/phone/ringing"); strings.Contains(r.Body, "来电") {
			t.Error("it rings for somebody else")
		}
		if page := s.agent.Get("/work"); !strings.Contains(page.Body, `id="ringing"`) || !strings.Contains(page.Body, "person") {
			t.Error("the queue does not hear of calls")
		}
		pad := s.agent.Get("/work/phone?call=1")
		if strings.Contains(pad.Body, `id="ringing"`) || !strings.Contains(pad.Body, s.user.Name) || !strings.Contains(pad.Body, `name="call" value="1"`) {
			t.Fatal("the pad does not know who calls, or something may come up on it")
		}
		h.Clock.Advance(10 * time.Second)
		x.send("m2", h.Clock.Now(), key, told("answered", "c1"))
		h.Clock.Advance(200 * time.Second)
		ended := h.Clock.Now()
		if got := x.send("m3", ended, key, told("ended", "c1")); got != http.StatusNoContent {
			t.Fatalf("ended: %d", got)
		}
		h.Clock.Advance(time.Minute)
		if got := x.send("m3", ended, key, told("ended", "c1")); got != http.StatusNoContent { // again, a minute later
			t.Errorf("again: %d", got)
		}
		x.send("m4", h.Clock.Now(), key, told("ringing", "c1")) // late
		if r := s.agent.Get("/work/phone/ringing"); strings.Contains(r.Body, "来电") {
			t.Error("it rings after it ended")
		}
		r := s.call("flag", url.Values{"call": {"1"}, "length": {""}})
		if r.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", r.Status, r.Body)
		}
		v := s.ticket(strings.TrimPrefix(r.Location(), "/work/tickets/"))
		list, err := h.Tickets.Thread(t.Context(), access.Desk(), v)
		if err != nil || list[0].Message.Seconds != 200 {
			t.Errorf("the call lasted %d s, want 200: %v", list[0].Message.Seconds, err)
		}
		// A secret that was revoked signs nothing any more.
		secrets, err := h.Telephony.Secrets(t.Context(), access.Desk())
		if err != nil || len(secrets) != 1 {
			t.Fatal(secrets, err)
		}
		if err := h.Telephony.RemoveSecret(t.Context(), access.Desk(), secrets[0].Key); err != nil {
			t.Fatal(err)
		}
		if got := x.send("m5", h.Clock.Now(), key, told("ringing", "c2")); got != http.StatusUnauthorized {
			t.Errorf("signed with a revoked secret: %d", got)
		}
	})
}

// TestN18_N40_ACallThatGoesRoundRingsAgain: nobody took it, it went on to others and came back to the
// same extension, also after another call there. What rang once and is over does not.
func TestN18_N40_ACallThatGoesRoundRingsAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent := h.SignIn(access.Agent)
		who, err := h.People.ByEmail(t.Context(), agent.Person.Email)
		if err != nil {
			t.Fatal(err)
		}
		who.Phone = "分机 6011"
		if _, err := h.People.Change(t.Context(), access.Desk(), who, 0); err != nil {
			t.Fatal(err)
		}
		made, err := h.Telephony.MakeSecret(t.Context(), apptest.Actor(h.Person(access.Admin), "web"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(made, "whsec_"))
		if err != nil {
			t.Fatal(err)
		}
		x := &exchange{t, h, key}
		for i, step := range []struct {
			state, call string
			rings       bool
		}{
			{"ringing", "c1", true},
			{"ended", "c1", false},
			{"ringing", "c1", true}, // it came round
			{"ended", "c1", false},
			{"ringing", "c2", true},
			{"ended", "c2", false},
			{"ringing", "c1", true}, // and once more, after another
			{"answered", "c1", true},
			{"ended", "c1", false},
			{"ringing", "c1", false}, // late: it was spoken on
			{"ended", "c3", false},
			{"ringing", "c3", false}, // late: of what is over
		} {
			h.Clock.Advance(20 * time.Second)
			if got := x.send("m"+strconv.Itoa(i), h.Clock.Now(), key, told(step.state, step.call)); got != http.StatusNoContent {
				t.Fatalf("%d: %d", i, got)
			}
			if got := x.rings(agent); got != step.rings {
				t.Errorf("%d, %s is %s: the page says a call: %v", i, step.call, step.state, got)
			}
		}
	})
}
