// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
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
