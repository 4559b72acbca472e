// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Writing is words of the desk that a command is about to keep or to send.
type Writing struct {
	Record bool   // of the record (N17); otherwise the requester reads them (N10, N29, N41)
	Field  string // element of the record, or part of a solution; "" for the text of a reply
	Text   string
}

// Remark is what the desk's wording rules say of words that were kept or sent all the same.
type Remark struct {
	Rule   string
	Clause string
	Field  string `json:",omitempty"`
	Words  string `json:",omitempty"` // "" where something is absent
	Advice bool   `json:",omitempty"` // not scored
	Jargon bool   `json:",omitempty"` // a term that may be the requester's own
	Lang   string `json:",omitempty"` // of the rule
}

// Worded is what was found in the words of a fact. It is the zero value where nobody looked:
// requesters' words, and facts from before the desk looked at any.
type Worded struct {
	Looked  bool     `json:",omitempty"`
	Anyway  bool     `json:",omitempty"` // the writer had seen the remarks
	Remarks []Remark `json:",omitempty"`
}

// maxRemarks bounds what a fact keeps.
const maxRemarks = 20

// worded looks at the words of a command, before its commit. What requesters and the desk
// itself say is not judged.
func (s *Service) worded(ctx context.Context, by access.Actor, cmd Command) Worded {
	if s.Wording == nil || by.Kind != access.Person || !by.Staff() {
		return Worded{}
	}
	var list []Writing
	anyway := false
	switch c := cmd.(type) {
	case Reply:
		if c.byUser(by) {
			return Worded{}
		}
		list, anyway = []Writing{{Text: c.Text}}, c.Anyway
	case Resolve:
		list = []Writing{{Field: "solution", Text: c.Solution.Text}, {Field: "cause", Text: c.Solution.Cause}, {Field: "prevention", Text: c.Solution.Prevention}}
		anyway = c.Anyway
	case Record:
		list = recordWriting(c.Intake)
	default:
		return Worded{}
	}
	return s.look(ctx, list, anyway)
}

// Remarks returns what is remarked on in the words of a command on a ticket: what its fact keeps.
func (s *Service) Remarks(ctx context.Context, by access.Actor, t Ticket, cmd Command) []Remark {
	return s.worded(ctx, by, cmd).of(t).Remarks
}

// wordedRecord looks at the record with which staff open a ticket for somebody else.
func (s *Service) wordedRecord(ctx context.Context, by access.Actor, r Request) Worded {
	if s.Wording == nil || by.Kind != access.Person || !by.Staff() || person.ID(by.ID) == r.Requester {
		return Worded{}
	}
	return s.look(ctx, recordWriting(r.Intake), false)
}

func (s *Service) look(ctx context.Context, list []Writing, anyway bool) Worded {
	list = slices.DeleteFunc(list, func(w Writing) bool { return strings.TrimSpace(w.Text) == "" })
	if len(list) == 0 {
		return Worded{}
	}
	out := Worded{Looked: true, Remarks: s.Wording(ctx, list)}
	out.Remarks = out.Remarks[:min(len(out.Remarks), maxRemarks)]
	out.Anyway = anyway && len(out.Remarks) > 0
	return out
}

// Judged are the elements of the record that the agent words; the others come from the directory
// or are chosen.
func Judged() []Element { return []Element{Since, Symptom, Affected, Wanted} }

func recordWriting(intake map[Element]Answer) []Writing {
	var out []Writing
	for _, e := range Judged() {
		if a := intake[e]; !a.Unknown {
			out = append(out, Writing{Record: true, Field: string(e), Text: a.Value})
		}
	}
	return out
}

// of leaves out the terms that the requester used themselves: they are no jargon to them.
func (d Worded) of(t Ticket) Worded {
	theirs := strings.ToLower(t.Words())
	d.Remarks = slices.DeleteFunc(slices.Clone(d.Remarks), func(r Remark) bool { return r.Jargon && strings.Contains(theirs, strings.ToLower(r.Words)) })
	if len(d.Remarks) == 0 {
		d.Remarks, d.Anyway = nil, false
	}
	return d
}

// Words are those with which the requester told it, in short: the subject and the beginning of
// what they wrote.
func (t Ticket) Words() string { return t.Subject + "\n" + t.Snippet }
