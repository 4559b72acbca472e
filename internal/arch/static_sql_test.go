// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// pkg is one package, to look up what an expression is made of.
type pkg struct {
	files []file
	funcs map[string][]*ast.FuncDecl
	vars  map[string]ast.Expr // constants and package variables by name
}

func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	out := map[string]*pkg{}
	for _, f := range shipped(t) {
		p := out[f.dir]
		if p == nil {
			p = &pkg{funcs: map[string][]*ast.FuncDecl{}, vars: map[string]ast.Expr{}}
			out[f.dir] = p
		}
		p.files = append(p.files, f)
		p.learn(f.ast)
	}
	return out
}

func (p *pkg) learn(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.funcs[d.Name.Name] = append(p.funcs[d.Name.Name], d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
					for i, n := range v.Names {
						p.vars[n.Name] = v.Values[i]
					}
				}
			}
		}
	}
}

// judge decides whether a text is made of constants and numbers alone.
type judge struct {
	*pkg
	in   *ast.FuncDecl
	seen map[string]bool
}

func (j judge) constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.ParenExpr:
		return j.constant(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && j.constant(e.X) && j.constant(e.Y)
	case *ast.CompositeLit: // db.Pair: one text for each engine
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			if !j.constant(x) {
				return false
			}
		}
		return len(e.Elts) > 0
	case *ast.Ident:
		return j.name(e.Name)
	case *ast.CallExpr:
		return j.call(e)
	}
	return false
}

// name follows a constant, a package variable, a variable of the function, or one of its
// parameters: then every caller is asked.
func (j judge) name(name string) bool {
	if j.seen[name] {
		return true // text = text + more: judged where it began
	}
	seen := map[string]bool{name: true}
	for k := range j.seen {
		seen[k] = true
	}
	inner := judge{j.pkg, j.in, seen}
	found, good := false, true
	if j.in != nil {
		ast.Inspect(j.in, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if id, ok := l.(*ast.Ident); ok && id.Name == name {
						found = true
						switch {
						case len(n.Lhs) == len(n.Rhs):
							good = good && inner.constant(n.Rhs[i])
						default: // a text and its arguments, as one function gives both
							good = good && i == 0 && len(n.Rhs) == 1 && inner.constant(n.Rhs[0])
						}
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if id.Name == name && i < len(n.Values) {
						found = true
						good = good && inner.constant(n.Values[i])
					}
				}
			}
			return true
		})
		if at := parameter(j.in, name); at >= 0 {
			return good && j.callers(j.in, at, seen)
		}
	}
	if found {
		return good
	}
	v, ok := j.vars[name]
	return ok && judge{j.pkg, nil, seen}.constant(v)
}

// parameter finds the place of a parameter; -1 where the function has none of that name.
func parameter(f *ast.FuncDecl, name string) int {
	at := 0
	for _, p := range f.Type.Params.List {
		for _, n := range p.Names {
			if n.Name == name {
				return at
			}
			at++
		}
	}
	return -1
}

// callers asks every call of a function of this package for its argument.
func (j judge) callers(f *ast.FuncDecl, at int, seen map[string]bool) bool {
	calls, good := 0, !ast.IsExported(f.Name.Name)
	for _, list := range j.funcs {
		for _, d := range list {
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || called(call) != f.Name.Name || len(call.Args) <= at {
					return true
				}
				calls++
				good = good && judge{j.pkg, d, map[string]bool{}}.constant(call.Args[at])
				return true
			})
		}
	}
	_ = seen
	return good && calls > 0
}

