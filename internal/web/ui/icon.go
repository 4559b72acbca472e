// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Icon draws a Lucide icon. Size is "xs" (12 px), "s" (14), "" (16) or "l" (20).
// Its colour is that of the words around it, and its drawing comes with the style (assets/src/icons.mjs). It is empty
// for assistive technology: the words beside it, or the label of the button around it, say what it means. A name that
// icons.txt does not list draws a square, and a test says so.
func Icon(name, size string) templ.Component {
	return leaf(func(p *pen) { p.icon(name, size) })
}

func (p *pen) icon(name, size string) {
	p.raw(`<i`)
	p.class("ic", size, "i-"+name)
	p.raw(`></i>`)
}

// Mark draws the sign of the house: a loop that closes with a tick.
func Mark() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<svg class="ic l mark" viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M19.5 9.2A8 8 0 1 0 20 12" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/><path d="m8.6 12.2 2.6 2.6 7.6-8.2" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`)
		return err
	})
}
