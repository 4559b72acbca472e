// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Value is the outcome of one method, in the words of RFC 8601.
type Value string

// The outcomes. An empty one means that the method was not tried.
const (
	Pass      Value = "pass"
	Fail      Value = "fail"
	SoftFail  Value = "softfail"
	Neutral   Value = "neutral"
	None      Value = "none"
	TempError Value = "temperror" // could not be looked up now
	PermError Value = "permerror"
)

// Outcome is what one method said about one domain.
type Outcome struct {
	Value  Value
	Domain string // that the method speaks of, in lower case
}

// Policy is what a domain asks to be done with mail in its name that is not its own.
type Policy string

// The policies; an empty one is not known.
const (
	PolicyNone       Policy = "none"
	PolicyQuarantine Policy = "quarantine"
	PolicyReject     Policy = "reject"
)

// Verdict is what the outcomes come to for the author of a message.
type Verdict string

// The verdicts.
const (
	Verified   Verdict = "verified"   // an aligned method passed, and so did DMARC where the domain has a policy
	Unverified Verdict = "unverified" // checked, and nothing speaks for the author
	Forged     Verdict = "forged"     // the author's domain asks that such mail be kept out
	Unchecked  Verdict = "unchecked"  // could not be checked
)

// Result is all that is known about the sender of a message.
type Result struct {
	Verdict Verdict
	From    string // the author's domain, in lower case
	SPF     Outcome
	DKIM    Outcome // the best signature: an aligned pass, else a pass, else the first
	DMARC   Outcome
	Policy  Policy
	By      string // the server that said so; empty for our own check
}

// Resolver looks names up; a *net.Resolver is one. A name that is not there is a *net.DNSError
// with IsNotFound; every other error counts as temporary.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// Budgets of one message.
const (
	MaxSignatures = 8                // those beyond it are not looked at
	MaxLookups    = 40               // DNS questions in all
	MaxTime       = 10 * time.Second // for all of it
	maxRecord     = 4 << 10          // bytes of a TXT record: a key of 8,192 bits has 1.5 KiB
)

// Envelope is what is known of a message besides its bytes. The zero Peer means that somebody
// else stood at the border, so that SPF cannot be asked.
type Envelope struct {
	Peer   netip.Addr
	Hello  string
	Sender string // MAIL FROM, empty for reports
	From   string // the one address of the From field, as it was read for display (S12)
}

// domainOf returns the domain of an address in lower case, without a final dot.
func domainOf(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	return cleanDomain(addr[at+1:])
}

func cleanDomain(d string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(d)), ".")
}

// organisation is the domain that somebody registered: "mail.example.com.cn" is of "example.com.cn".
func organisation(domain string) string {
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// aligned reports whether a domain may speak for the author's (RFC 7489, 3.1).
func aligned(domain, from string, strict bool) bool {
	if domain == "" || from == "" {
		return false
	}
	return domain == from || (!strict && organisation(domain) == organisation(from))
}
