// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// The content security policy allows nothing inline and nothing foreign.
func TestA35_NothingInlineNothingForeign(t *testing.T) {
	t.Parallel()
	everyScreen(t, func(t *testing.T, _ i18n.Lang, doc string) {
		walk(t, doc, func(n *html.Node) {
			if n.Data == "style" {
				t.Error("a style element")
			}
			if src, _ := attr(n, "src"); n.Data == "script" && (!strings.HasPrefix(src, "/assets/") || text(n) != "") {
				t.Errorf("a script that is not a file of ours: %q", src)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || strings.Contains(a.Val, "js:") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || a.Key == "href" || a.Key == "action") && (strings.Contains(a.Val, "://") || strings.HasPrefix(a.Val, "//") || strings.HasPrefix(a.Val, "javascript")) {
					t.Errorf("<%s %s=%q> leads away", n.Data, a.Key, a.Val)
				}
			}
		})
	})
}

// What is named must be there, once: ids, labels, descriptions.
func TestIdsAreUniqueAndReferencesHold(t *testing.T) {
	t.Parallel()
	everyScreen(t, func(t *testing.T, _ i18n.Lang, doc string) {
		ids := map[string]int{}
		var asked []string
		walk(t, doc, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[id]++
			}
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "data-open", "data-dialog", "data-add-row", "data-at"} {
				v, _ := attr(n, key)
				asked = append(asked, strings.Fields(v)...)
			}
		})
		for id, n := range ids {
			if n > 1 {
				t.Errorf("the id %q stands %d times", id, n)
			}
		}
		for _, id := range asked {
			if ids[id] == 0 {
				t.Errorf("nothing has the id %q", id)
			}
		}
	})
}

func TestEveryPageHasItsLandmarksAndOneHeading(t *testing.T) {
	t.Parallel()
	everyScreen(t, func(t *testing.T, lang i18n.Lang, doc string) {
		count := map[string]int{}
		walk(t, doc, func(n *html.Node) {
			count[n.Data]++
			if l, _ := attr(n, "lang"); n.Data == "html" && l != string(lang) {
				t.Errorf("the page says that it is in %q", l)
			}
			if id, _ := attr(n, "id"); n.Data == "main" && id != "main" {
				t.Error("the skip link leads nowhere")
			}
			if label, _ := attr(n, "aria-label"); (n.Data == "nav" || n.Data == "aside") && label == "" {
				t.Errorf("a <%s> without a name", n.Data)
			}
		})
		if count["main"] != 1 || count["h1"] < 1 {
			t.Errorf("%d main, %d h1", count["main"], count["h1"])
		}
	})
}

// What can be pressed or filled in has a name; what is drawn is hidden or named.
func TestEveryControlHasAName(t *testing.T) {
	t.Parallel()
	everyScreen(t, func(t *testing.T, _ i18n.Lang, doc string) {
		var labelled []string
		walk(t, doc, func(n *html.Node) {
			if id, ok := attr(n, "for"); ok && n.Data == "label" && text(n) != "" {
				labelled = append(labelled, id)
			}
		})
		walk(t, doc, func(n *html.Node) {
			label, _ := attr(n, "aria-label")
			id, _ := attr(n, "id")
			kind, _ := attr(n, "type")
			switch n.Data {
			case "button", "a", "summary":
				if _, hidden := attr(n, "hidden"); !hidden && label == "" && text(n) == "" {
					t.Errorf("a <%s> without a name: %v", n.Data, n.Attr)
				}
			case "input", "select", "textarea":
				inLabel := n.Parent.Data == "label" && text(n.Parent) != ""
				if kind != "hidden" && label == "" && !inLabel && !slices.Contains(labelled, id) {
					t.Errorf("a field without a label: %v", n.Attr)
				}
			case "svg":
				if hidden, _ := attr(n, "aria-hidden"); hidden != "true" && label == "" {
					t.Error("a drawing that says nothing")
				}
			case "img":
				if _, ok := attr(n, "alt"); !ok {
					t.Error("a picture without alt")
				}
			}
		})
	})
}

