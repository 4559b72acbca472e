// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// plainElements may stand in the output; content says what each may hold.
// Elements that are not here lose their tags and keep their text.
func plainElements() []string {
	return []string{
		"a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "dd", "del", "dfn",
		"div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark",
		"ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
		"tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
	}
}

// policy is the allow-list of names. It is made once, because that takes longer
// than most messages, and is only read afterwards.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	var (
		number  = regexp.MustCompile(`^[0-9]{1,4}$`)
		length  = regexp.MustCompile(`^[0-9]{1,4}(?:px|%)?$`)
		colour  = regexp.MustCompile(`^(?:#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30})$`)
		word    = regexp.MustCompile(`^[a-zA-Z]{1,10}$`)
		lang    = regexp.MustCompile(`^[a-zA-Z0-9-]{1,35}$`)
		face    = regexp.MustCompile(`^[\pL\pN ,'_-]{1,100}$`)
		size    = regexp.MustCompile(`^[+-]?[1-7]$`)
		caption = regexp.MustCompile(`^[^\x00-\x1f\x7f]{0,500}$`)
		link    = regexp.MustCompile(`^(?i:https?://|mailto:|tel:)`)
		picture = regexp.MustCompile(`^(?i:https?://|cid:|/|data:image/(?:png|gif|jpeg|webp);base64,)`)
	)
	p := bluemonday.NewPolicy()
	p.AllowNoAttrs().OnElements(plainElements()...)
	p.AllowElements(plainElements()...)
	p.AllowAttrs("style").Globally() // judged property by property in style.go
	p.AllowAttrs("dir").Matching(word).Globally()
	p.AllowAttrs("lang").Matching(lang).Globally()
	p.AllowAttrs("align", "valign").Matching(word).Globally()

	p.AllowAttrs("href").Matching(link).OnElements("a")
	p.AllowAttrs("title").Matching(caption).OnElements("a", "abbr")
	p.AllowAttrs("src").Matching(picture).OnElements("img")
	p.AllowAttrs("alt").Matching(caption).OnElements("img")
	p.AllowAttrs("width", "height").Matching(length).OnElements("img", "table", "td", "th", "tr")
	p.AllowAttrs("border", "cellpadding", "cellspacing").Matching(number).OnElements("table", "img")
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("td", "th")
	p.AllowAttrs("bgcolor").Matching(colour).OnElements("table", "td", "th", "tr")
	p.AllowAttrs("color").Matching(colour).OnElements("font")
	p.AllowAttrs("face").Matching(face).OnElements("font")
	p.AllowAttrs("size").Matching(size).OnElements("font")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("type").Matching(word).OnElements("ol", "ul", "blockquote")
	return p
})
