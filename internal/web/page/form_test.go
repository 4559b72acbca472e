// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// echo shows a form as plain lines, so that a test can read what came back.
func echo(f *page.Form) templ.Component {
	return templ.Raw(fmt.Sprintf("text=%s|mark=%s|notice=%s|stale=%v|gaps=%d|chips=%d|version=%d",
		f.Get("text"), f.Mark("text"), f.Notice, f.Stale, len(f.Gaps), len(f.Chips()), f.Version()))
}

// formHouse has one form whose command always fails with err.
func formHouse(t *testing.T, err error) *house {
	t.Helper()
	h := newHouse(t)
	h.router.Post("/form", page.SignedIn, func(c *page.Ctx) error {
		f, e := c.Form(page.SmallForm, "text", "version", "answer_*", page.FileField)
		if e != nil {
			return e
		}
		if err == nil {
			c.Say("page.token_revoked")
			return c.Redirect("/me")
		}
		return c.Again(f, err, echo)
	})
	return h
}

func TestARefusedFormComesBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	missing := &errs.Error{Kind: errs.Missing, Key: "errs.missing", Gaps: []errs.Gap{{Clause: "N32", Key: "gap.solution", Form: "solution"}}}
	cases := []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"a field", errs.Field("text", "errs.too_large"), 422, "text=卡纸|mark=内容太大，换小一些的再试。|notice=|stale=false"},
		{
			"two fields", errs.Invalidf(errs.FieldError{Name: "text", Key: "errs.invalid"}, errs.FieldError{Name: "x", Key: "errs.invalid"}), 422,
			"text=卡纸|mark=有内容需要修改，改好后再提交。|notice=有几处需要修改，已在下面标出。",
		},
		{"a gate", missing, 409, "notice=还差几项，补齐就能继续。|stale=false|gaps=1"},
		{"somebody was quicker", errs.New(errs.Stale, "errs.stale"), 412, "stale=true"},
		{"the life does not allow it", errs.New(errs.Conflict, "errs.conflict"), 409, "text=卡纸"},
		{"too many", errs.New(errs.Limited, "errs.limited"), 429, "text=卡纸"},
		{"ours", errors.New(hidden), 500, "text=卡纸|mark=|notice=我们这边出了问题，您填的内容还在。编号 "},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := formHouse(t, tt.err)
			b := h.as(h.agent)
			w := b.post("/form", "text", "卡纸", "version", "3")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) || !strings.Contains(w.Body.String(), "version=3") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "pq:") {
				t.Errorf("the cause is shown: %s", w.Body)
			}
			w = b.htmx().post("/form", "text", "卡纸")
			if w.Code != tt.status || w.Header().Get("HX-Retarget") != "" || !strings.HasPrefix(w.Body.String(), "text=卡纸") {
				t.Errorf("as a fragment: %d %s", w.Code, w.Body)
			}
		})
	}
	h := formHouse(t, errs.Overtaken(7))
	if w := h.as(h.agent).post("/form", "text", "卡纸", "version", "3"); w.Code != http.StatusPreconditionFailed || !strings.Contains(w.Body.String(), "version=7") {
		t.Errorf("whoever was told cannot send it again: %d %s", w.Code, w.Body)
	}
	h = formHouse(t, errs.New(errs.NotFound, "errs.not_found"))
	if w := h.as(h.agent).post("/form", "text", "卡纸"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "<html") {
		t.Errorf("what no form can mend: %d %s", w.Code, w.Body)
	}
}

func TestS28_A84_AFormTakesOnlyTheFieldsItShows(t *testing.T) {
	t.Parallel()
	h := formHouse(t, nil)
	b := h.as(h.agent)
	for _, name := range []string{"role", "owner_id", "texts", "answer", "__proto__", "", "Text", "file"} {
		if w := b.post("/form", "text", "x", name, "admin"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("the field %q: %d", name, w.Code)
		}
	}
	if w := b.post("/form", "text", "x", "answer_since", "1", "answer_who", "2", "upload", "", "files", "x"); w.Code != http.StatusSeeOther {
		t.Errorf("its own fields: %d %s", w.Code, w.Body)
	}
	// One's own role cannot be sent along with one's own name either.
	w := b.post("/me", "name", "林岚", "lang", "zh-CN", "role", "admin")
	if p, err := h.people.Get(t.Context(), h.agent.ID); err != nil || p.Role != h.agent.Role || w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %+v %v", w.Code, p, err)
	}
}

