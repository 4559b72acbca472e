// SPDX-License-Identifier: Apache-2.0

package ldap_test

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/loopdesk/loopdesk/internal/channel/email/linetest"
	"github.com/loopdesk/loopdesk/internal/channel/ldap"
	"github.com/loopdesk/loopdesk/internal/channel/ldap/slapdtest"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

func client() *ldap.Client { return ldap.New(netguard.Options{AllowLoopback: true}) }

func opened(s *slapdtest.Server) directory.Opened {
	return directory.Opened{Server: s.Setting(), Password: slapdtest.Password}
}

// why is the reason of a failure.
func why(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *directory.ServerError
	if !errors.As(err, &e) {
		t.Fatalf("%T %v", err, err)
	}
	return e.Key
}

func search(t *testing.T, o directory.Opened, q directory.Query) ([]directory.Record, int, error) {
	t.Helper()
	c, err := client().Open(t.Context(), o)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = c.Close() }()
	var all []directory.Record
	pages := 0
	err = c.Search(q, func(page []directory.Record) error {
		all, pages = append(all, page...), pages+1
		return nil
	})
	return all, pages, err
}

func TestN15_PeopleAreReadPageByPage(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t)
	for i := range 25 {
		n := strconv.Itoa(i)
		s.Person("u"+n, "王"+n, "mail=u"+n+"@firm.example", "manager="+strings.ToUpper(slapdtest.DN("u0")))
	}
	q := directory.Query{Base: slapdtest.People, Filter: "(mail=*)", Attributes: []string{"entryUUID", "cn", "manager"}, Named: []string{"manager"}, Page: 10}
	for _, security := range directory.Securities() {
		o := opened(s)
		if o.Security = security; security == directory.TLS {
			o.Port = s.TLSPort
		}
		all, pages, err := search(t, o, q)
		if err != nil || len(all) != 25 || pages != 3 {
			t.Fatalf("%s: %d entries on %d pages, %v", security, len(all), pages, err)
		}
		if m := all[3].Values["manager"]; len(m) != 1 || m[0] != all[0].Folded || len(all[3].Values["entryuuid"]) != 1 {
			t.Errorf("%s: %+v", security, all[3])
		}
	}
	c, err := client().Open(t.Context(), opened(s))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if root, err := c.Root(); err != nil || root.Vendor != "OpenLDAP" {
		t.Errorf("%+v %v", root, err)
	}
}

// Each thing that can be wrong with a connection is called what it is.
func TestS58_EveryFailureIsCalledWhatItIs(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Limit(3))
	for i := range 9 {
		s.Person("u"+strconv.Itoa(i), "x", "mail=u"+strconv.Itoa(i)+"@firm.example")
	}
	other := slapdtest.Start(t)
	q := directory.Query{Base: slapdtest.People, Filter: "(objectClass=inetOrgPerson)", Attributes: []string{"cn"}, Page: 2}
	for _, x := range []struct {
		name, want string
		change     func(*directory.Opened, *directory.Query)
	}{
		{"no such name", "directory.server_name", func(o *directory.Opened, _ *directory.Query) { o.Host = "nobody.invalid" }},
		{"nobody listens", "directory.server_refused", func(o *directory.Opened, _ *directory.Query) { o.Port = porttest.Free(t) }},
		{"a cloud's secrets", "directory.server_guarded", func(o *directory.Opened, _ *directory.Query) { o.Host = "169.254.169.254" }},
		{"another authority", "directory.server_tls_unknown", func(o *directory.Opened, _ *directory.Query) { o.Trust = other.CA }},
		{"the system's authorities", "directory.server_tls_unknown", func(o *directory.Opened, _ *directory.Query) {
			o.Trust, o.Security, o.Port = "", directory.TLS, s.TLSPort
		}},
		{"another certificate", "directory.server_tls_unknown", func(o *directory.Opened, _ *directory.Query) { o.Trust = other.Own }},
		{"another name", "directory.server_tls_name", func(o *directory.Opened, _ *directory.Query) { o.Host = "localhost" }},
		{"no certificate", "directory.server_certificate", func(o *directory.Opened, _ *directory.Query) { o.Trust = "nothing" }},
		{"TLS on a plain port", "directory.server_tls", func(o *directory.Opened, _ *directory.Query) { o.Security = directory.TLS }},
		{"a wrong password", "directory.server_wrong", func(o *directory.Opened, _ *directory.Query) { o.Password = "no" }},
		{"nobody of that name", "directory.server_wrong", func(o *directory.Opened, _ *directory.Query) { o.User = "cn=x," + slapdtest.Base }},
		{"no name of an entry", "directory.server_wrong", func(o *directory.Opened, _ *directory.Query) { o.User = "reader" }},
		{"no such base", "directory.server_base", func(_ *directory.Opened, q *directory.Query) { q.Base = "ou=none," + slapdtest.Base }},
		{"another tree", "directory.server_base", func(_ *directory.Opened, q *directory.Query) { q.Base = "dc=other" }},
		{"a filter that is none", "directory.server_filter", func(_ *directory.Opened, q *directory.Query) { q.Filter = "(cn=a" }},
		{"more than it gives", "directory.server_size", func(_ *directory.Opened, _ *directory.Query) {}},
		{"an empty password", "directory.server_wrong", func(o *directory.Opened, _ *directory.Query) { o.Password = "" }},
	} {
		o, q := opened(s), q
		x.change(&o, &q)
		_, _, err := search(t, o, q)
		if got := why(t, err); got != x.want {
			t.Errorf("%s: %q, want %q (%v)", x.name, got, x.want, err)
		}
		if err != nil && strings.Contains(err.Error(), slapdtest.Password) {
			t.Errorf("%s: the secret stands in the reason", x.name)
		}
	}
	// The one certificate, whatever the server is called by; a stranger, where the server likes none.
	o := opened(s)
	o.Trust, o.Host = s.Own, "localhost"
	if _, pages, err := search(t, o, directory.Query{Base: slapdtest.People, Only: true, Filter: "(objectClass=*)"}); err != nil || pages != 1 {
		t.Errorf("the server's own certificate: %v", err)
	}
	o.User = ""
	if _, _, err := search(t, o, q); why(t, err) != "directory.server_base" { // it hides what a stranger may not see
		t.Errorf("a stranger: %v", err)
	}
}

