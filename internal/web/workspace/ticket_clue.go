// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/clue"
)

// shownClues bounds the facts that stand under one message, readText the part of it that is read.
const (
	shownClues = 8
	readText   = 6000
)

// clues are the facts in a message, each of which leads to the tickets that have it too (N16);
// nil where there is none.
func (s *sheet) clues(text string) templ.Component {
	if len(text) > readText {
		text = text[:readText]
	}
	list := clue.Find(text)
	if len(list) == 0 {
		return nil
	}
	return clueChips(s, list[:min(len(list), shownClues)])
}

// clueSearch is the address of the tickets that have the same fact.
func clueSearch(c clue.Clue) string {
	return "/work/search?" + url.Values{"q": {`fact:"` + c.Text + `"`}}.Encode()
}
