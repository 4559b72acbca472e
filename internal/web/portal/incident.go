// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// incidents shows what stands, with the public words about it (N4). Without signing in it does
// so only where the setting allows; else one is asked to sign in.
func (f *Faces) incidents(c *page.Ctx) error {
	if c.Person.ID == 0 && !f.majors.Policy().Anonymous && !f.saysToAnybody(c) {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	frame := c.Frame(c.T("announcement.status"))
	words, err := f.announced(c)
	if err != nil {
		return err
	}
	list, err := f.follows(c)
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, frame, incidentsPage(frame, f.standing(c), words, list))
}

// saysToAnybody reports whether something is announced for readers who are not signed in.
func (f *Faces) saysToAnybody(c *page.Ctx) bool {
	list, err := f.announced(c)
	return err == nil && len(list) > 0
}

// standing is an incident as the reader may see it, with when the next word about it is owed.
type standing struct {
	major.Standing
	Next time.Time
}

// standing is what the reader may see of what stands, from memory.
func (f *Faces) standing(c *page.Ctx) []standing {
	if f.majors == nil {
		return nil
	}
	var out []standing
	for _, x := range f.majors.Public(c.Actor) {
		out = append(out, standing{x, x.Due(f.majors.Policy())})
	}
	return out
}

// nextWord says when the next word comes, while that is still ahead.
func nextWord(f page.Frame, x standing) string {
	if !x.Next.After(f.Now) {
		return ""
	}
	return f.T("portal.incident_next", "Time", i18n.Clock(f.Lang, x.Next, f.Now, f.Zone))
}
