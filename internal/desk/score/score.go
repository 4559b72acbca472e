// SPDX-License-Identifier: Apache-2.0

package score

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// None is the score of which nothing is known: no clock was decided, nobody rated and nothing was said.
const None = -1

// Three are the scores of one ticket or the means of many, each 0–100 or None.
type Three struct {
	Efficient int // clocks that were kept
	Friendly  int // what the requester thought, and how they were spoken to
	Book      int // clauses that were met or honestly deviated from
}

// Names lists the three in the order in which they are shown.
func Names() []string { return []string{"efficient", "friendly", "book"} }

// Of returns a score by its name; None for an unknown one.
func (t Three) Of(name string) int {
	switch name {
	case "efficient":
		return t.Efficient
	case "friendly":
		return t.Friendly
	case "book":
		return t.Book
	}
	return None
}

// Sheet is how a closed ticket was done, with what the scores rest on.
type Sheet struct {
	Three
	Ticket   ticket.ID
	Closed   time.Time
	As       ticket.Outcome
	Needed   bool // it needed the requester's word: it has it, or the time for it ran out
	Group    person.GroupID
	Category catalog.CategoryID
	Agent    person.ID // who gave the last solution; who worked on it where there is none
	Priority triage.Priority
	Cause    string // as it was told to the requester; "" for none

	Kept, Broken          int // runs of clocks
	Rating                int // 1–5; 0 for none
	Said, Rough           int // words to the requester that were looked at, and those with a remark that counts
	Met, Judged, Deviated int // clauses
	Back                  int // times that it came back
}

// Confirmed reports whether the requester said that it works again.
func (s Sheet) Confirmed() bool { return s.Needed && s.As == ticket.Confirmed }

// Compute scores a closed ticket from its facts, the runs of its clocks and what the standard says of
// it. False while it is open, and where it was called off, invalid or a duplicate: nothing was done
// that could be scored.
func Compute(told []report.Told, runs []report.Outcome, c norm.Conformance) (Sheet, bool) {
	var t ticket.Ticket
	s := Sheet{}
	for _, n := range told {
		t = ticket.Apply(t, n.Fact, n.Meta)
		switch f := n.Fact.(type) {
		case ticket.SolutionGiven:
			if n.Meta.ActorKind == string(access.Person) {
				s.Agent = person.ID(n.Meta.ActorID)
			}
			s.hear(f.Worded)
		case ticket.Said:
			if !f.ByRequester {
				s.hear(f.Worded)
			}
		case ticket.UserRejected, ticket.Reopened:
			s.Back++
		}
	}
	if t.Open() || t.ClosedAs != ticket.Confirmed && t.ClosedAs != ticket.Unconfirmed {
		return Sheet{}, false
	}
	if s.Agent == 0 {
		s.Agent = t.Assignee
	}
	s.Ticket, s.Closed, s.As, s.Group, s.Category, s.Priority = t.ID, t.ClosedAt, t.ClosedAs, t.Group, t.Category, t.Priority
	s.Needed = !t.ResolvedAt.IsZero()
	s.Cause, s.Rating = cause(t.Detail.Solution.Cause), t.Detail.Rating.Score
	s.Met, s.Judged, s.Deviated = c.Met, c.Judged, c.Deviated
	s.Efficient = s.efficient(runs)
	s.Friendly = friendly(s.Rating, s.Said, s.Rough)
	if s.Book = None; c.Judged > 0 {
		s.Book = c.Score
	}
	return s, true
}

// hear counts words that went to the requester by what was remarked on in them (N10, N41).
func (s *Sheet) hear(w ticket.Worded) {
	if !w.Looked {
		return
	}
	s.Said++
	for _, r := range w.Remarks {
		if !r.Advice && (r.Clause == "N10" || r.Clause == "N41") {
			s.Rough++
			return
		}
	}
}

// efficient is the mean, over the kinds of clocks that were decided, of the share that was kept: ten
// updates in time do not outweigh a solution that came too late.
func (s *Sheet) efficient(runs []report.Outcome) int {
	sum, kinds := 0, 0
	for _, name := range report.Names() {
		kept, all := 0, 0
		for _, x := range runs {
			switch {
			case x.Name != name:
			case x.State == report.Kept:
				kept++
				all++
			case x.State == report.Broken:
				all++
			}
		}
		s.Kept, s.Broken = s.Kept+kept, s.Broken+all-kept
		if all > 0 {
			sum += kept * 100 / all
			kinds++
		}
	}
	if kinds == 0 {
		return None
	}
	return sum / kinds
}

// friendly weighs what the requester thought twice and how they were spoken to once; where one of them
// is not known, the other stands alone. One star is 0 and five are 100.
func friendly(rating, said, rough int) int {
	stars, tone := None, None
	if rating >= ticket.MinScore {
		stars = (rating - ticket.MinScore) * 100 / (ticket.MaxScore - ticket.MinScore)
	}
	if said > 0 {
		tone = (said - rough) * 100 / said
	}
	switch {
	case stars == None:
		return tone
	case tone == None:
		return stars
	}
	return (2*stars + tone) / 3
}

// longestCause bounds what is kept of a cause, in characters.
const longestCause = 120

// notApplicable are the words with which a cause is declined.
func notApplicable() []string {
	return []string{"不适用", "n/a", "na", "not applicable", "none", "无"}
}

// cause is the cause in one line, as causes are counted: the first one, without its full stop.
func cause(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	s = strings.TrimSpace(strings.TrimRight(s, "。.；;"))
	for _, no := range notApplicable() {
		if strings.EqualFold(s, no) {
			return ""
		}
	}
	if utf8.RuneCountInString(s) > longestCause {
		s = string([]rune(s)[:longestCause]) + "…"
	}
	return s
}
