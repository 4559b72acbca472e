// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"sync"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// keyMap is what "?" opens: the same list on every page of this face.
func keyMap(fr page.Frame) templ.Component { return keyMaps()[fr.Lang] }

// keyMaps are the same on every page: a constant of the binary that is only expensive to write
// down.
var keyMaps = sync.OnceValue(func() map[i18n.Lang]templ.Component { //nolint:gochecknoglobals // no state, see above
	out := map[i18n.Lang]templ.Component{}
	for _, lang := range i18n.Langs() {
		out[lang] = ui.Once(ui.KeyMap(lang, keyGroups(page.Frame{Lang: lang})))
	}
	return out
})

func keyGroups(fr page.Frame) []ui.KeyGroup {
	said := func(pairs ...string) []ui.KeyWord {
		var out []ui.KeyWord
		for i := 0; i+1 < len(pairs); i += 2 {
			out = append(out, ui.KeyWord{Key: pairs[i], Label: fr.T("work.key_" + pairs[i+1])})
		}
		return out
	}
	return []ui.KeyGroup{
		{Title: fr.T("work.keys_list"), Keys: said(
			"j", "down", "k", "up", "enter", "open", "space", "peek", "x", "pick", "r", "reply", "n", "note", "e", "resolve", "/", "filter", "g l", "next", "c", "new")},
		{Title: fr.T("work.keys_picked"), Keys: said("a", "assign", "t", "hand_over", "p", "priority", "m", "merge", "h", "hold", "escape", "unpick")},
		{Title: fr.T("work.keys_ticket"), Keys: said(
			"r", "reply", "n", "note", "a", "assign", "t", "hand_over", "p", "priority", "y", "triage", "i", "diagnose", "b", "runbook", "h", "hold", "e", "resolve", "m", "merge", "d", "split", "v", "device", "o", "visit", "w", "watch", "l", "link", "u", "progress", "s", "approval", "ctrl+enter", "send", "z", "take_back", "escape", "close")},
		{Title: fr.T("work.keys_go"), Keys: said("g q", "queue", "g i", "inbox", "g m", "mine", "g n", "look", "g r", "report", "g e", "scores", "g p", "phone", "g w", "promises", "g s", "approvals", "g b", "board", "g f", "problems", "g v", "visits", "g d", "devices", "g a", "announcements", "?", "all")},
	}
}
