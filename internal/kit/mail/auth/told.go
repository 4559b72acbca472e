// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// maxFields bounds the header fields that are looked at for what servers told.
const maxFields = 2000

// Told reads what a server in front has found out, in the topmost Authentication-Results
// fields in the name of one on the list; false where there is none. Fields below the next
// Received field were there when the message came to that server: anybody can have written
// them, whatever name they bear, and what a server said first about a method is what counts.
func Told(raw []byte, from string, servers []string) (Result, bool) {
	out := Result{Verdict: Unverified, From: domainOf(from)}
	if out.From == "" || !oneAuthor(raw) {
		return out, false
	}
	var told telling
	for _, f := range fields(raw) {
		switch {
		case f.name == "received" && out.By != "":
			return told.verdict(out), true
		case f.name != "authentication-results":
			continue
		}
		parts, whole := pieces(f.value)
		texts := make([]string, len(parts))
		for i, p := range parts {
			texts[i] = p.text
		}
		id, results, err := authres.Parse(strings.Join(texts, "; "))
		if id = strings.ToLower(id); !whole || err != nil || !slices.Contains(servers, id) || (out.By != "" && id != out.By) {
			continue
		}
		out.By = id
		told.add(results, parts)
	}
	return told.verdict(out), out.By != ""
}

// telling gathers what the fields of one server say, the first word for each method.
type telling struct {
	spf   *Outcome
	dkim  []Outcome
	dmarc *Outcome
	p     Policy
}

func (t *telling) add(results []authres.Result, parts []piece) {
	var signed []Outcome
	for _, r := range results {
		switch r := r.(type) {
		case *authres.SPFResult:
			if t.spf == nil {
				who := r.From
				if who == "" {
					who = r.Helo
				}
				t.spf = &Outcome{value(r.Value), domainOf(who)}
			}
		case *authres.DKIMResult:
			domain := r.Domain
			if domain == "" {
				domain = domainOf(r.Identifier)
			}
			signed = append(signed, Outcome{value(r.Value), cleanDomain(domain)})
		case *authres.DMARCResult:
			if t.dmarc == nil {
				t.dmarc, t.p = &Outcome{value(r.Value), domainOf(r.From)}, policyIn(parts)
			}
		}
	}
	if t.dkim == nil {
		t.dkim = signed
	}
}

// value puts old and odd words into those of RFC 8601.
func value(v authres.ResultValue) Value {
	switch got := Value(strings.ToLower(string(v))); got {
	case Pass, Fail, SoftFail, Neutral, None, TempError, PermError:
		return got
	case "hardfail", "policy":
		return Fail
	case "bestguesspass": // no policy was published; somebody guessed
		return None
	default:
		return PermError
	}
}

// verdict weighs what was told. Where the server says nothing of DMARC, alignment is judged here.
func (t telling) verdict(out Result) Result {
	if t.spf != nil {
		out.SPF = *t.spf
	}
	out.DKIM = best(t.dkim, out.From, false)
	speaks := (out.DKIM.Value == Pass && aligned(out.DKIM.Domain, out.From, false)) ||
		(out.SPF.Value == Pass && aligned(out.SPF.Domain, out.From, false))
	if t.dmarc != nil {
		out.DMARC, out.Policy = *t.dmarc, t.p
		if out.DMARC.Domain != "" && organisation(out.DMARC.Domain) != organisation(out.From) {
			out.DMARC.Value = PermError // it speaks of another author than the one who is shown
		}
		out.DMARC.Domain = out.From
	}
	switch out.DMARC.Value {
	case Pass:
		out.Verdict = Verified
	case Fail:
		if out.Policy != PolicyNone {
			out.Verdict = Forged
		}
	case TempError:
		out.Verdict = Unchecked
	case PermError, SoftFail, Neutral:
	case None, "":
		switch {
		case speaks:
			out.Verdict = Verified
		case out.SPF.Value == TempError || unknown(t.dkim, out.From, false):
			out.Verdict = Unchecked
		}
	}
	return out
}

// policyIn finds the policy that a server names beside its word on DMARC, "(p=REJECT dis=NONE)"
// or "action=none"; empty where it names none.
func policyIn(pieces []piece) Policy {
	for _, p := range pieces {
		if name, _, _ := strings.Cut(p.text, "="); !strings.EqualFold(strings.TrimSpace(name), "dmarc") {
			continue
		}
		for _, word := range strings.FieldsFunc(p.comment+" "+p.text, func(r rune) bool { return strings.ContainsRune(" ,;\t()", r) }) {
			name, value, _ := strings.Cut(strings.ToLower(word), "=")
			if name != "p" && name != "action" && name != "policy.dmarc" {
				continue
			}
			switch got := Policy(strings.TrimPrefix(value, "o")); got {
			case PolicyNone, PolicyQuarantine, PolicyReject:
				return got
			}
		}
		return ""
	}
	return ""
}

// piece is what stands between two semicolons, and the comments in it.
type piece struct{ text, comment string }

// pieces takes a field apart as RFC 5322 does: a semicolon within quotes or a comment divides
// nothing, for what stands in quotes a stranger may have written, such as the left side of an
// envelope sender. False where a quote or comment does not end.
func pieces(s string) ([]piece, bool) {
	out := []piece{{}}
	var text, comment strings.Builder
	depth, quoted, escaped := 0, false, false
	end := func() {
		out[len(out)-1] = piece{strings.TrimSpace(text.String()), comment.String()}
		text.Reset()
		comment.Reset()
	}
	for _, c := range []byte(s) {
		was := escaped
		escaped = false
		switch {
		case c == '\\' && !was && (quoted || depth > 0):
			escaped = true
		case quoted && c == '"' && !was:
			quoted = false
		case quoted:
			if strings.IndexByte("();= \t\"\\", c) >= 0 {
				c = '_'
			}
			text.WriteByte(c)
		case c == '(' && !was:
			depth++
			comment.WriteByte(' ')
		case c == ')' && depth > 0 && !was:
			depth--
			comment.WriteByte(' ')
		case depth > 0:
			comment.WriteByte(c)
		case c == '"':
			quoted = true
		case c == ';':
			end()
			out = append(out, piece{})
		default:
			text.WriteByte(c)
		}
	}
	end()
	return out, depth == 0 && !quoted
}

type field struct{ name, value string }

// fields are the header fields in their order, unfolded.
func fields(raw []byte) []field {
	var out []field
	for len(raw) > 0 && len(out) < maxFields {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line, raw = bytes.TrimSuffix(line, []byte("\r")), rest
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(out); n > 0 && len(out[n-1].value) < 64<<10 {
				out[n-1].value += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		if name, value, found := bytes.Cut(line, []byte(":")); found {
			out = append(out, field{strings.ToLower(string(bytes.TrimSpace(name))), string(bytes.TrimSpace(value))})
		}
	}
	return out
}
