// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestA20_JSONIsTakenAtItsWord(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, tt := range []struct {
		name, body string
		status     int
		key        string
	}{
		{"as it should be", `{"text":"x"}`, 201, ""},
		{"white space", " {\n\t\"text\" : \"x\" }\r\n", 201, ""},
		{"a name twice", `{"text":"a","text":"b"}`, 400, "api.json_twice"},
		{"a name twice, deeper", `{"text":"a","intake":{"who":{"value":"a","value":"b"}}}`, 400, "api.json_twice"},
		{"a name twice, once escaped", `{"text":"a","te\u0078t":"b"}`, 400, "api.json_twice"},
		{"a name in another case", `{"text":"a","Subject":"b"}`, 422, "errs.fields"},
		{"a name that folds to ours", `{"text":"a","ſubject":"b"}`, 422, "errs.fields"},
		{"an unknown name", `{"text":"a","extra":1}`, 422, "errs.fields"},
		{"an unknown name, deeper", `{"text":"a","intake":{"who":{"value":"a","x":1}}}`, 422, "errs.fields"},
		{"nothing", ``, 400, "api.body_required"},
		{"half", `{"text":"x"`, 400, "api.json"},
		{"two values", `{"text":"x"}{}`, 400, "api.json"},
		{"something behind", `{"text":"x"} x`, 400, "api.json"},
		{"a comma too many", `{"text":"x",}`, 400, "api.json"},
		{"a comment", "{\"text\":\"x\"/**/}", 400, "api.json"},
		{"single quotes", `{'text':'x'}`, 400, "api.json"},
		{"not UTF-8", "{\"text\":\"\xff\"}", 400, "api.json_utf8"},
		{"UTF-16", "\xff\xfe{\x00}\x00", 400, "api.json_utf8"},
		{"a byte order mark", "\ufeff{\"text\":\"x\"}", 400, "api.json"},
		{"too deep", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), 400, "api.json_deep"},
		{"a list", `[]`, 422, "errs.fields"},
		{"null", `null`, 422, "errs.fields"},
		{"a number for a text", `{"text":1}`, 422, "errs.fields"},
		{"a text for a number", `{"text":"x","category":"1"}`, 422, "errs.fields"},
		{"a fraction", `{"text":"x","category":1.5}`, 422, "errs.fields"},
		{"an empty text", `{"text":""}`, 422, "errs.fields"},
		{"white space for a text", `{"text":" \n "}`, 422, "ticket.text_empty"},
		{"required is required", `{"subject":"x"}`, 422, "errs.fields"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := h.post("wang", "/tickets", tt.body)
			if a.status != tt.status || a.text("key") != tt.key {
				t.Errorf("%d %s, want %d %s: %s", a.status, a.text("key"), tt.status, tt.key, a.raw)
			}
		})
	}
}

func TestFieldsAreNamedAndExplainedInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	path := h.open(nil)
	for _, tt := range []struct {
		name, path, field, key string
		body                   any
		en                     string
	}{
		{"missing", "/tickets", "text", "api.required", `{}`, "Required."},
		{"missing, deeper", path + "/record", "intake", "api.required", `{}`, "Required."},
		{"too long", "/tickets", "subject", "api.max_length", m{"text": "x", "subject": strings.Repeat("长", 201)}, "Cannot be longer than 200 characters."},
		{"one of a few", path + "/hold", "reason", "api.one_of", m{"reason": "lunch"}, "Has to be one of: requester, vendor, approval, visit, blocked."},
		{"a time", path + "/hold", "next", "api.want_time", m{"reason": "vendor", "next": "tomorrow"}, "Enter an RFC 3339 time such as 2026-11-24T10:30:00Z."},
		{"a place in a list", path + "/resolve", "verify[1]", "api.want_text", m{"verify": []any{"a", 2}}, "Enter a text."},
		{"a number too large", "/tickets", "category", "api.max", `{"text":"x","category":9007199254740993}`, "Cannot be more than 9007199254740991."},
		{"a list too long", path + "/read-back", "items", "api.min_items", m{"items": []any{}}, "Cannot be fewer than 1."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := h.send(request{who: "lea", method: "POST", path: tt.path, body: tt.body}).want(t, 422)
			if a.text("errors.0.field") != tt.field || a.text("errors.0.key") != tt.key || a.text("errors.0.text") != tt.en {
				t.Errorf("got %s", a.raw)
			}
			zh := h.send(request{who: "lea", method: "POST", path: tt.path, body: tt.body, header: map[string]string{"Accept-Language": "zh-CN"}})
			if zh.text("errors.0.text") == tt.en || zh.header.Get("Content-Language") != "zh-CN" || a.header.Get("Content-Language") != "en" {
				t.Errorf("in Chinese: %s", zh.raw)
			}
		})
	}
}

func TestA42_TheTypeOfABodyIsWhatItSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for kind, status := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "Application/JSON;charset=UTF-8": 201,
		"": 415, "text/plain": 415, "text/json": 415, "application/xml": 415, "application/problem+json": 415, "application/cbor": 415,
		"application/json; charset=gbk": 415, "application/x-www-form-urlencoded": 415, "application/json, text/plain": 415, "a/b;;;": 415,
	} {
		a := h.send(request{who: "wang", method: "POST", path: "/tickets", body: m{"text": "x"}, header: map[string]string{"Content-Type": kind}})
		if a.status != status {
			t.Errorf("%q: %d, want %d", kind, a.status, status)
		}
	}
	for _, accept := range []string{"", "*/*", "application/json", "text/html", "application/problem+json", "image/png, */*;q=0.1"} {
		ok := h.send(request{who: "wang", method: "GET", path: "/me", header: map[string]string{"Accept": accept}}).want(t, 200)
		bad := h.send(request{who: "wang", method: "GET", path: "/tickets/9999", header: map[string]string{"Accept": accept}}).want(t, 404)
		if ok.header.Get("Content-Type") != "application/json" || bad.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("Accept %q: %q, %q", accept, ok.header.Get("Content-Type"), bad.header.Get("Content-Type"))
		}
	}
	large := fmt.Sprintf(`{"text":"x","subject":"%s"}`, strings.Repeat("a", 1<<20))
	if a := h.post("wang", "/tickets", large).want(t, 413); a.text("key") != "api.body_large" {
		t.Errorf("too large: %s", a.raw)
	}
}

func TestA18_NumbersAtTheEdges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		for _, n := range []string{
			"-9223372036854775809", "-9223372036854775808", "-1", "0", "2147483647", "2147483648", "4294967296", "9007199254740991",
			"9007199254740992", "9223372036854775807", "9223372036854775808", "1e3", "1e400", "18446744073709551616", "0x10", "NaN", "１２",
		} {
			esc := strings.ReplaceAll(n, "１２", "%EF%BC%91%EF%BC%92")
			for _, r := range []request{
				{method: "GET", path: "/tickets/" + esc},
				{method: "GET", path: "/tickets/LD-" + esc + "/events"},
				{method: "GET", path: "/tickets?limit=" + esc},
				{method: "GET", path: "/tickets?group=" + esc},
				{method: "GET", path: "/tickets?owner=" + esc + "&category=" + esc + "&service=" + esc},
				{method: "GET", path: "/tickets?q=" + esc},
				{method: "GET", path: "/people?limit=" + esc},
				{method: "GET", path: path + "/events?cursor=" + esc},
				{method: "GET", path: path + "/events?limit=" + esc},
				{method: "POST", path: "/tickets", body: `{"text":"x","category":` + n + `}`},
				{method: "POST", path: "/tickets", body: `{"text":"x","requester":` + n + `}`},
				{method: "POST", path: path + "/assign", body: `{"group":` + n + `}`},
				{method: "POST", path: path + "/merge", body: `{"into":` + n + `}`},
				{method: "POST", path: path + "/classify", body: `{"service":` + n + `}`},
				{method: "POST", path: path + "/call", body: `{"text":"x","seconds":` + n + `}`},
				{method: "POST", path: path + "/note", body: `{"text":"x"}`, header: map[string]string{"If-Match": `"` + n + `"`}},
			} {
				r.who = "lin"
				if a := h.send(r); a.status >= 500 {
					t.Errorf("%s %s %v: %d %s", r.method, r.path, r.body, a.status, a.raw)
				}
			}
		}
	})
}

func TestStaleAndFreshVersions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		seen := h.get("lin", path)
		if seen.header.Get("ETag") != `"1"` || seen.int("version") != 1 {
			t.Fatalf("ETag %s of version %d", seen.header.Get("ETag"), seen.int("version"))
		}
		note := func(tag string) answer {
			return h.send(request{who: "lin", method: "POST", path: path + "/note", body: m{"text": "x"}, header: map[string]string{"If-Match": tag}})
		}
		if a := note(`"1"`).want(t, 200); a.header.Get("ETag") != `"2"` {
			t.Errorf("the next ETag is %s", a.header.Get("ETag"))
		}
		a := note(`"1"`).want(t, 412)
		if a.int("current_version") != 2 || a.text("kind") != "stale" || a.text("key") != "ticket.stale" {
			t.Errorf("stale: %s", a.raw)
		}
		for tag, status := range map[string]int{`"0"`: 412, `"-1"`: 412, `W/"2"`: 412, `"x"`: 412, `2`: 422, `"2`: 422, `"1", "2"`: 422, `*`: 200, "": 200} {
			if got := note(tag).status; got != status {
				t.Errorf("If-Match %s: %d, want %d", tag, got, status)
			}
		}
		// Whoever may not see the ticket learns no version.
		b := h.send(request{who: "zoe", method: "POST", path: path + "/reply", body: m{"text": "x"}, header: map[string]string{"If-Match": `"1"`}}).want(t, 404)
		if b.at("current_version") != nil {
			t.Errorf("a stranger learns the version: %s", b.raw)
		}
	})
}

