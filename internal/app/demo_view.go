// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
)

// demoView is a view as somebody of the sample desk would write it.
type demoView struct {
	Name     string
	Filter   string
	Icon     string
	Sort     string
	Grouping string
	Columns  []string
	Shared   string // own, group or all
	By       string // whose it is: an address
	Group    string
}

// castViews saves the sample views by the people who made them.
func (h *House) castViews(ctx context.Context, c *cast) error {
	for _, v := range c.script.Views {
		who := c.staff[v.By]
		by := access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: "web"}
		tree, err := queue.Understand(ctx, v.Filter, h.Tickets.Names(by))
		if err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
		columns := v.Columns
		if len(columns) == 0 {
			columns = queue.UsualColumns()
		}
		if _, err := h.Views.Save(ctx, by, queue.View{
			Name: v.Name, Filter: tree.String(), Icon: v.Icon, Sort: v.Sort, Grouping: v.Grouping, Columns: columns,
			Sharing: queue.Sharing(v.Shared), Group: c.groups[v.Group],
		}, 0); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
	}
	return nil
}
