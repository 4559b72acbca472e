// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// shownClues bounds the facts that stand under one message, readText the part of it that is read.
const (
	shownClues = 8
	readText   = 6000
)

// cluesKept bounds, in bytes and twice, the facts that are kept of texts that were shown.
const cluesKept = 2 << 20

// cluesIn are the facts in a text. Messages are read again and again and never change.
func (f *Faces) cluesIn(text string) []clue.Clue {
	list, known := f.found.Get(text)
	if !known {
		list = clue.Find(text)
		list = slices.Clone(list[:min(len(list), shownClues)])
		f.found.Put(text, list, len(text)+128*(1+len(list)))
	}
	return list
}

// clues are the facts in a message, each of which leads to the tickets that have it too (N16);
// nil where there is none.
func (s *sheet) clues(text string) templ.Component {
	if len(text) > readText {
		text = text[:readText]
	}
	list := s.f.cluesIn(text)
	if len(list) == 0 {
		return nil
	}
	return s.clueChips(list)
}

// clueChips show facts, each with the way to the tickets that have it too.
func (s *sheet) clueChips(list []clue.Clue) templ.Component {
	chips := make([]ui.Clue, 0, len(list))
	for _, c := range list {
		chips = append(chips, ui.Clue{Icon: clueIcon(c), Kind: s.T("workticket.clue_" + string(c.Kind)), Text: c.Text, Href: clueSearch(c)})
	}
	return ui.Clues(chips)
}

func clueIcon(c clue.Clue) string {
	switch c.Kind {
	case clue.Code:
		return "circle-alert"
	case clue.Page:
		return "link"
	case clue.Host, clue.Address:
		return "server"
	case clue.Device:
		return "monitor"
	case clue.Version:
	}
	return "tag"
}

// clueSearch is the address of the tickets that have the same fact.
func clueSearch(c clue.Clue) string {
	return "/work/search?q=" + url.QueryEscape(`fact:"`+c.Text+`"`)
}
