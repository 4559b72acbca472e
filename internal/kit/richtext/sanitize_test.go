// SPDX-License-Identifier: Apache-2.0

package richtext_test

import (
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
	"github.com/loopdesk/loopdesk/internal/kit/richtext/hostiletest"
)

// parse reads a fragment as a browser does inside an element.
func parse(t testing.TB, s, context string) []*html.Node {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{
		Type: html.ElementNode, Data: context, DataAtom: atom.Lookup([]byte(context)),
	})
	if err != nil {
		t.Fatalf("the output does not parse: %v", err)
	}
	return nodes
}

// render writes nodes back.
func render(t testing.TB, nodes []*html.Node) string {
	t.Helper()
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// harm returns what is dangerous in a sanitised document, in the words of the corpus.
func harm(nodes []*html.Node) []string {
	var found []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if n.Namespace != "" || !slices.Contains(allowed(), n.Data) {
				found = append(found, "element "+n.Namespace+" "+n.Data)
			}
			for _, a := range n.Attr {
				found = append(found, harmfulAttribute(n.Data, a)...)
			}
		}
		if n.Type == html.CommentNode {
			found = append(found, "a comment")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return found
}

// allowed is written here once more on purpose: a slip in the policy must not
// allow itself.
func allowed() []string {
	return strings.Fields(`a abbr b bdi bdo blockquote br caption center cite code dd del dfn div dl dt em font h1 h2 h3 h4
		h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt
		u ul var wbr`)
}

// harmfulAttribute judges one attribute.
func harmfulAttribute(element string, a html.Attribute) []string {
	var found []string
	key, value := strings.ToLower(a.Key), strings.ToLower(a.Val)
	if strings.HasPrefix(key, "on") || key == "id" || key == "name" || key == "class" || strings.Contains(key, ":") {
		found = append(found, "attribute "+key)
	}
	// What a browser makes of an address: no white space, no controls, no entities left.
	bare := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, html.UnescapeString(value))
	if strings.HasPrefix(bare, "javascript:") || strings.HasPrefix(bare, "vbscript:") || strings.HasPrefix(bare, "data:text") {
		found = append(found, "address "+bare)
	}
	switch {
	case key == "href":
		u, err := url.Parse(a.Val)
		if err == nil && !slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme) {
			found = append(found, "link to "+a.Val)
		}
	case key == "src":
		if element != "img" || !strings.HasPrefix(value, "cid:") && !strings.HasPrefix(value, "data:image/") {
			found = append(found, "picture from "+a.Val)
		}
	case key == "style":
		for _, bad := range []string{"url", "expression", "@", "\\", "/", "position", "var(", "behavior", "fixed", "-moz-binding", "<", "import"} {
			if strings.Contains(value, bad) {
				found = append(found, "style "+a.Val)
			}
		}
	case slices.Contains([]string{"action", "formaction", "srcset", "background", "poster", "data", "srcdoc", "xlink:href", "ping", "lowsrc", "dynsrc"}, key):
		found = append(found, "attribute "+key)
	}
	return found
}

// elements counts the elements of a tree.
func elements(nodes []*html.Node) int {
	count := 0
	for _, n := range nodes {
		if n.Type == html.ElementNode {
			count++
		}
		for c := range n.Descendants() {
			if c.Type == html.ElementNode {
				count++
			}
		}
	}
	return count
}

// startTags counts the start tags of a document.
func startTags(s string) int {
	count := 0
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return count
		case html.StartTagToken, html.SelfClosingTagToken:
			count++
		}
	}
}

// check holds an input to all promises of the package comment.
func check(t testing.TB, input string) string {
	t.Helper()
	out := richtext.Sanitize(input)
	for _, context := range []string{"body", "div", "td"} {
		nodes := parse(t, out, context)
		if h := harm(nodes); len(h) > 0 {
			t.Errorf("input %q\noutput %q\nholds %v", input, out, h)
		}
		// A browser neither copies nor moves nor adds an element.
		if tags, nodes := startTags(out), elements(nodes); tags != nodes {
			t.Errorf("input %q\noutput %q\nhas %d tags and makes %d elements in %s", input, out, tags, nodes, context)
		}
	}
	nodes := parse(t, out, "body")
	once := render(t, nodes)
	if twice := render(t, parse(t, once, "body")); twice != once {
		t.Errorf("input %q\nserialises to %q\nand then to %q", input, once, twice)
	}
	if again := richtext.Sanitize(out); again != out {
		t.Errorf("input %q\nis no fixed point: %q\nthen %q", input, out, again)
	}
	// What stands behind the message stays where it is.
	boxed := parse(t, "<div>"+out+"</div><h6>behind</h6>", "body")
	if len(boxed) != 2 || boxed[1].Data != "h6" {
		t.Errorf("input %q\noutput %q\nbreaks out of its box", input, out)
	}
	return out
}

