// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/loopdesk/loopdesk/test/running"
)

// shown is what a ticket holds of the message that it came from.
type shown struct {
	Subject, From, Text string
	Files               []string // digests, sorted
}

// kept reads what the tickets of the messages hold, by the journal's key.
func kept(d *running.Desk) map[string]shown {
	d.Helper()
	out := map[string]shown{}
	for _, r := range d.Rows(`
		SELECT m.inbound_id, t.subject, p.email, m.body, m.quoted FROM message m
		JOIN ticket t ON t.id = m.ticket_id JOIN person p ON p.id = m.author_id WHERE m.inbound_id > 0`) {
		out[r[0]] = shown{Subject: r[1], From: r[2], Text: r[3] + r[4]}
	}
	for _, r := range d.Rows(`SELECT m.inbound_id, a.sha256 FROM attachment a JOIN message m ON m.id = a.message_id WHERE m.inbound_id > 0 ORDER BY a.sha256`) {
		s := out[r[0]]
		s.Files = append(s.Files, r[1])
		out[r[0]] = s
	}
	return out
}

// share counts what agrees.
type share struct{ same, all int }

func (s *share) add(same bool) {
	s.all++
	if same {
		s.same++
	}
}

func (s share) String() string { return fmt.Sprintf("%d/%d", s.same, s.all) }

// agreement compares the tickets with what the sources of the messages state, in the fields in
// which a ticket keeps the message as it was. The floors are what was reached;
// docs/benchmarks.md says what the rest is.
func agreement(t *testing.T, d *running.Desk, list []outcome) {
	t.Helper()
	tickets := kept(d)
	fields := map[string]*share{}
	var differing []string
	for _, o := range list {
		got, made := tickets[o.inbound]
		if !made {
			continue
		}
		for _, field := range []string{"subject", "from", "text", "attachments"} {
			want, stated := o.Expect[field]
			if !stated || len(o.Agree) > 0 && !slices.Contains(o.Agree, field) {
				continue
			}
			if fields[field] == nil {
				fields[field] = &share{}
			}
			same := got.agrees(field, want)
			fields[field].add(same)
			if !same {
				differing = append(differing, fmt.Sprintf("%s %s", o.ID, field))
			}
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		t.Logf("%s: %s of the tickets hold what the source states", field, fields[field])
		if s := fields[field]; s.same*100 < s.all*95 {
			t.Errorf("%s: only %s agree", field, s)
		}
	}
	t.Logf("differing: %s", strings.Join(differing, ", "))
}

// agrees compares one field; white space does not count.
func (s shown) agrees(field string, want json.RawMessage) bool {
	switch field {
	case "subject":
		var subject string
		if json.Unmarshal(want, &subject) != nil {
			return false
		}
		// A ticket without a subject in its mail takes one from the words; a long one is cut.
		full, cut := squeeze(subject), strings.TrimSuffix(squeeze(s.Subject), "…")
		return full == "" && cut != "" || full == cut || len(full) > len(cut) && strings.HasPrefix(full, cut) && strings.HasSuffix(s.Subject, "…")
	case "from":
		var from []struct{ Address string }
		return json.Unmarshal(want, &from) == nil && len(from) == 1 && strings.EqualFold(from[0].Address, s.From)
	case "text":
		var text string
		if json.Unmarshal(want, &text) != nil {
			return false
		}
		return squeeze(text) == "" || letters(s.Text) == letters(text)
	default:
		var files []struct{ SHA256 string }
		if json.Unmarshal(want, &files) != nil {
			return false
		}
		var digests []string
		for _, f := range files {
			digests = append(digests, f.SHA256)
		}
		slices.Sort(digests)
		return slices.Equal(digests, s.Files)
	}
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// letters are the characters of a text in an order of their own: what was repeated from before
// is kept behind what was written, wherever it stood.
func letters(s string) string {
	r := []rune(squeeze(s))
	slices.Sort(r)
	return string(r)
}
