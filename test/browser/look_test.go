// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// axe is the checker of accessibility, read from where the assets are built: it is a tool of
// the tests and no part of the product.
var axe = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "web", "assets", "src", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is missing; tools/test installs it, or run npm ci in internal/web/assets/src: %w", err)
	}
	return string(text) + "\n;true", nil
})

// rules are what axe holds a page to: WCAG 2.2 AA and good practice.
const rules = `"wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa","best-practice"`

// violations are what axe objects to in the page as it stands. Frames are looked at by
// themselves; those of mails run no script and could not answer.
func (b *tab) violations() []string { b.Helper(); return b.objections(rules) }

// objections are violations of some of the rules only, named by tag or by themselves.
func (b *tab) objections(rules string) []string {
	b.Helper()
	text, err := axe()
	b.must(err)
	if !eval[bool](b, `typeof axe === "object"`) {
		eval[bool](b, text)
	}
	return eval[[]string](b, `axe.run({iframes:false,resultTypes:["violations"],runOnly:[`+rules+`]}).then(r=>r.violations.map(v=>
		v.id+": "+v.help+"\n"+v.nodes.slice(0,3).map(n=>"    "+n.target.join(" ")+" "+[...n.any,...n.all,...n.none].map(a=>a.message).join("; ").slice(0,240)).join("\n")))`)
}

// dress changes the theme of the page that is shown, as its switch does.
func (b *tab) dress(theme string) {
	b.Helper()
	b.run(fmt.Sprintf(`document.documentElement.classList.remove("auto","light","dark");document.documentElement.classList.add(%q)`, theme))
}

// sideways are the boxes that scroll sideways on purpose: the bar of filters of a telephone, the lanes
// of a board, what is written as a machine wrote it, and tables and graphs with a box of their own.
const sideways = ".bar.thin, .board, .graph, pre, .overflow-x-auto, textarea"

// shape is what must hold for every page at every width.
func (b *tab) shape(lang string) (wrong []string) {
	b.Helper()
	s := eval[struct {
		Lang, Title, Untold string
		Beyond              string // what reaches furthest beyond the window
		Sideways, Long      int
		Heads, Mains        int
		Twice               []string
		Cut                 []string // boxes that scroll sideways and should not
	}](b, `(()=>{
		const text=document.documentElement.outerHTML, at=text.indexOf("⟦"), ids=[...document.querySelectorAll("[id]")].map(e=>e.id);
		return {Lang:document.documentElement.lang, Title:document.title, Untold:at<0?"":text.slice(at,at+60),
			Sideways:Math.max(document.documentElement.scrollWidth,document.querySelector("main")?.scrollWidth??0)-innerWidth,
			Beyond:[...document.querySelectorAll("main *")].reduce((far,e)=>e.getBoundingClientRect().right>(far?.getBoundingClientRect().right??innerWidth)?e:far,null)?.outerHTML.slice(0,200)??"",
			Long:document.querySelector(".shell")?document.documentElement.scrollHeight-innerHeight:0,
			Cut:[...document.querySelectorAll("body *")].filter(e=>/auto|scroll/.test(getComputedStyle(e).overflowX)&&e.scrollWidth>e.clientWidth&&e.clientWidth>1&&e.checkVisibility()&&!e.matches(`+quote(sideways)+`))
				.map(e=>e.scrollWidth-e.clientWidth+" px: "+e.outerHTML.slice(0,120)+" … "+([...e.querySelectorAll("*")].reduce((far,x)=>x.getBoundingClientRect().right>(far?.getBoundingClientRect().right??e.getBoundingClientRect().right)?x:far,null)?.outerHTML.slice(0,160)??"")),
			Heads:document.querySelectorAll("h1").length, Mains:document.querySelectorAll("main").length,
			Twice:[...new Set(ids.filter((id,i)=>ids.indexOf(id)!==i))]}})()`)
	if s.Lang != lang {
		wrong = append(wrong, fmt.Sprintf("the document says that it is in %q", s.Lang))
	}
	if s.Untold != "" {
		wrong = append(wrong, "a key without words: "+s.Untold)
	}
	if s.Sideways > 0 {
		wrong = append(wrong, fmt.Sprintf("scrolls sideways by %d px: %s", s.Sideways, s.Beyond))
	}
	for _, c := range s.Cut {
		wrong = append(wrong, "a box scrolls sideways by "+c)
	}
	if s.Long > 0 {
		wrong = append(wrong, fmt.Sprintf("the page is %d px longer than its panes: it scrolls twice", s.Long))
	}
	if s.Heads != 1 || s.Mains != 1 || s.Title == "" {
		wrong = append(wrong, fmt.Sprintf("%d h1, %d main, title %q", s.Heads, s.Mains, s.Title))
	}
	if len(s.Twice) > 0 {
		wrong = append(wrong, "ids that stand twice: "+strings.Join(s.Twice, " "))
	}
	return wrong
}

// allLooks asks axe in every language, at both widths and in both themes; else the two languages divide them.
func allLooks() bool { return os.Getenv("LOOPDESK_LOOKS") == "all" }

// look holds the page that is shown to everything, on a desk, at twice the size and on a phone. It is
// loaded once: width and theme change in place, and its shape is looked at in each. Every rule of axe is
// asked wide in Chinese and narrow, where the longer words are, in English, the one in light and the
// other in dark; the next page has it the other way round, so that what all pages share is seen in all
// four looks. make looks asks for all of them on every page.
func (b *tab) look(name, lang string) {
	b.Helper()
	say := func(how string, wrong []string) {
		for _, w := range wrong {
			b.Errorf("%s, %s, %s: %s", name, lang, how, w)
		}
	}
	ask := func(how string, themes ...string) {
		for _, theme := range themes {
			b.dress(theme)
			say(how+", "+theme, b.violations())
		}
	}
	inWide, inNarrow := []string{"light"}, []string{"dark"}
	if crc32.ChecksumIEEE([]byte(name))%2 == 1 {
		inWide, inNarrow = inNarrow, inWide
	}
	switch {
	case allLooks():
		inWide, inNarrow = []string{"light", "dark"}, []string{"dark", "light"}
	case lang == "en":
		inWide = nil
	default:
		inNarrow = nil
	}
	say("wide", b.shape(lang))
	ask("wide", inWide...)
	b.size(twice)
	say("at twice the size", b.shape(lang))
	b.size(narrow)
	say("narrow", b.shape(lang))
	if len(inNarrow) > 0 {
		b.size(tall)
		ask("narrow", inNarrow...)
	}
	b.size(wide)
	say("console", b.complaints())
}
