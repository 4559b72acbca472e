// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// mine is everything that the page about oneself shows.
type mine struct {
	Person   person.Person
	Profile  *Form
	Password *Form
	Quiet    *Form // nil where the house keeps no quiet hours
	Leave    *Form // nil where nothing is approved
	Away     bool  // somebody stands in, now or soon
	Token    *Form
	Sessions []session.Session
	Here     int64 // the session that asks
	Tokens   []session.Token
	Secret   string // a token just made, shown this once
}

// mine reads what the page shows; forms that failed are put in by the caller.
func (h *house) mine(c *Ctx) (mine, error) {
	p, err := h.kit.People.Get(c.Context(), c.Person.ID)
	if err != nil {
		return mine{}, err
	}
	m := mine{Person: p, Here: c.Session.ID, Profile: Filled(
		"name", p.Name, "phone", p.Phone, "department", p.Department, "place", p.Place,
		"lang", p.Lang, "zone", p.Zone, "version", strconv.FormatInt(p.Version, 10))}
	if m.Quiet, err = h.quietForm(c); err != nil {
		return mine{}, err
	}
	if err := h.readLeave(c, &m); err != nil {
		return mine{}, err
	}
	if m.Sessions, err = h.kit.Sessions.Sessions(c.Context(), c.Actor); err != nil {
		return mine{}, err
	}
	m.Tokens, err = h.kit.Sessions.Tokens(c.Context(), c.Actor)
	return m, err
}

func (h *house) showMe(c *Ctx) error {
	m, err := h.mine(c)
	if err != nil {
		return err
	}
	return h.renderMe(c, http.StatusOK, m)
}

// again shows the page with one of its forms as it was sent.
func (h *house) again(c *Ctx, f *Form, failed error, put func(*mine)) error {
	if errs.KindOf(failed) == errs.Denied {
		return failed
	}
	m, err := h.mine(c)
	if err != nil {
		return err
	}
	status := c.MarkUp(f, failed)
	put(&m)
	return h.renderMe(c, status, m)
}

