// SPDX-License-Identifier: Apache-2.0

package person

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Lines are several texts of one kind, a line each: further telephone numbers, devices.
type Lines string

// MaxLines is the greatest number of them.
const MaxLines = 10

// ReadLines reads what was typed with commas or line ends between: each once, in its order.
func ReadLines(s string) Lines {
	var out []string
	for _, x := range strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return strings.ContainsRune(",，、;；|\n\r", r) }) {
		if x = CleanName(x); x != "" && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return Lines(strings.Join(out, "\n"))
}

// List returns them one by one.
func (l Lines) List() []string {
	if l == "" {
		return nil
	}
	return strings.Split(string(l), "\n")
}

// Numbers returns every telephone number of somebody as it is written, the first one first.
func (p Person) Numbers() []string {
	var out []string
	if p.Phone != "" {
		out = append(out, p.Phone)
	}
	return append(out, p.Further.List()...)
}

// extension tells a number from the extension behind it: "55556000 转 6011", "分机 6011", "ext. 6011".
var extension = regexp.MustCompile(`(?i)(转|轉|分机|分機|内线|內線|ext\.?|extension|x|#|;ext=)\s*:?\s*`) //nolint:gochecknoglobals // a constant

// shortest is how many digits somebody types before a number is looked for.
const shortest = 3

// whole is from how many digits on a number is taken for one that is complete without the code of
// its town or country.
const whole = 7

// Dials returns the ways in which a number is dialled, in digits: without spaces, signs, full-width
// forms, and for Chinese numbers without 86 and the 0 before a mobile. A number with an extension
// is also its extension alone, and both together.
func Dials(s string) []string {
	parts := extension.Split(norm.NFKC.String(s), 2)
	var out []string
	add := func(d string) {
		if len(d) >= shortest && len(d) <= 20 && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	main := ""
	for _, group := range strings.FieldsFunc(parts[0], func(r rune) bool { return !strings.ContainsRune("0123456789+-() ./", r) }) {
		if d := plain(group); d != "" { // 3 号仓 8020 is two numbers, 021-5555 6000 is one
			main = d
			add(d)
		}
	}
	if len(parts) > 1 {
		ext := digits(parts[1])
		add(ext)
		if main != "" {
			add(main + ext)
		}
	}
	return out
}

// plain is a number in digits as it is dialled within the country.
func plain(s string) string {
	d := digits(s)
	for _, country := range []string{"0086", "86"} {
		rest, found := strings.CutPrefix(d, country)
		if found && (len(rest) == 11 && rest[0] == '1' || strings.Contains(s, "+") || country == "0086") {
			d = rest
			if !strings.HasPrefix(d, "0") && (len(d) != 11 || d[0] != '1') && len(d) >= 9 {
				d = "0" + d // a town's code
			}
			break
		}
	}
	if len(d) == 12 && strings.HasPrefix(d, "01") && d[2] >= '3' {
		d = d[1:] // 0 before a mobile of another province
	}
	return d
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// endsOf returns every end of a number by which somebody may look for it.
func endsOf(d string) []string {
	var out []string
	for i := 0; len(d)-i >= shortest; i++ {
		out = append(out, d[i:])
	}
	return out
}

// IsNumber reports whether what was typed is a telephone number rather than a name, and returns it
// in digits.
func IsNumber(s string) (string, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	if s == "" || len(s) > 40 || strings.Trim(extension.ReplaceAllString(s, ""), "0123456789+-() ./") != "" {
		return "", false
	}
	if list := Dials(s); len(list) > 0 {
		return list[len(list)-1], true
	}
	return "", false
}
