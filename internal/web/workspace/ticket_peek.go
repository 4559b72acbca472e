// SPDX-License-Identifier: Apache-2.0

package workspace

import "github.com/loopdesk/loopdesk/internal/web/ui"

// peekCards is how many of the last words a glance shows.
const peekCards = 4

// lastSaid are the last cards of the thread and how many stand before them.
func (s *sheet) lastSaid(most int) (cards []*ui.Message, left int) {
	for _, p := range s.thread() {
		if p.card != nil {
			cards = append(cards, p.card)
		}
	}
	if left = len(cards) - most; left > 0 {
		return cards[left:], left
	}
	return cards, 0
}

// peekFacts are who asks, who does it, and what it is about, each left out where nobody knows.
func (s *sheet) peekFacts() []answer {
	var out []answer
	add := func(key, text string) {
		if text != "" {
			out = append(out, answer{Label: s.T(key), Text: text})
		}
	}
	add("workticket.requester", dotted(s.requester.Name, dotted(s.requester.Department, s.requester.Place)))
	add("workticket.owner", s.person(s.t.Owner).Name)
	if s.t.Assignee != s.t.Owner {
		add("workticket.assignee", s.person(s.t.Assignee).Name)
	}
	add("workticket.group", s.group(s.t.Group))
	add("workticket.category", s.category(s.t))
	add("workticket.service", s.service(s.t))
	return out
}

// peekMissing names what the step that is on is waiting for.
func (s *sheet) peekMissing(r ui.Rail) string {
	for _, step := range r.Steps {
		if step.State != ui.Now {
			continue
		}
		var names []string
		for _, item := range step.Items {
			if item.State != ui.Done {
				names = append(names, item.Label)
			}
		}
		if len(names) > 0 {
			return s.T("work.peek_missing", "Step", step.Title, "List", s.join(names))
		}
	}
	return ""
}
