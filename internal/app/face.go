// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/channel/cti"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/web/admin"
	"github.com/loopdesk/loopdesk/internal/web/assets"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/portal"
	"github.com/loopdesk/loopdesk/internal/web/ui"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// Handler is everything that people and programs reach by HTTP.
func (h *House) Handler() http.Handler { return h.meters.timed(h.Pages) }

// face gives the house its doors: pages for people, the API for programs, signs of life.
// Every route of every door stands in h.Pages.Routes or h.API.Routes (A69).
func (h *House) face() {
	h.Pages = page.NewRouter(&page.Kit{
		Sessions: h.Sessions, People: h.People, Settings: h.Settings, Links: h.Links, Tickets: h.Tickets, Uploads: h.Uploads, Hub: h.Hub, Keys: h.Keys,
		Clock: h.Clock, Log: h.Log, Public: h.Public, Secure: h.Config.secure(), Develop: h.Config.Development,
		Proxies: h.Config.proxies(), Forgot: h.Notices.Forgot, SignInLink: h.Notices.SignInLink,
		Together:  h.DB.Together,
		Quiet:     h.Notices,
		Alarm:     h.alarm,
		Inbox:     h.Inbox,
		Counts:    h.figures,
		Approvals: h.Approvals,
		Outside:   netguard.Client(netguard.Options{Timeout: 8 * time.Second, MaxBytes: 4 << 20}),
	})
	portal.New(portal.Parts{
		Knowledge: h.Knowledge, Notify: h.Notices,
		Tickets: h.Tickets, People: h.People, Catalog: h.Catalog, Clocks: h.Clocks, Promises: h.Promises, Search: h.Search, Majors: h.Majors,
		Announcements: h.Announcements, Runbooks: h.Runbooks, Approvals: h.Approvals, Devices: h.Devices, Visits: h.Visits, Remote: h.Remote, Inbox: h.Inbox,
	}).Mount(h.Pages)
	workspace.New(workspace.Parts{
		Knowledge: h.Knowledge,
		Suggest:   h.Suggest, Routing: h.Routing,
		Tickets: h.Tickets, People: h.People, Catalog: h.Catalog, Settings: h.Settings, Clocks: h.Clocks, Norm: h.Norm,
		Intake: h.Intake, Notify: h.Notices, Escalations: h.Escalations, Rotas: h.Rotas, Majors: h.Majors, Remote: h.Remote, BaseURL: h.Public,
		Promises: h.Promises, Pull: h.Pull, Reports: h.Reports, Scores: h.Scores, Search: h.Search,
		Words:          h.Words,
		Texts:          h.Texts,
		Announcements:  h.Announcements,
		Inbox:          h.Inbox,
		Approvals:      h.Approvals,
		Administration: admin.Nav,
		Views:          h.Views,
		Runbooks:       h.Runbooks,
		Telephony:      h.Telephony,
		Problems:       h.Problems,
		Devices:        h.Devices,
		Visits:         h.Visits,
	}).Mount(h.Pages)
	admin.New(admin.Parts{
		Suggest: h.Suggest, Routing: h.Routing,
		People: h.People, Sessions: h.Sessions, Catalog: h.Catalog, Settings: h.Settings, Tickets: h.Tickets, Notify: h.Notices,
		Clocks: h.Clocks, Jobs: h.Jobs, Escalations: h.Escalations, Rotas: h.Rotas, Majors: h.Majors, Quarantined: h.quarantined, Intake: h.Intake, TryMailbox: h.Fetcher.Try,
		Norm: h.Norm, Rehearsals: h.Rehearsals,
		Words:     h.Words,
		Directory: h.Directory, Telephony: h.Telephony, Devices: h.Devices, Runbooks: h.Runbooks, BaseURL: h.Public,
		Relay: h.Remote.Relay,
	}).Mount(h.Pages)
	h.Pages.Foreign(assets.Prefix, assets.Handler())
	h.Pages.Foreign(api.Prefix+"/", h.API)
	h.Pages.Foreign(cti.Path, cti.Handler(h.Telephony, h.Log))
	h.Pages.Foreign("/healthz", readOnly(h.healthz))
	h.Pages.Foreign("/readyz", readOnly(h.readyz))
	if h.box != nil {
		h.Pages.Foreign(demoMailPath, readOnly(h.box.ServeHTTP))
	}
}

// quarantined counts the messages that wait for somebody to look at them; 0 where that cannot be said.
func (h *House) quarantined(ctx context.Context) (n int64) {
	list, err := h.Intake.Tally(ctx, access.Desk())
	if err != nil {
		h.Log.WarnContext(ctx, "quarantine not counted", "error", err)
	}
	for _, t := range list {
		if t.State == intake.Quarantined {
			n += t.Count
		}
	}
	return n
}

// proxies are the networks whose word about a caller's address is believed.
func (c Config) proxies() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// hostOf is the name of the desk on the network, by which it greets mail servers.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// alarm is what every page of staff says while automatic mail is stopped (S14).
func (h *House) alarm(c *page.Ctx) *ui.Alarm {
	a, err := h.Notices.Stopped(c.Context(), c.Actor)
	if err != nil || !a.Stopped {
		return nil
	}
	out := &ui.Alarm{Icon: "mail-warning", Text: c.T("work.mail_stopped", "Name", h.People.Card(c.Context(), a.By).Name, "At", c.Moment(a.At))}
	if access.Can(c.Actor, access.MailStop, access.Object{}) == nil {
		out.Post, out.Do = "/work/mail/go", c.T("work.mail_go")
	}
	return out
}
