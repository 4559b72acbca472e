// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/url"

	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func peopleOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, p := range []string{"one", "team", "department", "everyone"} {
		out = append(out, ui.Option{Value: p, Label: f.T("portal.people_" + p)})
	}
	return out
}

func pager(f page.Frame, next string, later bool) ui.PagerView {
	p := ui.PagerView{}
	if next != "" {
		p.Older = "/requests?after=" + url.QueryEscape(next)
	}
	if later {
		p.Newer = "/requests"
	}
	return p
}

// uploadPath is where a form's files go ahead of it.
func uploadPath(f page.Frame) string {
	if f.Code != "" {
		return "/t/" + f.Code + "/files"
	}
	return "/files"
}

// requestBack leads back on a phone: to the list, or nowhere for the holder of a link.
func requestBack(f page.Frame, r request) *ui.Link {
	if f.Code != "" {
		return nil
	}
	return &ui.Link{Label: f.T("portal.requests") + " " + r.Ticket.Ref(), Href: "/requests"}
}
