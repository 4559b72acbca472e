// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Name says what a pack judges.
type Name string

// The packs.
const (
	Objective Name = "objective" // what staff record of a request (N17)
	Reply     Name = "reply"     // what the requester gets to read (N10, N29, N41)
)

// Names lists the packs.
func Names() []Name { return []Name{Objective, Reply} }

// Langs lists the languages of the packs.
func Langs() []string { return []string{"zh", "en"} }

// Kinds are what a rule of a pack can be about.
func (n Name) Kinds() []string {
	if n == Objective {
		return []string{"frequency", "number", "time", "scope", "certainty", "judgement"}
	}
	return []string{"jargon", "negative", "blame", "promise", "greeting", "next"}
}

// Clauses are those that a rule of a pack may stand for.
func (n Name) Clauses() []string {
	if n == Objective {
		return []string{"N17"}
	}
	return []string{"N10", "N29", "N41"}
}

// Rule is one thing to look for.
type Rule struct {
	ID     string   `toml:"id"     json:"id"`
	Clause string   `toml:"clause" json:"clause"`
	Kind   string   `toml:"kind"   json:"kind"`
	Find   []string `toml:"find"   json:"find"`             // phrases; "crash~" finds its inflections, "/…/" is a pattern
	Unless []string `toml:"unless" json:"unless,omitempty"` // phrases and patterns around what was found, in which it means something else
	Ask    string   `toml:"ask"    json:"ask,omitempty"`    // the question that makes it precise
	Say    string   `toml:"say"    json:"say,omitempty"`    // the wording that takes its place; {{time}} is when the requester hears next
	Hint   string   `toml:"hint"   json:"hint,omitempty"`   // what is better, where no wording fits by itself
	Advice bool     `toml:"advice" json:"advice,omitempty"` // shown, and never asked about before sending, and not scored
	Timely bool     `toml:"timely" json:"timely,omitempty"` // fine in a sentence that tells a time
	Absent bool     `toml:"absent" json:"absent,omitempty"` // remarked on where nothing of Find is there
	Least  int      `toml:"least"  json:"least,omitempty"`  // of Absent: texts of fewer characters need none
	Head   bool     `toml:"head"   json:"head,omitempty"`   // of Absent: it has to stand in the first line
}

// Bounds of a rule, in characters and entries.
const (
	maxFind    = 200
	maxPhrase  = 80
	maxPattern = 200
	maxSay     = 300
)

// Check returns Invalid, pointing at the fields that cannot be used.
func (r Rule) Check(n Name) error {
	var bad []errs.FieldError
	mark := func(field, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: field, Key: key, Args: args})
	}
	if !idShape.MatchString(r.ID) {
		mark("id", "wording.id_shape")
	}
	if !contains(n.Kinds(), r.Kind) {
		mark("kind", "wording.kind_unknown")
	}
	if !contains(n.Clauses(), r.Clause) {
		mark("clause", "wording.clause_unknown")
	}
	switch {
	case len(r.Find) == 0:
		mark("find", "wording.find_none")
	case len(r.Find) > maxFind:
		mark("find", "wording.find_many", "Max", maxFind)
	}
	for field, list := range map[string][]string{"find": r.Find, "unless": r.Unless} {
		for _, p := range list {
			if key, args := faulty(p); key != "" {
				mark(field, key, args...)
				break
			}
		}
	}
	for field, s := range map[string]string{"ask": r.Ask, "say": r.Say, "hint": r.Hint} {
		if utf8.RuneCountInString(s) > maxSay {
			mark(field, "wording.text_long", "Max", maxSay)
		}
	}
	if n == Objective && r.Ask == "" {
		mark("ask", "wording.ask_needed")
	}
	if n == Reply && r.Say == "" && r.Hint == "" {
		mark("hint", "wording.hint_needed")
	}
	return errs.Invalidf(bad...)
}

var idShape = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`) //nolint:gochecknoglobals // a constant in all but name

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// pattern returns what stands between the slashes of a pattern.
func pattern(phrase string) (string, bool) {
	if len(phrase) > 2 && phrase[0] == '/' && phrase[len(phrase)-1] == '/' {
		return phrase[1 : len(phrase)-1], true
	}
	return "", false
}

// faulty says what is wrong with a phrase or a pattern; "" for nothing. A pattern runs in time
// linear in the text whatever it says; what could grow is the pattern itself, and that is bounded.
func faulty(phrase string) (key string, args []any) {
	args = []any{"Phrase", phrase}
	expr, isPattern := pattern(phrase)
	switch {
	case strings.TrimSpace(phrase) == "":
		return "wording.phrase_empty", nil
	case !isPattern && utf8.RuneCountInString(phrase) > maxPhrase:
		return "wording.phrase_long", append(args, "Max", maxPhrase)
	case !isPattern && len(fold(strings.TrimSuffix(phrase, "~")).runes) == 0:
		return "wording.phrase_empty", nil
	case !isPattern:
		return "", nil
	case utf8.RuneCountInString(expr) > maxPattern:
		return "wording.pattern_long", append(args, "Max", maxPattern)
	}
	x, err := compilePattern(expr)
	switch {
	case err != nil:
		return "wording.pattern_bad", append(args, "Why", reason(err))
	case x.MatchString(""):
		return "wording.pattern_everything", args
	}
	return "", nil
}

// compilePattern refuses a pattern that would become a large machine: the time to run one is
// linear in the text, with its size as the factor.
func compilePattern(expr string) (*regexp.Regexp, error) {
	expr = small(expr)
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err //nolint:wrapcheck // its words are shown as they are
	}
	if prog, err := syntax.Compile(tree.Simplify()); err != nil || len(prog.Inst) > maxMachine {
		return nil, errHeavy
	}
	return regexp.Compile(expr) //nolint:wrapcheck // its words are shown as they are
}

// small writes a pattern in small letters, as the texts are in which it is looked for; what
// follows a backslash stays. A pattern that minds no case by itself is several times slower.
func small(expr string) string {
	b := []byte(expr)
	for i := range b {
		if b[i] >= 'A' && b[i] <= 'Z' && (i == 0 || b[i-1] != '\\') && (i <= 2 || b[i-1] != '{' || b[i-2] != 'p') {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

// maxMachine is the greatest size of a compiled pattern, in instructions.
const maxMachine = 1000

var errHeavy = errors.New("it repeats too much") //nolint:gochecknoglobals // a constant in all but name

// reason is what the reader of patterns says, without what everybody knows.
func reason(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}
