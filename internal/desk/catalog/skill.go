// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Skills are what a ticket of the category and the service asks for: those of the category, of
// all above it, and of the service (N8).
func (d *Desk) Skills(ctx context.Context, c CategoryID, s ServiceID) person.Skills {
	out := d.Service(ctx, s).Skills
	for _, at := range d.Path(ctx, c) {
		out = out.With(at.Skills)
	}
	return out
}
