// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Btn is a button, or with Href a link that looks like one. One button of a
// region is primary; its Variant is "".
type Btn struct {
	Label   string
	Icon    string
	Variant string // "", "outline", "ghost", "note", "danger"
	Size    string // "", "sm", "xs", "lg", and without visible words "icon", "icon-sm"
	Href    string
	Type    string // "submit" unless said otherwise
	Name    string
	Value   string
	Key     string // keyboard: "a", "g l", "ctrl+enter"
	NoKey   bool   // the key works, but is not printed
	// Off disables the button; the page says the reason beside it.
	Off   bool
	Class string
	Attrs templ.Attributes
}

func (b Btn) bare() bool { return b.Size == "icon" || b.Size == "icon-sm" }

func (b Btn) kind() string {
	if b.Type == "" {
		return "submit"
	}
	return b.Type
}

// Command names a control for the command palette, which else calls it by its own words: in the
// reader's language, and in the others for whoever thinks in one of them.
func Command(lang i18n.Lang, key string) templ.OrderedAttributes {
	var also []string
	for _, l := range i18n.Langs() {
		if l != lang {
			also = append(also, i18n.T(l, key))
		}
	}
	return templ.OrderedAttributes{{Key: "data-said", Value: i18n.T(lang, key)}, {Key: "data-also", Value: strings.Join(also, " ")}}
}

// iconSize keeps an icon in proportion to its button.
func (b Btn) iconSize() string {
	switch b.Size {
	case "xs":
		return "xs"
	case "icon":
		return "l"
	}
	return ""
}

// The tones of a Chip. Colour never speaks alone: the words say it too.
const (
	Neutral = ""
	Line    = "line"
	Brand   = "brand"
	OK      = "ok"
	Warn    = "warn"
	Danger  = "danger"
	Solid   = "solid" // a major incident and nothing else
)

// priorityClass returns the look of P1 to P4; anything else is not graded yet.
func priorityClass(p int) string {
	switch p {
	case 1, 2, 3, 4:
		return "p" + string(rune('0'+p))
	}
	return "p0"
}

func priorityText(p int) string {
	if p < 1 || p > 4 {
		return "–"
	}
	return "P" + string(rune('0'+p))
}
