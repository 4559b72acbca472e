// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// previewSolution shows what the requester would get, while it is being written. Nothing is kept.
func (f *Faces) previewSolution(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(solutionFields(), "at", "version", "how", "reason", seenField, heardField, page.FileField)...)
	if err != nil {
		return err
	}
	return c.Show(solutionPreview(s, solutionOf(form)))
}
