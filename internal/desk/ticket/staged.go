// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Staged returns one's own files that wait to be sent, in the order of the tokens, so that a
// form that has to be shown again still has them. Tokens that say nothing to the actor are
// left out, whatever the reason (S34).
func (s *Service) Staged(ctx context.Context, by access.Actor, tokens []string) ([]Attachment, error) {
	var out []Attachment
	for _, token := range tokens {
		if len(out) == MaxFiles || !id.IsToken(token) {
			continue
		}
		a, err := attachment(ctx, s.DB, token)
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a.Message == 0 && a.Owner == person.ID(by.ID) && by.Kind != access.Nobody {
			out = append(out, a)
		}
	}
	return out, nil
}

// GiveUp hands one's own staged file to another room within a commit: that room keeps its bytes
// from here on, and answers for them. False for whatever says nothing to the actor (S34).
func (s *Service) GiveUp(ctx context.Context, tx *db.Tx, by access.Actor, token string) (Attachment, bool, error) {
	if by.Kind == access.Nobody || !id.IsToken(token) {
		return Attachment{}, false, nil
	}
	a, err := attachment(ctx, tx, token)
	if errs.KindOf(err) == errs.NotFound {
		return Attachment{}, false, nil
	}
	if err != nil || a.Message != 0 || a.Owner != person.ID(by.ID) {
		return Attachment{}, false, err
	}
	given, err := dropStaged(ctx, tx, a.ID)
	return a, given, err
}
