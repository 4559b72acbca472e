// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// This file holds the smallest components, of one element or two. A page has them by the
// hundred, and what templ does around each component costs more than writing so little: they
// are written by hand. Whatever is not a constant goes through text.

// pen writes a component and keeps the first failure.
type pen struct {
	ctx context.Context //nolint:containedctx // of the one rendering that the pen is for
	w   io.Writer
	s   io.StringWriter // the same, where it takes strings as they are
	err error
}

// raw writes parts of HTML as they are.
func (p *pen) raw(parts ...string) {
	for _, s := range parts {
		if p.err == nil && s != "" {
			if p.s != nil {
				_, p.err = p.s.WriteString(s)
			} else {
				_, p.err = io.WriteString(p.w, s)
			}
		}
	}
}

// text writes a value, safe within an element and within a quoted attribute.
func (p *pen) text(s string) { p.raw(templ.EscapeString(s)) }

// attr writes an attribute.
func (p *pen) attr(name, value string) {
	p.raw(" ", name, `="`)
	p.text(value)
	p.raw(`"`)
}

// class writes the attribute of that name, of those names that are not empty.
func (p *pen) class(first string, more ...string) {
	p.raw(` class="`)
	p.text(first)
	for _, name := range more {
		if name != "" {
			p.raw(" ")
			p.text(name)
		}
	}
	p.raw(`"`)
}

// put writes another component, nil is none.
func (p *pen) put(c templ.Component) {
	if c != nil && p.err == nil {
		p.err = c.Render(p.ctx, p.w)
	}
}

// flag writes an attribute that has no value, where it holds.
func (p *pen) flag(name string, holds bool) {
	if holds {
		p.raw(" ", name)
	}
}

// spread writes attributes that somebody else has put together.
func (p *pen) spread(a templ.Attributer) {
	if p.err == nil {
		p.err = templ.RenderAttributes(p.ctx, p.w, a)
	}
}

// span writes words in an element of a class.
func (p *pen) span(class, words string) {
	p.raw(`<span class="`, class, `">`)
	p.text(words)
	p.raw("</span>")
}

// leaf is a component that a pen writes.
func leaf(write func(*pen)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		p := pen{ctx: ctx, w: w}
		p.s, _ = w.(io.StringWriter)
		write(&p)
		return p.err
	})
}

// Chip is one word about something. Icon may be "".
func Chip(tone, icon, text string) templ.Component {
	return leaf(func(p *pen) { p.chip(tone, icon, text) })
}

func (p *pen) chip(tone, icon, text string) {
	p.raw("<span")
	p.class("chip num", tone)
	p.raw(">")
	if icon != "" {
		p.icon(icon, "xs")
	}
	p.text(text)
	p.raw("</span>")
}

// Priority shows P1 to P4; 0 is not graded yet.
func Priority(lang i18n.Lang, n int) templ.Component {
	return leaf(func(p *pen) {
		p.raw("<span")
		p.class("pri", priorityClass(n))
		if n < 1 || n > 4 {
			p.raw(` role="img"`)
			p.attr("aria-label", i18n.T(lang, "ui.not_graded"))
		}
		p.raw(">", priorityText(n), "</span>")
	})
}

// Avatar shows the sign of a person beside their name. Size is "s", "" or "l".
func Avatar(who Person, size string) templ.Component {
	return leaf(func(p *pen) { p.avatar(who, size) })
}

func (p *pen) avatar(who Person, size string) {
	p.raw("<span")
	if who.Name == "" {
		p.class("av none", size)
		p.raw(` aria-hidden="true"></span>`)
		return
	}
	p.class("av", size, on(who.Me, "me"))
	p.raw(` aria-hidden="true">`)
	p.text(Initial(who.Name))
	p.raw("</span>")
}

// Named is an avatar with its name.
func Named(who Person) templ.Component {
	return leaf(func(p *pen) {
		p.raw(`<span class="inline-flex min-w-0 items-center gap-1.5">`)
		p.avatar(who, "s")
		p.raw(`<span class="truncate">`)
		p.text(who.Name)
		p.raw("</span></span>")
	})
}

// Norm links to a clause of the standard.
func Norm(c Clause) templ.Component {
	return leaf(func(p *pen) { p.norm(c) })
}

func (p *pen) norm(c Clause) {
	element := "a"
	if c.Href == "" {
		element = "span"
	}
	p.raw("<", element, ` class="norm"`)
	if c.Href != "" {
		p.attr("href", string(templ.URL(c.Href)))
	}
	p.attr("title", c.Title)
	p.raw(">")
	p.text(c.ID)
	p.raw("</", element, ">")
}

// Time writes an instant.
func Time(w When) templ.Component {
	return leaf(func(p *pen) { p.time(w) })
}

func (p *pen) time(w When) {
	if w.ISO == "" {
		p.raw(`<span class="num">`)
		p.text(w.Text)
		p.raw("</span>")
		return
	}
	p.raw(`<time class="num"`)
	p.attr("datetime", w.ISO)
	p.attr("title", w.Full)
	p.raw(">")
	p.text(w.Text)
	p.raw("</time>")
}

// Keys prints a key as caps: "ctrl+enter" is one, "g l" are two.
func Keys(key string) templ.Component {
	return leaf(func(p *pen) { p.keys(key) })
}

func (p *pen) keys(key string) {
	for _, word := range keyWords(key) {
		p.raw(`<kbd class="kbd" aria-hidden="true">`)
		p.text(word)
		p.raw("</kbd>")
	}
}

// countdown is the time left, counted in place while the page is open.
func countdown(lang i18n.Lang, c Clock, look string) templ.Component {
	return leaf(func(p *pen) { p.countdown(lang, c, look) })
}

func (p *pen) countdown(lang i18n.Lang, c Clock, look string) {
	p.raw("<span")
	p.class("due num", look)
	if c.counts() {
		p.attr("data-due", millis(c.Due))
		p.attr("data-near", c.nearSeconds())
	}
	p.attr("data-state", c.state())
	p.raw(">")
	p.text(c.left(lang))
	p.raw("</span>")
}

// itemSign says by sign and colour whether an item of the rail is there.
func itemSign(item Item) templ.Component {
	return leaf(func(p *pen) {
		icon, tone := itemIcon(item.State)
		p.raw("<span")
		p.class(tone)
		p.raw(">")
		p.icon(icon, "s")
		p.raw("</span>")
	})
}
