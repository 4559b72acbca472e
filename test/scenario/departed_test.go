// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
)

// TestN21_WhatIsOutOfUseStaysWhereItIsNamed: a person leaves, and a group, a category and a service are
// put out of use. Whoever changes something else of what names them keeps the name, marked as what it is.
func TestN21_WhatIsOutOfUseStaysWhereItIsNamed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		ctx, lead := t.Context(), apptest.Actor(w.lead, "web")
		gone := h.Somebody(access.Agent)
		team, err := h.People.SaveGroup(ctx, access.Desk(), person.Group{Name: "驻场组", Members: []person.ID{gone.ID, w.lead.ID}}, 0)
		w.must(err)
		filter := fmt.Sprintf("status:open owner:#%d group:#%d category:#%d service:#%d", gone.ID, team.ID, w.subject.ID, w.service.ID)
		view, err := h.Views.Save(ctx, lead, queue.View{Name: "老王的单", Filter: filter, Sharing: queue.Own}, 0)
		w.must(err)
		draft := problem.Draft{Title: "表空间总是满", Owner: gone.ID, Category: w.subject.ID, Service: w.service.ID}
		p, err := h.Problems.Open(ctx, lead, draft)
		w.must(err)
		plan := problem.Plan{Title: "加监控", Why: "总是满", Owner: gone.ID, Category: w.subject.ID, Service: w.service.ID}
		better, err := h.Problems.Improve(ctx, lead, plan)
		w.must(err)
		words := knowledge.Content{Title: "VPN", Body: "重连", Category: w.subject.ID, Audience: access.ForGroup, Group: team.ID}
		article, err := h.Knowledge.Save(ctx, lead, knowledge.Manuscript{Lang: "zh", Content: words})
		w.must(err)
		news, err := h.Announcements.Save(ctx, access.Desk(), announcement.Announcement{Kind: announcement.Advice, Title: "x", Text: "x", Service: w.service.ID}, 0, false)
		w.must(err)
		laptop, err := h.Devices.Save(ctx, access.Desk(), device.Device{Tag: "NB-9", Kind: device.Laptop, Owner: gone.ID}, 0)
		w.must(err)
		other, err := h.Catalog.SaveCategory(ctx, access.Desk(), catalog.Category{Name: "网络", Group: team.ID, Service: w.service.ID}, 0)
		w.must(err)

		gone.Active, team.Active, w.subject.Active, w.service.Active = false, false, false, false
		_, err = h.People.Change(ctx, access.Desk(), gone, 0)
		w.must(err)
		_, err = h.People.SaveGroup(ctx, access.Desk(), team, 0)
		w.must(err)
		_, err = h.Catalog.SaveCategory(ctx, access.Desk(), w.subject, 0)
		w.must(err)
		_, err = h.Catalog.SaveService(ctx, access.Desk(), w.service, 0)
		w.must(err)
		h.Clock.Advance(time.Minute)

		c, admin := h.SignInAs(w.lead), h.SignInAs(w.admin)
		const changed = "改过了，并且写得清楚"
		save := func(c *apptest.Client, page, action, field string, more ...string) {
			t.Helper()
			shown := c.Get(page)
			form := shownForm(t, shown.Body, action)
			form.Set(field, changed)
			for i := 0; i+1 < len(more); i += 2 {
				form.Set(more[i], more[i+1])
			}
			if r := c.Post(action, form); r.Status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", action, r.Status, alerts(r.Body))
			}
		}
		at := fmt.Sprintf("/work/views/%d", view.ID)
		builder := c.Get(at).Body
		for _, name := range []string{gone.Name, team.Name, w.subject.Name, w.service.Name} {
			if !strings.Contains(builder, name+"（已停用）") {
				t.Errorf("the builder does not say that %s is out of use", name)
			}
		}
		if body := c.Get("/work/views").Body; !strings.Contains(body, "责任人:"+gone.Name) {
			t.Errorf("the list of views does not say whose tickets %s holds", view.Filter)
		}
		save(c, at, "/work/views/edit", "name", "act", "save")
		if v, err := h.Views.Get(ctx, lead, view.ID); err != nil || v.Name != changed || v.Filter != view.Filter {
			t.Errorf("the filter was %q and is %q, %v", view.Filter, v.Filter, err)
		}
		save(c, "/work/problems/"+p.ID.Ref(), "/work/problems/"+p.ID.Ref()+"/edit", "cause")
		if now, err := h.Problems.Get(ctx, lead, p.ID); err != nil || now.Cause != changed || now.Owner != gone.ID || now.Category != w.subject.ID || now.Service != w.service.ID {
			t.Errorf("the problem is %+v, %v", now.Draft, err)
		}
		at = fmt.Sprintf("/work/improvements/%d", better.ID)
		save(c, at, at, "why")
		if now, err := h.Problems.Improvement(ctx, lead, better.ID); err != nil || now.Why != changed || now.Owner != gone.ID || now.Category != w.subject.ID || now.Service != w.service.ID {
			t.Errorf("the improvement is %+v, %v", now.Plan, err)
		}
		at = fmt.Sprintf("/work/articles/%d/edit", article.ID)
		save(c, at, at, "title")
		if now, err := h.Knowledge.Open(ctx, lead, article.ID); err != nil || now.Work.Title != changed || now.Work.Category != w.subject.ID || now.Work.Group != team.ID {
			t.Errorf("the article is %+v, %v", now.Work, err)
		}
		at = fmt.Sprintf("/work/announcements/%d", news.ID)
		save(c, at, at, "title")
		if now, err := h.Announcements.Get(ctx, lead, news.ID); err != nil || now.Title != changed || now.Service != w.service.ID {
			t.Errorf("the announcement is %+v, %v", now, err)
		}
		at = fmt.Sprintf("/work/devices/%d/edit", laptop.ID)
		save(c, at, at, "note")
		if now, err := h.Devices.Get(ctx, access.Desk(), laptop.ID); err != nil || now.Note != changed || now.Owner != gone.ID {
			t.Errorf("the device is %+v, %v", now, err)
		}
		at = fmt.Sprintf("/admin/categories/%d", other.ID)
		save(admin, at, at, "name")
		if now := h.Catalog.Category(ctx, other.ID); now.Name != changed || now.Group != team.ID || now.Service != w.service.ID {
			t.Errorf("the category is %+v", now)
		}
		at = fmt.Sprintf("/admin/groups/%d", team.ID)
		save(admin, at, at, "name")
		if now := h.People.Group(ctx, team.ID); now.Name != changed || len(now.Members) != 2 {
			t.Errorf("the group is %+v", now)
		}

		// Nobody new is made accountable who has left.
		form := shownForm(t, c.Get("/work/problems/"+p.ID.Ref()).Body, "/work/problems/"+p.ID.Ref()+"/edit")
		left := h.Somebody(access.Agent)
		left.Active = false
		_, err = h.People.Change(ctx, access.Desk(), left, 0)
		w.must(err)
		form.Set("owner", fmt.Sprint(left.ID))
		if r := c.Post("/work/problems/"+p.ID.Ref()+"/edit", form); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("a problem is given to somebody who left: %d", r.Status)
		}
	})
}
