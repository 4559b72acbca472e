// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// keysPath answers the list that "?" opens: the same on every page of this face.
const keysPath = "/work/keys"

// keyMap is what a page has for "?".
func keyMap(fr page.Frame) templ.Component { return ui.KeyButton(fr.Lang, keysPath) }

func (f *Faces) keys(c *page.Ctx) error {
	return c.Show(ui.KeyMap(c.Lang, keyGroups(c.Frame(""), mayLead(c.Actor))))
}

// mayLead says who has the board, its place in the navigation and its key.
func mayLead(by access.Actor) bool { return access.Can(by, access.LeadRead, access.Object{}) == nil }

func keyGroups(fr page.Frame, leads bool) []ui.KeyGroup {
	said := func(pairs ...string) []ui.KeyWord {
		var out []ui.KeyWord
		for i := 0; i+1 < len(pairs); i += 2 {
			out = append(out, ui.KeyWord{Key: pairs[i], Label: fr.T("work.key_" + pairs[i+1])})
		}
		return out
	}
	places := []string{
		"g q", "queue", "g i", "inbox", "g m", "mine", "g n", "look", "g s", "approvals", "g v", "visits", "g w", "promises", "g p", "phone",
		"g k", "articles", "g h", "runbooks", "g f", "problems", "g a", "announcements", "g t", "texts", "g d", "devices",
	}
	if leads {
		places = append(places, "g b", "board")
	}
	places = append(places, "g o", "rota", "g e", "scores", "g r", "report", "ctrl+k", "anything", "?", "all")
	return []ui.KeyGroup{
		{Title: fr.T("work.keys_list"), Keys: said(
			"j", "down", "k", "up", "enter", "open", "space", "peek", "x", "pick", "r", "reply", "n", "note", "e", "resolve", "/", "filter", "g l", "next", "c", "new")},
		{Title: fr.T("work.keys_picked"), Keys: said("a", "assign", "t", "hand_over", "p", "priority", "m", "merge", "h", "hold", "escape", "unpick")},
		{Title: fr.T("work.keys_ticket"), Keys: said(
			"g a", "claim", "r", "reply", "n", "note", "a", "assign", "t", "hand_over", "p", "priority", "y", "triage", "i", "diagnose", "b", "runbook", "h", "wait", "e", "resolve", "m", "merge", "d", "split", "v", "device", "o", "visit", "w", "watch", "l", "link", "u", "progress", "s", "approval", "ctrl+enter", "send", "z", "take_back", "escape", "close")},
		{Title: fr.T("work.keys_go"), Keys: said(places...)},
	}
}
