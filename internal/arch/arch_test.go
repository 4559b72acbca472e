// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/loopdesk/loopdesk/"

// floors are the rooms from the ground up. A room may import rooms of lower
// floors only; what stands on one floor does not know its neighbours.
func floors() [][]string {
	return [][]string{
		{"internal/kit/errs"},
		{"internal/kit/clock", "internal/kit/id", "internal/kit/memo", "internal/kit/secret", "internal/kit/netguard", "internal/kit/phonetic", "internal/kit/richtext", "internal/kit/sheet", "internal/kit/text", "internal/kit/webpush"},
		{"internal/kit/db", "internal/kit/i18n", "internal/kit/blob", "internal/kit/mail"},
		{"internal/kit/db/dbtest"},
		{"internal/kit/job", "internal/kit/pubsub"},
		{"internal/kit/event"},

		{"internal/desk/access", "internal/desk/calendar", "internal/desk/form", "internal/desk/wording", "internal/desk/clue"},
		{"internal/desk/person", "internal/desk/setting"},
		{"internal/desk/catalog", "internal/desk/triage", "internal/desk/queue", "internal/desk/session", "internal/desk/privacy", "internal/desk/audit", "internal/desk/rota", "internal/desk/directory", "internal/desk/wordbook", "internal/desk/telephony", "internal/desk/canned", "internal/desk/upload"},
		{"internal/desk/ticket"},
		{
			"internal/desk/sla", "internal/desk/promise", "internal/desk/approval", "internal/desk/runbook", "internal/desk/device", "internal/desk/visit", "internal/desk/remote",
			"internal/desk/pull", "internal/desk/routing", "internal/desk/knowledge", "internal/desk/problem", "internal/desk/major", "internal/desk/announcement", "internal/desk/survey", "internal/desk/intake",
		},
		{"internal/desk/escalation"},
		{
			"internal/desk/automation", "internal/desk/notify", "internal/desk/webhook", "internal/desk/search", "internal/desk/report",
			"internal/desk/live", "internal/desk/norm", "internal/desk/suggest", "internal/desk/inbox",
		},
		{"internal/desk/score"},
		{"internal/desk/rehearsal"},

		{"internal/web/assets"},
		{"internal/web/ui"},
		{"internal/web/page"},
		{"internal/web/portal", "internal/web/workspace", "internal/web/admin", "internal/api", "internal/channel"},
		{"internal/app"},
		{"internal/app/apptest"},
		{"cmd", "test", "internal/arch"},
	}
}

// floorOf finds the floor of a package by its longest named ancestor, and that ancestor.
func floorOf(dir string) (int, string) {
	floor, room := -1, ""
	for i, rooms := range floors() {
		for _, r := range rooms {
			if (dir == r || strings.HasPrefix(dir, r+"/")) && len(r) > len(room) {
				floor, room = i, r
			}
		}
	}
	return floor, room
}

type file struct {
	dir  string // from the root of the repository
	name string
	ast  *ast.File
}

func goFiles(t *testing.T) []file {
	t.Helper()
	var out []file
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "tools" || (strings.HasPrefix(d.Name(), ".") && name != root)) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		out = append(out, file{dir: path.Dir(filepath.ToSlash(rel)), name: path.Base(filepath.ToSlash(rel)), ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files found: the walk is broken", len(out))
	}
	return out
}

func TestImportsGoDown(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		test := strings.HasSuffix(f.name, "_test.go")
		floor, room := floorOf(f.dir)
		if floor < 0 {
			t.Errorf("%s/%s: this room is not in the plan", f.dir, f.name)
			continue
		}
		for _, imp := range f.ast.Imports {
			to, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, ours := strings.CutPrefix(to, module)
			if !ours {
				continue
			}
			below, other := floorOf(to)
			if below < floor || other == room {
				continue
			}
			// A test may use the tools made for tests, whatever their floor.
			if test && strings.HasSuffix(to, "test") {
				continue
			}
			t.Errorf("%s/%s imports %s: %s stands on floor %d and may only look down from %d", f.dir, f.name, to, other, below, floor)
		}
	}
}

func TestEveryRoomSaysWhatItIs(t *testing.T) {
	t.Parallel()
	said, seen := map[string]bool{}, map[string]bool{}
	for _, f := range goFiles(t) {
		if strings.HasSuffix(f.name, "_test.go") {
			continue
		}
		seen[f.dir] = true
		if f.ast.Doc != nil && len(f.ast.Doc.Text()) > 20 {
			said[f.dir] = true
		}
	}
	for dir := range seen {
		if !said[dir] {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestNoInitAndNoSecondLicence(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s/%s has an init function: nothing happens by import", f.dir, f.name)
			}
		}
		if !strings.HasSuffix(f.name, "_templ.go") && (len(f.ast.Comments) == 0 || !strings.Contains(f.ast.Comments[0].Text(), "SPDX-License-Identifier: Apache-2.0")) {
			t.Errorf("%s/%s does not begin with the licence line", f.dir, f.name)
		}
	}
}

var (
	created = regexp.MustCompile(`(?m)^CREATE (?:TABLE|VIRTUAL TABLE|SEQUENCE)(?: IF NOT EXISTS)? ([a-z_]+)`)
	touched = regexp.MustCompile(`\b(?:FROM|INTO|UPDATE|JOIN) ([a-z_]+)`)
)

// readers are the rooms that may read across tables; they own none of those that they read.
func readers() []string { return []string{"report", "search"} }

func TestATableHasOneOwner(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	dir := filepath.Join("..", "kit", "db", "migration")
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		_, room, _ := strings.Cut(e.Name(), "_")
		room, _, _ = strings.Cut(room, ".")
		room, _, _ = strings.Cut(room, "_")
		for _, m := range created.FindAllStringSubmatch(string(text), -1) {
			owner[m[1]] = room
		}
	}
	// One migration makes the tables of two rooms.
	for _, table := range []string{"major", "major_update", "major_request"} {
		owner[table] = "major"
	}
	if len(owner) < 10 {
		t.Fatalf("only %d tables found in the migrations", len(owner))
	}
	// The migrations are named by room; one of them serves a room of another name.
	rename := map[string]string{"inbound": "intake"}
	for _, f := range goFiles(t) {
		if strings.HasSuffix(f.name, "_test.go") || !strings.HasPrefix(f.dir, "internal/") || strings.HasSuffix(f.dir, "test") {
			continue
		}
		room := path.Base(f.dir)
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, m := range touched.FindAllStringSubmatch(lit.Value, -1) {
				owned, known := owner[m[1]]
				if r, ok := rename[owned]; ok {
					owned = r
				}
				if known && owned != room && !slices.Contains(readers(), room) {
					t.Errorf("%s/%s touches the table %s, which belongs to %s", f.dir, f.name, m[1], owned)
				}
			}
			return true
		})
	}
}
