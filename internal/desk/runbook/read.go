// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// The format is read by lines, so that everything that is wrong has a line to point at:
//
//	# 连不上网：先试这几步
//	lang: zh-CN
//	summary: 适用于有线网络
//
//	## cable 看看网线
//	kind: instruct
//	time: 2
//	expect: 网口旁的灯亮
//	picture: port.png | 网口在电脑背面
//
//	请把网线两头都拔下，再插紧。
//
//	-> done: wifi
//	-> failed: end unsolved
//
// A choice names its answers, "-> yes | 能打开: end solved". A number has "range: 0..50 ms".

// Problem is something wrong with the text of a runbook.
type Problem struct {
	Line int // from 1; 0 for the whole
	Key  string
	Args []any
}

// Problems say that a text is no runbook yet.
type Problems []Problem

var (
	stepName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)            //nolint:gochecknoglobals // constants
	setLine  = regexp.MustCompile(`^([a-z]+):\s*(.*)$`)              //nolint:gochecknoglobals
	pictured = regexp.MustCompile(`^[^/\\\x00-\x1f<>:"|?*]{1,120}$`) //nolint:gochecknoglobals
)

type reader struct {
	book Book
	bad  Problems
	at   int // the line
	body []string
	open bool // the settings of the step are over
	seen map[string]bool
}

// Read understands a text. Every problem is named, with its line; the book is as much as could
// be read, so that a preview can show it. Whether its steps hang together says Check.
func Read(text string) (Book, Problems) {
	r := reader{book: Book{Lang: i18n.ZH}}
	if len(text) > MaxText {
		return r.book, Problems{{Key: "runbook.text_long", Args: []any{"Max", MaxText >> 10}}}
	}
	text = strings.ReplaceAll(strings.TrimPrefix(strings.ToValidUTF8(text, "\uFFFD"), "\uFEFF"), "\r\n", "\n")
	for i, line := range strings.Split(strings.ReplaceAll(text, "\x00", ""), "\n") {
		r.at = i + 1
		r.line(strings.TrimRight(line, " \t\r"))
	}
	r.endStep()
	r.whole()
	return r.book, r.bad
}

func (r *reader) wrong(key string, args ...any) {
	if len(r.bad) < 50 {
		r.bad = append(r.bad, Problem{r.at, key, args})
	}
}

func (r *reader) line(line string) {
	switch {
	case strings.HasPrefix(line, "## "):
		r.endStep()
		r.begin(strings.TrimSpace(line[3:]))
	case strings.HasPrefix(line, "# ") && len(r.book.Steps) == 0:
		if r.book.Title != "" {
			r.wrong("runbook.line_two_titles")
			return
		}
		if r.book.Title = strings.TrimSpace(line[2:]); utf8.RuneCountInString(r.book.Title) > maxTitle {
			r.wrong("runbook.line_long", "Max", maxTitle)
		}
	case len(r.book.Steps) == 0:
		r.head(line)
	default:
		r.inStep(line)
	}
}

// head reads what stands before the first step.
func (r *reader) head(line string) {
	if line == "" {
		return
	}
	m := setLine.FindStringSubmatch(line)
	if m == nil {
		r.wrong("runbook.line_head")
		return
	}
	switch m[1] {
	case "lang":
		l, ok := i18n.Known(m[2])
		if !ok {
			r.wrong("runbook.line_lang", "Value", m[2])
			return
		}
		r.book.Lang = l
	case "summary":
		if r.book.Summary = m[2]; utf8.RuneCountInString(m[2]) > maxExpect {
			r.wrong("runbook.line_long", "Max", maxExpect)
		}
	default:
		r.wrong("runbook.line_word", "Word", m[1])
	}
}

// begin starts a step: "## name title".
func (r *reader) begin(head string) {
	name, title, _ := strings.Cut(head, " ")
	s := Step{Name: name, Title: strings.TrimSpace(title), Kind: Instruct, Minutes: 1, Line: r.at}
	switch {
	case !stepName.MatchString(name) || len(name) > maxName || name == "end":
		r.wrong("runbook.line_name", "Name", name, "Max", maxName)
	case r.book.index(name) >= 0:
		r.wrong("runbook.line_name_twice", "Name", name)
	case s.Title == "":
		r.wrong("runbook.line_no_title")
	case utf8.RuneCountInString(s.Title) > maxTitle:
		r.wrong("runbook.line_long", "Max", maxTitle)
	}
	r.book.Steps = append(r.book.Steps, s)
	r.open, r.body, r.seen = true, nil, map[string]bool{}
}

func (r *reader) step() *Step { return &r.book.Steps[len(r.book.Steps)-1] }

func (r *reader) inStep(line string) {
	if branch, ok := strings.CutPrefix(line, "->"); ok {
		r.open = false
		r.branch(strings.TrimSpace(branch))
		return
	}
	if m := setLine.FindStringSubmatch(line); m != nil && r.open && len(r.body) == 0 {
		r.setting(m[1], m[2])
		return
	}
	r.open = false // an empty line ends the settings: what follows is text, whatever it looks like
	if line == "" && len(r.body) == 0 {
		return
	}
	r.body = append(r.body, line)
}

