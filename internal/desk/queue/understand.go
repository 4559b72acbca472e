// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Names looks up what people call things.
type Names interface {
	// Find returns the keys of what a word names: of the whole name where one is it, else of
	// every name that it is a part of.
	Find(ctx context.Context, t Type, word string) ([]int64, error)
	// Label returns the name of what has a key; "" where nothing has.
	Label(ctx context.Context, t Type, key int64, lang string) string
}

// Offers are names that can also be listed, for whoever is still typing one.
type Offers interface {
	Names
	// Offer lists up to most names of what a filter can ask for now that hold a word.
	Offer(ctx context.Context, t Type, word, lang string, most int) ([]string, error)
}

// What stands for a person or a group without naming one.
const (
	Me   = "me"   // the reader
	Mine = "mine" // the groups that the reader works in
	None = "none" // nobody, nothing
)

// Understand reads a filter as people write it and looks its names up.
func Understand(ctx context.Context, text string, names Names) (Tree, error) {
	t, err := Parse(text)
	if err != nil {
		return Tree{}, err
	}
	return Settle(ctx, t, names)
}

// Question reads what was typed into a search. It is the language of filters, with two fields
// more; where no field is named it is words as people write them: not responding, Error: disk
// full and a bracket that nobody closes mean themselves.
func Question(text string) (Tree, error) {
	t, err := parse(text, formal)
	if err == nil && t.asks() || namesField(text) {
		return t, err
	}
	if t, err = parse(text, plain); err == nil || slices.Contains([]string{"queue.long", "queue.many", "queue.field_unknown", "queue.value_missing"}, keyOfError(err)) {
		return t, err
	}
	text = strings.Map(unbracketed, clean(text)) // what joins nothing is a word
	if strings.TrimSpace(text) == "" {
		return All(), nil
	}
	return parse(text, loose)
}

func unbracketed(r rune) rune {
	if bracket(r) != 0 {
		return ' '
	}
	return r
}

func keyOfError(err error) string {
	if e := errs.As(err); e != nil {
		return e.Key
	}
	return ""
}

// namesField reports whether a text names a field that there is, so that what cannot be read in it is
// a slip and not a sentence.
func namesField(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || bracket(r) != 0 || closing(r) != 0 }) {
		name, _, colon := strings.Cut(strings.ReplaceAll(word, "：", ":"), ":")
		if _, known := specs[fold(strings.TrimPrefix(name, "-"))]; known && colon {
			return true
		}
	}
	return false
}

// SettleQuestion brings the values of a question to the form in which filters have theirs, and
// keeps which words stand in marks.
func SettleQuestion(ctx context.Context, t Tree, names Names) (Tree, error) {
	return settler{names: names, question: true}.tree(ctx, t)
}

// settler brings values to the form in which filters are stored.
type settler struct {
	names    Names
	question bool
}

// Asks reports whether a text asks for more than words: it names a field. What cannot be read asks
// too, so that whoever typed it is told why.
func Asks(text string) bool {
	t, err := Parse(text)
	if err != nil {
		return strings.ContainsAny(text, ":：")
	}
	return t.asks()
}

func (t Tree) asks() bool {
	if t.Op == Leaf {
		return t.Cond.Field != Words && t.Cond.Field != ""
	}
	return slices.ContainsFunc(t.Kids, Tree.asks)
}

// Settle brings every value to the form in which filters are stored.
func Settle(ctx context.Context, t Tree, names Names) (Tree, error) {
	return settler{names: names}.tree(ctx, t)
}

func (x settler) tree(ctx context.Context, t Tree) (Tree, error) {
	if t.Op == Leaf {
		c, err := x.cond(ctx, t.Cond)
		return Tree{Cond: c}, err
	}
	kids := make([]Tree, 0, len(t.Kids))
	for _, k := range t.Kids {
		k, err := x.tree(ctx, k)
		if err != nil {
			return Tree{}, err
		}
		kids = append(kids, k)
	}
	t.Kids = kids
	return t, t.Check()
}

func (x settler) cond(ctx context.Context, c Cond) (Cond, error) {
	if err := c.check(); err != nil {
		return c, err
	}
	s, _ := SpecOf(c.Field)
	if s.Indexed && !x.question {
		return c, c.wrong("queue.search_only", "Name", c.name())
	}
	var values []string
	for _, v := range c.Values {
		list, err := c.settle(ctx, s, v, x.names)
		if err != nil {
			return c, err
		}
		for _, one := range list {
			if !slices.Contains(values, one) {
				values = append(values, one)
			}
		}
	}
	c.Values = values
	if err := c.check(); err != nil || x.question {
		return c, err
	}
	return Cond{Field: c.Field, Cmp: c.Cmp, Values: values}, nil
}

