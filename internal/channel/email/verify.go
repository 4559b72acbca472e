// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"net"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/mail/auth"
)

// Verifier finds out whether mails are from their authors. It asks the names that Names
// resolves and nothing else; nil asks as this machine is set up to.
type Verifier struct {
	Names auth.Resolver
}

// Verify says what is known about the sender of a mail: our own check where we stood at the
// border, else the word of a server that is believed, else the signatures alone.
func (v Verifier) Verify(ctx context.Context, e intake.Evidence) ticket.Proof {
	names := v.Names
	if names == nil {
		names = net.DefaultResolver
	}
	border := e.Peer.IsValid()
	if !border && len(e.Servers) > 0 {
		if told, ok := auth.Told(e.Raw, e.From, e.Servers); ok {
			return proofOf(told)
		}
	}
	p := proofOf(auth.Check(ctx, names, e.Raw, auth.Envelope{Peer: e.Peer, Hello: e.Hello, Sender: e.Sender, From: e.From}))
	if !border && p.Verdict == ticket.Unverified { // SPF may have passed where nobody told us
		p.Verdict, p.Why = ticket.Unchecked, "nothing_told"
	}
	return p
}

// proofOf says in the terms of the trade what was found out.
func proofOf(r auth.Result) ticket.Proof {
	check := func(o auth.Outcome) ticket.Check { return ticket.Check{Result: string(o.Value), Domain: o.Domain} }
	p := ticket.Proof{
		Verdict: ticket.Verdict(r.Verdict), From: r.From, SPF: check(r.SPF), DKIM: check(r.DKIM), DMARC: check(r.DMARC),
		Policy: string(r.Policy), By: r.By,
	}
	if r.Verdict == auth.Unchecked {
		p.Why = "later"
	}
	return p
}
