// SPDX-License-Identifier: Apache-2.0

package page

import (
	"encoding/json"
	"net/http"

	"github.com/loopdesk/loopdesk/internal/web/assets"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// ownInstalled adds what a browser needs to keep the desk as an app: what it is, where it begins,
// what it shows while there is no network, and the worker that does so. Nothing of the desk is
// kept in the browser but that one page, which holds no word of anybody.
func (r *Router) ownInstalled() {
	r.Get("/manifest.webmanifest", Public, r.manifest)
	r.Get("/sw.js", Public, r.worker)
	r.Get("/offline", Public, r.offline)
	r.Get("/start", Public, r.start)
}

// icon is a picture of the app.
type appIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

// manifest says what the app is, in the reader's language (W3C Web Application Manifest).
func (h *house) manifest(c *Ctx) error {
	name := c.Desk.Name
	if name == "" {
		name = c.T("page.app_name")
	}
	body, err := json.Marshal(map[string]any{
		"id": "/", "start_url": "/start", "scope": "/", "display": "standalone", "lang": string(c.Lang), "dir": "ltr",
		"name": name, "short_name": c.T("page.app_short"), "description": c.T("page.app_about"),
		"background_color": ui.GroundLight, "theme_color": ui.GroundLight,
		"icons": []appIcon{
			{assets.URL("icon-192.png"), "192x192", "image/png", ""},
			{assets.URL("icon-512.png"), "512x512", "image/png", ""},
			{assets.URL("icon-mask-512.png"), "512x512", "image/png", "maskable"},
			{assets.URL("icon.svg"), "any", "image/svg+xml", ""},
		},
	})
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, "application/manifest+json", body)
}

// worker is the script that shows the page for a lost network and the messages to the desktop. It
// has no hash in its address, for the browser looks there for a newer one.
func (h *house) worker(c *Ctx) error {
	return c.send(http.StatusOK, "text/javascript; charset=utf-8", assets.Worker())
}

// offline is the page that the worker keeps. It is nobody's: no name, no number, no word of a ticket.
func (h *house) offline(c *Ctx) error {
	p := ui.Page{Lang: c.Lang, Theme: string(c.Theme), Title: c.T("page.offline"), Brand: c.Desk.Name, Path: "/", Now: c.Now}
	return c.Show(offlinePage(p))
}

// start leads whoever opens the app to where they belong.
func (h *house) start(c *Ctx) error { return c.Redirect(home(c.Person)) }
