// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// attributes returns the attributes to write. It reports false when the element
// is nothing without the address it does not get.
func (b *builder) attributes(t html.Token) ([]html.Attribute, bool) {
	var kept []html.Attribute
	href, src := "", ""
	for _, a := range t.Attr {
		switch {
		case a.Key == "style":
			if s := cleanStyle(a.Val); s != "" {
				kept = append(kept, html.Attribute{Key: "style", Val: s})
			}
		case a.Key == "href":
			href = cleanLink(a.Val)
		case a.Key == "src":
			src = b.picture(a.Val)
		case a.Key == "title" && t.Data == "a":
			// Our own title says where the link goes.
		default:
			kept = append(kept, a)
		}
	}
	switch t.Data {
	case "a":
		if href == "" {
			return nil, false
		}
		return append([]html.Attribute{
			{Key: "href", Val: href},
			{Key: "title", Val: href},
			{Key: "target", Val: "_blank"},
			{Key: "rel", Val: "noopener noreferrer nofollow"},
		}, kept...), true
	case "img":
		if src != "" {
			return append([]html.Attribute{{Key: "src", Val: src}}, kept...), true
		}
		return kept, hasText(kept, "alt")
	}
	return kept, true
}

// hasText reports whether the attribute is there and says something.
func hasText(attrs []html.Attribute, key string) bool {
	for _, a := range attrs {
		if a.Key == key && strings.TrimSpace(a.Val) != "" {
			return true
		}
	}
	return false
}

// hostOf returns the name of the machine that a link leads to, "" for links of other kinds.
func hostOf(attrs []html.Attribute) string {
	for _, a := range attrs {
		if a.Key != "href" {
			continue
		}
		u, err := url.Parse(a.Val)
		if err != nil || u.Hostname() == "" {
			return ""
		}
		return strings.ToLower(u.Hostname())
	}
	return ""
}

// whereTo is what is written at the end of a link: the host, where its words do not name it. A
// link without words is a picture, whose title names the address.
func (b *builder) whereTo() string {
	host, words := b.link, strings.ToLower(b.linked.String())
	b.link = ""
	b.linked.Reset()
	if host == "" || strings.TrimSpace(words) == "" || strings.Contains(words, strings.TrimPrefix(host, "www.")) {
		return ""
	}
	return "<small> [" + html.EscapeString(host) + "]</small>"
}

// cleanLink returns an address that may be followed, as a browser would read
// it, or "". Only http, https, mailto and tel may (check S69): relative
// addresses mean nothing in a message and would lead into our own pages.
func cleanLink(raw string) string {
	u := asBrowsersReadIt(raw)
	switch scheme, rest, _ := strings.Cut(u, ":"); strings.ToLower(scheme) {
	case "http", "https":
		if len(rest) > 2 && strings.HasPrefix(rest, "//") {
			return u
		}
	case "mailto", "tel":
		if rest != "" {
			return u
		}
	}
	return ""
}

// picture returns the address of a picture after the caller's rules, or "". A
// relative address can only be one that the caller gave, seen again.
func (b *builder) picture(raw string) string {
	u := asBrowsersReadIt(raw)
	scheme, rest, found := strings.Cut(u, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case b.trusted && (strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") || cleanLink(u) != ""):
		return u
	case !found:
		return ""
	case scheme == "cid":
		if b.trusted || b.options.CID == nil {
			return u
		}
		return b.options.CID(rest)
	case scheme == "data":
		return cleanData(rest)
	case (scheme == "http" || scheme == "https") && cleanLink(u) != "":
		return b.remote(u)
	}
	return ""
}

// remote asks the caller about a remote picture and counts what is left out.
func (b *builder) remote(u string) string {
	out := ""
	if b.options.Remote != nil {
		out = b.options.Remote(u)
	}
	if out == "" {
		b.blocked++
	}
	return out
}

// cleanData accepts the four raster formats of the web in base 64, never SVG.
func cleanData(rest string) string {
	kind, data, found := strings.Cut(rest, ",")
	switch kind = strings.ToLower(kind); kind {
	case "image/png;base64", "image/gif;base64", "image/jpeg;base64", "image/webp;base64":
	default:
		return ""
	}
	const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	if !found || data == "" || strings.Trim(data, base64) != "" {
		return ""
	}
	return "data:" + kind + "," + data
}

// asBrowsersReadIt removes what the URL standard has browsers remove before
// they look at the scheme: white space and controls around, tabs and line
// ends inside. Any other control makes the address nothing.
func asBrowsersReadIt(raw string) string {
	u := strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	u = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, u)
	for _, r := range u {
		if r < ' ' || r == 0x7f {
			return ""
		}
	}
	return u
}
