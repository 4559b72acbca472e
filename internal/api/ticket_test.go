// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestN15_N19_N20_ATicketIsRecordedAndAcknowledged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a := h.post("wang", "/tickets", m{
			"text": "ERP 提交付款单报错。\n15:00 银行截单。", "category": int64(h.category.ID), "service": int64(h.service.ID),
			"intake": m{"since": m{"value": " 今天 09:10 "}, "people": m{"unknown": true, "reason": "只知道自己"}, "wanted": m{"unknown": true}},
		}).want(t, 201)
		for member, want := range map[string]any{
			"ref": "LD-1001", "status": "new", "subject": "ERP 提交付款单报错", "channel": "api", "requester.name": "王海燕", "requester.id": float64(h.id("wang")),
			"group.name": "服务台", "category.name": "软件", "service.name": "ERP", "created_at": "2026-11-24T01:30:00Z",
			"detail.acknowledged_at": "2026-11-24T01:30:00Z", "detail.expect_by": "2026-11-24T03:30:00Z", "promise_at": "2026-11-24T03:30:00Z", "priority": nil,
		} {
			if diff := cmp.Diff(want, a.at(member)); diff != "" {
				t.Errorf("%s:\n%s", member, diff)
			}
		}
		if got := a.header.Get("Location"); got != "/api/v1/tickets/1001" {
			t.Errorf("Location %q", got)
		}
		staff := h.get("lin", "/tickets/LD-1001").want(t, 200)
		for member, want := range map[string]any{
			"priority": "P3", "detail.complete": 5.0, "detail.intake.since.value": "今天 09:10", "detail.intake.people.reason": "只知道自己",
			"detail.intake.wanted": nil, "detail.intake.contact.value": "8001 · wang@firm.test", "next_clock": "response", "next_due": "2026-11-24T03:30:00Z",
		} {
			if diff := cmp.Diff(want, staff.at(member)); diff != "" {
				t.Errorf("%s:\n%s", member, diff)
			}
		}
		if got := h.get("lea", "/tickets/1001").text("category.name"); got != "Software" {
			t.Errorf("an English reader reads %q", got)
		}
		msg := h.get("wang", "/tickets/1001/messages").want(t, 200)
		if msg.text("items.0.text") != "ERP 提交付款单报错。\n15:00 银行截单。" || msg.at("items.0.first") != true || msg.at("items.0.by_requester") != true {
			t.Errorf("the user's words: %s", msg.raw)
		}
		for body, field := range map[string]string{
			`{"text":"x","category":99}`: "category", `{"text":"x","service":99}`: "service", `{"text":"x","requester":99}`: "requester",
			`{"text":"x","requester":1,"requester_email":"a@b.c"}`: "requester_email", `{"text":"x","requester_email":"nobody@firm.test"}`: "requester_email",
		} {
			if b := h.post("lin", "/tickets", body).want(t, 422); b.text("errors.0.field") != field {
				t.Errorf("%s: %s", body, b.raw)
			}
		}
	})
}

func TestF41_TheSameKeyAHundredTimesIsOneTicket(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const times = 100
		bodies := []string{`{"text":"x","subject":"y"}`, "{ \"subject\" : \"y\",\n \"text\" : \"x\" }"} // the same, said otherwise
		answers := make([]answer, times)
		var all sync.WaitGroup
		for i := range times {
			all.Go(func() {
				answers[i] = h.send(request{who: "wang", method: "POST", path: "/tickets", body: bodies[i%2], header: map[string]string{"Idempotency-Key": "retry-1"}})
			})
		}
		all.Wait()
		created := 0
		for _, a := range answers {
			switch {
			case a.status == 201 && a.header.Get("Idempotency-Replayed") == "":
				created++
			case a.status == 200 && a.header.Get("Idempotency-Replayed") == "true":
			default:
				t.Fatalf("%d, replayed %q: %s", a.status, a.header.Get("Idempotency-Replayed"), a.raw)
			}
			if diff := cmp.Diff(answers[0].body, a.body); diff != "" {
				t.Fatalf("two answers differ:\n%s", diff)
			}
		}
		if n := len(h.get("lin", "/tickets").each("items", "ref")); created != 1 || n != 1 {
			t.Errorf("%d times created, %d tickets", created, n)
		}
		key := func(who, key string, body any) answer {
			return h.send(request{who: who, method: "POST", path: "/tickets", body: body, header: map[string]string{"Idempotency-Key": key}})
		}
		if a := key("wang", "retry-1", m{"text": "something else"}).want(t, 409); a.text("key") != "ticket.key_reused" {
			t.Errorf("another body: %s", a.raw)
		}
		key("zoe", "retry-1", m{"text": "mine"}).want(t, 201) // keys are one's own
		key("wang", "retry-2", m{"text": ""}).want(t, 422)    // a refusal uses up no key
		key("wang", "retry-2", m{"text": "now"}).want(t, 201)
		key("wang", strings.Repeat("k", 129), m{"text": "x"}).want(t, 422)
		key("wang", "ключ", m{"text": "x"}).want(t, 422)
		key("wang", strings.Repeat("k", 128), m{"text": "x"}).want(t, 201)
	})
}

func TestListsComeInPagesWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for i := range 23 {
			h.open(m{"text": fmt.Sprintf("Nummer %d", i)})
			if i%3 == 0 {
				h.clock.Advance(time.Minute)
			}
		}
		h.post("lin", "/tickets/1003/accept", nil).want(t, 200)
		for i := range 9 {
			h.post("lin", "/tickets/1003/note", m{"text": strconv.Itoa(i)}).want(t, 200)
		}
		for _, tt := range []struct {
			who, path, member string
			want              int
		}{
			{"lin", "/tickets?limit=5", "ref", 23},
			{"lin", "/tickets?limit=7&view=risk", "ref", 23},
			{"lin", "/tickets?limit=4&view=unclaimed", "ref", 22},
			{"lin", "/tickets?limit=4&view=mine", "ref", 1},
			{"wang", "/tickets?limit=23", "ref", 23},
			{"lin", "/people?limit=1", "email", 4},
			{"lin", "/people?limit=1&staff=true", "email", 2},
			{"lin", "/people?q=firm.test", "email", 2},
			{"lin", "/tickets/1003/events?limit=2", "name", 12},
			{"lin", "/tickets/1003/messages?limit=4", "text", 10},
			{"wang", "/tickets/1003/events?limit=2", "name", 3},
		} {
			seen, path := []string{}, tt.path
			for range 50 {
				a := h.get(tt.who, path).want(t, 200)
				for i, v := range a.each("items", tt.member) {
					if id := a.int("items." + strconv.Itoa(i) + ".id"); id != 0 {
						v += strconv.FormatInt(id, 10)
					}
					seen = append(seen, v)
				}
				next := a.text("next_cursor")
				if next == "" {
					break
				}
				path = tt.path + "&cursor=" + next
			}
			slices.Sort(seen)
			if n := len(slices.Compact(slices.Clone(seen))); len(seen) != tt.want || n != tt.want {
				t.Errorf("%s %s: %d rows, %d different, want %d", tt.who, tt.path, len(seen), n, tt.want)
			}
		}
		for _, path := range []string{"/tickets?cursor=%21", "/tickets?view=risk&cursor=dS4xLjE", "/people?cursor=x", "/tickets/1003/events?cursor=x", "/tickets/1003/events?cursor=-1"} {
			if a := h.get("lin", path).want(t, 422); a.text("errors.0.field") != "cursor" {
				t.Errorf("%s: %s", path, a.raw)
			}
		}
	})
}

func TestTheStandardByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		gaps := h.get("lin", path+"/missing?command=resolve").want(t, 200)
		if got := gaps.each("gaps", "clause"); !slices.Equal(got, []string{"N15", "N22", "N32", "N33", "N34", "N34"}) || gaps.at("now") != false {
			t.Errorf("missing: %s", gaps.raw)
		}
		h.get("lin", path+"/missing").want(t, 422)
		h.get("lin", path+"/missing?command=expire").want(t, 422)
		if a := h.get("lin", path+"/missing?command=accept").want(t, 200); len(a.each("gaps", "key")) != 0 || a.at("now") != true {
			t.Errorf("nothing is missing to accept: %s", a.raw)
		}
		h.complete(path)
		h.clock.Advance(10 * time.Minute)
		h.post("lin", path+"/reply", m{"text": "10:00 前反馈"}).want(t, 200)
		clocks := h.send(request{who: "lea", method: http.MethodGet, path: path + "/clocks"}).want(t, 200)
		if got := clocks.each("items", "name"); !slices.Equal(got, []string{"response", "update", "resolve"}) {
			t.Errorf("clocks: %v", got)
		}
		if clocks.text("items.0.state") != "met" || clocks.text("items.1.due") != "2026-11-24T03:40:00Z" || clocks.text("items.2.state") != "running" {
			t.Errorf("clocks: %s", clocks.raw)
		}
		if got := clocks.each("items.0.why", "text"); !slices.Equal(got, []string{
			"Counted from today 09:30, when it was recorded", "The target for P2 is 30 min", "On the 24×7 calendar: every minute counts",
			"Only the first word of a human counts, not the automatic acknowledgement",
		}) {
			t.Errorf("why: %q", got)
		}
		c := h.send(request{who: "lea", method: http.MethodGet, path: path + "/conformance"}).want(t, 200)
		states := map[string]string{}
		for i, clause := range c.each("verdicts", "clause") {
			states[clause] = c.text("verdicts." + strconv.Itoa(i) + ".state")
			if text := c.text("verdicts." + strconv.Itoa(i) + ".text"); text == "" || strings.Contains(text, "⟦") {
				t.Errorf("%s is not in words: %q", clause, text)
			}
		}
		want := map[string]string{
			"N3": "met", "N10": "not_applicable", "N11": "not_applicable", "N28": "not_applicable", "N15": "met", "N17": "not_applicable", "N18": "not_applicable", "N19": "met", "N20": "met", "N22": "met", "N29": "open",
			"N4": "not_applicable", "N5": "not_applicable", "N12": "met", "N14": "met", "N16": "not_applicable", "N21": "open", "N23": "open", "N25": "not_applicable", "N26": "not_applicable", "N27": "not_applicable", "N31": "not_applicable",
			"N30": "not_applicable", "N41": "not_applicable", "N32": "open", "N33": "open", "N34": "open", "N35": "open", "N36": "open",
		}
		if diff := cmp.Diff(want, states); diff != "" {
			t.Errorf("conformance (-want +got):\n%s", diff)
		}
		if c.int("score") != 100 || c.int("judged") != 7 {
			t.Errorf("score: %s", c.raw)
		}
	})
}

func TestCatalogueAndGroups(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for _, tt := range []struct{ who, path, member, want string }{
			{"lin", "/groups", "items.0.members.0.name", "林晓岚"},
			{"lea", "/groups", "items.0.name", "Service desk"},
			{"zoe", "/categories", "items.0.name", "Software"},
			{"wang", "/services", "items.0.name", "ERP"},
			{"lin", "/categories", "items.0.group.name", "服务台"},
			{"zoe", "/categories", "items.0.group.name", ""},
		} {
			if got := h.get(tt.who, tt.path).want(t, 200).text(tt.member); got != tt.want {
				t.Errorf("%s %s %s: %q, want %q", tt.who, tt.path, tt.member, got, tt.want)
			}
		}
	})
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, tt := range []struct{ who, header, want string }{
		{"lin", "", "zh-CN"},
		{"lea", "", "en"},
		{"lin", "en-GB,zh;q=0.5", "en"},
		{"lea", "zh-TW", "zh-CN"},
		{"", "", "zh-CN"},
		{"", "de", "en"},
		{"lea", strings.Repeat("x", 600), "zh-CN"},
	} {
		a := h.send(request{who: tt.who, method: http.MethodGet, path: "/tickets/9999", header: map[string]string{"Accept-Language": tt.header}})
		title := map[string]string{"zh-CN404": "没有找到", "en404": "Not found", "zh-CN401": "需要登录", "en401": "Sign in"}[tt.want+strconv.Itoa(a.status)]
		if a.header.Get("Content-Language") != tt.want || a.text("title") != title || !strings.HasPrefix(a.text("type"), "urn:loopdesk:problem:") {
			t.Errorf("%q with %q: %s %s", tt.who, tt.header, a.header.Get("Content-Language"), a.raw)
		}
		if a.int("status") != int64(a.status) {
			t.Errorf("the body says %d, the answer %d", a.int("status"), a.status)
		}
	}
}
