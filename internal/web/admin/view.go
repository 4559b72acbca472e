// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// idOrNew is the last part of the address of a form.
func idOrNew(n int64) string {
	if n == 0 {
		return "new"
	}
	return num(n)
}

func personAddress(v personView) string { return "/admin/people/" + idOrNew(v.ID) }

func ticked(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

func memberNames(f page.Frame, g person.Group, names map[person.ID]string) string {
	var out []string
	for _, m := range g.Members {
		out = append(out, names[m])
	}
	return strings.Join(out, f.T("admin.list_comma"))
}

// indent shows the depth of a category.
func indent(depth int) string {
	return []string{"font-medium", "pl-5", "pl-10", "pl-14", "pl-14"}[min(max(depth, 0), 4)]
}

func passwordHelp(f page.Frame, stored bool) string {
	if stored {
		return f.T("admin.mail_password_stored")
	}
	return f.T("admin.mail_password_help")
}
