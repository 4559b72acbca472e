// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shipped are the files that end up in the binary.
func shipped(t *testing.T) []file {
	t.Helper()
	return slices.DeleteFunc(goFiles(t), func(f file) bool {
		return strings.HasSuffix(f.name, "_test.go") || strings.HasSuffix(f.dir, "test") || (!strings.HasPrefix(f.dir, "internal/") && !strings.HasPrefix(f.dir, "cmd/"))
	})
}

// imported returns the name under which a file knows a package; false where it does not.
func imported(f file, pkg string) (string, bool) {
	for _, imp := range f.ast.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil || p != pkg {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name, true
		}
		return p[strings.LastIndexByte(p, '/')+1:], true
	}
	return "", false
}

// source writes an expression as it stands in the file, on one line.
func source(n ast.Node) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// uses lists what a file does with a package: "Raw(x)" for a call, "Pi" for anything else.
func uses(f file, pkg string) []string {
	name, ok := imported(f, pkg)
	if !ok {
		return nil
	}
	var out []string
	called := map[*ast.SelectorExpr]bool{}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && isOf(s, name) {
				called[s] = true
				var args []string
				for _, a := range call.Args {
					args = append(args, source(a))
				}
				out = append(out, s.Sel.Name+"("+strings.Join(args, ", ")+")")
			}
		}
		if s, ok := n.(*ast.SelectorExpr); ok && isOf(s, name) && !called[s] {
			out = append(out, s.Sel.Name)
		}
		return true
	})
	return out
}

func isOf(s *ast.SelectorExpr, pkg string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && x.Obj == nil
}

// compare reports what is there and not allowed, and what is allowed and no longer there.
func compare(t *testing.T, got map[string]bool, allowed map[string]string) {
	t.Helper()
	for _, use := range slices.Sorted(maps.Keys(got)) {
		if _, ok := allowed[use]; !ok {
			t.Errorf("%s: nobody has said why this is safe", use)
		}
	}
	for _, use := range slices.Sorted(maps.Keys(allowed)) {
		if !got[use] {
			t.Errorf("%s is allowed and no longer there", use)
		}
	}
}

// TestA02_MarkupIsEscapedByTheTemplates lists every place where something reaches a page
// without the templates' escaping. All else is escaped for where it stands, because templ does.
func TestA02_S62_MarkupIsEscapedByTheTemplates(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"internal/web/page/file_templ.go Raw(clean.HTML)":                                        "what the sanitiser let through, in a sandboxed frame",
		"internal/web/admin/letter_templ.go Raw(richtext.Sanitize(body.HTML))":                   "a letter of our own, sanitised, in a sandboxed frame",
		"internal/web/ui/markdown_templ.go Raw(richtext.Options{CID: picture}.FromMarkdown(md))": "Markdown of staff, whose HTML is text, through the sanitiser; nothing of it runs under the pages' policy",
		"internal/channel/email/letter_templ.go Raw(richtext.FromText(p.text))":                  "escapes and links plain text itself",
	}
	trusted := regexp.MustCompile(`^(Raw|SafeCSS|SafeCSSProperty|SafeScript|SafeScriptInline|JSFuncCall|JSUnsafeFuncCall|JSExpression|ComponentScript|FromGoHTML|JSONScript)\b`)
	got := map[string]bool{}
	for _, f := range shipped(t) {
		for _, use := range uses(f, "github.com/a-h/templ") {
			if trusted.MatchString(use) && use != `Raw("")` {
				got[f.dir+"/"+f.name+" "+use] = true
			}
		}
		for _, pkg := range []string{"html/template", "text/template"} {
			if _, ok := imported(f, pkg); ok {
				t.Errorf("%s/%s imports %s: there is one template engine (A02, S72)", f.dir, f.name, pkg)
			}
		}
	}
	compare(t, got, allowed)
}

// Components that write bytes themselves are few, and each writes only what it made itself.
func TestA02_HandWrittenComponentsAreFew(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"internal/web/ui/icon.go": "drawings from our own table around a class of the caller's, which is a constant",
		"internal/web/ui/leaf.go": "a pen writes constants as they are and every value through templ.EscapeString; Once writes again what a template rendered",
		"internal/web/ui/text.go": "writes through templ.EscapeString",
	}
	got := map[string]bool{}
	for _, f := range shipped(t) {
		if strings.HasSuffix(f.name, "_templ.go") {
			continue
		}
		for _, use := range uses(f, "github.com/a-h/templ") {
			if strings.HasPrefix(use, "ComponentFunc(") && strings.Contains(use, "Write") {
				got[f.dir+"/"+f.name] = true
			}
		}
	}
	compare(t, got, allowed)
}

