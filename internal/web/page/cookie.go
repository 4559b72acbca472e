// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/session"
)

// The cookies. All are ours alone, read by no script, sent by no other site's form (A31;
// ASVS 3.3.1–3.3.4).
const (
	sessionCookie = "session"
	langCookie    = "lang"
	themeCookie   = "theme"
	toastCookie   = "toast"
)

const year = 365 * 24 * time.Hour

// Theme is light, dark, or as the system has it.
type Theme string

// The themes. A theme belongs to the screen, not to the person: it is kept on the browser.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

func (t Theme) known() bool { return t == Auto || t == Light || t == Dark }

// cookieName carries the prefix by which browsers refuse a cookie that anybody else set.
func (c *Ctx) cookieName(name string) string {
	if c.Kit.Secure {
		return "__Host-" + name
	}
	return name
}

func (c *Ctx) cookie(name string) string {
	k, err := c.Request.Cookie(c.cookieName(name))
	if err != nil {
		return ""
	}
	return k.Value
}

// setCookie sets a cookie for a time; a time of 0 removes it.
func (c *Ctx) setCookie(name, value string, life time.Duration) {
	age := int(life / time.Second)
	if life <= 0 {
		age = -1
	}
	http.SetCookie(c.w, &http.Cookie{ //nolint:gosec // Secure follows from the public address (A31)
		Name: c.cookieName(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: c.Kit.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// enter keeps the secret of a new session on the browser. Every sign-in gives a new one (A65, S45).
func (c *Ctx) enter(secret string) { c.setCookie(sessionCookie, secret, session.Absolute) }

func (c *Ctx) themeCookie() Theme {
	if t := Theme(c.cookie(themeCookie)); t.known() {
		return t
	}
	return Auto
}
