// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func (f *Faces) mountRemote(r *page.Router) {
	r.Get("/admin/remote", access.AdminRead, f.showRemote)
	r.Post("/admin/remote", access.AdminWork, f.saveRemote)
}

// remoteRows is how many empty rows stand below the tools.
const remoteRows = 2

// showRemote shows how remote help is run, and its tools (N26).
func (f *Faces) showRemote(c *page.Ctx) error {
	p, version, err := setting.Load(c.Context(), f.Settings, remote.PolicyName, remote.Start())
	if err != nil {
		return err
	}
	form := page.Filled("answer_minutes", num(p.AnswerMinutes), "longest_minutes", num(p.LongestMinutes), "forgotten_hours", num(p.ForgottenHours), "version", num(version))
	if !p.Off {
		form.Values.Set("on", "yes")
	}
	if p.RelayOnly {
		form.Values.Set("relay_only", "yes")
	}
	for i, t := range p.Tools {
		at := "tool_" + strconv.Itoa(i) + "_"
		form.Values.Set(at+"name", t.Name)
		form.Values.Set(at+"link", t.Link)
		form.Values.Set(at+"ask", t.Ask)
		form.Values.Set(at+"help", t.Help)
	}
	return f.remote(c, http.StatusOK, form, len(p.Tools)+remoteRows)
}

func (f *Faces) remote(c *page.Ctx, status int, form *page.Form, rows int) error {
	return show(c, status, "remoteadmin.title", "remoteadmin.lead", func(fr page.Frame) templ.Component { return remotePage(fr, form, rows, f.Relay()) })
}

// saveRemote stores it. A row whose name was emptied is taken away.
func (f *Faces) saveRemote(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "on", "relay_only", "answer_minutes", "longest_minutes", "forgotten_hours", "tool_*", "version")
	if err != nil {
		return err
	}
	p := remote.Policy{
		Off: !form.On("on"), RelayOnly: form.On("relay_only"),
		AnswerMinutes: form.Count("answer_minutes"), LongestMinutes: form.Count("longest_minutes"), ForgottenHours: form.Count("forgotten_hours"),
	}
	rows := 0
	for i := 0; ; i++ {
		at := "tool_" + strconv.Itoa(i) + "_"
		if _, there := form.Values[at+"name"]; !there {
			break
		}
		t := remote.Tool{Name: form.Text(at + "name"), Link: form.Text(at + "link"), Ask: form.Text(at + "ask"), Help: form.Text(at + "help")}
		if t == (remote.Tool{}) || t.Name == "" && form.On(at+"was") {
			continue
		}
		for field, value := range map[string]string{"name": t.Name, "link": t.Link, "ask": t.Ask, "help": t.Help} { // rows close up: marks stand beside what they are about
			form.Values.Set("tool_"+strconv.Itoa(rows)+"_"+field, value)
		}
		p.Tools = append(p.Tools, t)
		rows++
	}
	for name := range form.Values {
		if n, err := strconv.Atoi(strings.TrimLeft(strings.TrimRight(name, "_abcdefghijklmnopqrstuvwxyz"), "_abcdefghijklmnopqrstuvwxyz")); err == nil && strings.HasPrefix(name, "tool_") && n >= rows {
			form.Values.Del(name)
		}
	}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, remote.PolicyName, p, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.remote(c, status, form, rows+remoteRows) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/remote")
}
