// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// Each operation is asked for as somebody without a token, with a wrong one, and as a
// requester; what staff alone may do is refused before anything is looked up.
func TestA69_EveryOperationAsksWhoAndWhetherTheyMay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	foreign := strings.TrimPrefix(h.open(nil), "/tickets/")
	routes := h.api.Routes()
	if len(routes) < 35 {
		t.Fatalf("only %d operations", len(routes))
	}
	for _, r := range routes {
		h.clock.Advance(time.Minute) // so many wrong tokens at once would be too many
		path := strings.NewReplacer("{number}", foreign, "{token}", strings.Repeat("a", 26)).Replace(r.Pattern)
		send := func(token string) answer {
			return sendTo(t, h.api, token, request{method: r.Method, path: path, body: "{}"})
		}
		if r.Action == "" {
			send("").want(t, http.StatusOK)
			continue
		}
		for _, token := range []string{"", "ldk_aaaaaaaaaaaaaaaaaaaaaaaaaa", "nonsense"} {
			if a := send(token); a.status != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s %s with token %q: %d", r.Method, r.Pattern, token, a.status)
			}
		}
		zoe := access.Actor{ID: h.id("zoe"), Kind: access.Person, Role: access.Requester, Via: "api"}
		allowed := access.Can(zoe, r.Action, access.Object{}) == nil
		a := send(h.tokens["zoe"])
		if !allowed && (a.status != http.StatusForbidden || a.text("key") != "access.denied") {
			t.Errorf("%s %s as a requester: %d %s", r.Method, r.Pattern, a.status, a.raw)
		}
		if allowed && strings.Contains(r.Pattern, "{number}") && a.status < 400 {
			t.Errorf("%s %s lets a requester at somebody else's ticket: %d", r.Method, r.Pattern, a.status)
		}
	}
}

func TestS21_AForeignTicketIsTheSameAsNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		mine, foreign := h.open(nil), "/tickets/9999"
		for _, r := range []request{
			{method: "GET", path: ""},
			{method: "GET", path: "/events"},
			{method: "GET", path: "/messages"},
			{method: "GET", path: "/files/aaaaaaaaaaaaaaaaaaaaaaaaaa"},
			{method: "GET", path: "/conformance"},
			{method: "GET", path: "/clocks"},
			{method: "GET", path: "/missing?command=resolve"},
			{method: "POST", path: "/reply", body: m{"text": "hello"}},
			{method: "POST", path: "/messages", body: m{"kind": "public", "text": "hello"}},
			{method: "POST", path: "/messages", body: m{"kind": "internal", "text": "hello"}},
			{method: "POST", path: "/accept"},
			{method: "POST", path: "/close", body: m{"as": "invalid", "reason": "no"}},
		} {
			r.who = "zoe"
			path := r.path
			r.path = mine + path
			a := h.send(r)
			r.path = foreign + path
			b := h.send(r)
			if a.status != b.status || a.status < 400 {
				t.Errorf("%s %s: %d for a foreign ticket, %d for none", r.method, path, a.status, b.status)
			}
			if diff := cmp.Diff(b.body, a.body); diff != "" {
				t.Errorf("%s %s tells a foreign ticket from none:\n%s", r.method, path, diff)
			}
		}
	})
}

