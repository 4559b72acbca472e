// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"
)

// reporting keeps what reports count up to date with the event log. It has a turn of its own: after
// an upgrade, or a new policy, it computes every ticket again and takes its time.
func (h *House) reporting(ctx context.Context) error {
	soon := time.NewTicker(15 * time.Second)
	defer soon.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-soon.C:
		}
		if err := h.Norm.Load(ctx); err != nil && ctx.Err() == nil { // another node may have saved one
			h.Log.WarnContext(ctx, "the norm pack cannot be read; the one before stays in force", "error", err)
		}
		if err := h.Reports.Follow(ctx); err != nil && ctx.Err() == nil {
			h.Log.WarnContext(ctx, "reports are behind and are tried again", "error", err)
		}
	}
}