// setting reads one of the lines below the head of a step.
func (r *reader) setting(word, value string) {
	s := r.step()
	if r.seen[word] && word != "picture" {
		r.wrong("runbook.line_twice", "Word", word)
		return
	}
	r.seen[word] = true
	switch word {
	case "kind":
		if s.Kind = Kind(value); !s.Kind.Known() {
			s.Kind = Instruct
			r.wrong("runbook.line_kind", "Value", value)
		}
	case "time":
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(value, "min")))
		if err != nil || n < 0 || n > maxMinutes {
			r.wrong("runbook.line_time", "Max", maxMinutes)
			return
		}
		s.Minutes = n
	case "expect":
		if s.Expect = value; utf8.RuneCountInString(value) > maxExpect {
			r.wrong("runbook.line_long", "Max", maxExpect)
		}
	case "risk":
		if s.Risk = value; !stepName.MatchString(value) || len(value) > maxName {
			r.wrong("runbook.line_risk", "Value", value)
		}
	case "picture":
		name, alt, _ := strings.Cut(value, "|")
		p := Picture{strings.TrimSpace(name), strings.TrimSpace(alt)}
		switch {
		case !pictured.MatchString(p.Name):
			r.wrong("runbook.line_picture")
		case p.Alt == "":
			r.wrong("runbook.line_picture_words")
		default:
			s.Pictures = append(s.Pictures, p)
		}
	case "range":
		r.span(value)
	default:
		r.wrong("runbook.line_word", "Word", word)
	}
}

// span reads "0..50 ms".
func (r *reader) span(value string) {
	s := r.step()
	from, rest, ok := strings.Cut(value, "..")
	to, unit, _ := strings.Cut(strings.TrimSpace(rest), " ")
	low, err1 := strconv.ParseFloat(strings.TrimSpace(from), 64)
	high, err2 := strconv.ParseFloat(to, 64)
	if !ok || err1 != nil || err2 != nil || !(low <= high) || low < -1e12 || high > 1e12 {
		r.wrong("runbook.line_range")
		return
	}
	s.Min, s.Max, s.Unit = low, high, strings.TrimSpace(unit)
}

// branch reads "value: target" or "value | label: target".
func (r *reader) branch(text string) {
	s := r.step()
	head, to, _ := cutLast(text, ":")
	value, label, _ := strings.Cut(head, "|")
	o := Option{Value: strings.TrimSpace(value), Label: strings.TrimSpace(label), Line: r.at}
	to = strings.TrimSpace(to)
	switch {
	case to == "" || to == "next":
	case to == "end "+string(Solved) || to == "end "+string(Unsolved):
		o.To.End = End(to[4:])
	case stepName.MatchString(to) && to != "end":
		o.To.Step = to
	default:
		r.wrong("runbook.line_target", "Value", to)
		return
	}
	switch {
	case !stepName.MatchString(o.Value) || len(o.Value) > maxName || o.Value == Cannot || o.Value == Unclear || o.Value == Waived:
		r.wrong("runbook.line_value", "Value", o.Value)
	case utf8.RuneCountInString(o.Label) > maxTitle:
		r.wrong("runbook.line_long", "Max", maxTitle)
	default:
		for _, other := range s.Options {
			if other.Value == o.Value {
				r.wrong("runbook.line_value_twice", "Value", o.Value)
				return
			}
		}
		s.Options = append(s.Options, o)
	}
}

// cutLast cuts at the last separator, for labels may hold one.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// endStep looks at a step whose last line has passed.
func (r *reader) endStep() {
	if len(r.book.Steps) == 0 {
		return
	}
	s := r.step()
	s.Body = strings.TrimSpace(strings.Join(r.body, "\n"))
	at := r.at
	defer func() { r.at = at }()
	r.at = s.Line
	if utf8.RuneCountInString(s.Body) > maxBody {
		r.wrong("runbook.line_long", "Max", maxBody)
	}
	switch {
	case s.Kind == Choose && len(s.Options) < 2:
		r.wrong("runbook.line_choices")
	case s.Kind == Choose && len(s.Options) > maxOptions:
		r.wrong("runbook.line_choices_many", "Max", maxOptions)
	case s.Kind == Measure && !r.seen["range"]:
		r.wrong("runbook.line_no_range")
	case s.Kind != Measure && r.seen["range"]:
		r.wrong("runbook.line_range_only")
	case s.Kind == Act && s.Risk == "" && s.Body == "":
		r.wrong("runbook.line_act_empty")
	}
	allowed := map[Kind][]string{Instruct: {Done, Failed}, Act: {Done, Failed}, Ask: {Answered}, Measure: {In, Out}}
	for _, o := range s.Options {
		r.at = o.Line
		switch {
		case s.Kind == Choose && o.Label == "":
			r.wrong("runbook.line_label", "Value", o.Value)
		case s.Kind != Choose && !slices.Contains(allowed[s.Kind], o.Value):
			r.wrong("runbook.line_outcome", "Value", o.Value, "Known", strings.Join(allowed[s.Kind], ", "))
		}
	}
}

// whole looks at what only the whole text says.
func (r *reader) whole() {
	r.at = 1
	if r.book.Title == "" {
		r.wrong("runbook.line_title")
	}
	if len(r.book.Steps) == 0 {
		r.wrong("runbook.line_no_steps")
	}
	if len(r.book.Steps) > MaxSteps {
		r.at = r.book.Steps[MaxSteps].Line
		r.wrong("runbook.line_steps", "Max", MaxSteps)
	}
}
