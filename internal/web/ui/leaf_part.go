// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// This file holds the parts that a ticket page has by the dozen, written by hand as those of
// leaf.go are, and for the same reason.

// Button is what does or leads.
func Button(b Btn) templ.Component { return leaf(func(p *pen) { p.button(b) }) }

func (p *pen) button(b Btn) {
	if b.Href != "" {
		p.raw("<a")
		p.attr("href", string(templ.URL(b.Href)))
		p.class("btn", b.Class)
		p.looks(b)
		p.raw(">")
		p.buttonInside(b)
		p.raw("</a>")
		return
	}
	p.raw("<button")
	p.attr("type", b.kind())
	p.class("btn", b.Class)
	if b.Name != "" {
		p.attr("name", b.Name)
		p.attr("value", b.Value)
	}
	p.flag("disabled", b.Off)
	p.looks(b)
	p.raw(">")
	p.buttonInside(b)
	p.raw("</button>")
}

// looks writes what a button, a link that looks like one and the sign of a menu have in common.
func (p *pen) looks(b Btn) {
	if b.Variant != "" {
		p.attr("data-variant", b.Variant)
	}
	if b.Size != "" {
		p.attr("data-size", b.Size)
	}
	if b.bare() {
		p.attr("aria-label", b.Label)
	}
	if b.Key != "" {
		p.attr("data-key", b.Key)
		if s := shortcuts(b.Key); s != "" {
			p.attr("aria-keyshortcuts", s)
		}
	}
	if len(b.Attrs) > 0 {
		p.spread(b.Attrs)
	}
}

func (p *pen) buttonInside(b Btn) {
	if b.Icon != "" {
		p.icon(b.Icon, b.iconSize())
	}
	if b.bare() {
		return
	}
	p.raw("<span>")
	p.text(b.Label)
	p.raw("</span>")
	if b.Key != "" && !b.NoKey {
		p.raw(" ")
		p.keys(b.Key)
	}
}

// summary is the sign of a menu, which looks like a button.
func summary(b Btn) templ.Component {
	return leaf(func(p *pen) {
		p.raw("<summary")
		p.class("btn", b.Class)
		p.looks(b)
		p.raw(">")
		p.buttonInside(b)
		p.raw("</summary>")
	})
}

// navItem leads to a list or a page.
func navItem(item NavItem) templ.Component {
	return leaf(func(p *pen) {
		p.raw("<a")
		p.attr("href", string(templ.URL(item.Href)))
		p.class("ni", on(item.Current, "on"), on(item.Rail, "rl"))
		if item.Current {
			p.raw(` aria-current="page"`)
		}
		p.flag("data-dot", item.Dot)
		if item.Key != "" {
			p.attr("data-key", item.Key)
		}
		p.raw(">")
		p.icon(item.Icon, "")
		p.span("lb truncate", item.Label)
		if item.Count != "" {
			p.raw(" <span")
			p.class("c num", item.Tone)
			p.raw(">")
			p.text(item.Count)
			p.raw("</span>")
		}
		p.raw("</a>")
	})
}

// SlimLine is one ticket of a SlimList.
func SlimLine(lang i18n.Lang, r SlimRow) templ.Component {
	return leaf(func(p *pen) {
		p.raw(`<a class="slim"`)
		p.attr("href", string(templ.URL(r.Href)))
		p.raw(" data-row")
		if r.Current {
			p.raw(` aria-current="page"`)
		}
		p.raw(`><span class="flex items-center gap-1 text-sm font-medium">`)
		p.span("truncate", r.Problem)
		if r.Locked {
			p.raw(`<span class="ml-auto text-fg3">`)
			p.icon("lock", "xs")
			p.raw("</span>")
		}
		p.raw(`</span><span class="mt-0.5 flex items-center gap-2 text-xs text-fg3"><span`)
		p.class(priorityClass(r.Priority))
		p.raw(">", priorityText(r.Priority), "</span> ")
		p.span("truncate", r.Requester)
		p.raw(" ")
		p.countdown(lang, r.Clock, "ml-auto shrink-0 slimdue")
		p.raw("</span></a>")
	})
}

// label names a field.
func label(lang i18n.Lang, f Field) templ.Component {
	return leaf(func(p *pen) {
		p.raw("<div")
		p.class("lb", on(f.HideLabel, "sr-only"))
		p.raw("><label")
		p.attr("for", f.id())
		p.raw(">")
		p.text(f.Label)
		p.raw("</label>")
		p.labelRest(lang, f)
		p.raw("</div>")
	})
}

func labelRest(lang i18n.Lang, f Field) templ.Component {
	return leaf(func(p *pen) { p.labelRest(lang, f) })
}

