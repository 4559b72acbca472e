// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// ringingView is a call that comes in for the reader.
type ringingView struct{ Text, Href string }

const padPath = "/work/phone"

// rings reports whether a page may say that a call comes in: every one but the pad, on which
// nothing comes up by itself (N40).
func rings(w ui.Workspace) bool {
	at, _, _ := strings.Cut(w.Path, "?")
	return at != padPath
}

// hearing lets a page hear of what waits for its reader.
func hearing(w ui.Workspace) ui.Workspace {
	switch {
	case !rings(w):
	case w.Live == "":
		w.Live = "/events?topics=person"
	case !strings.Contains(w.Live, "person"):
		w.Live += ",person"
	}
	return w
}

// ringing answers whether a call rings or is spoken on for the reader.
func (f *Faces) ringing(c *page.Ctx) error {
	call, on, err := f.Telephony.Now(c.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	if !on {
		return c.Show(ringingBox(c.Lang, nil))
	}
	who := call.Number
	list, err := f.People.ByNumber(c.Context(), c.Actor, call.Number)
	if err != nil {
		return err
	}
	switch len(list) {
	case 0:
	case 1:
		who = list[0].Name + " " + call.Number
	default:
		who = c.T("work.ring_shared", "Number", call.Number, "Count", len(list))
	}
	if who == "" {
		who = c.T("work.ring_withheld")
	}
	text := c.T("work.ring_in", "Who", who)
	if !call.Incoming {
		text = c.T("work.ring_out", "Who", who)
	}
	return c.Show(ringingBox(c.Lang, &ringingView{Text: text, Href: padPath + "?" + url.Values{"call": {key(call.ID)}}.Encode()}))
}

// takeUp begins the pad with what the telephone system says of a call of the reader's: of the one
// that the address names, or, where it says nothing of who calls, of the one that rings just now.
func (f *Faces) takeUp(c *page.Ctx, form *page.Form) {
	call, ok := f.callOf(c, c.QueryInt("call"))
	if !ok && form.Get("q") == "" && form.Get("requester") == "" {
		now, rings, err := f.Telephony.Now(c.Context(), c.Person.ID)
		call, ok = now, rings && err == nil // without it the pad is empty, and no less useful
	}
	if !ok {
		return
	}
	form.Values.Set("call", key(call.ID))
	if form.Get("q") == "" {
		form.Values.Set("q", call.Number)
	}
	if !call.Incoming {
		form.Values.Set("direction", "out")
	}
	for _, at := range []time.Time{call.Answered, call.Rung} {
		if !at.IsZero() {
			form.Values.Set("began", key(at.UnixMilli()))
			break
		}
	}
}

// toldLength is how long the call lasted as the telephone system says it; 0 where it does not.
func (f *Faces) toldLength(c *page.Ctx, form *page.Form) time.Duration {
	call, ok := f.callOf(c, form.Int("call"))
	if !ok {
		return 0
	}
	return call.Lasted()
}

func (f *Faces) callOf(c *page.Ctx, which int64) (telephony.Call, bool) {
	if which <= 0 {
		return telephony.Call{}, false
	}
	call, err := f.Telephony.Of(c.Context(), c.Person.ID, which)
	return call, err == nil
}
