// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
	"github.com/loopdesk/loopdesk/internal/kit/mail/poisontest"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// budget is what one message may take of memory: the figure of F33.
const budget = 64 << 20

// TestF33_Poison reads each poison and shows it: none takes more than 64 MiB of new memory
// in all, and each is either refused for one of two reasons or read, with its defects. That
// the work is linear is the memory's companion; BenchmarkF33_Poison measures the time.
func TestF33_Poison(t *testing.T) { // not parallel: it counts allocations
	for name, build := range poisontest.Set() {
		raw := build()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := mail.Read(raw, mail.Standard())
		if err == nil {
			show(m)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > budget {
			t.Errorf("%s: %d MiB of memory for %d MiB", name, took>>20, len(raw)>>20)
		}
		switch {
		case err == nil:
			if m.Subject != "poison" && !strings.Contains(name, "subject") && !m.Has(mail.NoHeader) && strings.HasPrefix(string(raw[:min(len(raw), 300)]), "From: a@example.org\r\nSubject: poison") {
				t.Errorf("%s: subject %.40q", name, m.Subject)
			}
		case !errors.Is(err, mail.ErrEmpty) && !errors.Is(err, mail.ErrTooLarge):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// show does with a message what a desk does: words, trimmed, and HTML, sanitised.
func show(m mail.Message) int {
	n := 0
	for _, b := range m.Body {
		own, rest := mail.Trim(b.Plain)
		n += len(own) + len(rest)
		if b.HTML != "" && b.Plain == "" {
			own, rest = mail.TrimHTML(b.HTML)
			n += len(own) + len(rest)
		}
	}
	return n
}

// Limits cut what is beyond them, say so, and keep the rest readable.
func TestF33_LimitsAreSaid(t *testing.T) {
	t.Parallel()
	all := poisontest.Set()
	for name, want := range map[string]mail.Defect{
		"nesting 1,000": mail.TooDeep, "10,000 parts": mail.TooMuch, "39 MB of spaces": mail.TooMuch, "a header of 30 MB": mail.TooMuch, "nested messages, 1,000": mail.TooDeep,
	} {
		m, err := mail.Read(all[name](), mail.Standard())
		if err != nil || !m.Has(want) {
			t.Errorf("%s: %v, defects %v, want %s", name, err, m.Defects, want)
		}
	}
	m := understood(t, string(all["10,000 parts"]()))
	if n := len(m.Body); n < 900 || n > 1000 {
		t.Errorf("%d of 10,000 parts were read", n)
	}
}

// TestF33_Damage breaks good messages in two thousand ways; all can be read.
func TestF33_Damage(t *testing.T) {
	t.Parallel()
	n := 0
	for _, c := range append(mailCases(t, "mail"), mailCases(t, "mail-zh")...) {
		dir := "mail"
		if strings.HasPrefix(c.ID, "own/") {
			dir = "mail-zh"
		}
		raw, err := os.ReadFile(filepath.Join(testData(t, dir), c.Raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, broken := range poisontest.Damage(raw) {
			n++
			m, err := mail.Read(broken, mail.Standard())
			if err != nil && !errors.Is(err, mail.ErrEmpty) {
				t.Errorf("%s: %v", c.ID, err)
			}
			show(m)
		}
	}
	if n < 2000 {
		t.Errorf("%d broken messages, want 2000", n)
	}
}

func BenchmarkF33_Poison(b *testing.B) {
	for name, build := range poisontest.Set() {
		b.Run(name, func(b *testing.B) {
			raw := build()
			b.ReportAllocs()
			for b.Loop() {
				if m, err := mail.Read(raw, mail.Standard()); err == nil {
					show(m)
					_ = richtext.Sanitize(m.HTML())
				}
			}
		})
	}
}

// BenchmarkRead reads a message of 50 kB as people send it: two texts and a picture.
func BenchmarkRead(b *testing.B) {
	raw := []byte("From: =?gb2312?B?wO7LxA==?= <li@example.org>\r\nSubject: =?gb2312?B?tPLTobv6?=\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" +
		"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat("打印机连不上。\r\n", 30) +
		"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + strings.Repeat("<p>打印机<b>连不上</b>。</p>\r\n", 30) + "--a--\r\n" +
		"--m\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 550) + "--m--\r\n")
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := mail.Read(raw, mail.Standard())
		if err != nil {
			b.Fatal(err)
		}
		show(m)
	}
}