// called is the name of the function or method that is called.
func called(call *ast.CallExpr) string {
	fun := call.Fun
	if x, ok := fun.(*ast.IndexExpr); ok {
		fun = x.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// call knows the few functions with which statements are put together.
func (j judge) call(e *ast.CallExpr) bool {
	switch source(e.Fun) {
	case "db.List", "strconv.Itoa", "strconv.FormatInt": // numbers
		return true
	case "ticket.Condition": // judged where it is written, below
		return true
	case "strings.Replace", "strings.ReplaceAll", "strings.TrimSuffix", "strings.TrimPrefix", "strings.Repeat":
		return j.all(e.Args)
	}
	switch f := e.Fun.(type) {
	case *ast.Ident: // of this package: every result, or a local function
		return j.results(f.Name)
	case *ast.SelectorExpr:
		switch f.Sel.Name {
		case "For": // db.Pair
			return j.constant(f.X)
		case "String": // strings.Builder
			return j.built(f.X)
		}
		if len(j.funcs[f.Sel.Name]) > 0 { // a method of this package
			return j.results(f.Sel.Name)
		}
	}
	return false
}

func (j judge) all(list []ast.Expr) bool {
	for _, a := range list {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.INT {
			continue
		}
		if neg, ok := a.(*ast.UnaryExpr); ok && neg.Op == token.SUB {
			continue
		}
		if !j.constant(a) {
			return false
		}
	}
	return true
}

// results asks for what a function gives back.
func (j judge) results(name string) bool {
	if j.seen[name+"()"] {
		return true
	}
	seen := map[string]bool{name + "()": true}
	good, n := true, 0
	look := func(body ast.Node, in *ast.FuncDecl) {
		ast.Inspect(body, func(x ast.Node) bool {
			if r, ok := x.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				n++
				good = good && judge{j.pkg, in, seen}.constant(r.Results[0])
			}
			return true
		})
	}
	for _, d := range j.funcs[name] {
		look(d.Body, d)
	}
	if n == 0 && j.in != nil { // a function within the function
		ast.Inspect(j.in, func(x ast.Node) bool {
			if a, ok := x.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 && source(a.Lhs[0]) == name {
				if lit, ok := a.Rhs[0].(*ast.FuncLit); ok {
					look(lit.Body, j.in)
				}
			}
			return true
		})
	}
	return good && n > 0
}

// built asks for everything that is written into a builder: within the function for a local
// one, within the package for a field, where the methods that write are asked for their callers.
func (j judge) built(b ast.Expr) bool {
	name, good, n := source(b), true, 0
	field := name[strings.LastIndexByte(name, '.')+1:]
	for _, list := range j.funcs {
		for _, d := range list {
			if field == name && d != j.in {
				continue
			}
			ast.Inspect(d, func(x ast.Node) bool {
				call, ok := x.(*ast.CallExpr)
				if !ok {
					return true
				}
				s, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || !strings.HasPrefix(s.Sel.Name, "Write") {
					return true
				}
				if to := source(s.X); to == name || field != name && strings.HasSuffix(to, "."+field) {
					n++
					good = good && len(call.Args) == 1 && judge{j.pkg, d, map[string]bool{}}.written(call.Args[0])
				}
				return true
			})
		}
	}
	return good && n > 0
}

// written is constant, or a piece of a parameter that is cut at placeholders: the way of
// ticket's condition builder.
func (j judge) written(e ast.Expr) bool {
	if j.constant(e) {
		return true
	}
	if id, ok := e.(*ast.Ident); ok && j.in != nil {
		return j.ranged(id.Name)
	}
	if call, ok := e.(*ast.CallExpr); ok && source(call.Fun) == "strings.TrimSuffix" {
		return j.written(call.Args[0])
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return j.written(sum.X) && j.written(sum.Y)
	}
	return false
}

// ranged follows "for _, part := range strings.SplitAfter(cond, …)" to cond.
func (j judge) ranged(name string) bool {
	good := false
	ast.Inspect(j.in, func(x ast.Node) bool {
		r, ok := x.(*ast.RangeStmt)
		if !ok || r.Value == nil || source(r.Value) != name {
			return true
		}
		if call, ok := r.X.(*ast.CallExpr); ok && strings.HasPrefix(source(call.Fun), "strings.Split") && len(call.Args) > 0 {
			good = j.constant(call.Args[0])
		}
		return true
	})
	return good
}

// TestA05_S81_StatementsAreConstants: every text that reaches the database is made of constants
// and numbers of placeholders; whatever comes from outside is an argument.
func TestA05_S81_StatementsAreConstants(t *testing.T) {
	t.Parallel()
	at := map[string]int{"One": 3, "All": 3, "Exec": 2, "Insert": 2}
	n := 0
	for dir, p := range packages(t) {
		if strings.HasPrefix(dir, "internal/kit/db") {
			continue // passes on what it is given
		}
		if dir == "internal/desk/ticket" && !(judge{p, nil, map[string]bool{}}).results("Condition") {
			t.Error("ticket.Condition is not made of constants")
		}
		for _, f := range p.files {
			name, ok := imported(f, module+"internal/kit/db")
			if !ok {
				continue
			}
			for _, d := range f.ast.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(fn, func(x ast.Node) bool {
					call, ok := x.(*ast.CallExpr)
					if !ok {
						return true
					}
					s, ok := call.Fun.(*ast.SelectorExpr)
					if !ok || !isOf(s, name) {
						return true
					}
					i, statement := at[s.Sel.Name]
					if !statement {
						return true
					}
					n++
					if len(call.Args) <= i || !(judge{p, fn, map[string]bool{}}).constant(call.Args[i]) {
						t.Errorf("%s/%s, %s: the text of db.%s is not made of constants: %s", dir, f.name, fn.Name.Name, s.Sel.Name, source(call.Args[min(i, len(call.Args)-1)]))
					}
					return true
				})
			}
		}
	}
	if n < 100 {
		t.Fatalf("only %d statements found: the search is broken", n)
	}
}

