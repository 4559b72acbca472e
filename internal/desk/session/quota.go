// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Act is something that one person does so often within Window and no oftener, by whichever doors
// they come: nobody floods the desk, or a mailbox through it (A28, A48, S14, S88).
type Act string

// The acts, by the names under which they are counted.
const (
	Opening   Act = "open"     // a request
	Saying    Act = "say"      // words and answers, on all requests together
	Uploading Act = "upload"   // a file
	Picturing Act = "pictures" // a mail with its remote pictures
)

// Most is how often within Window; far more than anybody needs.
func (a Act) Most() int64 {
	switch a {
	case Opening, Picturing:
		return 30
	case Saying:
		return 60
	case Uploading:
		return 200
	}
	return 0
}

// of names the count of somebody.
func (a Act) of(who int64) string { return string(a) + ":" + strconv.FormatInt(who, 10) }

// Count counts an act of somebody before it is carried out, and refuses what is beyond Most.
func (s *Service) Count(ctx context.Context, who int64, a Act) error {
	return s.Try(ctx, a.of(who), a.Most())
}

// Counting is Count for the commit that carries it out: what comes to nothing there counts for nothing.
func (s *Service) Counting(who int64, a Act) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		n, err := count(ctx, tx, a.of(who), s.clock.Now())
		return beyond(n, a.Most(), err)
	}
}