func TestS60_TheSharedCorpusIsDisarmed(t *testing.T) {
	t.Parallel()
	for _, c := range hostiletest.Inputs(t, "..", "..", "..") {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			check(t, c.HTML)
		})
	}
}

func TestS61_EveryPairOfHostileInputsIsAFixedPoint(t *testing.T) {
	t.Parallel()
	cases := hostiletest.Inputs(t, "..", "..", "..")
	for i := range cases {
		// Each input inside, behind and cut into another.
		a, b := cases[i].HTML, cases[(i*7+3)%len(cases)].HTML
		check(t, "<table><tr><td>"+a+"<p>"+b)
		check(t, a[:len(a)/2]+b)
		check(t, "<b><a href=https://example.com/>"+a+"</b>"+b+"</a>")
	}
}

func TestS60_HarmlessFormattingSurvives(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ in, want string }{
		"words and emphasis":   {"<p>一 <b>two</b> <i>three</i></p>", "<p>一 <b>two</b> <i>three</i></p>"},
		"a link says where":    {`<a href="https://example.com/?a=1;b=2&c=%20x">x</a>`, `<a href="https://example.com/?a=1;b=2&amp;c=%20x" title="https://example.com/?a=1;b=2&amp;c=%20x" target="_blank" rel="noopener noreferrer nofollow">x</a>`},
		"a link that lies":     {`<a href="https://evil.example/" title="https://bank.example/">x</a>`, `<a href="https://evil.example/" title="https://evil.example/" target="_blank" rel="noopener noreferrer nofollow">x</a>`},
		"a table":              {"<table border=1><tr><td colspan=2>x</td></tr></table>", `<table border="1"><tbody><tr><td colspan="2">x</td></tr></tbody></table>`},
		"colours":              {`<span style="color: RED; background-color:rgb(1, 2, 3)">x</span>`, `<span style="color: red; background-color: rgb(1, 2, 3)">x</span>`},
		"Outlook's paragraphs": {`<p class=MsoNormal style='margin:0cm'><o:p>&nbsp;</o:p></p>`, "<p style=\"margin: 0cm\">\u00a0</p>"},
		"an inline picture":    {`<img src="cid:a@b" width=10 alt="x">`, `<img src="cid:a@b" width="10" alt="x">`},
		"an embedded picture":  {`<img src="data:image/png;base64,iVBORw0K">`, `<img src="data:image/png;base64,iVBORw0K">`},
		"a remote picture":     {`a<img src="http://t.example/x.gif">b<img alt=logo src=//t.example/y>`, `ablogo`},
		"a heading after one":  {"<h1>a<h2>b", "<h1>a</h1><h2>b</h2>"},
		"lists without ends":   {"<ul><li>a<li>b<ul><li>c</ul>d</ul>e", "<ul><li>a</li><li>b<ul><li>c</li></ul>d</li></ul>e"},
		"a cell without table": {"<td>a</td>b", "ab"},
		"text between cells":   {"<table>a<tr>b<td>c</table>d", "<table><tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>d"},
		"paragraphs":           {"<p>a<div>b</p>c</div>", "<p>a</p><div>bc</div>"},
		"crossed emphasis":     {"<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"},
		"a stray end":          {"a</div></body></html>b", "ab"},
		"br written as an end": {"a</br>b", "a<br>b"},
		"a form":               {"<form action=//x><input name=a><button>Go</button> on</form>", "Go on"},
		"text of a textarea":   {"<textarea><b>x</b></textarea>", "&lt;b&gt;x&lt;/b&gt;"},
		"a script":             {"a<script>alert(1)</script>b", "ab"},
		"less than":            {"1 < 2 && 3 > 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := check(t, c.in); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestS63_StylesLoadNothingAndMoveNothing(t *testing.T) {
	t.Parallel()
	for _, style := range []string{
		"background: url(https://x/)", "background-image: url(x)", "background: image-set('x' 1x)", "color: var(--x)",
		"--x: 1", "color: env(x)", "width: attr(x)", "width: expression(alert(1))", "position: fixed", "position: absolute; top: 0",
		"margin-left: -1000px", "margin: 0 -50px", "behavior: url(#x)", "-moz-binding: url(x)", `color: r\65 d`, `background: \75rl(x)`,
		"color: red/**/", "color: rgb(1,2,url(x))", "color: rgb(rgb(1))", "font-family: 'a\"b'", "@import 'x'", "list-style-image: url(x)",
		"content: 'x'", "cursor: url(x)", "filter: blur(1px)", "transform: scale(9)", "z-index: 9", "opacity: 0", "display: none",
		"animation: x 1s", "transition: all 1s", "container-type: size", "float: left", "clip-path: circle(0)", "color:red}body{x:y",
		strings.Repeat("color: red; ", 500),
	} {
		if got := check(t, `<p style="`+html.EscapeString(style)+`">x</p>`); got != "<p>x</p>" {
			t.Errorf("%s\ngives %s", style, got)
		}
	}
	if got := richtext.Sanitize("<style>p{color:red}</style><link rel=stylesheet href=x>x"); got != "x" {
		t.Errorf("a style sheet gives %q", got)
	}
}

func TestS64_PicturesGoWhereTheCallerSays(t *testing.T) {
	t.Parallel()
	in := `<img src="cid:one"><img src="CID:none"><img src="https://t.example/a.png?x=1&y=2" alt="a"><img src="//t.example/b"><img src="/logout"><img src="data:image/svg+xml;base64,PHN2Zz4=">`
	o := richtext.Options{
		CID: func(id string) string {
			if id == "one" {
				return "/file/abc?x=1&y=2"
			}
			return ""
		},
		Remote: func(u string) string { return "/proxy?u=" + url.QueryEscape(u) },
	}
	got := o.Sanitize(in)
	want := `<img src="/file/abc?x=1&amp;y=2"><img src="/proxy?u=https%3A%2F%2Ft.example%2Fa.png%3Fx%3D1%26y%3D2" alt="a">`
	if got.HTML != want || got.Blocked != 0 {
		t.Errorf("got  %s (%d blocked)\nwant %s", got.HTML, got.Blocked, want)
	}
	if got := (richtext.Options{}).Sanitize(in); got.HTML != `<img src="cid:one"><img src="CID:none">a` || got.Blocked != 1 {
		t.Errorf("by the zero options: %s (%d blocked)", got.HTML, got.Blocked)
	}
}

func TestS69_LinksOfMarkdownGoToFourSchemesOnly(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#115;cript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
		"/logout", "//example.com", "#top", "\\\\host", "ftp://example.com/", "blob:x", "https:example.com", "http://",
	} {
		for _, md := range []string{"[x](" + u + ")", "<" + u + ">", "[x][1]\n\n[1]: " + u, `<a href="` + u + `">x</a>`, "![x](" + u + ")"} {
			got := richtext.FromMarkdown(md)
			if nodes := parse(t, got, "body"); strings.Contains(got, "<a ") || len(harm(nodes)) > 0 {
				t.Errorf("%s gives %s", md, got)
			}
		}
	}
	for _, u := range []string{"https://example.com/a?b=c", "http://example.com/", "mailto:it@example.com", "tel:+86-10-1234"} {
		if got := richtext.FromMarkdown("[x](" + u + ")"); !strings.Contains(got, `href="`+u+`"`) {
			t.Errorf("%s gives %s", u, got)
		}
	}
}

