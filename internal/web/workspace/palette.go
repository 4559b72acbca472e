// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountPalette adds the list of keys and what Ctrl K opens: everywhere that the reader may go, everything that the
// page they are on can do (their script gathers that from the page itself, so that it can
// offer nothing that the page does not), and tickets and people as they type.
func (f *Faces) mountPalette(r *page.Router) {
	r.Get("/work/palette", access.QueueRead, f.palette)
	r.Get("/work/palette/find", access.QueueRead, f.paletteFind)
	r.Get(keysPath, access.QueueRead, f.keys)
}

// destination is a page that the palette leads to.
type destination struct {
	ui.Link
	Also string // the same in the other language, for whoever thinks in it
	In   string // the part of the house that it belongs to
	Key  string // the keys that lead there from anywhere
}

// palette answers the box with everywhere that the reader may go. It is fetched once a page,
// when it is first wanted.
func (f *Faces) palette(c *page.Ctx) error {
	fr := c.Frame("")
	other := fr
	other.Lang = i18n.EN
	if fr.Lang == i18n.EN {
		other.Lang = i18n.ZH
	}
	list := destinations(f.nav(c, fr, ""), f.nav(c, other, ""), c.T("work.palette_go"))
	if fr.Admin && f.Administration != nil {
		list = append(list, destinations(f.Administration(fr), f.Administration(other), c.T("page.go_admin"))...)
	}
	return c.Show(paletteBox(fr, list))
}

// destinations pairs a navigation with itself in the other language.
func destinations(n, other ui.Nav, in string) []destination {
	var out []destination
	for i, g := range n.Groups {
		where := in
		if g.Title != "" {
			where = g.Title
		}
		for j, item := range g.Items {
			d := destination{Link: item.Link, In: where, Key: item.Key}
			if i < len(other.Groups) && j < len(other.Groups[i].Items) && other.Groups[i].Items[j].Href == item.Href {
				d.Also = other.Groups[i].Items[j].Label
			}
			out = append(out, d)
		}
		if g.More != nil {
			d := destination{Link: *g.More, In: where}
			d.Icon = "plus"
			if i < len(other.Groups) && other.Groups[i].More != nil {
				d.Also = other.Groups[i].More.Label
			}
			out = append(out, d)
		}
	}
	return out
}

// named says that a person's whole name was typed: they come before tickets that hold it.
func (v findView) named(p personView) bool { return strings.EqualFold(p.Name, v.Text) }

// paletteFind answers the tickets and people that may be meant.
func (f *Faces) paletteFind(c *page.Ctx) error {
	typed := strings.TrimSpace(c.Query("q"))
	v := findView{Text: typed}
	if typed != "" {
		s, err := f.Search.Suggest(c.Context(), c.Actor, search.Query{Text: typed, Zone: c.Zone})
		if err != nil {
			return err
		}
		v.People, v.Articles = f.personViews(c, s.People), f.articlesFound(c, s.Articles)
		for _, h := range s.Tickets {
			v.Hits = append(v.Hits, f.foundView(c, h))
		}
	}
	return c.Show(paletteFound(c.Frame(""), v))
}
