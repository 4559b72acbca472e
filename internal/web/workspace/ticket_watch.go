// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

type watchFunc func(context.Context, access.Actor, ticket.Ticket) error

// told reads who watches the ticket, and what the reader was told about it and has not seen.
func (s *sheet) told(ctx context.Context) (err error) {
	if s.watchers, err = s.f.Inbox.Watchers(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	s.unseen, err = s.f.Inbox.UnreadOn(ctx, s.c.Actor, s.t.ID)
	return err
}

// watchersShown bounds the names that are written out.
const watchersShown = 5

// watcherNames are those who watch, by name.
func (s *sheet) watcherNames() string {
	var names []string
	for _, who := range s.watchers[:min(len(s.watchers), watchersShown)] {
		names = append(names, s.f.People.Card(s.c.Context(), who).Name)
	}
	out := strings.Join(names, s.T("inbox.name_comma"))
	if n := len(s.watchers) - watchersShown; n > 0 {
		out = s.T("inbox.names_more", "Names", out, "Count", n)
	}
	return out
}
