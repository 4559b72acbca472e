// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/setting"
)

// Guard is how many percent of those whom a directory keeps may be disabled at once without asking.
func (s *Service) Guard(ctx context.Context) int64 {
	c, _, err := setting.Load(ctx, s.Settings, ServerName, StartServer())
	if err != nil {
		return StartServer().Guard
	}
	return c.Guard
}
