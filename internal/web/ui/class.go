// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// class is the attribute of that name, for an element with several classes that a page holds
// many times. The way of templ keeps two tables for each element, to leave out what stands
// twice and to write the styles of its own kind, of which we have neither.
func class(names ...string) templ.OrderedAttributes {
	var b strings.Builder
	for _, name := range names {
		if name == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name)
	}
	return templ.OrderedAttributes{{Key: "class", Value: b.String()}}
}

// on is a class that an element has while something holds.
func on(holds bool, name string) string {
	if holds {
		return name
	}
	return ""
}