func TestNoWordIsMissingOrLeftUntranslated(t *testing.T) {
	t.Parallel()
	everyScreen(t, func(t *testing.T, lang i18n.Lang, doc string) {
		if i := strings.IndexRune(doc, '⟦'); i >= 0 {
			t.Errorf("a message is missing: %.60s", doc[i:])
		}
		if lang != i18n.EN {
			return
		}
		walk(t, doc, func(n *html.Node) {
			if l, _ := attr(n, "lang"); l == string(i18n.ZH) {
				return
			}
			for c := range n.ChildNodes() {
				if c.Type == html.TextNode && strings.ContainsFunc(c.Data, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("Chinese in an English page: %q", c.Data)
				}
			}
		})
	})
}

// A reply to the requester and a note that they must not see differ in frame,
// words, key, address and button, and never share a form.
func TestF17_TheTwoComposersCannotBeConfused(t *testing.T) {
	t.Parallel()
	public := render(t, ui.ComposerBox(i18n.ZH, ui.Composer{Action: "/reply", Who: "王海燕", Channel: "王海燕将在邮件和门户收到"}))
	note := render(t, ui.ComposerBox(i18n.ZH, ui.Composer{Note: true, Action: "/note", Who: "王海燕"}))
	for _, want := range []string{`class="cmp pub"`, `id="reply"`, `action="/reply"`, `data-key="r"`, "发送给王海燕", "王海燕将在邮件和门户收到"} {
		if !strings.Contains(public, want) || strings.Contains(note, want) {
			t.Errorf("%q does not tell them apart", want)
		}
	}
	for _, want := range []string{`class="cmp note"`, `id="note"`, `action="/note"`, `data-key="n"`, `data-variant="note"`, "用户看不到", "保存备注"} {
		if !strings.Contains(note, want) || strings.Contains(public, want) {
			t.Errorf("%q does not tell them apart", want)
		}
	}
}

// What was typed comes back, and markup in it stays text.
func TestS04_WhatWasTypedIsKeptAndIsOnlyText(t *testing.T) {
	t.Parallel()
	const typed = `"><script>alert(1)</script><b onclick=x>`
	f := ui.Field{Name: "a", Label: typed, Value: typed, Help: typed, Error: typed, Placeholder: typed, Options: []ui.Option{{Value: typed, Label: typed}}}
	for name, doc := range map[string]string{
		"text": render(t, ui.Text(i18n.EN, f)), "area": render(t, ui.TextArea(i18n.EN, f)), "select": render(t, ui.Select(i18n.EN, f)),
		"segments": render(t, ui.Segments(i18n.EN, f)), "composer": render(t, ui.ComposerBox(i18n.EN, ui.Composer{Value: typed, Who: typed, Error: typed})),
		"message": render(t, ui.MessageCard(i18n.EN, ui.Message{ID: "m", Author: ui.Person{Name: typed}, Body: ui.Plain(typed)})),
		"coded":   render(t, ui.Coded(typed+"A-1<i>")), "toast": render(t, ui.ToastLine(ui.Toast{Text: typed})),
		"row": render(t, ui.QueueLine(i18n.EN, ui.QueueRow{Number: "1", Problem: typed, Words: typed, Requester: typed})),
	} {
		walk(t, doc, func(n *html.Node) {
			class, _ := attr(n, "class")
			if n.Data == "script" || n.Data == "b" && n.Attr != nil || n.Data == "i" && !strings.HasPrefix(class, "ic ") {
				t.Errorf("%s: markup got through", name)
			}
		})
	}
	if got := render(t, ui.TextArea(i18n.EN, ui.Field{Name: "a", Value: "zwei\n  Zeilen"})); !strings.Contains(got, ">zwei\n  Zeilen</textarea>") {
		t.Errorf("the lines are not kept: %s", got)
	}
}

// An address that would run a script leads nowhere.
func TestS04_LinksDoNotRun(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"button": render(t, ui.Button(ui.Btn{Label: "x", Href: "javascript:alert(1)"})),
		"menu":   render(t, ui.MenuLink(ui.Link{Label: "x", Href: "JavaScript:alert(1)"})),
		"file":   render(t, ui.FileChip(i18n.EN, ui.File{Name: "x", Href: "data:text/html,x"})),
	} {
		walk(t, doc, func(n *html.Node) {
			if href, _ := attr(n, "href"); strings.Contains(strings.ToLower(href), "script:") || strings.HasPrefix(href, "data:") {
				t.Errorf("%s: %q", name, href)
			}
		})
	}
}