// TestA03_AddressesAreJudgedByTheTemplates: templ.SafeURL trusts whatever it is given, so it is
// given only what our own functions made, or a text that begins as ours.
func TestA03_AddressesAreJudgedByTheTemplates(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"internal/channel/email/letter_templ.go SafeURL(w.to)":                "the public address from the configuration with a path of ours",
		"internal/web/ui/rail_templ.go SafeURL(item.Href)":                    "built by the workspace for its own routes",
		"internal/web/workspace/remote.go SafeURL(link)":                      "a link of desk/remote: a scheme of its list before everything else, every value percent-encoded (S69)",
		"internal/web/workspace/ticket_conformance_templ.go SafeURL(r.Event)": "an anchor on our own page, built from a number",
	}
	ours := regexp.MustCompile(`^SafeURL\(("(/|tel:|mailto:|#|\?)|(fmt\.Sprintf\("/)|([a-z]+\.)*[a-zA-Z]+\([^()]*(\([^()]*\))*[^()]*\)\))`)
	got := map[string]bool{}
	for _, f := range shipped(t) {
		for _, use := range uses(f, "github.com/a-h/templ") {
			if strings.HasPrefix(use, "SafeURL(") && !ours.MatchString(use) {
				got[f.dir+"/"+f.name+" "+use] = true
			}
		}
	}
	compare(t, got, allowed)
}

// TestA06_A11_NothingIsExecuted: no process is started, nothing is loaded or interpreted.
func TestA06_A11_S86_NothingIsExecuted(t *testing.T) {
	t.Parallel()
	barred := regexp.MustCompile(`^(os/exec|plugin|debug/gosym|github\.com/(dop251/goja|robertkrimen/otto|traefik/yaegi|yuin/gopher-lua|Shopify/go-lua|d5/tengo|mattn/anko)|go\.starlark\.net)(/|$)`)
	for _, f := range shipped(t) {
		for _, imp := range f.ast.Imports {
			if p, _ := strconv.Unquote(imp.Path.Value); barred.MatchString(p) {
				t.Errorf("%s/%s imports %s", f.dir, f.name, p)
			}
		}
		for _, pkg := range []string{"syscall", "golang.org/x/sys/unix", "os"} {
			for _, use := range uses(f, pkg) {
				if strings.HasPrefix(use, "Exec(") || strings.HasPrefix(use, "ForkExec(") || strings.HasPrefix(use, "StartProcess(") {
					t.Errorf("%s/%s: %s.%s", f.dir, f.name, pkg, use)
				}
			}
		}
	}
}

// TestA75_SecretsComeFromTheSystem: there is one source of chance, and no broken cipher or hash.
func TestA75_A74_SecretsComeFromTheSystem(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"internal/kit/id/id.go crypto/rand":             "every random name comes from here",
		"internal/kit/job/queue.go crypto/rand":         "names what a worker holds",
		"internal/app/folder.go crypto/rand":            "makes the master key",
		"internal/kit/mail/auth/sign.go crypto/rand":    "makes the key that signs mail (DKIM)",
		"internal/desk/inbox/push.go crypto/rand":       "makes the desk's key for messages to browsers",
		"internal/kit/webpush/webpush.go crypto/rand":   "a key and a salt for each message to a browser",
		"internal/channel/turn/hall.go crypto/rand":     "picks the place of an allocation, so that nobody guesses another's",
		"internal/desk/telephony/secret.go crypto/rand": "makes the secret that a telephone system signs with",
	}
	got := map[string]bool{}
	barred := []string{"math/rand", "math/rand/v2", "crypto/md5", "crypto/sha1", "crypto/des", "crypto/rc4", "golang.org/x/exp/rand", "golang.org/x/crypto/md4"}
	for _, f := range shipped(t) {
		for _, pkg := range barred {
			if _, ok := imported(f, pkg); ok {
				t.Errorf("%s/%s imports %s", f.dir, f.name, pkg)
			}
		}
		if _, ok := imported(f, "crypto/rand"); ok {
			got[f.dir+"/"+f.name+" crypto/rand"] = true
		}
	}
	compare(t, got, allowed)
}