func TestS25_NoInternalWordReachesARequester(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const canary = "CANARY"
		path := h.open(nil)
		other := h.open(m{"text": "noch etwas"})
		number, _ := strconv.ParseInt(strings.TrimPrefix(other, "/tickets/"), 10, 64)
		file := h.send(request{who: "lin", method: http.MethodPost, path: "/files?name=" + canary + ".txt", body: canary, header: map[string]string{"Content-Type": "application/octet-stream"}}).want(t, 201).text("token")
		h.complete(path)
		h.post("lin", path+"/note", m{"text": canary + " note", "files": []string{file}}).want(t, 200)
		h.post("lin", path+"/call", m{"text": canary + " call", "spoke": true}).want(t, 200)
		h.post("lin", path+"/hand-over", m{"group": int64(h.group.ID), "done": canary, "why": canary, "needed": canary}).want(t, 200)
		h.post("lin", path+"/record", m{"intake": m{"affected": m{"value": canary}}}).want(t, 200)
		h.post("lin", path+"/grade", m{"core": false, "affected": "one", "halt": "working", "override": "P1", "reason": canary}).want(t, 200)
		h.post("lin", path+"/link", m{"to": number}).want(t, 200)
		h.post("lin", path+"/deviate", m{"gap": "gap.prevention", "reason": canary + " reason"}).want(t, 200)
		h.post("lin", path+"/resolve", m{"solution": "fertig", "cause": "x", "verify": []string{"y"}, "difficulties": canary, "approach": canary}).want(t, 200)
		h.post("lin", path+"/confirm", m{"how": "phone", "evidence": canary}).want(t, 200)
		if !strings.Contains(h.get("lin", path).raw, canary) || !strings.Contains(h.get("lin", path+"/events").raw, canary) {
			t.Fatal("the canary is not where staff would see it: this test proves nothing")
		}
		for _, p := range []string{path, path + "/events", path + "/messages", "/tickets", "/tickets?q=" + canary, "/me", "/categories", "/services"} {
			a := h.get("wang", p).want(t, 200)
			if strings.Contains(strings.ReplaceAll(a.raw, "q="+canary, ""), canary) {
				t.Errorf("GET %s shows an internal word to the requester:\n%s", p, a.raw)
			}
		}
		for _, member := range []string{"priority", "next_due", "next_clock", "detail.grade", "detail.intake", "detail.links", "detail.closure", "detail.deviations", "detail.hand_over", "owner.id"} {
			if v := h.get("wang", path).at(member); v != nil {
				t.Errorf("the requester reads %s: %v", member, v)
			}
		}
		h.get("wang", path+"/files/"+file).want(t, 404)
		h.get("lin", path+"/files/"+file).want(t, 200)
		h.get("lin", other+"/files/"+file).want(t, 404)
	})
}

func TestS24_AListTellsNoMoreThanItsRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.open(m{"text": "geheim eins"})
		h.open(m{"text": "geheim zwei"})
		h.post("zoe", "/tickets", m{"text": "printer"}).want(t, 201)
		for q, want := range map[string]int{
			"": 1, "?q=geheim": 0, "?q=1001": 0, "?q=LD-1003": 1, "?status=new": 1, "?view=all": 1, "?view=closed": 0,
			"?category=" + strconv.FormatInt(int64(h.category.ID), 10): 0, "?owner=1": 0, "?group=1": 0, "?q=%25": 0, "?q=_rinter": 0,
		} {
			if got := len(h.get("zoe", "/tickets"+q).want(t, 200).each("items", "ref")); got != want {
				t.Errorf("%q shows %d of zoe's tickets, want %d", q, got, want)
			}
		}
		for _, q := range []string{"?view=risk", "?view=mine", "?view=overdue", "?priority=P1"} {
			if a := h.get("zoe", "/tickets"+q).want(t, 422); a.text("errors.0.key") != "api.staff_only" {
				t.Errorf("%s: %s", q, a.raw)
			}
		}
		// The cursor of somebody else's list opens nothing.
		cursor := h.get("lin", "/tickets?limit=1").want(t, 200).text("next_cursor")
		for _, ref := range h.get("zoe", "/tickets?cursor="+cursor).want(t, 200).each("items", "subject") {
			if strings.Contains(ref, "geheim") {
				t.Errorf("a foreign cursor shows %s", ref)
			}
		}
		views := h.get("lin", "/views").want(t, 200)
		for i, name := range views.each("views", "name") {
			n := views.int("views." + strconv.Itoa(i) + ".count")
			if rows := len(h.get("lin", "/tickets?limit=200&view="+name).want(t, 200).each("items", "ref")); int64(rows) != n {
				t.Errorf("view %s counts %d and lists %d", name, n, rows)
			}
		}
		// Who else has an address here is nobody's business.
		known := h.post("zoe", "/tickets", m{"text": "x", "requester_email": "wang@firm.test"})
		unknown := h.post("zoe", "/tickets", m{"text": "x", "requester_email": "nobody@firm.test"})
		if known.status != 403 || cmp.Diff(known.body, unknown.body) != "" {
			t.Errorf("a requester can ask who has an address: %s / %s", known.raw, unknown.raw)
		}
	})
}

