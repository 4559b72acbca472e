// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestA54_S59_WhatMayBeAPassword(t *testing.T) {
	t.Parallel()
	who := person.Person{Name: "王海燕", Email: "haiyan.wang@example.test"}
	for password, want := range map[string]string{
		"":                       "session.password_short",
		"elevenchars":            "session.password_short",
		"十一个汉字不算是够长的":            "session.password_short",
		strings.Repeat("木", 129): "session.password_long",
		"correct horse battery":  "",
		"twelve chars":           "",
		"十二个汉字放在一起就够了吧":                        "",
		strings.Repeat("木林森水火山石田土日月", 11):      "session.password_common", // one piece, over and over
		strings.Repeat("木", 12):                "session.password_common",
		"aaaaaaaaaaaa":                         "session.password_common",
		"abcabcabcabc":                         "session.password_common",
		"abc123abc123":                         "session.password_common",
		"Summer24Summer24":                     "session.password_common",
		"123456789012":                         "session.password_common",
		"210987654321":                         "session.password_common",
		"abcdefghijklm":                        "session.password_common",
		"qwertyuiopas":                         "session.password_common",
		"1qaz2wsx3edc":                         "session.password_common",
		"password1234":                         "session.password_common",
		"P@ssw0rd2026!":                        "session.password_common",
		"P@$$w0rd!!!!":                         "session.password_common",
		"Admin@123456":                         "session.password_common",
		"loopdesk2026":                         "session.password_common",
		"Woaini1314520":                        "session.password_common",
		"W e l c o m e 1 2 3 4":                "session.password_common",
		"            ":                         "session.password_common",
		"haiyan.wang1":                         "session.password_common",
		"2026Haiyan.Wang":                      "session.password_common",
		"haiyan.wang likes trains to Xi'an":    "", // the address is the least of it
		"no upper case, no digit, no sign":     "", // no composition is asked for (ASVS 6.2.5)
		"tab\tand\nline are characters as any": "",
	} {
		err := session.CheckPassword(password, who)
		got := ""
		if e := errs.As(err); e != nil {
			if got = e.Key; e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != "password" {
				t.Errorf("%q: %+v", password, e)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestA54_TheRuleLooksAtLengthInCharactersAndNeverFails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.OneOf(rapid.String(), rapid.StringN(0, 200, -1), rapid.StringMatching(`[a-z0-9 ]{0,140}`)).Draw(t, "password")
		email := rapid.SampledFrom([]string{"", "a@b", "li@example.test", "haiyan.wang@example.test"}).Draw(t, "email")
		err := session.CheckPassword(password, person.Person{Email: email})
		switch n := utf8.RuneCountInString(password); {
		case n < 12 && !is(err, "session.password_short"), n > 128 && !is(err, "session.password_long"):
			t.Fatalf("%d characters: %v", n, err)
		case n >= 12 && n <= 128 && err != nil && !is(err, "session.password_common"):
			t.Fatalf("%d characters: %v", n, err)
		}
	})
}

func is(err error, key string) bool {
	e := errs.As(err)
	return e != nil && e.Key == key
}

// What was chosen is what signs in: to the last character, in every writing (ASVS 6.2.8).
func TestA54_NothingIsCutOrChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.somebody("林岚", access.Agent)
		long := "木林森水火山石" + strings.Repeat("漢", 60) + strings.Repeat("😀", 60) + "z"
		if n := utf8.RuneCountInString(long); n != session.MaxPassword {
			t.Fatalf("the test has %d characters", n)
		}
		for _, password := range []string{long, "  blanks around and  within  ", "Groß-Kleinschreibung zählt", "e\u0301tude is not \u00e9tude"} {
			if err := r.SetPassword(t.Context(), p.ID, password); err != nil {
				t.Fatal(err)
			}
			if _, _, err := r.SignIn(t.Context(), p.Email, password, r.visit); err != nil {
				t.Errorf("%q: %v", password, err)
			}
			for _, near := range []string{password[:len(password)-1], password + " ", strings.TrimSpace(password) + "x", strings.ReplaceAll(password, "e\u0301", "\u00e9") + "\x00"} {
				_, _, err := r.SignIn(t.Context(), p.Email, near, r.visit)
				refused(t, near, err, errs.Unauthenticated)
			}
			if _, _, err := r.SignIn(t.Context(), p.Email, password, r.visit); err != nil {
				t.Errorf("%q again: %v", password, err)
			}
		}
	})
}

// What an unknown account is compared with has the form and the cost of a hash that was made, so that
// comparing takes as long, and no two desks have the same.
func TestS48_NobodysHashIsAsAnyOther(t *testing.T) {
	t.Parallel()
	drawn, made := session.DrawnHash(session.Standard()), session.MadeHash(t, session.Standard(), "correct horse battery")
	a, salt, key, err := argon2id.DecodeHash(drawn)
	if err != nil {
		t.Fatal(err)
	}
	b, _, _, err := argon2id.DecodeHash(made)
	if err != nil || *a != *b || len(drawn) != len(made) || len(salt) != int(a.SaltLength) || len(key) != int(a.KeyLength) {
		t.Errorf("drawn %s, made %s, %v", drawn, made, err)
	}
	if ok, err := argon2id.ComparePasswordAndHash("", drawn); ok || err != nil {
		t.Errorf("an empty password: %v, %v", ok, err)
	}
	if drawn == session.DrawnHash(session.Standard()) {
		t.Error("two desks drew the same hash")
	}
}