func TestS87_HostileShapesStayInTheirBounds(t *testing.T) {
	// Not parallel: it counts what the whole process allocates.
	const size = 1 << 20
	for name, unit := range map[string]string{
		"tags":                "<b>x",
		"paragraphs":          "<p>",
		"links":               `<a href="https://example.com/">x</a>`,
		"attributes":          "<p title=x",
		"unclosed tags":       "<",
		"unclosed comments":   "<!--",
		"unclosed cdata":      "<![CDATA[",
		"unclosed quotes":     `<a href="`,
		"entities":            "&amp",
		"tables":              "<table><tr><td>",
		"cells":               "<table><td>",
		"misnested":           "<b><i></b></i>",
		"lists":               "<ul><li>",
		"quotes":              "<blockquote>",
		"styles":              `<p style="color:red;color:red">`,
		"white space":         " ",
		"end tags":            "</div>",
		"formatting in cells": "<font color=red><table><td>",
		"svg":                 "<svg><style><!--",
		"select":              "<select><option>",
		"NUL":                 "\x00",
		"brackets":            "((((((((",
	} {
		in := strings.Repeat(unit, size/len(unit))
		bytes := allocated(func() {
			out := richtext.Sanitize(in)
			_ = richtext.Text(in)
			if nodes := parse(t, out, "body"); len(harm(nodes)) > 0 {
				t.Errorf("%s: %v", name, harm(nodes)[:1])
			}
		})
		if bytes > 600*size {
			t.Errorf("%s: %d MiB allocated for 1 MiB", name, bytes>>20)
		}
	}
	for name, unit := range map[string]string{
		"brackets": "[", "images": "![", "emphasis": "*a ", "backticks": "`a``", "quotes": ">", "lists": "- ", "links": "[a](", "references": "[a]: b\n",
		"tables": "|a|b\n|-|-\n", "autolinks": "http://", "angle": "<", "underscores": "__a__b", "indent": " ", "addresses": "a@",
	} {
		in := strings.Repeat(unit, (60<<10)/len(unit))
		if bytes := allocated(func() { check(t, richtext.FromMarkdown(in)) }); bytes > 1<<30 {
			t.Errorf("Markdown %s: %d MiB allocated for 60 KiB", name, bytes>>20)
		}
	}
	if got := (richtext.Options{}).Sanitize(strings.Repeat("汉", 1<<20)); !got.Cut || len(got.HTML) > 2<<20 || strings.ContainsRune(got.HTML, unicode.ReplacementChar) {
		t.Errorf("a long document: cut = %v, %d bytes", got.Cut, len(got.HTML))
	}
}

