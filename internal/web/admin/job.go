// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const jobsPage = 50

// listJobs shows work that was given up, and how much waits.
func (f *Faces) listJobs(c *page.Ctx) error {
	before := c.QueryInt("before")
	dead, err := f.Jobs.Dead(c.Context(), before, jobsPage+1)
	if err != nil {
		return err
	}
	counts, err := f.Jobs.Counts(c.Context())
	if err != nil {
		return err
	}
	pager := ui.PagerView{}
	if before != 0 {
		pager.Newer = "/admin/jobs"
	}
	if len(dead) > jobsPage {
		dead = dead[:jobsPage]
		pager.Older = "/admin/jobs?before=" + num(dead[jobsPage-1].ID)
	}
	return show(c, http.StatusOK, "admin.jobs", "admin.jobs_lead", func(fr page.Frame) templ.Component { return jobsPageOf(fr, dead, counts, pager) })
}

func (f *Faces) retryJob(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Jobs.Retry(c.Context(), n); err != nil {
		return err
	}
	c.Say("admin.job_retried")
	return c.Redirect("/admin/jobs")
}

func (f *Faces) discardJob(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Jobs.Discard(c.Context(), n); err != nil {
		return err
	}
	c.Say("admin.job_discarded")
	return c.Redirect("/admin/jobs")
}