// A server that takes the connection and says nothing is waited for only so long.
func TestF38_ASilentServerIsLate(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, security := range directory.Securities() {
		o := directory.Opened{Server: directory.Server{Host: "127.0.0.1", Port: int64(l.Addr().(*net.TCPAddr).Port), Security: security, User: "cn=x"}, Password: "x"}
		_, err := client().Patience(50*time.Millisecond).Open(t.Context(), o)
		if got := why(t, err); got != "directory.server_late" && got != "directory.server_tls" && got != "directory.server_broken" {
			t.Errorf("%s: %v", security, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := client().Open(ctx, o); why(t, err) != "directory.server_late" {
			t.Errorf("%s, with a time of its own: %v", security, err)
		}
		cancel()
	}
}

// The server says yes to everybody who names themselves and gives no password; the desk never asks
// that question.
func TestS54_AnEmptyPasswordIsNeverSent(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t)
	s.Person("li", "李", "mail=li@firm.example", "userPassword=right")
	line := linetest.New(t, s.Host, s.Port)
	o := opened(s)
	o.Port, o.Security = line.Port, directory.Plain
	for _, x := range []struct{ dn, password, want string }{
		{slapdtest.DN("li"), "right", ""},
		{slapdtest.DN("li"), "wrong", "directory.server_wrong"},
		{slapdtest.DN("li"), "", "directory.server_wrong"},
		{"", "right", "directory.server_wrong"},
		{"  ", "right", "directory.server_wrong"},
		{slapdtest.DN("li"), "\x00", "directory.server_wrong"},
	} {
		if got := why(t, client().Bind(t.Context(), o, x.dn, x.password)); got != x.want {
			t.Errorf("%q with %q: %q", x.dn, x.password, got)
		}
	}
}

// TestS54_WhateverIsTypedIsAValue is the corpus of RFC 4515: the filter keeps its shape.
func TestS54_WhateverIsTypedIsAValue(t *testing.T) {
	t.Parallel()
	for _, v := range []string{
		"*", "(", ")", "\\", "\x00", "a*b", "*)(uid=*", "x)(|(objectClass=*)", "admin)(&)", "\\2a", "a\\", "，（*）", "Lučić", "\xff\xfe", " lead", "trail ",
		"#1", "a&b|c!d", "<=>=~=", ":dn:=x", "a\nb", strings.Repeat("(", 200), "", "x)(userPassword=*))(|(cn=*",
	} {
		text := "(&(objectClass=person)(entryUUID=" + directory.EscapeFilter(v) + "))"
		p, err := goldap.CompileFilter(text)
		if err != nil {
			t.Errorf("%q: %v", v, err)
			continue
		}
		if len(p.Children) != 2 || p.Tag != goldap.FilterAnd {
			t.Errorf("%q changed the filter: %s", v, text)
			continue
		}
		last := p.Children[1]
		if last.Tag != goldap.FilterEqualityMatch || len(last.Children) != 2 || last.Children[1].Data.String() != v {
			t.Errorf("%q became %s, which asks for %q", v, text, last.Children[len(last.Children)-1].Data.String())
		}
	}
}

func TestN15_NamesOfEntriesAreFolded(t *testing.T) {
	t.Parallel()
	c := client()
	if a, b := c.Fold("UID=Li\\2C Na, OU=People,DC=firm"), c.Fold("uid=li\\, na,ou=people,dc=FIRM"); a != b {
		t.Errorf("%q %q", a, b)
	}
	if a, b := c.Fold("cn=a,dc=x"), c.Fold("cn=b,dc=x"); a == b {
		t.Error("two are one")
	}
}