func (p *pen) labelRest(lang i18n.Lang, f Field) {
	if f.Optional {
		p.span("font-normal text-fg3", i18n.T(lang, "ui.optional"))
		p.raw(" ")
	}
	if f.Clause.ID != "" {
		p.raw(`<span class="ml-auto">`)
		p.norm(f.Clause)
		p.raw("</span>")
	}
}

// below says what helps to fill a field in, and what is wrong with what stands there.
func below(f Field) templ.Component {
	return leaf(func(p *pen) {
		if f.Help != "" {
			p.raw(`<p class="hp"`)
			p.attr("id", f.id()+"-help")
			p.raw(">")
			p.text(f.Help)
			p.raw("</p>")
		}
		if f.Error != "" {
			p.raw(`<p class="er"`)
			p.attr("id", f.id()+"-error")
			p.raw(">")
			p.icon("circle-alert", "s")
			p.raw("<span>")
			p.text(f.Error)
			p.raw("</span></p>")
		}
	})
}

// choices are those of a Select.
func choices(f Field) templ.Component {
	return leaf(func(p *pen) {
		if f.Empty != "" {
			p.raw(`<option value="">`)
			p.text(f.Empty)
			p.raw("</option>")
		}
		for _, o := range f.Options {
			p.raw("<option")
			p.attr("value", o.Value)
			p.flag("selected", f.has(o.Value))
			p.flag("disabled", o.Off)
			if o.Keys != "" {
				p.attr("data-keys", o.Keys)
			}
			p.raw(">")
			p.text(o.Label)
			p.raw("</option>")
		}
	})
}

// Plain writes text as it was typed, line for line; a code in it stays in one piece.
func Plain(text string) templ.Component {
	return leaf(func(p *pen) {
		p.raw(`<p class="plain">`)
		p.put(Coded(text))
		p.raw("</p>")
	})
}

// MessageCard is one message of a thread.
func MessageCard(lang i18n.Lang, m Message) templ.Component {
	return leaf(func(p *pen) {
		p.raw("<article")
		p.class("msg", m.class())
		p.attr("id", m.ID)
		p.flag("data-fresh", m.Fresh)
		p.flag("data-own", m.Author.Me)
		if m.Heard > 0 {
			p.attr("data-heard", strconv.Itoa(m.Heard))
		}
		p.attr("aria-label", i18n.T(lang, "ui.message_"+m.kind(), "Name", m.Author.Name))
		p.raw("><header>")
		p.messageSign(m)
		p.raw("<b>")
		if m.Title != "" {
			p.text(m.Title)
		} else {
			p.text(m.Author.Name)
		}
		p.raw("</b> ")
		switch m.Kind {
		case Public:
			p.chip(Brand, "", i18n.T(lang, "ui.public_reply"))
		case Note:
			p.span("kind font-semibold", i18n.T(lang, "ui.internal_note"))
			p.raw(" ")
		}
		if m.Via != "" {
			p.raw("<span>")
			p.text(m.Via)
			p.raw("</span> ")
		}
		p.time(m.When)
		if m.Locked || m.Aside != nil {
			p.raw(`<span class="ml-auto flex items-center gap-2">`)
			p.put(m.Aside)
			if m.Locked {
				p.raw(`<span class="flex items-center gap-1">`)
				p.icon("quote", "xs")
				p.span("desk-only", i18n.T(lang, "ui.own_words"))
				p.raw(" ")
				p.span("phone-only", i18n.T(lang, "ui.own_words_short"))
				p.raw("</span>")
			}
			p.raw("</span>")
		}
		p.raw(`</header><div class="bd">`)
		p.put(m.Body)
		p.raw("</div>")
		if len(m.Files) > 0 || m.Foot != nil {
			p.raw(`<div class="ft">`)
			for _, f := range m.Files {
				p.put(FileChip(lang, f))
			}
			p.put(m.Foot)
			p.raw("</div>")
		}
		p.raw("</article>")
	})
}

func (p *pen) messageSign(m Message) {
	switch m.Kind {
	case Public:
		p.icon("send", "s")
	case Call:
		p.icon("phone-outgoing", "s")
	case Note:
		p.icon("eye-off", "s")
	default:
		p.avatar(m.Author, "s")
	}
}

// Clue is a fact in a message that leads to the tickets which have it too (N16).
type Clue struct{ Icon, Kind, Text, Href string }

// Clues stand under a message.
func Clues(list []Clue) templ.Component {
	return leaf(func(p *pen) {
		p.raw(`<span class="flex min-w-0 flex-wrap items-center gap-1.5">`)
		for _, c := range list {
			p.raw(`<a class="chip line num max-w-full"`)
			p.attr("href", string(templ.URL(c.Href)))
			p.attr("title", c.Kind)
			p.raw(">")
			p.icon(c.Icon, "xs")
			p.span("sr-only", c.Kind)
			p.raw(" ")
			p.span("truncate", c.Text)
			p.raw("</a>")
		}
		p.raw("</span>")
	})
}