func TestA84_NothingIsSetThatTheBodyDoesNotOffer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, field := range []string{"id", "number", "status", "owner", "assignee", "group", "priority", "created_at", "quiet", "token", "key", "hash", "is_open", "Text", "TEXT", "ſubject", "__proto__"} {
		a := h.post("wang", "/tickets", m{"text": "x", field: 1}).want(t, 422)
		if a.text("errors.0.field") != field || a.text("errors.0.key") != "api.unknown" {
			t.Errorf("%s: %s", field, a.raw)
		}
	}
	path := h.open(nil)
	h.post("wang", path+"/reply", m{"text": "x", "author": 1, "inbound": 1}).want(t, 422)
	h.post("wang", path+"/confirm", m{"by": 1}).want(t, 422)
	// For oneself is for oneself, and the channel is not the requester's to choose.
	h.post("zoe", "/tickets", m{"text": "x", "requester": h.id("wang")}).want(t, 403)
	h.post("zoe", "/tickets", m{"text": "x", "channel": "phone"}).want(t, 422)
	h.post("zoe", "/tickets", m{"text": "x", "channel": "mail"}).want(t, 422)
	if a := h.post("lin", "/tickets", m{"text": "x", "requester": h.id("wang")}).want(t, 201); a.text("requester.name") != "王海燕" {
		t.Errorf("for somebody else: %s", a.raw)
	}
	// A file that somebody else uploaded cannot be taken (S34).
	token := h.send(request{who: "lin", method: http.MethodPost, path: "/files?name=a.txt", body: "a", header: map[string]string{"Content-Type": "application/octet-stream"}}).want(t, 201).text("token")
	if a := h.post("wang", path+"/reply", m{"text": "x", "files": []string{token}}).want(t, 422); a.text("errors.0.key") != "ticket.file_gone" {
		t.Errorf("a foreign file: %s", a.raw)
	}
	for _, q := range []string{"/tickets?limit=1&limit=200", "/tickets?admin=1", "/tickets?q=%zz", "/tickets?q=a;b"} {
		if a := h.get("lin", q); a.status != 400 && a.status != 422 {
			t.Errorf("%s: %d", q, a.status)
		}
	}
}

func TestA55_WrongTokensAreCountedByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	wrong := func() answer {
		return sendTo(t, h.api, "ldk_aaaaaaaaaaaaaaaaaaaaaaaaaa", request{method: "GET", path: "/me"})
	}
	for range session.MaxFrom {
		wrong().want(t, http.StatusUnauthorized)
	}
	if a := wrong().want(t, http.StatusTooManyRequests); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.get("wang", "/me").want(t, 200) // a right one is not refused for its neighbours
	h.clock.Advance(session.Window + time.Second)
	wrong().want(t, http.StatusUnauthorized)
}

func TestA28_OneProgramCannotTakeTheDeskFromTheOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	h.parts.PerMinute = 5
	h.api = api.New(h.parts)
	for range 5 {
		h.get("wang", "/me").want(t, 200)
	}
	if a := h.get("wang", "/me").want(t, http.StatusTooManyRequests); a.header.Get("Retry-After") != "61" && a.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	h.get("zoe", "/me").want(t, 200)
	h.clock.Advance(time.Minute)
	h.get("wang", "/me").want(t, 200)
}

func TestATokenEndsWithItsPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		me := h.get("lin", "/me").want(t, 200)
		if me.text("person.role") != "agent" || !slices.Equal(me.each("groups", "name"), []string{"服务台"}) {
			t.Errorf("me: %s", me.raw)
		}
		p := h.people["lin"]
		p.Active = false
		_, err := h.parts.People.Change(t.Context(), access.Desk(), p, 0)
		h.must(err)
		h.get("lin", "/me").want(t, http.StatusUnauthorized)
	})
}