// A rule is missing where a caller could send more than we ever thought of.
func TestA22_EveryFieldThatComesInHasALimit(t *testing.T) {
	t.Parallel()
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc m
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	w := walker{t: t, doc: doc}
	paths, _ := doc["paths"].(m)
	for path, ops := range paths {
		for method, op := range ops.(m) {
			at := method + " " + path
			params, _ := op.(m)["parameters"].([]any)
			for _, p := range params {
				p := p.(m)
				w.schema(at+" "+fmt.Sprint(p["name"]), p["schema"].(m))
			}
			body, _ := op.(m)["requestBody"].(m)
			content, _ := body["content"].(m)
			for kind, media := range content {
				if kind == "application/json" {
					w.schema(at, media.(m)["schema"].(m))
				}
			}
		}
	}
	if w.seen < 100 {
		t.Fatalf("only %d fields were looked at", w.seen)
	}
}

type walker struct {
	t    *testing.T
	doc  m
	seen int
}

func (w *walker) schema(at string, s m) {
	w.t.Helper()
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		s = w.doc["components"].(m)["schemas"].(m)[name].(m)
	}
	w.seen++
	switch kind := typeOf(s); kind {
	case "string":
		if s["maxLength"] == nil && s["enum"] == nil && s["format"] != "date-time" {
			w.t.Errorf("%s: a text of any length", at)
		}
	case "integer", "number":
		if s["minimum"] == nil || s["maximum"] == nil {
			w.t.Errorf("%s: a number without bounds", at)
		}
	case "array":
		if s["maxItems"] == nil {
			w.t.Errorf("%s: a list of any length", at)
		}
		w.schema(at+"[]", s["items"].(m))
	case "object":
		if s["additionalProperties"] != false {
			w.t.Errorf("%s: an object with any members", at)
		}
		props, _ := s["properties"].(m)
		for name, p := range props {
			w.schema(at+"."+name, p.(m))
		}
	case "boolean":
	default:
		w.t.Errorf("%s: of no known type (%q)", at, kind)
	}
}

func typeOf(s m) string {
	if list, ok := s["type"].([]any); ok {
		i := slices.IndexFunc(list, func(x any) bool { return x != "null" })
		return fmt.Sprint(list[i])
	}
	return fmt.Sprint(s["type"])
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/nothing", 404, ""},
		{"GET", "/", 404, ""},
		{"GET", "/docs", 404, ""},
		{"GET", "/schemas/Ticket.json", 404, ""},
		{"DELETE", "/tickets/1", 405, "GET, HEAD"},
		{"PUT", "/tickets", 405, "GET, HEAD, POST"},
		{"TRACE", "/tickets", 405, "GET, HEAD, POST"},
		{"OPTIONS", "/tickets", 405, "GET, HEAD, POST"},
		{"POST", "/tickets/1/expire", 404, ""},
		{"POST", "/tickets/1/explode", 404, ""},
		{"GET", "/tickets/", 404, ""},
		{"GET", "//tickets", 404, ""},
		{"GET", "/tickets/../me", 404, ""},
		{"GET", "/tickets/%2e%2e/me", 404, ""},
	} {
		a := h.send(request{who: "lin", method: tt.method, path: tt.path})
		if a.status != tt.status || a.header.Get("Allow") != tt.allow || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d, Allow %q, %q", tt.method, tt.path, a.status, a.header.Get("Allow"), a.header.Get("Content-Type"))
		}
	}
}

func TestA33_A35_HeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, r := range []request{
		{who: "lin", method: "GET", path: "/me"},
		{method: "GET", path: "/me"},
		{method: "GET", path: "/nothing"},
		{who: "lin", method: "POST", path: "/tickets", body: "{"},
		{who: "lin", method: "OPTIONS", path: "/tickets", header: map[string]string{"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}},
	} {
		a := h.send(r)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
			"Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": "",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", r.method, r.path, name, got, want)
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s %s: CSP %q", r.method, r.path, csp)
		}
	}
}

func TestA88_APanicIsAnIncidentAndSaysNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	h.parts.Tickets = nil // every handler that needs it now panics
	h.api = api.New(h.parts)
	a := h.get("lin", "/tickets/1001").want(t, 500)
	if !strings.HasPrefix(a.text("instance"), "urn:loopdesk:incident:") || a.text("key") != "errs.internal" {
		t.Errorf("got %s", a.raw)
	}
	for _, word := range []string{"nil", "pointer", "goroutine", ".go", "panic"} {
		if strings.Contains(a.raw, word) {
			t.Errorf("the answer says %q: %s", word, a.raw)
		}
	}
}

func TestABodyThatBreaksOffIsTheCallersFault(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, path := range []string{"/tickets", "/files?name=a"} {
		req := httptest.NewRequest(http.MethodPost, api.Prefix+path, breaking{})
		req.Header.Set("Authorization", "Bearer "+h.tokens["wang"])
		req.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(path, "/files") {
			req.Header.Set("Content-Type", "application/octet-stream")
		}
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, req)
		if w.Code != http.StatusBadRequest || !bytes.Contains(w.Body.Bytes(), []byte("_broken")) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// breaking is a body whose sender goes away.
type breaking struct{}

func (breaking) Read([]byte) (int, error) { return 0, fmt.Errorf("unexpected EOF") }