// A prepared statement stays prepared: SQLite plans for the value of a parameter that is a whole pattern,
// and so prepares the statement anew each time it runs (docs/sql.md, rule 11).
func TestNoPatternIsABareParameter(t *testing.T) {
	t.Parallel()
	bare, n := regexp.MustCompile(`(?i)\bLIKE\s+(\$\d|\?)`), 0
	for _, f := range shipped(t) {
		ast.Inspect(f.ast, func(x ast.Node) bool {
			lit, ok := x.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			n += strings.Count(lit.Value, " LIKE ")
			if at := bare.FindString(lit.Value); at != "" {
				t.Errorf("%s/%s: %s", f.dir, f.name, at)
			}
			return true
		})
	}
	if n < 10 {
		t.Fatalf("only %d patterns found: the search is broken", n)
	}
}

// Only the database room knows the drivers: there is no way around it (A05).
func TestA05_OnlyOneRoomSpeaksToTheDatabase(t *testing.T) {
	t.Parallel()
	for _, f := range shipped(t) {
		if strings.HasPrefix(f.dir, "internal/kit/db") {
			continue
		}
		for _, imp := range f.ast.Imports {
			for _, driver := range []string{`"database/sql`, `"github.com/jackc/`, `"modernc.org/sqlite`, `"github.com/pressly/goose`} {
				if strings.HasPrefix(imp.Path.Value, driver) {
					t.Errorf("%s/%s imports %s", f.dir, f.name, imp.Path.Value)
				}
			}
		}
	}
}

// The judge itself: what it must let through and what it must not.
func TestTheJudgeOfStatementsKnowsTheDifference(t *testing.T) {
	t.Parallel()
	p := parsed(t, `package x
import ("fmt"; "strings"; "db")
const columns = "id, name"
var table = strings.Replace(columns, "id", "key", 1)
type where struct { text strings.Builder }
func (w *where) and(cond string, args ...any) { for _, part := range strings.SplitAfter(cond, "?") { w.text.WriteString(part) } }
func good(n int) {
	w := where{}
	w.and("a = ?", n)
	text := "SELECT " + columns
	text += " FROM " + table
	use(text + " IN (" + db.List(n, 2) + ")" + w.text.String())
	use(pair(n).For(n))
}
func pair(n int) db.Pair { return db.Pair{A: "x" + db.List(n, 1), B: "y"} }
func passed(order string) { use("SELECT 1" + order) }
func caller() { passed(" ORDER BY id") }
func bad1(name string) { use("SELECT " + name) }
func bad2(n int) { use(fmt.Sprintf("SELECT %d", n)) }
func bad3(name string) { var b strings.Builder; b.WriteString("a"); b.WriteString(name); use(b.String()) }
func bad4(list []string) { use(strings.Join(list, ",")) }
func bad5() { bad5a(input()) }
func bad5a(text string) { use(text) }
func input() string { return other.Name }
func Exported(text string) { use(text) }
func bad6(r struct{ Name string }) { text := "a"; if r.Name != "" { text = r.Name }; use(text) }
`)
	for name, want := range map[string]bool{
		"good": true, "passed": true, "bad1": false, "bad2": false, "bad3": false, "bad4": false, "bad5a": false, "Exported": false, "bad6": false,
	} {
		fn := p.funcs[name][0]
		got, n := true, 0
		ast.Inspect(fn, func(x ast.Node) bool {
			if call, ok := x.(*ast.CallExpr); ok && source(call.Fun) == "use" {
				n++
				got = got && judge{p, fn, map[string]bool{}}.constant(call.Args[0])
			}
			return true
		})
		if got != want || n == 0 {
			t.Errorf("%s: judged constant %v, want %v", name, got, want)
		}
	}
}

func parsed(t *testing.T, text string) *pkg {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &pkg{files: []file{{ast: f}}, funcs: map[string][]*ast.FuncDecl{}, vars: map[string]ast.Expr{}}
	p.learn(f)
	return p
}