// saveMe changes one's own plain fields; address and role are an administrator's.
func (h *house) saveMe(c *Ctx) error {
	f, err := c.Form(SmallForm, "name", "phone", "department", "place", "lang", "zone", "version")
	if err != nil {
		return err
	}
	p, err := h.kit.People.Get(c.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	p.Name, p.Phone, p.Department, p.Place = f.Get("name"), f.Get("phone"), f.Get("department"), f.Get("place")
	p.Lang, p.Zone = f.Get("lang"), f.Get("zone")
	if _, err := h.kit.People.Change(c.Context(), c.Actor, p, f.Version()); err != nil {
		return h.again(c, f, err, func(m *mine) { m.Profile = f })
	}
	c.setCookie(langCookie, p.Lang, year)
	c.Say("page.saved")
	return c.Redirect("/me")
}

// quietForm is when one wants no mail, as it is stored.
func (h *house) quietForm(c *Ctx) (*Form, error) {
	if h.kit.Quiet == nil {
		return nil, nil //nolint:nilnil // nothing to show is no failure
	}
	r, err := h.kit.Quiet.Reader(c.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	f := Filled("mode", string(r.Mode))
	if r.Mode == notify.OwnTime {
		f.Values.Set("quiet_from", ClockOf(r.Hours.From))
		f.Values.Set("quiet_to", ClockOf(r.Hours.To))
	}
	return f, nil
}

// saveQuiet stores when one wants no mail.
func (h *house) saveQuiet(c *Ctx) error {
	f, err := c.Form(SmallForm, "mode", "quiet_from", "quiet_to")
	if err != nil {
		return err
	}
	if h.kit.Quiet == nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	stored, err := h.quietForm(c)
	if err != nil {
		return err
	}
	again := func(err error) error { return h.again(c, f, err, func(m *mine) { m.Quiet = f }) }
	if unheard(f, stored) {
		return again(errs.Field("mode", "mailadmin.hours_unheard", "Own", c.T("mailadmin.mode_own")))
	}
	r := notify.Reader{Mode: notify.Mode(f.Get("mode")), Hours: notify.Hours{From: MinuteOf(f.Text("quiet_from")), To: MinuteOf(f.Text("quiet_to"))}}
	if err := h.kit.Quiet.SaveReader(c.Context(), c.Actor, r); err != nil {
		return again(err)
	}
	c.Say("page.saved")
	return c.Redirect("/me")
}

// unheard reports whether somebody typed quiet hours and left a mode that does without them. Hours
// that stood in the fields before were typed for nothing new.
func unheard(f, stored *Form) bool {
	return notify.Mode(f.Get("mode")) != notify.OwnTime && slices.ContainsFunc([]string{"quiet_from", "quiet_to"}, func(field string) bool {
		return f.Text(field) != "" && f.Text(field) != stored.Get(field)
	})
}

// changePassword ends every session of the person, this one too, and opens a new one here
// with the new password (A67).
func (h *house) changePassword(c *Ctx) error {
	f, err := c.Form(SmallForm, "old", "password", "email")
	if err != nil {
		return err
	}
	if err := h.kit.Sessions.ChangePassword(c.Context(), c.Actor, f.Get("old"), f.Get("password")); err != nil {
		return h.again(c, f, err, func(m *mine) { m.Password = f })
	}
	secret, _, err := h.kit.Sessions.SignIn(c.Context(), c.Person.Email, f.Get("password"), c.Visitor())
	if err != nil {
		return err
	}
	c.enter(secret)
	c.Say("page.password_changed")
	return c.Redirect("/me")
}

func (h *house) endSession(c *Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if err := h.kit.Sessions.End(c.Context(), c.Actor, which); err != nil {
		return err
	}
	c.Say("page.session_ended")
	return c.Redirect("/me")
}

// makeToken makes an API token and shows its secret in this answer and never again.
func (h *house) makeToken(c *Ctx) error {
	f, err := c.Form(SmallForm, "name")
	if err != nil {
		return err
	}
	secret, _, err := h.kit.Sessions.MakeToken(c.Context(), c.Actor, c.Person.ID, f.Get("name"))
	if err != nil {
		return h.again(c, f, err, func(m *mine) { m.Token = f })
	}
	m, err := h.mine(c)
	if err != nil {
		return err
	}
	m.Secret = secret
	return h.renderMe(c, http.StatusOK, m)
}

func (h *house) revokeToken(c *Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if err := h.kit.Sessions.RevokeToken(c.Context(), c.Actor, which); err != nil {
		return err
	}
	c.Say("page.token_revoked")
	return c.Redirect("/me")
}

// device shortens what a browser calls itself to what its owner calls it: "Firefox · Windows".
// Nearly every browser also claims to be others; the one that is meant comes first here.
func device(agent string) string {
	find := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := find("MicroMessenger", "WeChat", "DingTalk", "DingTalk", "Lark", "Feishu", "Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox",
		"FxiOS", "Firefox", "Chrome/", "Chrome", "CriOS", "Chrome", "Safari/", "Safari")
	system := find("Windows", "Windows", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "HarmonyOS", "HarmonyOS", "Mac OS X", "macOS", "Linux", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case agent == "":
		return "–"
	}
	return shorten(agent, 40)
}

// zones are offered for choosing; any other of the IANA base may be stored already.
func zones(own string) []string {
	list := []string{
		"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Urumqi", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok",
		"Asia/Jakarta", "Asia/Manila", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow", "Europe/Istanbul", "Europe/Berlin", "Europe/Paris",
		"Europe/Madrid", "Europe/London", "Africa/Cairo", "Africa/Lagos", "Africa/Johannesburg", "America/Sao_Paulo", "America/New_York",
		"America/Chicago", "America/Denver", "America/Los_Angeles", "America/Mexico_City", "America/Toronto", "Australia/Perth",
		"Australia/Sydney", "Pacific/Auckland", "UTC",
	}
	for _, z := range list {
		if z == own {
			return list
		}
	}
	if own == "" {
		return list
	}
	return append([]string{own}, list...)
}
