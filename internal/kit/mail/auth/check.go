// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
)

// Check finds out by itself who sent a message. Without a peer it asks for signatures alone:
// then it can say that an author is verified, and never that one is forged, for the server at
// the border may know better.
func Check(ctx context.Context, r Resolver, raw []byte, e Envelope) Result {
	ctx, cancel := context.WithTimeout(ctx, MaxTime)
	defer cancel()
	from := domainOf(e.From)
	out := Result{Verdict: Unverified, From: from}
	if from == "" || !oneAuthor(raw) {
		return out
	}
	lookup := &bounded{ctx: ctx, r: r, left: MaxLookups}
	if e.Peer.IsValid() {
		out.SPF = lookup.spf(e)
	}
	signed := lookup.dkim(raw)
	policy, found := lookup.policy(from)
	strictSPF, strictDKIM := false, false
	switch {
	case policy.err != nil:
		out.DMARC = Outcome{TempError, from}
	case found:
		strictSPF, strictDKIM = policy.record.SPFAlignment == dmarc.AlignmentStrict, policy.record.DKIMAlignment == dmarc.AlignmentStrict
		out.Policy = Policy(policy.record.Policy)
		if policy.inherited && policy.record.SubdomainPolicy != "" {
			out.Policy = Policy(policy.record.SubdomainPolicy)
		}
	}
	out.DKIM = best(signed, from, strictDKIM)
	speaks := (out.DKIM.Value == Pass && aligned(out.DKIM.Domain, from, strictDKIM)) ||
		(out.SPF.Value == Pass && aligned(out.SPF.Domain, from, strictSPF))
	return out.weigh(speaks, found, unknown(signed, from, strictDKIM) || (out.SPF.Value == TempError && aligned(out.SPF.Domain, from, strictSPF)), e.Peer.IsValid())
}

// weigh makes the verdict. open says that a look-up that failed might have spoken for the author.
func (out Result) weigh(speaks, policy, open, border bool) Result {
	switch {
	case out.DMARC.Value == TempError: // whether the domain agrees is not known
		out.Verdict = Unchecked
	case speaks:
		out.Verdict, out.DMARC = Verified, Outcome{None, out.From}
		if policy {
			out.DMARC.Value = Pass
		}
	case open:
		out.Verdict, out.DMARC = Unchecked, Outcome{TempError, out.From}
	case !policy:
		out.DMARC = Outcome{None, out.From}
	case !border:
		out.DMARC = Outcome{"", out.From} // SPF may have passed where we did not stand
	default:
		out.DMARC = Outcome{Fail, out.From}
		if out.Policy == PolicyQuarantine || out.Policy == PolicyReject {
			out.Verdict = Forged
		}
	}
	return out
}

// oneAuthor reports whether a header has one From field, by the rules of whoever reads
// signatures: up to the first empty line, with nothing left out. A second one further down
// could carry the signature while another is shown (S12, S13).
func oneAuthor(raw []byte) bool {
	n := 0
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		name, _, found := bytes.Cut(line, []byte(":"))
		if found && strings.EqualFold(string(bytes.TrimRight(name, " \t")), "from") {
			n++
		}
		raw = rest
	}
	return n == 1
}

// best is the signature that says most about the author.
func best(list []Outcome, from string, strict bool) Outcome {
	out := Outcome{Value: None}
	rank := -1
	for _, o := range list {
		n := 0
		if aligned(o.Domain, from, strict) {
			n++
		}
		if o.Value == Pass {
			n += 2
		}
		if n > rank {
			out, rank = o, n
		}
	}
	return out
}

// unknown reports whether an aligned signature could not be checked.
func unknown(list []Outcome, from string, strict bool) bool {
	for _, o := range list {
		if o.Value == TempError && aligned(o.Domain, from, strict) {
			return true
		}
	}
	return false
}

// bounded is a resolver with a budget, for one message. What is beyond the budget is not
// there: a sender who asks for more than that is not helped by our patience.
type bounded struct {
	ctx  context.Context //nolint:containedctx // lives for one message; the libraries take functions without one
	r    Resolver
	left int
}

var errSpent = &net.DNSError{Err: "the budget of this message is spent", IsNotFound: true} //nolint:gochecknoglobals // a constant in all but name

