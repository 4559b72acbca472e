// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Icon draws a Lucide icon. Size is "xs" (12 px), "s" (14), "" (16) or "l" (20).
// Its colour and line come from the style of the class ic. It is hidden from assistive technology: the words beside it, or the label of
// the button around it, say what it means. A name that icons.txt does not list
// draws an empty square, and a test says so.
func Icon(name, size string) templ.Component {
	return leaf(func(p *pen) { p.icon(name, size) })
}

func (p *pen) icon(name, size string) {
	p.raw(`<svg`)
	p.class("ic", size)
	p.raw(` viewBox="0 0 24 24" aria-hidden="true">`, drawing(name), `</svg>`)
}

// HasIcon says whether icons.txt lists a drawing of this name.
func HasIcon(name string) bool { return drawing(name) != "" }

// Mark draws the sign of the house: a loop that closes with a tick.
func Mark() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<svg class="ic l mark" viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M19.5 9.2A8 8 0 1 0 20 12" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/><path d="m8.6 12.2 2.6 2.6 7.6-8.2" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`)
		return err
	})
}
