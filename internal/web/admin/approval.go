// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func (f *Faces) mountApproval(r *page.Router) {
	r.Get("/admin/approvals", access.AdminRead, f.showApprovals)
	r.Post("/admin/approvals", access.AdminWork, f.saveApprovals)
}

// showApprovals shows when approvers are asked again and when an approval ends undecided (N31).
func (f *Faces) showApprovals(c *page.Ctx) error {
	p, version, err := setting.Load(c.Context(), f.Settings, approval.PolicyName, approval.Start())
	if err != nil {
		return err
	}
	return f.approvals(c, http.StatusOK, page.Filled("remind_hours", num(p.RemindHours), "expire_hours", num(p.ExpireHours), "version", num(version)))
}

func (f *Faces) approvals(c *page.Ctx, status int, form *page.Form) error {
	return show(c, status, "approvaladmin.title", "approvaladmin.lead", func(fr page.Frame) templ.Component { return approvalPage(fr, form) })
}

func (f *Faces) saveApprovals(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "remind_hours", "expire_hours", "version")
	if err != nil {
		return err
	}
	p := approval.Policy{RemindHours: form.Count("remind_hours"), ExpireHours: form.Count("expire_hours")}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, approval.PolicyName, p, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.approvals(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/approvals")
}
