// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// telephonyView is the page about the telephone system.
type telephonyView struct {
	Address string
	List    []telephony.Secret
	Made    string // a secret just made, shown this once
	Form    *page.Form
}

func (f *Faces) showTelephony(c *page.Ctx) error {
	return f.telephony(c, http.StatusOK, telephonyView{})
}

func (f *Faces) telephony(c *page.Ctx, status int, v telephonyView) error {
	var err error
	if v.List, err = f.Telephony.Secrets(c.Context(), c.Actor); err != nil {
		return err
	}
	v.Address = f.BaseURL + "/hooks/cti"
	return show(c, status, "telephonyadmin.title", "telephonyadmin.lead", func(fr page.Frame) templ.Component { return telephonyPage(fr, v) })
}

// makeSecret makes a secret; it is shown in this answer and never again.
func (f *Faces) makeSecret(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm)
	if err != nil {
		return err
	}
	made, err := f.Telephony.MakeSecret(c.Context(), c.Actor)
	if err != nil {
		return again(c, form, err, func(status int) error { return f.telephony(c, status, telephonyView{Form: form}) })
	}
	return f.telephony(c, http.StatusOK, telephonyView{Made: made})
}

func (f *Faces) removeSecret(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Telephony.RemoveSecret(c.Context(), c.Actor, c.Path("secret")); err != nil {
		return err
	}
	c.Say("telephonyadmin.removed")
	return c.Redirect("/admin/telephony")
}

// telephonyExample is a message as the door takes it.
const telephonyExample = `{"type":"call.ringing","data":{"call":"7f3a","direction":"in","number":"13800001111","extension":"6011"}}`
