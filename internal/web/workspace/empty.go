// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// emptyView is what stands in place of an empty list: one sentence and one way on.
type emptyView struct {
	Icon   string
	Text   string
	Action ui.Btn
}

// empty says why a list is empty: a page past its end, filters that match nothing, or simply
// nothing to do, which is good news in most of the views.
func (v listView) empty(c *page.Ctx) emptyView {
	way := func(label, href string) ui.Btn { return ui.Btn{Label: c.T(label), Variant: "outline", Href: href} }
	switch {
	case v.Cursor != "":
		return emptyView{"list-filter", c.T("work.empty_page"), way("work.first_page", v.address("/work", "", nil))}
	case v.narrowed() > 0:
		return emptyView{"list-filter", c.T("work.empty_filtered"), way("work.clear_filters", viewAddress(v.View))}
	case v.Saved.ID != 0 || v.Query.Get("f") != "":
		return emptyView{"circle-check", c.T("workview.empty"), way("work.see_risk", "/work")}
	}
	text := c.T("work.empty_" + string(v.View))
	switch v.View {
	case ticket.Risk:
		return emptyView{"circle-check", text, way("work.new_ticket", "/work/new")}
	case ticket.Mine:
		return emptyView{"circle-user", text, way("work.see_unclaimed", viewAddress(ticket.Unclaimed))}
	case ticket.All, ticket.Done:
		return emptyView{"archive", text, way("work.new_ticket", "/work/new")}
	default:
		return emptyView{"circle-check", text, way("work.see_risk", "/work")}
	}
}

// viewAddress is where a ready-made list is.
func viewAddress(v ticket.View) string {
	if v == ticket.Risk {
		return "/work"
	}
	return "/work?view=" + string(v)
}
