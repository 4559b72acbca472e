// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

// understood reads a message that must be readable. Line ends may be written as "\n".
func understood(t testing.TB, raw string) mail.Message {
	t.Helper()
	m, err := mail.Read([]byte(raw), mail.Standard())
	if err != nil {
		t.Fatalf("cannot be read: %v", err)
	}
	return m
}

// plain joins the text of a message.
func plain(m mail.Message) string {
	out := ""
	for _, b := range m.Body {
		out += b.Plain
	}
	return out
}

func encoded(t testing.TB, enc encoding.Encoding, s string) string {
	t.Helper()
	out, err := enc.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNothingToRead(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\r\n\r\n", " \t\n", "\x00\x00"} {
		if _, err := mail.Read([]byte(raw), mail.Standard()); !errors.Is(err, mail.ErrEmpty) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	if _, err := mail.Read([]byte("Subject: x\n\ny"), mail.Limits{Bytes: 5}); !errors.Is(err, mail.ErrTooLarge) {
		t.Errorf("beyond the limit: %v", err)
	}
}

// Labels lie; what counts is what the bytes are.
func TestCharacterSets(t *testing.T) {
	t.Parallel()
	const (
		simple      = "您好：\n今天早上开始，VPN 一直连不上，重启电脑也没用。谢谢！\n"
		names       = "您好，联系人朱镕、王喆、龑，另有𠮷野家。\n"
		traditional = "您好：\n今天早上開始，VPN 一直連不上，重新啟動電腦也沒有用。謝謝！\n"
		japaneseS   = "お世話になっております。今朝からＶＰＮに接続できません。よろしくお願いします。\n"
		koreanS     = "안녕하세요. 오늘 아침부터 회사 네트워크에 접속할 수 없습니다. 감사합니다.\n"
		german      = "Guten Tag, der Drucker im 3. Stock läuft nicht mehr. Schöne Grüße, Jürgen\n"
		french      = "Bonjour, le réseau est coupé à l'étage. Où êtes-vous ? Ça presse.\n"
		russian     = "Добрый день! Не работает принтер на третьем этаже.\n"
	)
	gb, big5, latin := simplifiedchinese.GB18030, traditionalchinese.Big5, charmap.Windows1252
	cases := []struct {
		name, label string
		enc         encoding.Encoding
		text        string
	}{
		{"the label is right", "gb2312", gb, simple},
		{"gb2312 with characters beyond it", "gb2312", gb, names},
		{"gbk with four bytes", "gbk", gb, names},
		{"a private label", "x-gbk", gb, simple},
		{"the label of Windows", "windows-936", gb, simple},
		{"no label", "", gb, simple},
		{"GBK as ASCII", "us-ascii", gb, simple},
		{"GBK as UTF-8", "utf-8", gb, simple},
		{"GBK as Latin 1", "iso-8859-1", gb, simple},
		{"GBK as Big5", "big5", gb, simple},
		{"Big5 as GBK", "gb2312", big5, traditional},
		{"a label with its name in it", "charset=gb2312", gb, simple},
		{"UTF-8 as GB", "gb2312", nil, simple},
		{"UTF-8 as Latin 1", "iso-8859-1", nil, simple},
		{"UTF-8 as ASCII", "us-ascii", nil, simple},
		{"UTF-8 under a name that nobody knows", "x-foo-bar", nil, simple},
		{"UTF-8 with a byte order mark", "utf-8", nil, "\ufeff" + simple},
		{"Big5", "big5", big5, traditional},
		{"Big5 without a label", "", big5, traditional},
		{"Shift JIS", "shift_jis", japanese.ShiftJIS, japaneseS},
		{"Shift JIS without a label", "", japanese.ShiftJIS, japaneseS},
		{"EUC-JP without a label", "", japanese.EUCJP, japaneseS},
		{"ISO-2022-JP", "iso-2022-jp", japanese.ISO2022JP, japaneseS},
		{"ISO-2022-JP without a label", "", japanese.ISO2022JP, japaneseS},
		{"EUC-KR", "ks_c_5601-1987", korean.EUCKR, koreanS},
		{"EUC-KR without a label", "", korean.EUCKR, koreanS},
		{"HZ", "hz-gb-2312", simplifiedchinese.HZGB2312, simple},
		{"Latin 1 without a label", "", latin, german},
		{"Latin 1", "iso-8859-1", latin, french},
		{"Latin 1 as UTF-8", "utf-8", latin, french},
		{"a set of Windows, misspelt", "cp-1252", latin, french},
		{"windows-1251 without a label", "", charmap.Windows1251, russian},
		{"KOI8-R without a label", "", charmap.KOI8R, russian},
		{"KOI8-R", "koi8-r", charmap.KOI8R, russian},
		{"Latin 9", "iso-8859-15", charmap.ISO8859_15, "Das kostet 5 € für Œuvres.\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body := c.text
			if c.enc != nil {
				body = encoded(t, c.enc, c.text)
			}
			kind := "text/plain"
			if c.label != "" {
				kind += `; charset="` + c.label + `"`
			}
			m := understood(t, "From: a@example.org\nContent-Type: "+kind+"\nContent-Transfer-Encoding: 8bit\n\n"+body)
			if diff := cmp.Diff(strings.TrimPrefix(c.text, "\ufeff"), plain(m)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	gbk := func(s string) string { return encoded(t, simplifiedchinese.GB18030, s) }
	cases := []struct{ name, value, want string }{
		{"plain", "Printer", "Printer"},
		{"folded", "The printer\n on the third\n\tfloor", "The printer on the third floor"},
		{"base 64", "=?gb2312?B?tPLTobv6?= 3", "打印机 3"},
		{"quoted-printable", "=?utf-8?Q?=E6=89=93_=E5=8D=B0?=", "打 印"},
		{"a character cut between two words", "=?utf-8?B?5omT5Y0=?=\n =?utf-8?B?sA==?=", "打印"},
		{"cut, in two encodings", "=?utf-8?B?5omT5Y0=?= =?utf-8?Q?=B0?=", "打印"},
		{"base 64 cut anywhere", "=?utf-8?B?5omT5Y?= =?utf-8?B?2w?=", "打印"},
		{"words next to text", "[LD-1]=?utf-8?B?5omT?=!", "[LD-1]打!"},
		{"words with spaces in them", "=?utf-8?Q?two words?= end", "two words end"},
		{"a language", "=?utf-8*zh?B?5omT?=", "打"},
		{"raw GBK", gbk("打印机连不上"), "打印机连不上"},
		{"raw UTF-8", "打印机", "打印机"},
		{"an unknown set", "=?x-nobody?B?5omT5Y2w?=", "打印"},
		{"no word at all", "=?utf-8?X?abc?= =? ?=", "=?utf-8?X?abc?= =? ?="},
		{"never closed", "=?utf-8?B?5omT", "=?utf-8?B?5omT"},
		{"line ends in a word", "=?utf-8?Q?a=0D=0ABcc:_x@example.org?=", "a  Bcc: x@example.org"},
		{"NUL", "a\x00b", "ab"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := understood(t, "From: a@example.org\nSubject: "+c.value+"\nContent-Type: text/plain; charset=gbk\n\nx\n")
			if m.Subject != c.want {
				t.Errorf("got %q, want %q", m.Subject, c.want)
			}
		})
	}
}

// TestRawSubjectsWithoutALabel: nothing in the message says what its bytes are.
func TestRawSubjectsWithoutALabel(t *testing.T) {
	t.Parallel()
	gbk := func(s string) string { return encoded(t, simplifiedchinese.GB18030, s) }
	koi := func(s string) string { return encoded(t, charmap.KOI8R, s) }
	for _, c := range []struct{ name, value, want string }{
		{"two raw Russian words", koi("тест тест"), "тест тест"},
		{"a raw Russian sentence", koi("Re: Не работает сеть"), "Re: Не работает сеть"},
		{"two raw Chinese words", gbk("登录 失败"), "登录 失败"},
		{"raw Chinese whose bytes are those of small letters", gbk("系统 下线"), "系统 下线"},
		{"four raw Chinese signs in one", gbk("网络中断"), "网络中断"},
	} {
		if m := understood(t, "From: a@example.org\nSubject: "+c.value+"\n\nx\n"); m.Subject != c.want {
			t.Errorf("%s: got %q, want %q", c.name, m.Subject, c.want)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	gbk := encoded(t, simplifiedchinese.GB18030, "错误截图.png")
	percent := ""
	for _, c := range []byte(gbk) {
		percent += fmt.Sprintf("%%%02X", c)
	}
	cases := []struct{ name, field, want string }{
		{"plain", `attachment; filename="a b.txt"`, "a b.txt"},
		{"without quotes", `attachment; filename=a b.txt`, "a b.txt"},
		{"quotes inside", `attachment; filename="the "best" file.txt"`, `the "best" file.txt`},
		{"escaped", `attachment; filename="a\"b.txt"`, `a"b.txt`},
		{"never closed", `attachment; filename="a.txt; size=5`, "a.txt"},
		{"a semicolon in it", `attachment; filename="a;b.txt"`, "a;b.txt"},
		{"RFC 2231 in GBK", `attachment; filename*=gbk''` + percent, "错误截图.png"},
		{"RFC 2231 in UTF-8", `attachment; filename*=UTF-8''%e6%89%93.png`, "打.png"},
		{"RFC 2231 in parts, out of order", `attachment; filename*1*=%8d%b0.png; filename*0*=UTF-8''%e6%89%93%e5`, "打印.png"},
		{"RFC 2231 in parts of both kinds", `attachment; filename*0*=utf-8''%e6%89%93; filename*1=.png`, "打.png"},
		{"RFC 2231 beside the old form", `attachment; filename="old.png"; filename*=utf-8''%e6%89%93.png`, "打.png"},
		{"an encoded word", `attachment; filename="=?gb18030?B?tO3O873YzbwucG5n?="`, "错误截图.png"},
		{"raw GBK", `attachment; filename="` + gbk + `"`, "错误截图.png"},
		{"raw UTF-8", `attachment; filename="错误截图.png"`, "错误截图.png"},
		{"a path", `attachment; filename="../../etc/passwd"`, "../../etc/passwd"},
		{"line ends", `attachment; filename="=?utf-8?Q?a=0D=0Ab.txt?="`, "a  b.txt"},
		{"nothing but a space", `attachment; filename=" "`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := understood(t, "From: a@example.org\nContent-Type: application/octet-stream\nContent-Disposition: "+c.field+"\n\nx")
			if len(m.Files) != 1 || m.Files[0].Name != c.want {
				t.Errorf("got %+v, want %q", m.Files, c.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 3, 2, 1, 15, 1, 0, time.UTC)
	for _, s := range []string{
		"Mon, 02 Mar 2026 09:15:01 +0800", "2 Mar 2026 09:15:01 +0800", "Mon, 2 Mar 2026 01:15:01 GMT", "Mon,02 Mar 2026 09:15:01 +0800 (CST)",
		"Mon, 2 Mar 2026 09:15:01 +08:00", "2026-03-02 09:15:01 +0800", "2026-03-02T09:15:01+08:00", "Mon Mar 2 01:15:01 2026",
		"Sun, 01 Mar 2026 20:15:01 EST", "Mon, 2 Mar 2026 09:15:01 GMT+0800", "Mon, 2 Mar 2026 09:15:01+0800", "周一, 2 Mar 2026 09:15:01 +0800",
		"Mon, 02 Mar 2026 09:15:01 +0800 (中国标准时间)",
	} {
		if m := understood(t, "From: a@example.org\nDate: "+s+"\n\nx"); !m.Date.Equal(want) {
			t.Errorf("%s: %s", s, m.Date)
		}
	}
	for _, s := range []string{"", "yesterday", "Mon, 32 Foo 2026", "Fri, 30 Jun 3609 09:33:50 +0000", strings.Repeat("1 ", 500)} {
		if m := understood(t, "From: a@example.org\nDate: "+s+"\n\nx"); !m.Date.IsZero() {
			t.Errorf("%q is no date, but %s", s, m.Date)
		}
	}
}

// Broken structure is mended; what was mended is said.
func TestBrokenStructure(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, raw, text string
		files           int
		defect          mail.Defect
	}{
		{
			"no end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: image/png\n\npng", "hello", 1, mail.BadBoundary,
		},
		{
			"an outer boundary ends the inner parts",
			"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nhello\n--o\nContent-Type: image/png\n\npng\n--o--\n",
			"hello", 1, "",
		},
		{
			"boundaries that begin alike",
			"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\nhello\n--bb--\n--b\nContent-Type: image/png\n\npng\n--b--\n",
			"hello", 1, "",
		},
		{
			"the same boundary twice",
			"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nhello\n--b--\n--b\nContent-Type: image/png\n\npng\n--b--\n",
			"hello", 1, "",
		},
		{
			"no boundary stated", "Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nhello\n--x--\n", "hello", 0, mail.BadBoundary,
		},
		{
			"another boundary stated", "Content-Type: multipart/mixed; boundary=y\n\n--x\nContent-Type: text/plain\n\nhello\n--x--\n", "hello", 0, mail.BadBoundary,
		},
		{
			"a multipart without parts", "Content-Type: multipart/mixed; boundary=b\n\nhello\n", "hello\n", 0, mail.BadBoundary,
		},
		{
			"a part without an empty line", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\nhello\n--b--\n", "hello", 0, "",
		},
		{
			"a header without an end", "Content-Type: text/plain\nhello\n", "hello\n", 0, mail.BadHeader,
		},
		{
			"a line in the header that is none", "Received: x\nbroken line\nContent-Type: text/plain\n\nhello\n", "hello\n", 0, mail.BadHeader,
		},
		{
			"lines that end with CR", "Content-Type: text/plain\r\rhello\r", "hello\n", 0, "",
		},
		{
			"quoted-printable with errors", "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nhel=6Co =ZZ =\n", "hello =ZZ ", 0, mail.BadEncoding,
		},
		{
			"base64 with dirt in it", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGVs!bG8=\n", "hello", 0, mail.BadEncoding,
		},
		{
			"an encoding that nobody knows", "Content-Type: text/plain\nContent-Transfer-Encoding: rot13\n\nhello\n", "hello\n", 0, mail.BadEncoding,
		},
		{
			"a type without its second half", "Content-Type: text\n\nhello\n", "hello\n", 0, "",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := understood(t, c.raw)
			if got := plain(m); got != c.text {
				t.Errorf("text %q, want %q", got, c.text)
			}
			if len(m.Files) != c.files {
				t.Errorf("%d files, want %d", len(m.Files), c.files)
			}
			if c.defect != "" && !m.Has(c.defect) {
				t.Errorf("defects %v, want %s among them", m.Defects, c.defect)
			}
		})
	}
}

// TestN14_NoSetLosesAllWords: browsers make one question mark of a whole text in these.
func TestN14_NoSetLosesAllWords(t *testing.T) {
	t.Parallel()
	for label, x := range map[string]struct{ body, want string }{
		"iso-2022-kr":      {"\x1b$)CHello \x0e>H3g\x0f, room 5\n\x0eGO\x0f?\n", "Hello 안녕, room 5\n하?\n"},
		"iso-2022-cn":      {"\x1b$)AHello \x0eDc:C\x0f, room 5\n", "Hello 你好, room 5\n"},
		"iso-2022-cn-ext":  {"Hello, room 5\n", "Hello, room 5\n"},
		"ISO-2022-KR":      {"안녕\n", "안녕\n"}, // a label that lies
		"replacement":      {"Hello 你好\n", "Hello 你好\n"},
		"hz-gb-2312":       {"Hello ~{Dc:C~}\n", "Hello 你好\n"},
		"x-iso-2022-other": {"Hello\n", "Hello\n"},
	} {
		m := understood(t, "From: a@example.org\nContent-Type: text/plain; charset="+label+"\n\n"+x.body)
		if got := plain(m); got != x.want {
			t.Errorf("%s: %q, want %q", label, got, x.want)
		}
	}
}

// TestN14_WhatIsCutIsKept: text beyond the limit is read to the limit, marked, and kept as a file,
// however it is encoded; text that just fits is none of it.
func TestN14_WhatIsCutIsKept(t *testing.T) {
	t.Parallel()
	limits := mail.Standard()
	limits.Text = 1600
	for _, over := range []bool{false, true} {
		words := strings.Repeat("0123456789abcd\r\n", 100)
		if over {
			words += "THE END"
		}
		uu := "begin 644 a\r\n"
		for i := 0; i < len(words); i += 45 {
			piece := words[i:min(i+45, len(words))]
			uu += string(rune(' ' + len(piece)))
			for j := 0; j < len(piece); j += 3 {
				g := [3]byte{}
				copy(g[:], piece[j:])
				for _, v := range []byte{g[0] >> 2, g[0]<<4&0x30 | g[1]>>4, g[1]<<2&0x3c | g[2]>>6, g[2] & 0x3f} {
					uu += string(rune(' ' + v))
				}
			}
			uu += "\r\n"
		}
		for encoding, body := range map[string]string{
			"8bit": words, "base64": base64.StdEncoding.EncodeToString([]byte(words)), "quoted-printable": words, "x-uuencode": uu + "`\r\nend\r\n",
		} {
			m, err := mail.Read([]byte("From: a@example.org\r\nContent-Transfer-Encoding: "+encoding+"\r\n\r\n"+body), limits)
			if err != nil {
				t.Fatal(err)
			}
			kept := len(m.Files) == 1 && string(m.Files[0].Data) == words
			if m.Has(mail.TooMuch) != over || kept != over || len(plain(m)) != 1500 {
				t.Errorf("%s, over %v: marked %v, %d files, %d read", encoding, over, m.Has(mail.TooMuch), len(m.Files), len(plain(m)))
			}
		}
	}
}

func TestBodiesAndFiles(t *testing.T) {
	t.Parallel()
	m := understood(t, `From: a@example.org
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain

words
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>words <img src="cid:pic@x"></p>
--r
Content-Type: image/png; name=pic.png
Content-ID: <pic@x>

PNG
--r--
--a--
--m
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment

log
--m
Content-Type: text/plain

footer
--m
Content-Type: message/rfc822

From: b@example.org
Message-ID: <inner@example.org>
Subject: inner

inside
--m--
`)
	want := []mail.Body{{Plain: "words", HTML: "<p>words <img src=\"cid:pic@x\"></p>"}, {Plain: "footer"}}
	if diff := cmp.Diff(want, m.Body); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, f := range m.Files {
		names = append(names, fmt.Sprintf("%s %s %t %d", f.Name, f.Type, f.Inline, len(f.Data)))
	}
	if diff := cmp.Diff([]string{"pic.png image/png true 3", "log.txt text/plain false 3", " message/rfc822 false 74"}, names); diff != "" {
		t.Error(diff)
	}
	if len(m.Nested) != 1 || m.Nested[0].Subject != "inner" || m.Nested[0].MessageID != "<inner@example.org>" || m.Nested[0].Body[0].Plain != "inside" {
		t.Errorf("nested: %+v", m.Nested)
	}
	if html := m.HTML(); !strings.Contains(html, "cid:pic@x") || !strings.Contains(html, "footer") {
		t.Errorf("HTML: %s", html)
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	m := understood(t, "From: a@example.org\nMessage-ID: (c) <a.b@x>\nIn-Reply-To: Your message of Monday <q@x> \"a\"\nReferences: <1@x>\n <2@x><3@x> junk <no id@x> <4@x\n\nx")
	if m.MessageID != "<a.b@x>" {
		t.Errorf("id %q", m.MessageID)
	}
	if diff := cmp.Diff([]string{"<q@x>"}, m.InReplyTo); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"<1@x>", "<2@x>", "<3@x>"}, m.References); diff != "" {
		t.Error(diff)
	}
}