func TestS88_WhatIsNoFormIsRefused(t *testing.T) {
	t.Parallel()
	h := formHouse(t, nil)
	b := h.as(h.agent)
	long := strings.Repeat("x", page.SmallForm)
	cases := []struct {
		name, kind, body string
		status           int
	}{
		{"JSON", "application/json", `{"text":"x"}`, 422},
		{"nothing known", "text/html", "<p>", 422},
		{"no kind at all", "", "text=x", 422},
		{"a broken kind", "a/b; =", "text=x", 422},
		{"a broken escape", "application/x-www-form-urlencoded", "text=%zz", 422},
		{"too long", "application/x-www-form-urlencoded", "text=" + long, 413},
		{"too many", "application/x-www-form-urlencoded", strings.Repeat("answer_a=1&", 600), 413},
		{"multipart without a boundary", "multipart/form-data", "x", 422},
		{"multipart cut off", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx", 422},
		{"multipart without a name", "multipart/form-data; boundary=b", "--b\r\nX: y\r\n\r\nx\r\n--b--\r\n", 422},
		{"multipart with a long value", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n" + long + "x\r\n--b--\r\n", 413},
		{"multipart with a long head", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"text\"\r\nX: " + strings.Repeat("y", 300_000) + "\r\n\r\nx\r\n--b--\r\n", 413},
		{"multipart with many parts", "multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\r\n", 700) + "--b--\r\n", 413},
		{"an empty body", "application/x-www-form-urlencoded", "", 303},
		{"bytes that are no text", "application/x-www-form-urlencoded", "text=%ff%fe", 303},
	}
	for _, tt := range cases {
		r := httptest.NewRequest(http.MethodPost, "/form", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.kind)
		if w := b.do(r); w.Code != tt.status {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
	}
}

func TestAFormWithoutScriptCarriesItsFiles(t *testing.T) {
	t.Parallel()
	h := formHouse(t, errs.Field("text", "errs.invalid"))
	b := h.as(h.agent)
	earlier := h.stage(h.agent, ticket.File{Name: "vorher.png", Data: strings.NewReader(png)})
	foreign := h.stage(h.requester, ticket.File{Name: "fremd.png", Data: strings.NewReader(png)})
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"text", "卡纸"}, {"files", earlier}, {"files", foreign}, {"files", "nonsense"}} {
		if err := m.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"screen.png", ""} { // an empty field of a browser has no name
		part, err := m.CreateFormFile("upload", name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			_, _ = part.Write([]byte(png))
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/form", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := b.do(r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "text=卡纸") || !strings.Contains(w.Body.String(), "chips=2") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAToastCrossesTheRedirectOnceAndForOnePerson(t *testing.T) {
	t.Parallel()
	h := formHouse(t, nil)
	b := h.as(h.agent)
	b.post("/form", "text", "x")
	carried := b.cookies["toast"]
	if w := b.get("/me"); !strings.Contains(w.Body.String(), "令牌已收回") || b.cookies["toast"] != "" {
		t.Errorf("the toast: %v\n%s", b.cookies, w.Body)
	}
	if w := b.get("/me"); strings.Contains(w.Body.String(), "令牌已收回") {
		t.Error("the toast came twice")
	}
	other := h.as(h.lead)
	for name, raw := range map[string]string{"of another person": carried, "forged": "eyJrIjoiZXJycy5pbnRlcm5hbCJ9.aaaa", "nonsense": "x"} {
		other.cookies["toast"] = raw
		if w := other.get("/me"); strings.Contains(w.Body.String(), "令牌已收回") || strings.Contains(w.Body.String(), "我们这边") {
			t.Errorf("a toast %s is shown", name)
		}
	}
	w := b.htmx().post("/form", "text", "x")
	if w.Code != http.StatusOK || w.Header().Get("HX-Redirect") != "/me" {
		t.Errorf("a fragment is led on by %d %v", w.Code, w.Header())
	}
}
