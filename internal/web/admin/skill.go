// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// skillsText is a list of skills as it stands in a field.
func skillsText(s person.Skills) string { return strings.Join(s.List(), ", ") }

// limitText is a limit as it stands in a field; none is an empty one.
func limitText(n int64) string {
	if n == 0 {
		return ""
	}
	return num(n)
}

// limitOf reads a limit. What is no number is out of range, and the room says so.
func limitOf(form *page.Form) int64 {
	if form.Text("limit") != "" && form.Int("limit") == 0 && form.Text("limit") != "0" {
		return -1
	}
	return form.Int("limit")
}
