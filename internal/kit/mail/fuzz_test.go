// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// sound reports what no text that is shown may hold.
func sound(t *testing.T, name, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		t.Errorf("%s: %q", name, s)
	}
}

func FuzzRead(f *testing.F) {
	for _, dir := range []string{"mail", "mail-zh"} {
		for _, c := range mailCases(f, dir) {
			raw, err := os.ReadFile(filepath.Join(testData(f, dir), c.Raw))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
		}
	}
	limits := mail.Limits{Bytes: 1 << 20, Depth: 10, Parts: 50, Fields: 100, HeaderBytes: 8 << 10, Text: 64 << 10}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := mail.Read(raw, limits)
		if err != nil {
			return
		}
		if strings.ContainsAny(m.Subject, "\r\n") {
			t.Errorf("subject %q", m.Subject)
		}
		sound(t, "subject", m.Subject)
		for _, list := range [][]mail.Address{m.From, m.To, m.Cc, m.ReplyTo, m.Sender, m.Delivered} {
			for _, a := range list {
				sound(t, "name", a.Name)
				if again, ok := mail.ParseAddress(a.Addr); !ok || again.Addr != a.Addr {
					t.Errorf("address %q", a.Addr)
				}
			}
		}
		size := 0
		for _, b := range m.Body {
			sound(t, "text", b.Plain)
			sound(t, "HTML", b.HTML)
			size += len(b.Plain) + len(b.HTML)
		}
		if size > 16*limits.Text {
			t.Errorf("%d bytes of text", size)
		}
		if len(m.Files) > limits.Parts {
			t.Errorf("%d files", len(m.Files))
		}
		show(m)
	})
}

func FuzzTrim(f *testing.F) {
	for _, s := range []string{
		"words\n\nOn Mon, 2 Mar 2026, Ada <a@b.c> wrote:\n> hi\n", "好\n\n-----原始邮件-----\n发件人: 张三\n发送时间: 2026-03-02\n", "> a\nb\n> c\n", "-- \nx", "发自我的 iPhone", "\r\n\r", ">\u3000\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := whole(mail.Split(text)); got != text {
			t.Errorf("%q became %q", text, got)
		}
		own, rest := mail.Trim(text)
		if len(own)+len(rest) > len(text) {
			t.Errorf("%q grew to %q and %q", text, own, rest)
		}
		mail.TrimHTML(text)
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"Li Si <li@example.org>", `"a@b" <c@d>`, "a@b (c)", "=?utf-8?B?5p2O?= <a@b>", "g: a@b, c@d;", "<@x:a@b>", `"a\"b"@c`, "a@[1.2.3.4]", "a b@c", "a@b, <c@d>; e@f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, _ := mail.ParseAddresses(s)
		for _, a := range list {
			sound(t, "name", a.Name)
			if strings.ContainsAny(a.Name+a.Addr, "\r\n") || strings.Count(a.Addr, "@") != 1 || len(a.Addr) > 320 {
				t.Errorf("%q gave %q", s, a)
			}
			if again, ok := mail.ParseAddress("x <" + a.Addr + ">"); !ok || again.Addr != a.Addr {
				t.Errorf("%q gave %q, which is read as %q", s, a.Addr, again.Addr)
			}
		}
	})
}