// settle returns what is stored for one value.
func (c Cond) settle(ctx context.Context, s Spec, v string, names Names) ([]string, error) {
	bad := c.wrong("queue.value_unknown", "Name", c.name(), "Value", v)
	v = strings.TrimSpace(v)
	switch s.Type {
	case Enum, Yes:
		if code := s.code(v); code != "" {
			return []string{code}, nil
		}
		return nil, c.wrong("queue.value_unknown", "Name", c.name(), "Value", v, "Case", "listed", "Values", s.all(c.lang()))
	case Contains:
		if v = strings.Join(strings.Fields(unmarked(v)), " "); v == "" {
			return nil, bad
		}
		return []string{v}, nil
	case Ago, Left:
		if d, ok := stretch(v); ok {
			return []string{d}, nil
		}
		return nil, c.wrong("queue.stretch", "Name", c.name(), "Value", v)
	case Day:
		if d, ok := day(v); ok {
			return []string{d}, nil
		}
		return nil, c.wrong("queue.day", "Name", c.name(), "Value", v)
	case Count:
		if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 1000 {
			return []string{strconv.Itoa(n)}, nil
		}
		return nil, bad
	}
	if word := s.stands(v); word != "" {
		return []string{word}, nil
	}
	if key, ok := keyOf(v); ok {
		return []string{"#" + strconv.FormatInt(key, 10)}, nil
	}
	if names == nil {
		return nil, bad
	}
	keys, err := names.Find(ctx, s.Type, v)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, bad
	}
	var out []string
	for _, k := range keys {
		out = append(out, "#"+strconv.FormatInt(k, 10))
	}
	if len(out) > MaxValues {
		return nil, c.wrong("queue.value_many", "Name", c.name(), "Value", v)
	}
	return out, nil
}

// stands returns what a word stands for without naming one; "" where it names.
func (s Spec) stands(v string) string {
	switch v = fold(v); {
	case s.Type == Team && slices.Contains([]string{Mine, "我的", "我的组", "my groups", "my"}, v):
		return Mine
	case (s.Type == Person || s.Type == Anyone) && (v == Me || v == "我"):
		return Me
	case s.Type != Anyone && slices.Contains([]string{None, "nobody", "无", "没有", "未分配"}, v):
		return None
	}
	return ""
}

func keyOf(v string) (int64, bool) {
	digits, ok := strings.CutPrefix(v, "#")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, ok && err == nil && n > 0
}

// stretch reads 90m, 4h, 3d, 2w, in either language.
func stretch(v string) (string, bool) {
	v = fold(v)
	digits := strings.TrimRight(v, strings.TrimLeft(v, "0123456789"))
	n, err := strconv.Atoi(digits)
	if err != nil || n > 9999 {
		return "", false
	}
	for unit, words := range map[string][]string{
		"m": {"m", "min", "minute", "minutes", "分", "分钟"}, "h": {"h", "hour", "hours", "时", "小时"},
		"d": {"d", "day", "days", "天", "日"}, "w": {"w", "week", "weeks", "周"},
	} {
		if slices.Contains(words, strings.TrimSpace(strings.TrimPrefix(v, digits))) {
			return strconv.Itoa(n) + unit, true
		}
	}
	return "", false
}

// Stretch is how long a stored stretch of time is.
func Stretch(v string) time.Duration {
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v[:len(v)-1])
	if err != nil {
		return 0
	}
	unit := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[v[len(v)-1]]
	return time.Duration(n) * unit
}

// day reads today, yesterday, 7d (within the last seven days), 2026-01-31, 2026-01 and 2026.
func day(v string) (string, bool) {
	v = strings.ReplaceAll(fold(v), "/", "-")
	switch v {
	case "today", "今天":
		return "today", true
	case "yesterday", "昨天":
		return "yesterday", true
	}
	if d, ok := stretch(v); ok && strings.HasSuffix(d, "d") && d != "0d" && len(d) <= 4 {
		return d, true
	}
	for _, layout := range []string{"2006-1-2", "2006-1", "2006"} {
		if at, err := time.Parse(layout, v); err == nil && at.Year() >= 1970 && at.Year() < 3000 {
			return at.Format(dated(layout)), true
		}
	}
	return "", false
}

// dated is the layout in which a date is stored.
func dated(layout string) string {
	switch layout {
	case "2006-1-2":
		return "2006-01-02"
	case "2006-1":
		return "2006-01"
	}
	return "2006"
}

// span is the stretch that a stored date names, in a time zone.
func span(v string, now time.Time) (from, to time.Time) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case v == "today":
		return midnight, midnight.AddDate(0, 0, 1)
	case v == "yesterday":
		return midnight.AddDate(0, 0, -1), midnight
	case strings.HasSuffix(v, "d"):
		n, _ := strconv.Atoi(strings.TrimSuffix(v, "d"))
		return midnight.AddDate(0, 0, 1-n), now.AddDate(0, 0, 1)
	}
	for _, l := range []struct {
		layout  string
		y, m, d int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if at, err := time.ParseInLocation(l.layout, v, now.Location()); err == nil {
			return at, at.AddDate(l.y, l.m, l.d)
		}
	}
	return now, now
}

// Say writes a stored filter in a reader's language. A name stands for a key where it means that
// key alone; otherwise the key itself does.
func Say(ctx context.Context, t Tree, lang string, names Names) string {
	return t.Write(lang, func(s Spec, v string) string {
		switch v {
		case Me, Mine, None:
			return standsFor(v, lang)
		}
		key, ok := keyOf(v)
		if !ok {
			return v
		}
		label := names.Label(ctx, s.Type, key, lang)
		if label == "" || label != unmarked(label) || s.stands(label) != "" {
			return v
		}
		if found, err := names.Find(ctx, s.Type, label); err != nil || !slices.Equal(found, []int64{key}) {
			return v
		}
		return label
	})
}

// errGone is what a reader learns of a view that is not theirs: that there is none (S24).
func errGone() error { return errs.New(errs.NotFound, "queue.not_found") }
