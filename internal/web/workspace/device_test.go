// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// A filter of the register looks set where it is, and can be taken away there only.
func TestTheRegisterShowsAFilterAsSetOnlyWhereItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	body := b.page(workspace.DevicesPath)
	h.lacks(body, "<b></b>", `class="f on`)
	h.holds(body, "<b>全部</b>")
	body = b.page(workspace.DevicesPath + "?kind=laptop")
	h.holds(body, "<b>笔记本</b>", "<b>全部</b>", `href="`+workspace.DevicesPath+`"`, `class="f on clear"`)
	h.lacks(body, "<b></b>")
}
