// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// At is when, where and by which working hours words are read.
type At struct {
	Now      time.Time
	Zone     *time.Location    // UTC where nil
	Calendar calendar.Calendar // every minute counts where nil
}

// Found is a promised time and the words that promise it.
type Found struct {
	Due   time.Time
	Words string
}

// bounds of what is read and returned.
const (
	maxText = 20_000 // characters; nobody promises anything beyond
	maxLine = 400    // characters of one sentence; a longer one is a log or a list
	maxAway = 366 * 24 * time.Hour
	maxWord = 120 // characters of the words
)

// Find returns the times that the text promises, the earliest first, each time once.
func Find(text string, at At) []Found {
	if at.Zone == nil {
		at.Zone = time.UTC
	}
	if at.Calendar == nil {
		at.Calendar = calendar.Always{}
	}
	at.Now = at.Now.In(at.Zone)
	var out []Found
	for _, s := range sentences(own(text)) {
		if s.question() || utf8.RuneCountInString(s.text) > maxLine {
			continue
		}
		for _, f := range languageOf(s.text).promises(s.text, at) {
			if f.Due.After(at.Now) && !f.Due.After(at.Now.Add(maxAway)) {
				out = append(out, f)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return a.Due.Compare(b.Due) })
	return slices.CompactFunc(out, func(a, b Found) bool { return a.Due.Equal(b.Due) })
}

// First returns the promised time that comes first.
func First(text string, at At) (Found, bool) {
	if list := Find(text, at); len(list) > 0 {
		return list[0], true
	}
	return Found{}, false
}

// language reads the clauses of one language.
type language struct {
	clauses func(sentence string) []string
	moments func(clause string) []moment
	// offer finds the desk saying that it will do something, in a clause without its times.
	offer *regexp.Regexp
	// spared are words that look like a refusal and are none; they are taken out first.
	spared *regexp.Regexp
	// refused finds whatever makes a clause no promise.
	refused []*regexp.Regexp
	// filler are the words beside which a time stands alone: "最晚明天中午，…", "at the latest".
	filler *regexp.Regexp
}

func languageOf(s string) *language {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return &chinese
		}
	}
	return &english
}

// mark stands in a clause where a time stood.
const mark = "\u241F"

// clause is a part of a sentence, judged.
type clause struct {
	text    string
	moments []moment
	offers  bool // the desk will do something, and nothing speaks against it
	refuses bool
	bare    bool // nothing but times
}

func (l *language) judge(text string) clause {
	c := clause{text: text, moments: l.moments(text)}
	rest := masked(text, c.moments)
	said := l.spared.ReplaceAllString(rest, " ")
	c.refuses = slices.ContainsFunc(l.refused, func(re *regexp.Regexp) bool { return re.MatchString(said) })
	c.offers = !c.refuses && l.offer.MatchString(rest)
	left := l.filler.ReplaceAllString(strings.ReplaceAll(rest, mark, " "), " ")
	c.bare = len(c.moments) > 0 && strings.TrimFunc(left, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) == ""
	return c
}

// masked puts a mark in the place of every time.
func masked(text string, list []moment) string {
	var b strings.Builder
	last := 0
	for _, m := range list {
		if m.from < last {
			continue
		}
		b.WriteString(text[last:m.from])
		b.WriteString(mark)
		last = m.to
	}
	b.WriteString(text[last:])
	return b.String()
}

// promises reads a sentence. A time that stands alone belongs to the clause behind it, else to
// the one before: "最晚周五，我们给您答复".
func (l *language) promises(sentence string, at At) []Found {
	var list []clause
	for _, text := range l.clauses(sentence) {
		list = append(list, l.judge(text))
	}
	var out []Found
	for i, c := range list {
		words := c.text
		switch {
		case len(c.moments) == 0:
			continue
		case c.offers:
		case !c.bare:
			continue
		case i+1 < len(list) && list[i+1].offers:
			words += " " + list[i+1].text
		case i+1 < len(list) && list[i+1].refuses:
			continue
		case i > 0 && list[i-1].offers:
			words = list[i-1].text + " " + words
		default:
			continue
		}
		for _, m := range c.moments {
			if due, ok := m.due(at); ok {
				out = append(out, Found{due, shortened(words)})
			}
		}
	}
	return out
}

