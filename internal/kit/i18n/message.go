// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// text is one compiled form of a message: a plain string where nothing is filled
// in, else literal pieces with names between them, so that piece i is followed by
// the value of name i.
type text struct {
	plain  string
	pieces []string
	names  []string
}

// message is a compiled message: the form "other" and, where the language has
// it, the form "one". No language of the house has more.
type message struct {
	other text
	one   *text
}

// compile cuts a message into pieces; it refuses whatever is not {{.Name}}.
func compile(s string) (text, error) {
	if strings.TrimSpace(s) == "" {
		return text{}, fmt.Errorf("the text is empty")
	}
	var t text
	for {
		before, rest, found := strings.Cut(s, "{{")
		t.pieces = append(t.pieces, before)
		if !found {
			if len(t.names) == 0 {
				return text{plain: before}, nil
			}
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		if !closed || len(name) < 2 || name[0] != '.' || strings.ContainsAny(name[1:], ". |()\"") {
			return text{}, fmt.Errorf("only {{.Name}} may stand in a message: %q", s)
		}
		t.names = append(t.names, name[1:])
		s = after
	}
}

func compileMessage(m *goi18n.Message) (message, error) {
	other, err := compile(m.Other)
	if err != nil {
		return message{}, err
	}
	out := message{other: other}
	if m.One != "" {
		one, err := compile(m.One)
		if err != nil {
			return message{}, err
		}
		out.one = &one
	}
	return out, nil
}

// fill writes the values of args, pairs of name and value, between the pieces.
// A name without a value shows as ⟦name⟧, which no test lets pass.
func (t *text) fill(args []any) string {
	if len(t.names) == 0 {
		return t.plain
	}
	var room [128]byte // most messages are written where they stand
	b := room[:0]
	before := ""
	for i, piece := range t.pieces {
		after := ""
		if i < len(t.names) {
			after = value(args, t.names[i])
		}
		b = append(b, Beside(before, piece, after)...)
		b = append(b, after...)
		before = after
	}
	return string(b)
}

// Beside returns a piece as it stands between two values: a Chinese word has no space to a Chinese one,
// and has one to a Latin one. What a value begins and ends with is known only here: somebody is called
// 张三, or Tom Reed.
func Beside(before, piece, after string) string {
	if next, _ := utf8.DecodeRuneInString(strings.TrimPrefix(piece, " ")); unicode.Is(unicode.Han, next) {
		edge, _ := utf8.DecodeLastRuneInString(before)
		switch apart := piece[0] == ' '; {
		case apart && unicode.Is(unicode.Han, edge):
			piece = piece[1:]
		case !apart && unicode.Is(unicode.Latin, edge):
			piece = " " + piece
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(piece, " ")); unicode.Is(unicode.Han, last) {
		edge, _ := utf8.DecodeRuneInString(after)
		switch apart := piece[len(piece)-1] == ' '; {
		case apart && unicode.Is(unicode.Han, edge):
			piece = piece[:len(piece)-1]
		case !apart && unicode.Is(unicode.Latin, edge):
			piece += " "
		}
	}
	return piece
}

func value(args []any, name string) string {
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i].(string); ok && n == name {
			return show(args[i+1])
		}
	}
	return "⟦" + name + "⟧"
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// form picks the plural form for the argument "Count", if there is one.
func (m *message) form(tag language.Tag, args []any) *text {
	if m.one == nil {
		return &m.other
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != "Count" {
			continue
		}
		n, err := strconv.Atoi(show(args[i+1]))
		if err == nil && plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0) == plural.One {
			return m.one
		}
		break
	}
	return &m.other
}
