// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"embed"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// A pack is the standard as data: the words of each clause in both languages, how strictly its gate
// stands at each priority, and for whom it counts. The house has one of its own; an organisation writes
// what is different, in the same form, and nothing else.
//
//	[N33]
//	strict = "hint"                       # at every priority
//
//	[N36]
//	text   = "按公司制度 ISMS-07 第 4 条归档。"
//	strict = { P1 = "blocked", P4 = "hint" }
//	when   = 'channel != "phone"'
//
//	[N11]
//	limit = 4                             # hand-overs between the same two groups
//
//	[N4]
//	off = true

//go:embed pack/standard.toml
var packFiles embed.FS

// Strictness says what an open gap does to a command.
type Strictness string

// The grades, from mild to strict.
const (
	Hint    Strictness = "hint"    // it is shown and hinders nobody
	Reason  Strictness = "reason"  // it may be deviated from, with a reason
	Blocked Strictness = "blocked" // it has to be filled
)

// Grades lists them from mild to strict.
func Grades() []Strictness { return []Strictness{Hint, Reason, Blocked} }

// Clause is one clause of the standard as it is in force.
type Clause struct {
	ID     string
	Title  map[i18n.Lang]string
	Text   map[i18n.Lang]string
	Strict [4]Strictness // P1–P4; "" where the clause has no gate
	When   string        // for which tickets it counts; "" for all
	Limit  int           // what the clause counts up to; 0 where it counts nothing
	Off    bool          // it is not judged and has no gate
	Own    bool          // the organisation wrote something of it

	counts condition
}

// Judged reports whether the events of a ticket tell about the clause.
func (c Clause) Judged() bool {
	return slices.ContainsFunc(clauses(), func(x judgement) bool { return x.id == c.ID })
}

// At is how strictly the gate stands at a priority.
func (c Clause) At(p triage.Priority) Strictness {
	if p < triage.P1 || p > triage.P4 {
		p = triage.P3 // as a ticket that nobody graded is counted
	}
	return c.Strict[p-1]
}

// mildest is how mild the gate of a clause may be made: a solution that nobody can read, or a closure
// that nobody confirmed, is none.
func mildest(id string) Strictness {
	switch id {
	case "N32", "N35":
		return Blocked
	case "N36", "N30":
		return Reason
	}
	return Hint
}

// clauseFile is a clause as it is written.
type clauseFile struct {
	Title   string `toml:"title"`
	TitleEN string `toml:"title_en"`
	Text    string `toml:"text"`
	TextEN  string `toml:"text_en"`
	Strict  any    `toml:"strict"`
	When    string `toml:"when"`
	Limit   *int   `toml:"limit"`
	Off     bool   `toml:"off"`
}

// Pack is the standard in force.
type Pack struct {
	list []Clause
	at   map[string]int
}

// Bounds of a pack.
const (
	maxPack   = 64 << 10 // bytes
	maxTitle  = 60       // characters
	maxClause = 2000     // characters
	maxLimit  = 100
)

// Standard is the house's own pack.
func Standard() *Pack {
	text, err := packFiles.ReadFile("pack/standard.toml")
	if err != nil {
		panic(err) // it is part of the program
	}
	files := map[string]clauseFile{}
	if err := toml.Unmarshal(text, &files); err != nil {
		panic(err)
	}
	p := &Pack{at: map[string]int{}}
	for _, id := range IDs() {
		c := Clause{ID: id, Title: map[i18n.Lang]string{}, Text: map[i18n.Lang]string{}}
		c.words(files[id])
		if s, ok := files[id].Strict.(string); ok {
			for i := range c.Strict {
				c.Strict[i] = Strictness(s)
			}
		}
		if id == "N11" {
			c.Limit = pingPong
		}
		if id == "N4" {
			c.Limit = quickMinutes
		}
		p.at[id] = len(p.list)
		p.list = append(p.list, c)
	}
	return p
}

// IDs lists the clauses of the standard in order.
func IDs() []string {
	var out []string
	for i := 1; i <= 41; i++ {
		out = append(out, "N"+itoa(i))
	}
	return out
}

// words takes the words that are written over.
func (c *Clause) words(f clauseFile) {
	for _, x := range []struct {
		to   map[i18n.Lang]string
		lang i18n.Lang
		text string
	}{{c.Title, i18n.ZH, f.Title}, {c.Title, i18n.EN, f.TitleEN}, {c.Text, i18n.ZH, f.Text}, {c.Text, i18n.EN, f.TextEN}} {
		if text := strings.TrimSpace(x.text); text != "" {
			x.to[x.lang] = text
		}
	}
}

// Clauses lists all clauses in order.
func (p *Pack) Clauses() []Clause { return p.list }

// Clause returns one; the zero Clause for an unknown id.
func (p *Pack) Clause(id string) Clause {
	if i, ok := p.at[id]; ok {
		return p.list[i]
	}
	return Clause{}
}

// Title is the name of a clause in a language; its id for an unknown one.
func (p *Pack) Title(lang i18n.Lang, id string) string {
	if t := p.Clause(id).Title[lang]; t != "" {
		return t
	}
	return id
}

// Read understands what an organisation writes over the house's own pack. Whatever is wrong is told
// with its line, all at once.
//
// Errors: Invalid in "pack".
func Read(text string) (*Pack, error) {
	p := Standard()
	if len(text) > maxPack || !utf8.ValidString(text) {
		return nil, errs.Field("pack", "norm.pack_long", "Max", maxPack>>10)
	}
	files := map[string]clauseFile{}
	meta, err := toml.Decode(text, &files)
	if err != nil {
		return nil, unreadable(text, err)
	}
	r := reader{text: strings.Split(text, "\n")}
	for _, key := range meta.Undecoded() {
		if len(key) > 1 && key[1] == "strict" {
			continue
		}
		r.bad(r.line(key...), "norm.pack_unknown_key", "Key", key.String())
	}
	for _, id := range sortedKeys(files) {
		i, known := p.at[id]
		if !known {
			r.bad(r.line(id), "norm.pack_unknown_clause", "Clause", id)
			continue
		}
		p.list[i] = r.clause(p.list[i], files[id])
	}
	if err := errs.Invalidf(r.wrong...); err != nil {
		return nil, err
	}
	return p, nil
}
