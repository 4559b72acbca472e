// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// sentence is one of those with which a record is read back to the caller. Its mark changes
// with its words: a tick belongs to what was read, and is gone when that changes.
type sentence struct {
	Name  string
	Mark  string
	Parts []words
	Whole bool // no element is missing from it
	Heard bool // the caller agreed
	Shown bool // the page shows it in these words already
}

// words are a piece of a sentence: what is said, or the name of what is missing there.
type words struct {
	Text    string
	Missing bool
}

// spoken are the sentences and the elements that each of them names.
func spoken() []struct {
	name     string
	elements []ticket.Element
} {
	return []struct {
		name     string
		elements []ticket.Element
	}{
		{"identity", []ticket.Element{ticket.Who, ticket.Contact}},
		{"problem", []ticket.Element{ticket.Since, ticket.Symptom}},
		{"impact", []ticket.Element{ticket.Affected, ticket.People}},
		{"wish", []ticket.Element{ticket.Wanted}},
	}
}

// script makes the sentences from the record as it is (N18).
func script(c *page.Ctx, form *page.Form, who caller, record map[ticket.Element]ticket.Answer) []sentence {
	var out []sentence
	for _, s := range spoken() {
		line := sentence{Name: s.name, Whole: true}
		hash := fnv.New32a()
		for _, e := range s.elements {
			parts := spell(c, e, record[e], who)
			for _, w := range parts {
				line.Whole = line.Whole && !w.Missing
				_, _ = fmt.Fprintf(hash, "%v%s\x00", w.Missing, w.Text) // a hash takes everything
			}
			line.Parts = append(line.Parts, parts...)
		}
		line.Mark = s.name + "-" + fmt.Sprintf("%08x", hash.Sum32())
		line.Heard = line.Whole && form.Has("heard", line.Mark)
		line.Shown = form.Has("shown", line.Mark)
		out = append(out, line)
	}
	return out
}

// gap stands in a sentence for what is missing from it.
const gap = "\uE000"

// spell says one element, in words of its own where the caller does not know it.
func spell(c *page.Ctx, e ticket.Element, a ticket.Answer, who caller) []words {
	at := "work.say_" + string(e)
	value := strings.TrimRight(strings.ReplaceAll(a.Value, gap, ""), "。.，, ")
	switch {
	case a.Value == "" && a.Filled():
		return []words{{Text: c.T(at + "_unknown")}}
	case value == "":
		value = gap
	case e == ticket.Who && who.Who.Department != "":
		return []words{{Text: c.T(at+"_of", "Value", value, "Department", who.Who.Department)}}
	}
	var out []words
	for i, text := range strings.Split(c.T(at, "Value", value), gap) {
		if i > 0 {
			out = append(out, words{Text: c.T("work.say_gap", "Name", c.T("work.element_"+string(e))), Missing: true})
		}
		if text != "" {
			out = append(out, words{Text: text})
		}
	}
	return out
}

// unheard counts the sentences that the caller has not agreed to.
func (v padView) unheard() int {
	n := 0
	for _, s := range v.Script {
		if !s.Heard {
			n++
		}
	}
	return n
}

// whole reports whether the record is complete and read back.
func (v padView) whole() bool { return len(v.Missing) == 0 && v.unheard() == 0 }

// notYet names what stands between the call and a ticket that needs no flag.
func (v padView) notYet() error {
	e := errs.New(errs.Missing, "work.call_not_yet")
	if len(v.Missing) > 0 {
		e.Gaps = append(e.Gaps, errs.Gap{Clause: "N15", Key: "gap.intake"})
	}
	if v.unheard() > 0 {
		e.Gaps = append(e.Gaps, errs.Gap{Clause: "N18", Key: "gap.read_back"})
	}
	return e
}

// left says what is still to be done before the record is whole; "" when nothing is.
func (v padView) left(f page.Frame) string {
	missing, unheard := len(v.Missing), v.unheard()
	switch {
	case missing > 0 && unheard > 0:
		return f.T("work.call_left", "Elements", f.T("work.count_elements", "Count", missing), "Sentences", f.T("work.count_sentences", "Count", unheard))
	case missing > 0:
		return f.T("work.call_left_one", "What", f.T("work.count_elements", "Count", missing))
	case unheard > 0:
		return f.T("work.call_left_one", "What", f.T("work.count_sentences", "Count", unheard))
	}
	return ""
}

// questions are what may be asked for the elements that are missing, one each and three at most:
// more could not be looked at while listening (N40).
func (v padView) questions(f page.Frame) []string {
	var out []string
	for _, e := range v.Missing {
		if e != ticket.Who && len(out) < 3 {
			out = append(out, f.T("work.ask_"+string(e)))
		}
	}
	return out
}

// stopwatch writes how long the call has lasted, as the page goes on counting.
func (v padView) stopwatch() string {
	s := int(v.Lasted / time.Second)
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

// calls is the number that calls, where one was looked for.
func (v padView) calls() string {
	notDialled := func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune("+- ()", r) }
	if v.Caller.Text == "" || strings.ContainsFunc(v.Caller.Text, notDialled) {
		return ""
	}
	return v.Caller.Text
}

// lacks reports whether an element is still missing.
func (v padView) lacks(e ticket.Element) bool { return slices.Contains(v.Missing, e) }

func heardTone(v padView) string {
	if v.unheard() > 0 {
		return ui.Warn
	}
	return ui.OK
}

// whoLine is who calls, as the record will say it.
func whoLine(v padView) string {
	if v.Caller.Who.Department == "" {
		return v.Caller.Who.Name
	}
	return v.Caller.Who.Name + " · " + v.Caller.Who.Department
}

// newNumber is the number of somebody new: as it was typed, or the one that calls and is nobody's.
func newNumber(v caller) string {
	if n := v.Form.Get("new_phone"); n != "" || v.Dial == "" || v.Share > 0 {
		return n
	}
	return v.Dial
}
