// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Kind is why somebody is told.
type Kind string

// The kinds, the weightiest first.
const (
	Clock     Kind = "clock"     // a time limit runs out or has run out
	Mentioned Kind = "mentioned" // a colleague wrote their name in a note
	Approval  Kind = "approval"  // their approval is asked for (N31)
	Assigned  Kind = "assigned"  // the work is theirs now
	Rejected  Kind = "rejected"  // the requester says that it does not work, or withdraws
	Answered  Kind = "answered"  // the requester wrote
	Promise   Kind = "promise"   // a promised word is due, or was not given
	Record    Kind = "record"    // the requester corrects the record (N18)
	Outcome   Kind = "outcome"   // how an approval ended that they asked for
	Trouble   Kind = "trouble"   // mail that was not delivered or not believed, a silent vendor
	Team      Kind = "team"      // handed to a group of theirs
	Watched   Kind = "watched"   // something moved on a ticket that they watch
	Confirmed Kind = "confirmed" // the requester says that it works
	Rated     Kind = "rated"     // the requester was not content
)

// The kinds by which somebody is told of their own requests, and of those in which they take
// part. By mail they have the letters of desk/notify.
const (
	Solution Kind = "solution" // a solution waits for their word (N35)
	Asked    Kind = "asked"    // the desk asks them something (N15, N18)
	Late     Kind = "late"     // a word that they were promised was not given in time (N29)
	Word     Kind = "word"     // the desk wrote, or says that it waits
	Over     Kind = "over"     // the request was closed
)

// Kinds lists what staff are told as staff, the weightiest first.
func Kinds() []Kind {
	return []Kind{Clock, Approval, Mentioned, Assigned, Rejected, Rated, Answered, Promise, Record, Outcome, Trouble, Team, Watched, Confirmed}
}

// OwnKinds lists what people are told of their own requests, the weightiest first.
func OwnKinds() []Kind { return []Kind{Solution, Asked, Late, Word, Over} }

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) || k.own() }

// own reports whether the kind is about a request of the reader's.
func (k Kind) own() bool { return slices.Contains(OwnKinds(), k) }

// Mail says whether somebody hears of a kind by mail.
type Mail string

// The ways of mail.
const (
	NoMail Mail = ""
	AtOnce Mail = "now"
	Digest Mail = "digest" // in the next summary
)

// Rule says by which ways somebody hears of a kind.
type Rule struct {
	Kind Kind
	Page bool
	Mail Mail
	Push bool
}

// silent reports whether nothing is told.
func (r Rule) silent() bool { return !r.Page && r.Mail == NoMail && !r.Push }

// Standard is how the house tells of a kind whoever has said nothing else.
func Standard(k Kind) Rule {
	r := Rule{Kind: k, Page: true}
	switch k {
	case Clock, Approval, Assigned, Rejected:
		r.Mail, r.Push = AtOnce, true
	case Mentioned:
		r.Mail, r.Push = Digest, true
	case Answered, Outcome:
		r.Mail = AtOnce
	case Trouble:
		r.Mail = AtOnce
	case Promise:
		r.Push = true
	case Watched:
		r.Mail = Digest
	case Rated:
		r.Mail = Digest
	case Record, Team, Confirmed, Solution, Asked, Late, Word, Over:
	}
	return r
}

// Rules are one person's, a rule a kind.
type Rules map[Kind]Rule

// Of is the rule of a kind.
func (r Rules) Of(k Kind) Rule {
	if own, ok := r[k]; ok {
		return own
	}
	return Standard(k)
}

// Check returns Invalid for a kind or a way that there is not.
func (r Rules) Check() error {
	for k, rule := range r {
		if !k.Known() || rule.Kind != k {
			return errs.Field("kind", "inbox.kind_unknown")
		}
		if rule.Mail != NoMail && rule.Mail != AtOnce && rule.Mail != Digest {
			return errs.Field("mail", "inbox.mail_unknown")
		}
	}
	return nil
}

// Rhythm says how often a summary comes.
type Rhythm string

// The rhythms.
const (
	Daily  Rhythm = "daily"
	Hourly Rhythm = "hourly"
)

// Reader is when somebody gets summaries, and whether their desktop may show words of tickets.
type Reader struct {
	Digest Rhythm
	Hour   int64 // 0–23, of the reader's day; for Daily
	Words  bool  // a message to the desktop holds the subject, not only number and kind
}

// StartReader is the wish of whoever has said nothing.
func StartReader() Reader { return Reader{Digest: Daily, Hour: 9} }

// Check returns Invalid with the fields out of range.
func (r Reader) Check() error {
	var bad []errs.FieldError
	if r.Digest != Daily && r.Digest != Hourly {
		bad = append(bad, errs.FieldError{Name: "digest", Key: "inbox.digest_unknown"})
	}
	if r.Hour < 0 || r.Hour > 23 {
		bad = append(bad, errs.FieldError{Name: "hour", Key: "inbox.hour_range"})
	}
	return errs.Invalidf(bad...)
}
