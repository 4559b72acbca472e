// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Bounds of a condition. Within them it takes microseconds.
const (
	maxCondition = 1000 // characters
	maxNodes     = 200  // of its tree
	maxMemory    = 1000 // things that it may make while it is asked
	maxText      = 8000 // bytes of a ticket's words that it is asked about
)

// Fields are what a condition is asked about.
type Fields struct {
	Subject    string
	Words      string   // the user's first words
	Category   string   // its name
	Categories []string // the names of the category and of all above it, in both languages
	Service    string
	Core       bool // the service is core business
	Group      string
	Department string // of the requester, when the ticket was recorded
	Place      string
	Channel    string // portal, mail, phone, api
	Priority   string // P1–P4
	Graded     bool
	Requester  string // their address
}

// env names the fields as conditions do.
func (f Fields) env() map[string]any {
	words := f.Subject + "\n" + f.Words
	words = words[:min(len(words), maxText)]
	var units []text.Unit // cut once, when a condition asks first
	return map[string]any{
		"subject": f.Subject, "words": strings.ToValidUTF8(words, ""), "category": f.Category, "categories": f.Categories, "service": f.Service, "core": f.Core,
		"group": f.Group, "department": f.Department, "place": f.Place, "channel": f.Channel, "priority": f.Priority, "graded": f.Graded,
		"requester": f.Requester,
		"has": func(word string) bool {
			if units == nil {
				units = text.Units(words)
			}
			list := text.Words(word)
			return len(list) > 0 && !slices.ContainsFunc(list, func(p text.Pattern) bool { return !p.In(units) })
		},
	}
}

// Names lists what a condition may name, for the page that explains them.
func Names() []string {
	return []string{"has", "subject", "words", "category", "categories", "service", "core", "group", "department", "place", "channel", "priority", "graded", "requester"}
}

// Condition is one that was understood.
type Condition struct{ program *vm.Program }

// Compile understands a condition.
//
// Errors: Invalid with the field "condition".
func Compile(s string) (Condition, error) {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return Condition{}, errs.Field("condition", "routing.condition_empty")
	case n > maxCondition:
		return Condition{}, errs.Field("condition", "routing.condition_long", "Max", maxCondition)
	}
	if tree, err := parser.Parse(s); err == nil {
		if l := (loops{}); l.in(&tree.Node) {
			return Condition{}, errs.Field("condition", "routing.condition_loop")
		}
	}
	p, err := expr.Compile(s, expr.Env(Fields{}.env()), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(), expr.EnableBuiltin("lower"))
	if err != nil {
		return Condition{}, wrong(err)
	}
	return Condition{p}, nil
}

// wrong says where a condition stops making sense, and why in the words of the desk.
func wrong(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return errs.Field("condition", "routing.condition_wrong", "Column", 1)
	}
	key := "routing.condition_wrong"
	switch {
	case strings.Contains(at.Message, "token EOF"), strings.Contains(at.Message, "not terminated"):
		key = "routing.condition_ends"
	case strings.HasPrefix(at.Message, "unknown name"):
		key = "routing.condition_name"
	case strings.HasPrefix(at.Message, "cannot use"), strings.HasPrefix(at.Message, "invalid operation"):
		key = "routing.condition_kind"
	}
	return errs.Field("condition", key, "Column", at.Column+1)
}

// Holds asks the condition about a ticket. What goes wrong is for the administrator.
func (c Condition) Holds(f Fields) (bool, error) {
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(c.program, f.env())
	if err != nil {
		return false, err
	}
	yes, ok := out.(bool)
	if !ok {
		return false, errors.New("not a yes or no")
	}
	return yes, nil
}

// loops finds what makes a condition long to answer: a predicate over a list, or a range.
type loops struct{ found bool }

func (l *loops) in(root *ast.Node) bool {
	ast.Walk(root, l)
	return l.found
}

// Visit is called with every node of the tree.
func (l *loops) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PredicateNode, *ast.PointerNode:
		l.found = true
	case *ast.BinaryNode:
		l.found = l.found || n.Operator == ".."
	case *ast.BuiltinNode:
		l.found = l.found || n.Name == "repeat"
	}
}
