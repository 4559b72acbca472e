// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Tied names the device of each of these tickets by its tag, for rooms that look for what fails
// again; of several it is the one that was tied last. It asks no access: what they do with it does.
func (s *Service) Tied(ctx context.Context, list []ticket.ID) (map[ticket.ID]string, error) {
	out := make(map[ticket.ID]string)
	const some = 500
	for from := 0; from < len(list); from += some {
		part := list[from:min(from+some, len(list))]
		keys := make([]any, len(part))
		for i, k := range part {
			keys[i] = k
		}
		type tie struct {
			on  ticket.ID
			tag string
		}
		rows, err := db.All(ctx, s.DB, func(r db.Row) (t tie, err error) {
			err = r.Scan(&t.on, &t.tag)
			return t, err
		}, `SELECT t.ticket_id, d.tag FROM device_ticket t JOIN device d ON d.id = t.device_id WHERE t.ticket_id IN (`+db.List(len(part), 1)+`) ORDER BY t.at, t.device_id`, keys...)
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			out[t.on] = t.tag
		}
	}
	return out, nil
}
