// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	one := func(name, addr string) []mail.Address { return []mail.Address{{Name: name, Addr: addr}} }
	cases := []struct {
		field string
		want  []mail.Address
	}{
		{"li@example.org", one("", "li@example.org")},
		{"<li@example.org>", one("", "li@example.org")},
		{"李四 <li@example.org>", one("李四", "li@example.org")},
		{`"Li, Si" <li@example.org>`, one("Li, Si", "li@example.org")},
		{"=?gb2312?B?wO7LxA==?= <li@example.org>", one("李四", "li@example.org")},
		{`"=?gb2312?B?wO7LxA==?=" <li@example.org>`, one("李四", "li@example.org")},
		{"=?utf-8?B?5p2OLCDlm5s=?= <li@example.org>", one("李, 四", "li@example.org")},
		{"li@example.org (李四)", one("李四", "li@example.org")},
		{"(IT) li@example.org", one("IT", "li@example.org")},
		{"Li.Si O'Hara [IT] <li@example.org>", one("Li.Si O'Hara [IT]", "li@example.org")},
		{`"li@example.org" <li@example.org>`, one("li@example.org", "li@example.org")},
		{"li@example.org <LI@example.org>", one("li@example.org", "LI@example.org")},
		{`"other@example.org" <li@example.org>`, one("other@example.org", "li@example.org")},
		{`"li si"@example.org`, one("", `"li si"@example.org`)},
		{`"lisi"@example.org`, one("", "lisi@example.org")},
		{"li+tag=x@[192.0.2.1]", one("", "li+tag=x@[192.0.2.1]")},
		{"jdöe@mächine.example", one("", "jdöe@mächine.example")},
		{"a@x.org, b@x.org", []mail.Address{{Addr: "a@x.org"}, {Addr: "b@x.org"}}},
		{"a@x.org; B <b@x.org>;", []mail.Address{{Addr: "a@x.org"}, {Name: "B", Addr: "b@x.org"}}},
		{"Team: a@x.org, B <b@x.org>;, c@x.org", []mail.Address{{Addr: "a@x.org"}, {Name: "B", Addr: "b@x.org"}, {Addr: "c@x.org"}}},
		{"undisclosed-recipients:;", nil},
		{"", nil},
		{" , ,", nil},
	}
	for _, c := range cases {
		got, ok := mail.ParseAddresses(c.field)
		if diff := cmp.Diff(c.want, got); diff != "" || !ok {
			t.Errorf("%s (%t): %s", c.field, ok, diff)
		}
	}
}

// TestS12_AmbiguousAddresses writes what parsers disagree about in some 500 ways around a
// good address and an attacker's. Either nobody is named, or it is the one whom every
// reader would take; never the attacker's, and never a name as an address.
func TestS12_AmbiguousAddresses(t *testing.T) {
	t.Parallel()
	const good, evil = "li@example.org", "evil@attacker.example"
	shapes := []string{
		"%[1]s <%[2]s>", "%[2]s <%[1]s> <%[2]s>", "<%[2]s> <%[1]s>", "<%[1]s> %[2]s", "<%[2]s>%[1]s", "%[1]s, %[2]s", "%[1]s %[2]s", "<%[1]s,%[2]s>", "<%[1]s %[2]s>",
		"<%[1]s(%[2]s)>", "li(%[2]s)@example.org", "li@(%[2]s)example.org", "<@attacker.example:%[1]s>", "<@attacker.example,@x.org:%[1]s>", "%[1]s@attacker.example",
		"<%[1]s@attacker.example>", "li@example.org@attacker.example", "\"%[1]s\"@attacker.example", "\"%[1]s\" %[2]s", "=?utf-8?B?bGlAZXhhbXBsZS5vcmc=?=@attacker.example",
		"=?utf-8?Q?li=40example.org?= <%[2]s", "<%[1]s", "%[1]s>", "<<%[1]s>>", "< %[1]s >x", "\"%[1]s", "(%[1]s", "%[1]s (", "li @example.org", "li@ example.org", "li@example. org",
		"li @ example . org", "li@example..org", "li@.example.org", "li@example.org.", "@example.org", "li@", "li", "li@-example.org", ".li@example.org", "li@exa mple.org",
		"li@example.org\\", "li\\@example.org", "li@example\\.org", "l,i@example.org", "l:i@example.org", "li;@example.org", "<li@example.org;%[2]s>", "li@[example.org]", "li@[1.2.3.4",
		"\"li\\\"@example.org\"@attacker.example", "\"\"@example.org", "<\"%[1]s\">", "<mailto:%[1]s>", "%%00%[1]s",
	}
	spices := []string{"", " ", "\t", "\u00a0", "\u200b", "\u202e", "\x00", "\x01", "\u2028", "\ufeff"}
	n := 0
	for _, shape := range shapes {
		for _, spice := range spices {
			for _, place := range []string{good, spice + good, good + spice, "l" + spice + "i@example.org"} {
				field := strings.ReplaceAll(fmt.Sprintf(strings.ReplaceAll(shape, "%[2]s", evil), place), "%!(EXTRA string="+place+")", "")
				n++
				a, ok := mail.ParseAddress(field)
				if !ok {
					continue
				}
				if strings.Contains(a.Addr, "attacker") && shape != "%[1]s <%[2]s>" {
					t.Errorf("%q names %q", field, a.Addr)
				}
				if strings.ContainsFunc(a.Addr, func(r rune) bool {
					return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) && r != ' '
				}) {
					t.Errorf("%q holds what cannot be seen: %q", field, a.Addr)
				}
				if again, ok := mail.ParseAddress(a.Addr); !ok || again.Addr != a.Addr {
					t.Errorf("%q: %q is not read as itself", field, a.Addr)
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("%d addresses, want 500", n)
	}
	// The name that is another's address is shown for what it is only where it was quoted.
	if a, ok := mail.ParseAddress(good + " <" + evil + ">"); ok {
		t.Errorf("an unquoted address in front of another: %+v", a)
	}
}

// The author of a message is exactly one mailbox, in one field.
func TestS05_TwoAuthorsAreNone(t *testing.T) {
	t.Parallel()
	for raw, n := range map[string]int{
		"From: a@x.org\nFrom: b@x.org\n\nx":            2,
		"From: a@x.org, b@x.org\nSender: a@x.org\n\nx": 2,
		"Sender: a@x.org\nReply-To: a@x.org\n\nx":      0,
		"From: a@x.org\nReply-To: b@x.org\n\nx":        1,
	} {
		if m := understood(t, raw); len(m.From) != n {
			t.Errorf("%q: %v", raw, m.From)
		}
	}
}
