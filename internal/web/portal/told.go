// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const toldPath = "/told"

// mountTold adds what the reader was told of their requests. That they have seen it is a POST of
// the page that shows it, so that no link changes anything.
func (f *Faces) mountTold(r *page.Router) {
	r.Get(toldPath, page.SignedIn, f.told)
	r.Post(toldPath+"/seen", page.SignedIn, f.toldSeen)
	r.Post(toldPath+"/rules", page.SignedIn, f.toldRules)
	r.Post("/requests/{number}/seen", page.SignedIn, f.toldSeen)
}

// toldLine is everything that the reader was told about one request.
type toldLine struct {
	line
	What   []toldWhat
	Unread bool
}

// toldWhat is one item in words.
type toldWhat struct {
	Icon, Text string
	At         ui.When
	New        bool
}

// toldView is the page.
type toldView struct {
	Lines  []toldLine
	Newest inbox.ItemID // for marking all; 0 where nothing is unread
	Rules  []ui.Option
	Chosen []string
	Pager  ui.PagerView
}

// toldShown bounds the items of a line that are written out.
const toldShown = 3

func (f *Faces) told(c *page.Ctx) error {
	p, err := f.inbox.List(c.Context(), c.Actor, inbox.Filter{Before: inbox.ItemID(c.QueryInt("before"))})
	if err != nil {
		return err
	}
	v := toldView{Lines: f.toldLines(c, p)}
	for _, l := range p.Lines {
		if l.Unread > 0 {
			v.Newest = max(v.Newest, l.Newest())
		}
	}
	wishes, err := f.inbox.OwnWishes(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, k := range inbox.OwnKinds() {
		v.Rules = append(v.Rules, ui.Option{Value: string(k), Label: c.T("inbox.kind_" + string(k)), Off: k == inbox.Solution})
		if wishes[k] {
			v.Chosen = append(v.Chosen, string(k))
		}
	}
	if p.Next != 0 {
		v.Pager.Older = toldPath + "?before=" + id(int64(p.Next))
	}
	if c.Query("before") != "" {
		v.Pager.Newer = toldPath
	}
	frame := c.Frame(c.T("portal.told"))
	return show(c, http.StatusOK, frame.Listen("person"), toldPage(frame, v))
}

func (f *Faces) toldLines(c *page.Ctx, p inbox.Page) []toldLine {
	var out []toldLine
	for _, l := range p.Lines {
		one := toldLine{line: f.line(c, l.Ticket), Unread: l.Unread > 0}
		for _, i := range l.Items[:min(len(l.Items), toldShown)] {
			name := c.T("workticket.desk")
			if i.Actor != 0 {
				name = f.people.Card(c.Context(), i.Actor).Name
			}
			one.What = append(one.What, toldWhat{
				Icon: toldIcon(i.Kind), Text: c.T(i.Words(), "Name", name), At: ui.At(c.Lang, i.At, c.Now, c.Zone), New: !i.Read(),
			})
		}
		out = append(out, one)
	}
	return out
}

func toldIcon(k inbox.Kind) string {
	switch k {
	case inbox.Solution:
		return "circle-check"
	case inbox.Asked:
		return "clipboard-check"
	case inbox.Late:
		return "handshake"
	case inbox.Over:
		return "check-check"
	default:
		return "message-circle"
	}
}

// toldSeen marks as read what a page showed, of one request or of all.
func (f *Faces) toldSeen(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "upto")
	if err != nil {
		return err
	}
	on, back := ticket.ID(0), toldPath
	if c.Path("number") != "" {
		number, err := c.Number("number")
		if err != nil {
			return err
		}
		t, err := f.tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
		if err != nil {
			return err
		}
		on, back = t.ID, "/requests/"+t.Ref()
	}
	if err := f.inbox.Seen(c.Context(), c.Actor, on, inbox.ItemID(form.Int("upto"))); err != nil {
		return err
	}
	return c.Redirect(back)
}

// toldRules keeps of what the reader wants to hear.
func (f *Faces) toldRules(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "told")
	if err != nil {
		return err
	}
	wanted := map[inbox.Kind]bool{}
	for _, k := range inbox.OwnKinds() {
		wanted[k] = form.Has("told", string(k))
	}
	if err := f.inbox.SaveOwnWishes(c.Context(), c.Actor, wanted); err != nil {
		return err
	}
	c.Say("page.saved")
	return c.Redirect(toldPath)
}

// unseen is the newest item about a request that its reader has not seen, as text; "" for none and
// for whoever came by a link.
func (f *Faces) unseen(c *page.Ctx, t ticket.Ticket) (string, error) {
	if c.Code != "" {
		return "", nil
	}
	n, err := f.inbox.UnreadOn(c.Context(), c.Actor, t.ID)
	if n == 0 || err != nil {
		return "", err
	}
	return strconv.FormatInt(int64(n), 10), nil
}
