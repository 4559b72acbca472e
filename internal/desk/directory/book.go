// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// book is what the desk knows of the entries of a server, as a run works on it.
type book struct {
	by   map[string]known // by key
	seen map[string]bool  // keys that this run has read
}

func openBook(ctx context.Context, q db.Querier) (*book, error) {
	list, err := allKnown(ctx, q)
	b := &book{by: map[string]known{}, seen: map[string]bool{}}
	for _, x := range list {
		b.by[x.Outside] = x
	}
	return b, err
}

// said is what the server said of each key before, by field.
func (b *book) said() map[string]map[string]string {
	out := map[string]map[string]string{}
	for key, x := range b.by {
		if x.Person == 0 {
			continue // it was never taken: nobody could write anything over it
		}
		if out[key] = saidOf(x.Said); x.Gone { // the desk disabled them itself, nobody did it by hand
			out[key][Active] = "no"
		}
	}
	return out
}

// note writes down what became of an entry, where that is something new.
func (b *book) note(ctx context.Context, tx *db.Tx, c Change, l Line) error {
	key := c.From.Values[ID]
	if b == nil || c.From.DN == "" || key == "" || c.Why.Key == "directory.id_twice" {
		return nil
	}
	b.seen[key] = true
	if l.Kind == Held {
		return nil // nothing was taken; it is asked again
	}
	was, there := b.by[key]
	now := was
	now.Outside, now.DN, now.Folded, now.Leader, now.Gone = key, c.From.DN, c.From.Folded, c.From.Leader, false
	if l.Person != 0 && (l.Kind != Bad || now.Person == 0 && c.Was.Source == LDAP && c.Was.Outside == key) {
		now.Person = l.Person
	}
	var err error
	if now.Why, err = pack(l.Why); err != nil {
		return err
	}
	switch {
	case l.Kind != Bad:
		now.Kept = strings.Join(c.Kept, ",")
		now.Said, err = saidText(c.Said)
	case now.Person == 0: // for whoever looks at it
		now.Said, err = saidText(map[string]string{Name: shorten(c.From.Values[Name]), Email: shorten(c.From.Values[Email])})
	}
	if err != nil {
		return err
	}
	if there && now == was {
		return nil
	}
	tx.AfterCommit(func() { b.by[key] = now })
	return putKnown(ctx, tx, now)
}

// left are the entries that a whole reading did not meet.
func (b *book) left() (list []known) {
	for key, x := range b.by {
		if !b.seen[key] && !x.Gone {
			list = append(list, x)
		}
	}
	return list
}

// leave marks an entry that a whole reading did not meet: who is gone may come back and be the
// same; what was never taken is forgotten.
func leave(ctx context.Context, tx *db.Tx, x known) error {
	if x.Person == 0 {
		return dropKnown(ctx, tx, x.Outside)
	}
	x.Gone, x.Why, x.Kept = true, "", ""
	return putKnown(ctx, tx, x)
}

// roleChange is a role that somebody gets or loses by a group.
type roleChange struct {
	Entry  known
	Person person.Person
	Role   access.Role
	Given  access.Role // what stands in the entry afterwards
}

// roles says who gets which role by the groups that they are in, and who loses one that a group
// gave. A role that somebody was given by hand stands, and administrators are made by hand alone.
func (b *book) roles(people map[person.ID]person.Person, members map[string]access.Role) (list []roleChange) {
	for _, x := range b.by {
		p, ok := people[x.Person]
		if !ok || x.Gone || x.Person == 0 || p.Role == access.Admin {
			continue
		}
		want := members[x.Folded]
		switch {
		case want == x.Role && (want == "" || p.Role == want):
		case want != "" && (p.Role == access.Requester || p.Role == x.Role):
			list = append(list, roleChange{x, p, want, want})
		case want == "" && p.Role == x.Role:
			list = append(list, roleChange{x, p, access.Requester, ""})
		case want == "" && x.Role != "":
			list = append(list, roleChange{x, p, p.Role, ""}) // somebody gave another role by hand meanwhile
		}
	}
	return list
}