// TestA14_OneClientCallsOut: whoever calls an address that somebody else chose does it through
// netguard; the few other connections go where the administrator said.
func TestA14_S80_OneClientCallsOut(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"internal/kit/netguard/netguard.go http.Transport":     "of the client",
		"internal/kit/netguard/netguard.go net.Resolver":       "of the dialer",
		"internal/kit/netguard/netguard.go http.Client":        "the client",
		"internal/web/page/kit.go http.Client":                 "that client, given by the assembly, for remote pictures",
		"internal/web/page/picture.go http.Client":             "likewise",
		"internal/channel/push/sender.go http.Client":          "that client, made by netguard, to the makers of browsers",
		"internal/kit/netguard/netguard.go net.Dialer":         "the dialer",
		"internal/channel/email/send.go net.Dialer":            "to the mail server that the administrator named, which stands inside as a rule",
		"internal/channel/email/imap_connect.go net.Dialer":    "to the mailbox that the administrator named, likewise",
		"internal/channel/ldap/client.go net.Dialer":           "that dialer, to the directory server that the administrator named",
		"internal/channel/email/verify.go net.DefaultResolver": "asks what senders' domains publish about their mail; the answers are compared, never called",
		"internal/app/serve.go net.Dialer":                     "asks whether anybody listens at a socket of the configuration",
		"internal/app/doctor.go net.Dialer":                    "asks whether that mail server answers, for the operator at the terminal",
	}
	barred := map[string]*regexp.Regexp{
		"net/http":   regexp.MustCompile(`^(Client|DefaultClient|DefaultTransport|Transport|Get|Head|Post|PostForm)\b`),
		"net":        regexp.MustCompile(`^(Dialer|Dial|DialTimeout|DialTCP|DialUDP|DialIP|DialUnix|Lookup[A-Z]\w*|Resolver|DefaultResolver)\b`),
		"crypto/tls": regexp.MustCompile(`^(Dial|DialWithDialer|Dialer)\b`),
		"net/smtp":   regexp.MustCompile(`.`),
	}
	got := map[string]bool{}
	for _, f := range shipped(t) {
		if strings.HasPrefix(f.dir, "internal/kit/db") {
			continue // to the database of the configuration
		}
		for pkg, what := range barred {
			for _, use := range uses(f, pkg) {
				if m := what.FindString(use); m != "" {
					got[fmt.Sprintf("%s/%s %s.%s", f.dir, f.name, pkg[strings.LastIndexByte(pkg, '/')+1:], m)] = true
				}
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok && source(kv.Key) == "InsecureSkipVerify" {
				t.Errorf("%s/%s: %s: certificates are always checked (A76)", f.dir, f.name, source(kv))
			}
			return true
		})
	}
	compare(t, got, allowed)
}

// TestA30_ScriptsOfOursSetTextOnly looks through our own scripts for ways to run text.
func TestA30_A11_ScriptsOfOursSetTextOnly(t *testing.T) {
	t.Parallel()
	list, err := filepath.Glob(filepath.Join("..", "web", "assets", "src", "js", "*.js"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	bad := regexp.MustCompile(`\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|eval|Function|document\.write|setAttribute\(\s*["']on|localStorage|sessionStorage)\b|javascript:|https?://`)
	allowed := map[string]string{
		`beside.js const text = sessionStorage.getItem(kept);`:                                        "what its reader typed in the forms beside the one that was sent: values of fields, put back as such",
		`beside.js sessionStorage.removeItem(kept);`:                                                  "the same, gone with the page that comes, whether or not it has those forms",
		`beside.js if (Object.keys(left).length) sessionStorage.setItem(kept, JSON.stringify(left));`: "the same, for one load of one tab; no password, no file, nothing at sign-out",
		"page.js part.innerHTML = text;":                                                              "an answer of ours into a template element, where nothing runs or loads",
		`place.js const place = JSON.parse(sessionStorage.getItem(kept) ?? "null");`:                  "where a list stood: numbers, and ids that are looked up",
		`place.js sessionStorage.removeItem(kept);`:                                                   "the same, used once",
		`place.js sessionStorage.setItem(kept, JSON.stringify({ ...here(list), of: name(list) }));`:   "the same, for the one load after a command; it goes with the tab",
	}
	got := map[string]bool{}
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if code, _, _ := strings.Cut(line, "// "); bad.MatchString(code) {
				got[filepath.Base(name)+" "+strings.TrimSpace(line)] = true
			}
		}
	}
	compare(t, got, allowed)
}
