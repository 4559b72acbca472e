// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"errors"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// errPreview gives up the commit of a preview when everything is known.
var errPreview = errors.New("this was a preview") //nolint:gochecknoglobals // a sentinel

// Preview decides a command exactly as Do would, gates and listeners included, and leaves no
// trace: the commit is given up at its end. It returns the ticket as it would be; errors as for Do.
func (s *Service) Preview(ctx context.Context, by access.Actor, on Target, cmd Command) (Ticket, error) {
	ready, err := s.Ready(ctx, by, cmd)
	if err != nil {
		return Ticket{}, err
	}
	if on.ID == 0 {
		if on.ID, err = s.find(ctx, s.DB, on.Number); err != nil {
			return Ticket{}, err
		}
	}
	var out Ticket
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if out, err = ready.In(ctx, tx, on); err != nil {
			return err
		}
		return errPreview
	})
	if errors.Is(err, errPreview) {
		return out, nil
	}
	return Ticket{}, err
}
