// SPDX-License-Identifier: Apache-2.0

package auth_test

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/mail/auth"
)

// zone is a DNS of our own. A name beginning with "broken." cannot be looked up.
type zone struct {
	txt   map[string][]string
	asked *int
	down  bool // nothing can be looked up
}

func (z zone) find(name string) ([]string, error) {
	if z.asked != nil {
		*z.asked++
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if z.down || strings.Contains(name, "broken.") {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	if got, ok := z.txt[name]; ok {
		return got, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) { return z.find(name) }

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	_, err := z.find("mx." + name)
	return nil, err
}

func (z zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	_, err := z.find("a." + name)
	return nil, err
}

func (z zone) LookupAddr(_ context.Context, name string) ([]string, error) {
	_, err := z.find("ptr." + name)
	return nil, err
}

const letter = "From: =?utf-8?q?Wang?= <wang@corp.example>\r\nTo: desk@example.org\r\nSubject: Printer\r\nDate: Mon, 02 Mar 2026 09:00:00 +0800\r\n" +
	"Message-ID: <1@corp.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nIt does not print.\r\n"

// world is a zone with a domain that signs and asks for strictness, and its key.
func world(t *testing.T) (zone, []byte) {
	t.Helper()
	key, err := auth.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	record, err := auth.Record(key)
	if err != nil {
		t.Fatal(err)
	}
	return zone{txt: map[string][]string{
		"s1._domainkey.corp.example":        {record},
		"s1._domainkey.mail.corp.example":   {record},
		"s1._domainkey.evil.example":        {record},
		"s1._domainkey.loose.example":       {record},
		"s1._domainkey.bare.example":        {record},
		"s1._domainkey.strict.example":      {record},
		"s1._domainkey.mail.strict.example": {record},
		"corp.example":                      {"v=spf1 ip4:192.0.2.1 -all"},
		"evil.example":                      {"v=spf1 ip4:203.0.113.9 -all"},
		"bare.example":                      {"v=spf1 ip4:192.0.2.1 -all"},
		"loop.example":                      {"v=spf1 include:loop.example -all"},
		"_dmarc.corp.example":               {"v=DMARC1; p=reject; sp=quarantine"},
		"_dmarc.evil.example":               {"v=DMARC1; p=none"},
		"_dmarc.loose.example":              {"some words", "v=DMARC1; p=none"},
		"_dmarc.strict.example":             {"v=DMARC1; p=reject; adkim=s; aspf=s"},
		"_dmarc.twice.example":              {"v=DMARC1; p=reject", "v=DMARC1; p=none"},
	}}, key
}

func sign(t *testing.T, raw, domain string, key []byte) string {
	t.Helper()
	out, err := auth.Sign([]byte(raw), domain, "s1", key)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func from(addr string) string { return strings.Replace(letter, "wang@corp.example", addr, 1) }

func at(peer, sender, from string) auth.Envelope {
	e := auth.Envelope{Hello: "mx." + sender[strings.LastIndexByte(sender, '@')+1:], Sender: sender, From: from}
	if peer != "" {
		e.Peer = netip.MustParseAddr(peer)
	}
	return e
}

// TestS01_S13_OnlyWhatIsAlignedSpeaksForTheAuthor checks messages at the border.
func TestS01_S13_OnlyWhatIsAlignedSpeaksForTheAuthor(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	wang, good, bad := "wang@corp.example", "192.0.2.1", "203.0.113.9"
	signed := sign(t, letter, "corp.example", key)
	for name, c := range map[string]struct {
		raw  string
		env  auth.Envelope
		want auth.Verdict
		dm   auth.Value
	}{
		"both pass":                        {signed, at(good, wang, wang), auth.Verified, auth.Pass},
		"signed, from anywhere":            {signed, at(bad, "x@evil.example", wang), auth.Verified, auth.Pass},
		"sent by its own server, unsigned": {letter, at(good, wang, wang), auth.Verified, auth.Pass},
		"signed by its sub-domain":         {sign(t, letter, "mail.corp.example", key), at(bad, "x@evil.example", wang), auth.Verified, auth.Pass},
		"nothing":                          {letter, at(bad, wang, wang), auth.Forged, auth.Fail},
		"passes for another domain":        {sign(t, letter, "evil.example", key), at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"a sub-domain that sends nothing":  {from("x@hr.corp.example"), at(bad, wang, "x@hr.corp.example"), auth.Forged, auth.Fail},
		"in capitals":                      {signed, at(bad, wang, "WANG@CORP.Example"), auth.Verified, auth.Pass},
		"signed, then changed":             {strings.Replace(signed, "not print", "print", 1), at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"another subject":                  {strings.Replace(signed, "Printer", "Salary", 1), at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"a subject more":                   {"Subject: Salary\r\n" + signed, at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"words behind the signed ones":     {signed + "More.\r\n", at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"two authors, one of them signed":  {"From: boss@corp.example\r\n" + signed, at(bad, "x@evil.example", "boss@corp.example"), auth.Unverified, ""},
		"two authors, odd spelling":        {"FROM : boss@corp.example\r\n" + signed, at(good, wang, "boss@corp.example"), auth.Unverified, ""},
		"an author far below":              {"From: boss@corp.example\r\n" + strings.Repeat("X-A: b\r\n", 3000) + signed, at(bad, "x@evil.example", "boss@corp.example"), auth.Unverified, ""},
		"another Sender":                   {"Sender: boss@evil.example\r\nReply-To: boss@evil.example\r\n" + signed, at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"a domain that asks for nothing":   {from("a@evil.example"), at(good, "a@evil.example", "a@evil.example"), auth.Unverified, auth.Fail},
		"no policy, unsigned":              {from("a@bare.example"), at(bad, "a@bare.example", "a@bare.example"), auth.Unverified, auth.None},
		"no policy, its own server":        {from("a@bare.example"), at(good, "a@bare.example", "a@bare.example"), auth.Verified, auth.None},
		"no policy, signed":                {sign(t, from("a@bare.example"), "bare.example", key), at(bad, "x@evil.example", "a@bare.example"), auth.Verified, auth.None},
		"two policies are none":            {from("a@twice.example"), at(bad, "a@twice.example", "a@twice.example"), auth.Unverified, auth.None},
		"strict, signed by itself":         {sign(t, from("a@strict.example"), "strict.example", key), at(bad, "x@evil.example", "a@strict.example"), auth.Verified, auth.Pass},
		"strict, signed by its sub-domain": {sign(t, from("a@strict.example"), "mail.strict.example", key), at(bad, "x@evil.example", "a@strict.example"), auth.Forged, auth.Fail},
		"a public suffix is no author":     {sign(t, from("a@com.cn"), "evil.example", key), at(bad, "x@evil.example", "a@com.cn"), auth.Unverified, auth.None},
		"a policy that cannot be read":     {from("a@broken.example"), at(good, "a@broken.example", "a@broken.example"), auth.Unchecked, auth.TempError},
		"nobody":                           {letter, at(good, wang, ""), auth.Unverified, ""},
		"an ARC chain that says pass":      {"ARC-Authentication-Results: i=1; mx.example.org; dmarc=pass header.from=corp.example\r\nARC-Seal: i=1; cv=pass; d=evil.example\r\n" + letter, at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
		"its own word":                     {"Authentication-Results: mx.example.org; dmarc=pass header.from=corp.example\r\n" + letter, at(bad, "x@evil.example", wang), auth.Forged, auth.Fail},
	} {
		got := auth.Check(t.Context(), z, []byte(c.raw), c.env)
		if got.Verdict != c.want || got.DMARC.Value != c.dm {
			t.Errorf("%s: %+v, want %s and dmarc %q", name, got, c.want, c.dm)
		}
	}
}

// TestS13_ASignatureOfTheBeginningIsNone: what covers only the first bytes of a body (l=)
// lets anybody go on writing.
func TestS13_ASignatureOfTheBeginningIsNone(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	signed := sign(t, letter, "corp.example", key)
	raw := strings.Replace(signed, "DKIM-Signature: ", "DKIM-Signature: l=20; ", 1)
	got := auth.Check(t.Context(), z, []byte(raw), at("203.0.113.9", "x@evil.example", "wang@corp.example"))
	if got.DKIM.Value != auth.Fail || got.Verdict != auth.Forged {
		t.Errorf("%+v", got)
	}
}

// TestS13_WhatCannotBeLookedUpIsNoPass: neither a pass, nor a forgery.
func TestS13_WhatCannotBeLookedUpIsNoPass(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	z.down = true
	for name, raw := range map[string]string{"signed": sign(t, letter, "corp.example", key), "unsigned": letter} {
		for _, peer := range []string{"192.0.2.1", ""} {
			got := auth.Check(t.Context(), z, []byte(raw), at(peer, "wang@corp.example", "wang@corp.example"))
			if got.Verdict != auth.Unchecked || got.DMARC.Value != auth.TempError {
				t.Errorf("%s from %q: %+v", name, peer, got)
			}
		}
	}
	// The policy is known, the key is not.
	z.down = false
	z.txt["_dmarc.broken.example"] = nil
	got := auth.Check(t.Context(), halfDown{z}, []byte(sign(t, letter, "corp.example", key)), at("203.0.113.9", "x@evil.example", "wang@corp.example"))
	if got.Verdict != auth.Unchecked || got.DKIM.Value != auth.TempError || got.DMARC.Value != auth.TempError {
		t.Errorf("%+v", got)
	}
}

// halfDown finds policies and no keys.
type halfDown struct{ zone }

func (z halfDown) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if strings.Contains(name, "_domainkey") {
		return nil, &net.DNSError{Err: "timeout", IsTimeout: true}
	}
	return z.zone.LookupTXT(ctx, name)
}

// TestS01_BehindABorderSignaturesAloneAreChecked: there an author can be verified, and never
// be called a forger.
func TestS01_BehindABorderSignaturesAloneAreChecked(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	got := auth.Check(t.Context(), z, []byte(sign(t, letter, "corp.example", key)), at("", "wang@corp.example", "wang@corp.example"))
	if got.Verdict != auth.Verified || got.DMARC.Value != auth.Pass || got.SPF.Value != "" {
		t.Errorf("signed: %+v", got)
	}
	got = auth.Check(t.Context(), z, []byte(letter), at("", "wang@corp.example", "wang@corp.example"))
	if got.Verdict != auth.Unverified || got.DMARC.Value != "" {
		t.Errorf("unsigned: %+v", got)
	}
}

// TestS13_AMessageHasABudget of look-ups and signatures.
func TestS13_AMessageHasABudget(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	asked := 0
	z.asked = &asked
	var many strings.Builder
	one := sign(t, letter, "evil.example", key)
	head := one[:strings.Index(one, "From: ")]
	for range 2000 {
		many.WriteString(head)
	}
	got := auth.Check(t.Context(), z, []byte(many.String()+sign(t, letter, "corp.example", key)), at("203.0.113.9", "x@loop.example", "wang@corp.example"))
	if got.Verdict != auth.Forged || asked > auth.MaxLookups {
		t.Errorf("%+v after %d questions", got, asked)
	}
	// A record larger than any key is none.
	z.txt["s1._domainkey.corp.example"] = []string{"v=DKIM1; k=rsa; p=" + strings.Repeat("A", 1<<20)}
	if got := auth.Check(t.Context(), z, []byte(sign(t, letter, "corp.example", key)), at("192.0.2.1", "x@evil.example", "wang@corp.example")); got.DKIM.Value == auth.Pass {
		t.Errorf("%+v", got)
	}
}

// TestS05_S08_OnlyServersOnTheListAreBelieved, and of their fields only those that they wrote.
func TestS05_S08_OnlyServersOnTheListAreBelieved(t *testing.T) {
	t.Parallel()
	const head, hop = "Authentication-Results: ", "Received: from a by b; Mon, 02 Mar 2026 09:00:00 +0800\r\n"
	servers := []string{"mx.example.org"}
	for name, c := range map[string]struct {
		fields string
		known  bool
		want   auth.Verdict
	}{
		"a pass":                     {head + "mx.example.org; dmarc=pass header.from=corp.example\r\n" + hop, true, auth.Verified},
		"a pass, folded and noted":   {head + "MX.example.org 1;\r\n\tspf=pass (sender is (really) ok; x) smtp.mailfrom=a@corp.example;\r\n dmarc=pass (p=REJECT) header.from=corp.example\r\n" + hop, true, auth.Verified},
		"nothing":                    {hop, false, auth.Unverified},
		"another server":             {head + "mx.evil.example; dmarc=pass header.from=corp.example\r\n" + hop, false, auth.Unverified},
		"another server above ours":  {head + "mx.evil.example; dmarc=pass header.from=corp.example\r\n" + head + "mx.example.org; dmarc=fail (p=reject) header.from=corp.example\r\n", true, auth.Forged},
		"ours above another":         {head + "mx.example.org; dmarc=fail (p=reject) header.from=corp.example\r\n" + head + "mx.evil.example; dmarc=pass\r\n", true, auth.Forged},
		"our name, written before":   {head + "mx.example.org; spf=fail smtp.mailfrom=a@corp.example\r\n" + hop + head + "mx.example.org; dmarc=pass header.from=corp.example\r\n", true, auth.Unverified},
		"said twice, the first word": {head + "mx.example.org; dmarc=fail (p=reject) header.from=corp.example\r\n" + head + "mx.example.org; dmarc=pass header.from=corp.example\r\n", true, auth.Forged},
		"fails, asks for nothing":    {head + "mx.example.org; dmarc=fail (p=none dis=none) header.from=corp.example\r\n", true, auth.Unverified},
		"fails, action none":         {head + "mx.example.org; dmarc=fail action=none header.from=corp.example\r\n", true, auth.Unverified},
		"fails, policy untold":       {head + "mx.example.org; dmarc=fail header.from=corp.example\r\n", true, auth.Forged},
		"of another author":          {head + "mx.example.org; dmarc=pass header.from=evil.example\r\n", true, auth.Unverified},
		"cannot tell now":            {head + "mx.example.org; dmarc=temperror header.from=corp.example\r\n", true, auth.Unchecked},
		"no DMARC, aligned":          {head + "mx.example.org; dkim=fail header.d=evil.example; dkim=pass header.d=mail.corp.example\r\n", true, auth.Verified},
		"no DMARC, not aligned":      {head + "mx.example.org; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example\r\n", true, auth.Unverified},
		"no DMARC, cannot tell":      {head + "mx.example.org; spf=temperror smtp.mailfrom=x@corp.example\r\n", true, auth.Unchecked},
		"words in quotes":            {head + "mx.example.org; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=corp.example; x\"@evil.example; dmarc=fail (p=reject) header.from=corp.example\r\n", true, auth.Forged},
		"a policy in quotes":         {head + "mx.example.org; spf=pass smtp.mailfrom=\"dmarc=(p=none)\"@evil.example; dmarc=fail (p=reject) header.from=corp.example\r\n", true, auth.Forged},
		"a quote that never ends":    {head + "mx.example.org; spf=pass smtp.mailfrom=\"a; dmarc=pass\r\n", false, auth.Unverified},
		"a guess is no pass":         {head + "mx.example.org; dmarc=bestguesspass header.from=corp.example\r\n", true, auth.Unverified},
		"none":                       {head + "mx.example.org; none\r\n", true, auth.Unverified},
		"an ARC field":               {"ARC-" + head + "i=1; mx.example.org; dmarc=pass header.from=corp.example\r\n", false, auth.Unverified},
		"two authors":                {head + "mx.example.org; dmarc=pass header.from=corp.example\r\nFrom: boss@corp.example\r\n", false, auth.Unverified},
	} {
		got, known := auth.Told([]byte(c.fields+letter), "wang@corp.example", servers)
		if known != c.known || got.Verdict != c.want {
			t.Errorf("%s: %v %+v, want %v %s", name, known, got, c.known, c.want)
		}
	}
	if _, known := auth.Told([]byte(head+"mx.example.org; dmarc=pass\r\n"+letter), "wang@corp.example", nil); known {
		t.Error("believed with an empty list")
	}
}

// TestS13_WhatWeSignIsVerified by what we verify with.
func TestS13_WhatWeSignIsVerified(t *testing.T) {
	t.Parallel()
	z, key := world(t)
	signed := sign(t, letter, "corp.example", key)
	if !strings.HasPrefix(signed, "DKIM-Signature: ") || !strings.HasSuffix(signed, letter) {
		t.Errorf("%q", signed)
	}
	got := auth.Check(t.Context(), z, []byte(signed), at("", "", "wang@corp.example"))
	want := auth.Result{
		Verdict: auth.Verified, From: "corp.example", Policy: auth.PolicyReject,
		DKIM: auth.Outcome{Value: auth.Pass, Domain: "corp.example"}, DMARC: auth.Outcome{Value: auth.Pass, Domain: "corp.example"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	other, err := auth.NewKey()
	if err != nil || bytes.Equal(other, key) {
		t.Fatal("the same key twice", err)
	}
	if got := auth.Check(t.Context(), z, []byte(sign(t, letter, "corp.example", other)), at("", "", "wang@corp.example")); got.Verdict == auth.Verified {
		t.Errorf("another key: %+v", got)
	}
	for name, key := range map[string][]byte{"nothing": nil, "no key": []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")} {
		if _, err := auth.Sign([]byte(letter), "corp.example", "s1", key); err == nil {
			t.Errorf("signed with %s", name)
		}
		if _, err := auth.Record(key); err == nil {
			t.Errorf("published %s", name)
		}
	}
}

func FuzzTold(f *testing.F) {
	f.Add("mx.example.org; dmarc=pass (p=none) header.from=corp.example")
	f.Add("mx.example.org 1; spf=pass smtp.mailfrom=\"a;\\\"b\"@x; dkim=pass header.i=@corp.example")
	f.Add("mx.example.org; none")
	f.Fuzz(func(t *testing.T, s string) {
		raw := "Authentication-Results: " + s + "\r\nFrom: a@corp.example\r\n\r\nx"
		got, known := auth.Told([]byte(raw), "a@corp.example", []string{"mx.example.org"})
		if !known && got.Verdict == auth.Verified {
			t.Errorf("verified by nobody: %+v", got)
		}
	})
}
