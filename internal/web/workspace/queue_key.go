// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"sync"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// keyMap is what "?" opens: the same list on every page of this face.
func keyMap(fr page.Frame) templ.Component {
	return keyMaps()[keySheet{fr.Lang, mayLead(access.Actor{Kind: access.Person, Role: fr.Person.Role})}]
}

// mayLead says who has the board, its place in the navigation and its key.
func mayLead(by access.Actor) bool { return access.Can(by, access.LeadRead, access.Object{}) == nil }

// keySheet is what a list of keys depends on.
type keySheet struct {
	lang  i18n.Lang
	leads bool
}

// keyMaps are the same on every page: constants of the binary that are only expensive to write
// down.
var keyMaps = sync.OnceValue(func() map[keySheet]templ.Component { //nolint:gochecknoglobals // no state, see above
	out := map[keySheet]templ.Component{}
	for _, lang := range i18n.Langs() {
		for _, leads := range []bool{false, true} {
			out[keySheet{lang, leads}] = ui.Once(ui.KeyMap(lang, keyGroups(page.Frame{Lang: lang}, leads)))
		}
	}
	return out
})

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
