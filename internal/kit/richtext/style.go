// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"strings"
)

// maxStyle bounds one style attribute in bytes; a longer one is dropped whole.
const maxStyle = 2000

// cleanStyle keeps the declarations that only change how the element itself
// looks. It knows no CSS grammar, because it needs none: a value may hold
// letters, digits and a few signs, and of functions only the notations of a
// colour. Without backslash, quote, slash, @, and with no other parenthesis,
// there is no url(), no var(), no escape and no comment to be misread.
func cleanStyle(style string) string {
	if len(style) > maxStyle {
		return ""
	}
	var kept []string
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, found := strings.Cut(declaration, ":")
		if !found {
			continue
		}
		property = strings.ToLower(strings.TrimSpace(property))
		value = strings.ToLower(strings.Join(strings.Fields(value), " "))
		if rest, ok := strings.CutSuffix(value, "!important"); ok {
			value = strings.TrimSpace(rest)
		}
		if harmlessProperty(property) && harmlessValue(value) {
			kept = append(kept, property+": "+value)
		}
	}
	return strings.Join(kept, "; ")
}

// harmlessProperty lists what may be styled. Nothing here moves an element out
// of its place, loads anything, hides text or runs over time.
func harmlessProperty(name string) bool {
	switch name {
	case "color", "background-color", "background",
		"font-weight", "font-style", "font-size", "font-family", "font-variant",
		"text-align", "text-decoration", "text-decoration-line", "text-indent", "text-transform",
		"vertical-align", "white-space", "line-height", "letter-spacing", "word-break", "overflow-wrap", "direction",
		"padding", "padding-top", "padding-right", "padding-bottom", "padding-left",
		"margin", "margin-top", "margin-right", "margin-bottom", "margin-left",
		"width", "max-width", "height", "max-height",
		"border", "border-top", "border-right", "border-bottom", "border-left", "border-color", "border-style",
		"border-width", "border-collapse", "border-spacing", "border-radius", "list-style-type":
		return true
	}
	return false
}

// harmlessValue accepts words, numbers, colours and lists of them.
func harmlessValue(v string) bool {
	if v == "" || len(v) > 200 {
		return false
	}
	depth := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte(" .,#%-+_", c) >= 0:
		case c == '(':
			before := v[:i]
			if depth > 0 || !endsInColour(before) {
				return false
			}
			depth++
		case c == ')':
			depth--
			if depth < 0 {
				return false
			}
		default:
			return false
		}
	}
	// A negative length would pull the element over its neighbours.
	return depth == 0 && !strings.HasPrefix(v, "-") && !strings.Contains(v, " -")
}

// endsInColour reports whether the text ends in the name of a colour function.
func endsInColour(s string) bool {
	name := s[strings.LastIndexAny(s, " ,")+1:]
	return name == "rgb" || name == "rgba" || name == "hsl" || name == "hsla"
}
