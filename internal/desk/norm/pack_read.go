// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func itoa(n int) string { return strconv.Itoa(n) }

// sortedKeys are the clauses that are written, N2 before N10.
func sortedKeys(files map[string]clauseFile) []string {
	return slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		if d := number(a) - number(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

func number(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "N"))
	if err != nil {
		return 0
	}
	return n
}

// reader gathers what is wrong with a text, with its lines.
type reader struct {
	text  []string
	wrong []errs.FieldError
}

func (r *reader) bad(line int, key string, args ...any) {
	r.wrong = append(r.wrong, errs.FieldError{Name: "pack", Key: key, Args: append([]any{"Line", line}, args...)})
}

// unreadable says on which line a text is no TOML.
func unreadable(_ string, err error) error {
	var at toml.ParseError
	if errors.As(err, &at) {
		return errs.Field("pack", "norm.pack_unreadable", "Line", at.Position.Line, "Detail", at.Message)
	}
	return errs.Field("pack", "norm.pack_unreadable", "Line", 1, "Detail", err.Error())
}

// line finds where a clause begins, or a key in it; 1 where it is written in another way.
func (r *reader) line(key ...string) int {
	at := 0
	for i, l := range r.text {
		l = strings.TrimSpace(l)
		if at == 0 && (l == "["+key[0]+"]" || strings.HasPrefix(l, key[0]+".") || strings.HasPrefix(l, key[0]+" ") || strings.HasPrefix(l, "["+key[0]+".")) {
			if at = i + 1; len(key) == 1 {
				return at
			}
			continue
		}
		if at > 0 && strings.HasPrefix(l, "[") {
			break
		}
		if at > 0 && strings.HasPrefix(l, key[1]) {
			return i + 1
		}
	}
	return max(at, 1)
}

// clause writes what is said of a clause over it.
func (r *reader) clause(c Clause, f clauseFile) Clause {
	c.Own, c.Off = true, f.Off
	c.Title, c.Text = maps.Clone(c.Title), maps.Clone(c.Text)
	c.words(f)
	for _, x := range []struct {
		key, text string
		most      int
	}{{"title", f.Title, maxTitle}, {"title_en", f.TitleEN, maxTitle}, {"text", f.Text, maxClause}, {"text_en", f.TextEN, maxClause}} {
		if utf8.RuneCountInString(x.text) > x.most {
			r.bad(r.line(c.ID, x.key), "norm.pack_text_long", "Clause", c.ID, "Max", x.most)
		}
	}
	if f.Off && mildest(c.ID) != Hint {
		r.bad(r.line(c.ID, "off"), "norm.pack_needed", "Clause", c.ID)
	}
	if f.Strict != nil {
		r.strict(&c, f.Strict)
	}
	if f.Limit != nil {
		switch {
		case c.Limit == 0:
			r.bad(r.line(c.ID, "limit"), "norm.pack_no_limit", "Clause", c.ID)
		case *f.Limit < 1 || *f.Limit > maxLimit:
			r.bad(r.line(c.ID, "limit"), "norm.pack_limit", "Clause", c.ID, "Max", maxLimit)
		default:
			c.Limit = *f.Limit
		}
	}
	if when := strings.TrimSpace(f.When); when != "" {
		if mildest(c.ID) == Blocked {
			r.bad(r.line(c.ID, "when"), "norm.pack_needed", "Clause", c.ID)
		}
		counts, err := compile(when)
		if err != nil {
			r.bad(r.line(c.ID, "when"), "norm.pack_rule", "Clause", c.ID, "Detail", err.Error())
		}
		c.When, c.counts = when, counts
	}
	return c
}

// strict reads how strictly a gate stands: one word for every priority, or one for some.
func (r *reader) strict(c *Clause, v any) {
	line := r.line(c.ID, "strict")
	if c.Strict[0] == "" {
		r.bad(line, "norm.pack_no_gate", "Clause", c.ID)
		return
	}
	set := func(p triage.Priority, v any) {
		s, ok := v.(string)
		if !ok || !slices.Contains(Grades(), Strictness(s)) {
			r.bad(line, "norm.pack_grade", "Clause", c.ID, "Word", fmt.Sprint(v))
			return
		}
		if least := mildest(c.ID); slices.Index(Grades(), Strictness(s)) < slices.Index(Grades(), least) {
			r.bad(line, "norm.pack_too_mild", "Clause", c.ID, "Least", string(least))
			return
		}
		c.Strict[p-1] = Strictness(s)
	}
	switch v := v.(type) {
	case string:
		before := len(r.wrong)
		for p := triage.P1; p <= triage.P4; p++ {
			if set(p, v); len(r.wrong) > before {
				return // once is enough
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			p := triage.ParsePriority(name)
			if p == 0 {
				r.bad(line, "norm.pack_priority", "Clause", c.ID, "Word", name)
				continue
			}
			set(p, v[name])
		}
	default:
		r.bad(line, "norm.pack_grade", "Clause", c.ID, "Word", fmt.Sprint(v))
	}
}