// spend takes one question from the budget. Signatures are read one after another.
func (b *bounded) spend() error {
	if b.left--; b.left < 0 {
		return errSpent
	}
	return nil
}

// missing turns an error into one that says whether the name is not there, or was not found out.
func missing(err error) error {
	if err == nil {
		return nil
	}
	var known *net.DNSError
	if errors.As(err, &known) && known.IsNotFound {
		return known
	}
	return &net.DNSError{Err: err.Error(), IsTemporary: true}
}

// LookupTXT asks for the texts of a name. Records beyond what a key needs are left out.
func (b *bounded) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if err := b.spend(); err != nil {
		return nil, err
	}
	list, err := b.r.LookupTXT(ctx, name)
	if err != nil {
		return nil, missing(err)
	}
	var out []string
	for _, one := range list {
		if len(one) <= maxRecord {
			out = append(out, one)
		}
	}
	return out, nil
}

// LookupMX asks for the mail servers of a name.
func (b *bounded) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	if err := b.spend(); err != nil {
		return nil, err
	}
	list, err := b.r.LookupMX(ctx, name)
	return list, missing(err)
}

// LookupIPAddr asks for the addresses of a name.
func (b *bounded) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	if err := b.spend(); err != nil {
		return nil, err
	}
	list, err := b.r.LookupIPAddr(ctx, host)
	return list, missing(err)
}

// LookupAddr asks for the names of an address.
func (b *bounded) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	if err := b.spend(); err != nil {
		return nil, err
	}
	list, err := b.r.LookupAddr(ctx, addr)
	return list, missing(err)
}

// spf asks whether the peer may send for the envelope sender, or for its own name where that is empty.
func (b *bounded) spf(e Envelope) Outcome {
	sender := e.Sender
	if sender == "" {
		sender = "postmaster@" + e.Hello
	}
	domain := domainOf(sender)
	if domain == "" || !strings.Contains(domain, ".") {
		return Outcome{None, domain}
	}
	got, _ := spf.CheckHostWithSender(net.IP(e.Peer.Unmap().AsSlice()), e.Hello, sender, spf.WithContext(b.ctx), spf.WithResolver(b))
	return Outcome{Value(got), domain}
}

// dkim reads the signatures. One that covers only the beginning of a body (l=) has failed.
func (b *bounded) dkim(raw []byte) []Outcome {
	var out []Outcome
	for _, one := range b.signatures(raw) {
		o := Outcome{Pass, cleanDomain(one.Domain)}
		switch {
		case one.Err == nil:
		case dkim.IsTempFail(one.Err):
			o.Value = TempError
		case dkim.IsPermFail(one.Err):
			o.Value = PermError
		default:
			o.Value = Fail
		}
		out = append(out, o)
	}
	return out
}

// signatures verifies what the library can read. It looks signatures up side by side, so the
// questions wait for each other here.
func (b *bounded) signatures(raw []byte) []*dkim.Verification {
	turn := make(chan struct{}, 1)
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		MaxVerifications: MaxSignatures,
		LookupTXT: func(name string) ([]string, error) {
			turn <- struct{}{}
			defer func() { <-turn }()
			return b.LookupTXT(b.ctx, name)
		},
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return nil // the header is none that could be signed
	}
	return list
}

// published is what a domain says about mail in its name.
type published struct {
	record    *dmarc.Record
	inherited bool  // from the organisation's domain
	err       error // it could not be looked up
}

// policy looks for the policy of a domain, then of its organisation (RFC 7489, 6.6.3).
func (b *bounded) policy(from string) (published, bool) {
	names := []string{from}
	if org := organisation(from); org != from {
		names = append(names, org)
	}
	for i, name := range names {
		list, err := b.LookupTXT(b.ctx, "_dmarc."+name)
		var known *net.DNSError
		if errors.As(err, &known) && known.IsNotFound {
			continue
		}
		if err != nil {
			return published{err: err}, false
		}
		var records []string
		for _, txt := range list {
			if strings.HasPrefix(strings.TrimSpace(txt), "v=DMARC1") {
				records = append(records, txt)
			}
		}
		if len(records) != 1 { // several are none
			continue
		}
		if r, err := dmarc.Parse(records[0]); err == nil {
			return published{record: r, inherited: i > 0}, true
		}
	}
	return published{}, false
}