// shortened writes words on one line, not longer than maxWord.
func shortened(s string) string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), " ,，.。;；")
	if r := []rune(s); len(r) > maxWord {
		return string(r[:maxWord-1]) + "…"
	}
	return s
}

// sentence is a stretch of words with the sign that ends it.
type sentence struct {
	text string
	end  rune
}

func (s sentence) question() bool {
	return s.end == '?' || asks.MatchString(s.text)
}

var asks = regexp.MustCompile(`[吗么呢]\s*$`) //nolint:gochecknoglobals // a constant in all but name

// sentences cuts a text where sentences end.
func sentences(text string) []sentence {
	var out []sentence
	from := 0
	add := func(to int, end rune) {
		if s := strings.TrimSpace(text[from:to]); s != "" {
			out = append(out, sentence{s, end})
		}
	}
	for i, r := range text {
		switch {
		case strings.ContainsRune("。！？!?\n…", r), r == '.' && fullStop(text, i):
			if r == '？' {
				r = '?'
			}
			add(i, r)
			from = i + utf8.RuneLen(r)
			if text[i:] != "" {
				_, size := utf8.DecodeRuneInString(text[i:])
				from = i + size
			}
		}
	}
	add(len(text), 0)
	return out
}

// fullStop reports whether the dot at i ends a sentence: it does not in "9.30", "p.m. today",
// "10.0.0.7" and "v2.3".
func fullStop(text string, i int) bool {
	rest := text[i+1:]
	if rest != "" && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "\n") {
		return false
	}
	before := strings.ToLower(text[:i])
	for _, short := range []string{"a.m", "p.m", "e.g", "i.e", "approx", "no", "mr", "ms", "dr", "vs"} {
		if before, ok := strings.CutSuffix(before, short); ok && (before == "" || !unicode.IsLetter(rune(before[len(before)-1]))) {
			return short == "a.m" || short == "p.m" && (strings.TrimSpace(rest) == "" || startsUpper(rest))
		}
	}
	return true
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return unicode.IsUpper(r)
}

// older begin what a mail program repeats from the mail that is answered.
var older = regexp.MustCompile(`(?i)^\s*(-{2,}\s*(original message|forwarded message|原始邮件|转发邮件|转发的邮件)|on .{4,120} wrote:|在.{4,120}写道[:：]|(发件人|寄件者|from)\s*[:：]\s*\S)`) //nolint:gochecknoglobals // a constant in all but name

// own returns the writer's own words: without quoted lines, and with one way to write a digit.
func own(text string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if older.MatchString(line) {
			break
		}
		if t := strings.TrimSpace(line); strings.HasPrefix(t, ">") || strings.HasPrefix(t, "|") || strings.HasPrefix(t, "＞") {
			continue
		}
		for _, r := range line {
			if n++; n > maxText {
				return b.String()
			}
			b.WriteRune(plain(r))
		}
	}
	return b.String()
}

// plain writes a sign the way the patterns expect it.
func plain(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
		return r - 'Ａ' + 'A'
	case r == '：':
		return ':'
	case r == '’', r == '‘', r == '´':
		return '\''
	case r == '\n':
		return r
	case r == '\u00A0', r == '\u3000', unicode.IsControl(r):
		return ' '
	case r == '~', r == '～', r == '–', r == '—':
		return '-'
	case r == unicode.ReplacementChar, r == '\u241F':
		return ' '
	}
	return r
}

// sorted puts moments in the order of the words, the longer first, and leaves out those that lie
// within another.
func sorted(list []moment) []moment {
	slices.SortStableFunc(list, func(a, b moment) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	var out []moment
	for _, m := range list {
		if n := len(out); n > 0 && m.from < out[n-1].to {
			continue
		}
		out = append(out, m)
	}
	return out
}
