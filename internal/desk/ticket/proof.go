// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"encoding/json"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Verdict says whether a mail is from whom it names as its author.
type Verdict string

// The verdicts. An empty one stands on what came by no mail, or before anybody asked.
const (
	Verified   Verdict = "verified"   // the author's domain vouches for it
	Unverified Verdict = "unverified" // checked, and nothing vouches for it
	Forged     Verdict = "forged"     // the author's domain says that it is not its own
	Unchecked  Verdict = "unchecked"  // could not be checked; Why says why
)

// Check is what one method of checking said: "pass", "fail", "none", "temperror" and so on,
// about which domain. Empty where it was not tried.
type Check struct {
	Result string `json:",omitempty"`
	Domain string `json:",omitempty"`
}

// Proof is what is known about the sender of a mail. It stays with the message for good.
type Proof struct {
	Verdict Verdict   `json:",omitempty"`
	Why     string    `json:",omitempty"` // of Unchecked: "nobody", "nothing_told", "later"
	From    string    `json:",omitempty"` // the author's domain
	SPF     Check     `json:",omitzero"`
	DKIM    Check     `json:",omitzero"`
	DMARC   Check     `json:",omitzero"`
	Policy  string    `json:",omitempty"` // what the domain asks for: "none", "quarantine", "reject"
	By      string    `json:",omitempty"` // the server that told us; empty where we checked ourselves
	Taken   person.ID `json:",omitempty"` // who let it onto the ticket though it was held
}

// Aligned reports whether DMARC passed: the one proof with which staff may act by mail (S04).
func (p Proof) Aligned() bool { return p.Verdict == Verified && p.DMARC.Result == "pass" }

// Doubtful reports whether readers must be told that the sender is not proven.
func (p Proof) Doubtful() bool { return p.Verdict != "" && p.Verdict != Verified }

// Pack writes a proof as it is stored; empty for the zero Proof.
func (p Proof) Pack() (string, error) {
	if p == (Proof{}) {
		return "", nil
	}
	b, err := json.Marshal(p)
	return string(b), err
}

// UnpackProof reads what Pack wrote.
func UnpackProof(s string) (p Proof, err error) {
	if s != "" {
		err = json.Unmarshal([]byte(s), &p)
	}
	return p, err
}

func (c KeepOut) decide(t Ticket, _ world) ([]Fact, error) {
	return []Fact{MailHeld{Of{t.ID}, c.Inbound, c.Author, c.Address, c.Reason, c.Forged}}, nil
}

// apply changes nothing: what is held is not on the ticket.
func (MailHeld) apply(*Ticket, event.Meta) {}
