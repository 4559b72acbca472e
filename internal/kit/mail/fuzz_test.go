// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

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

// FuzzHeader puts made-up bytes where names, dates and words in other character sets stand.
func FuzzHeader(f *testing.F) {
	f.Add([]byte("=?gb2312?B?tPLTobv6?= =?utf-8?q?=E6=9C=BA?="), []byte("attachment; filename*0*=gb18030''%C4%E3; filename*1*=%BA%C3"), []byte("Mon, 2 Mar 2026 09:15:00 +0800 (CST)"))
	f.Add([]byte("\xb4\xf2\xd3\xa1\xbb\xfa"), []byte("attachment; filename=\"\xb4\xf2.doc\""), []byte("2 Mar 26 9:15 GMT"))
	f.Add([]byte("=?utf-8?B?"), []byte("inline; filename*=utf-8'zh'%E4%BD; name=\"a\\\"b\""), []byte("Mon, 31 Feb 9999 99:99:99 -9999"))
	f.Add([]byte("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="), []byte("attachment; filename==?utf-7?Q?+-?="), []byte(""))
	f.Fuzz(func(t *testing.T, subject, disposition, date []byte) {
		raw := slices.Concat([]byte("From: a@example.org\r\nSubject: "), subject, []byte("\r\nDate: "), date,
			[]byte("\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: "), disposition, []byte("\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"))
		m, err := mail.Read(raw, mail.Standard())
		if err != nil {
			t.Fatal(err)
		}
		sound(t, "subject", m.Subject)
		if !m.Date.IsZero() && (m.Date.Year() < 1970 || m.Date.Year() > 2200) {
			t.Errorf("dated %v", m.Date)
		}
		for _, x := range m.Files {
			sound(t, "file name", x.Name)
			if strings.ContainsAny(x.Name, "\r\n") {
				t.Errorf("a file name of two lines: %q", x.Name)
			}
		}
		m.Bounced()
		m.Replied()
		m.Automatic()
		m.Returned()
	})
}

// FuzzTrimHTML looks for a document of which a piece is lost: every letter that is shown is in one
// of the pieces.
func FuzzTrimHTML(f *testing.F) {
	for _, s := range []string{
		"<p>words</p><blockquote type=cite>old</blockquote>", "<div>a<div class=gmail_quote>b</div></div>", "<b>x<p>y</b>z", "a<!-- b --><style>c</style>d", "<div id=\"mail-editor-reference-message-container\">x",
		"<table><tr><td>a<hr>b", "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><b>发件人:</b>x</div>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, document string) {
		own, rest := mail.TrimHTML(document)
		whole := richtext.Text(strings.ReplaceAll(document, "\uf6d1", "")) // the one character that marks where a quote begins
		for name, text := range map[string]string{"own": own, "rest": rest} {
			if !utf8.ValidString(text) && utf8.ValidString(document) {
				t.Errorf("%s: %q", name, text)
			}
		}
		if letters(own)+letters(rest) < letters(whole) {
			t.Errorf("%q became %q and %q, of %q", document, own, rest, whole)
		}
	})
}

// letters counts what is not white space.
func letters(s string) (n int) {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// FuzzCompose looks for a name, a subject or a text that becomes a header or a second receiver.
func FuzzCompose(f *testing.F) {
	for _, s := range []string{"王海燕", "a\r\nBcc: eve@example.com", "\"a@b, c@d\" <e@f>", "=?utf-8?q?=0D=0ABcc:_x?=", "\u2028\x00", strings.Repeat("长", 300)} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, subject, text string) {
		l := letter()
		l.To.Name, l.From.Name, l.Subject, l.Text = name, name, subject, text
		raw, err := mail.Compose(l)
		if err != nil {
			return
		}
		m := read(t, raw)
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != l.To.Addr {
			t.Errorf("%q: to %v, %v", name, to, err)
		}
		plain, err := mail.Compose(letter())
		if err != nil {
			t.Fatal(err)
		}
		if want, got := len(read(t, plain).Header), len(m.Header); got != want {
			t.Errorf("%d headers instead of %d: %v", got, want, m.Header)
		}
		again, err := mail.Read(raw, mail.Standard())
		if err != nil || len(again.From) != 1 || again.From[0].Addr != l.From.Addr || len(again.Cc) != 0 {
			t.Errorf("read as from %v, cc %v, %v", again.From, again.Cc, err)
		}
		sound(t, "subject", again.Subject)
	})
}
