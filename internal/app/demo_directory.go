// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
)

// demoPeople is a file of people as a personnel office sends it, three lines of which are wrong.
const demoPeople = "new-people.csv"

// importDemo brings the newest people by a file, as an administrator does.
func (h *House) importDemo(ctx context.Context) error {
	text, err := demoFiles.ReadFile("demodata/" + demoPeople)
	if err != nil {
		return err
	}
	x, err := h.Directory.Upload(ctx, access.Desk(), directory.Import{Name: "2026-11 新入职.csv"}, text)
	if err != nil {
		return err
	}
	_, err = h.Directory.Apply(ctx, access.Desk(), x.ID, false)
	return err
}
