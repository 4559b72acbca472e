// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Toast is a quiet word about what was just done, with a way to take it back.
type Toast struct {
	Key   string // message key
	Args  []any  // pairs of name and value
	Undo  string // path that takes it back by POST; "" where nothing can
	While string // selector of what the page shows as long as it can be taken back; "" says nothing about it
}

// toastFor is how long a toast survives between a command and the page after it.
const toastFor = time.Minute

// carried is a toast on its way through the cookie.
type carried struct {
	Key   string   `json:"k"`
	Args  []string `json:"a,omitempty"`
	Undo  string   `json:"u,omitempty"`
	While string   `json:"w,omitempty"`
}

// Say shows a toast with this answer: beside a fragment, or on the page after a redirect.
func (c *Ctx) Say(key string, args ...any) { c.toast = &Toast{Key: key, Args: args} }

// SayUndo is Say with the path of the command that takes it back within ten seconds.
func (c *Ctx) SayUndo(undo, key string, args ...any) {
	c.toast = &Toast{Key: key, Args: args, Undo: LocalPath(undo, "")}
}

// SayUndoWhile is SayUndo of what can be taken back only as long as the page shows something: the
// word goes with it.
func (c *Ctx) SayUndoWhile(shown, undo, key string, args ...any) {
	c.SayUndo(undo, key, args...)
	c.toast.While = shown
}

// keepToast carries the toast over a redirect. The cookie is signed and bound to the
// person, so that nobody else can put words into a page.
func (c *Ctx) keepToast() {
	if c.toast == nil {
		return
	}
	k := carried{Key: c.toast.Key, Undo: c.toast.Undo, While: c.toast.While}
	for _, a := range c.toast.Args {
		k.Args = append(k.Args, shorten(fmt.Sprint(a), 200))
	}
	body, err := json.Marshal(k)
	if err != nil {
		return
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	if len(text) > 2000 {
		return
	}
	c.setCookie(toastCookie, text+"."+c.Kit.Keys.Sign("toast", strconv.FormatInt(c.Actor.ID, 10), text), toastFor)
}

// takeToast returns the toast for this page, from this request or the one before, once.
func (c *Ctx) takeToast() *Toast {
	t := c.toast
	if raw := c.cookie(toastCookie); raw != "" {
		c.setCookie(toastCookie, "", 0)
		if t == nil {
			t = c.readToast(raw)
		}
	}
	c.toast = nil
	return t
}

func (c *Ctx) readToast(raw string) *Toast {
	text, mac, ok := strings.Cut(raw, ".")
	if !ok || !c.Kit.Keys.Verify("toast", mac, strconv.FormatInt(c.Actor.ID, 10), text) {
		return nil
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	var k carried
	if json.Unmarshal(body, &k) != nil || k.Key == "" {
		return nil
	}
	t := &Toast{Key: k.Key, Undo: k.Undo, While: k.While}
	for _, a := range k.Args {
		t.Args = append(t.Args, a)
	}
	return t
}

// appendToast puts a waiting toast beside a fragment.
func (c *Ctx) appendToast(buf *bytes.Buffer) error {
	if c.toast == nil {
		return nil
	}
	t := *c.toast
	c.toast = nil
	return ui.ToastPartial(toastView(c.Lang, t)).Render(c.Context(), buf)
}

func toastView(lang i18n.Lang, t Toast) ui.Toast {
	v := ui.Toast{Text: i18n.T(lang, t.Key, t.Args...), Undo: t.Undo, While: t.While}
	if v.Undo != "" {
		v.Label = i18n.T(lang, "page.undo")
	}
	return v
}
