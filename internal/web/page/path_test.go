// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/web/page"
)

func TestA41_S75_OnlyPathsOfOurOwnAreFollowed(t *testing.T) {
	t.Parallel()
	good := []string{"/", "/work", "/work/tickets/LD-1042?view=mine&x=1#m-3", "/t/v1-2-3-abc", "/files/1/a/%E4%B8%AD.png"}
	bad := []string{
		"", "work", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/%09/evil.example",
		"/\n/evil.example", "https://evil.example", "https:evil.example", "HTTPS://evil.example/", "javascript:alert(1)", "data:text/html,x",
		" /x", "/x y", "/ /evil.example", "/%2f/evil.example", "/%2F%2Fevil.example", "/%5cevil.example", "/.\\evil", "/\x00", "/x\r\nSet-Cookie: a=b",
		"/%0d%0aSet-Cookie:a", "@evil.example", "/中文", "?next=/", "#x", "/" + strings.Repeat("a", 2001), "/%zz", "//", "//@evil.example/", "/%00",
	}
	for _, s := range good {
		if got := page.LocalPath(s, "no"); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range bad {
		if got := page.LocalPath(s, "/safe"); got != "/safe" {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestA41_WhateverIsFollowedStaysHere(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://desk.example/signin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[/\\.%:@?#a-c2f5\t\n ]{1,12}`).Draw(t, "s")
		p := page.LocalPath(s, "")
		if p == "" {
			return
		}
		u, err := base.Parse(p)
		if err != nil || u.Host != "desk.example" || u.Scheme != "https" || strings.HasPrefix(p, "//") || strings.Contains(p, "\\") {
			t.Fatalf("%q leads to %v %v", p, u, err)
		}
	})
}

func TestA41_SigningInLeadsOnlyHome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.password(h.agent)
	for next, want := range map[string]string{
		"/work/tickets/LD-1": "/work/tickets/LD-1", "//evil.example": "/work", "https://evil.example": "/work", "": "/work", "/\\evil.example": "/work",
	} {
		w := h.nobody().post("/signin", "email", h.agent.Email, "password", passphrase, "next", next)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("next %q: %d to %q", next, w.Code, w.Header().Get("Location"))
		}
		if w := h.nobody().get("/signin?next=" + url.QueryEscape(next)); next != "" && strings.Contains(w.Body.String(), `"`+next) && !strings.HasPrefix(next, "/work") {
			t.Errorf("next %q stands in the form", next)
		}
	}
	w := h.nobody().get("/me?x=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin?next=%2Fme%3Fx%3D1" {
		t.Errorf("the way to sign in: %d %s", w.Code, w.Header().Get("Location"))
	}
}