// allocated returns how many bytes the process allocates while f runs.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{
		"<p>a<b>c", "<table><tr><td>x<table>", "<svg><style><img src=x onerror=alert(1)>", `<a href="java&#x09;script:x">y</a>`,
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<ul><li><p><li></ul></p>",
		"<dl><dt><dd><p><dt>", "<h1><p><h2>", "<a href=http://x><div><a href=http://y>", "<b><table><i><td></b></i>", "&lt;&amp;lt;", "<caption><td><tr>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# a\n\n- b\n  1. c", "[a](http://b \"c\")", "<b>x</b>", "|a|\n|-|\n|`b|`|", "```\n<script>\n```", "a  \nb\\\nc ~~d~~ http://e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, richtext.FromMarkdown(s)) })
}

func TestS01_LinksSayWhereTheyGo(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<a href="https://evil.example/x">https://bank.example</a>`:              `[evil.example]`,
		`<a href="https://evil.example/x"><b>your <i>bank</i></b></a>`:           `[evil.example]`,
		`<a href="https://bank.example@evil.example/">bank.example</a>`:          `[evil.example]`,
		`<a href="https://WWW.news.example/a">News.example</a>`:                  ``,
		`<a href="https://news.example/a"><img src="cid:1"></a>`:                 ``,
		`<a href="mailto:li@corp.example">write to us</a>`:                       ``,
		`<a href="https://a.example/">one<a href="https://b.example/">two</a>`:   `[a.example]`,
		`<table><tr><td><a href="https://a.example/">one</td></tr></table>after`: `[a.example]`,
	} {
		got := richtext.Options{Hosts: true}.Sanitize(in).HTML
		if want == "" && strings.Contains(got, " [") || !strings.Contains(got, want) {
			t.Errorf("%s gives %s", in, got)
		}
		if again := (richtext.Options{Hosts: true}).Sanitize(got).HTML; again != got {
			t.Errorf("%s is no fixed point: %s", got, again)
		}
	}
}
