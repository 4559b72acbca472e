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
		out[key] = saidOf(x.Said)
	}
	return out
}

// note writes down what became of an entry, where that is something new.
func (b *book) note(ctx context.Context, tx *db.Tx, c Change, l Line) error {
	now, differs, err := b.news(c, l)
	if c.Line < 0 && l.Kind == Disabled {
		now, differs, err = b.missed(c.Was.Outside)
	}
	if err != nil || !differs {
		return err
	}
	tx.AfterCommit(func() { b.by[now.Outside] = now })
	return putKnown(ctx, tx, now)
}

// idle reports whether there is nothing to do about an entry.
func (b *book) idle(c Change) bool {
	if c.Kind != Same {
		return false
	}
	_, differs, err := b.news(c, Line{Kind: Same, Person: c.Was.ID})
	return err == nil && !differs
}

// news is what becomes of an entry, and whether the desk knew that already.
func (b *book) news(c Change, l Line) (known, bool, error) {
	key := c.From.Values[ID]
	if b == nil || c.From.DN == "" || key == "" || c.Why.Key == "directory.id_twice" {
		return known{}, false, nil
	}
	b.seen[key] = true
	if l.Kind == Held {
		return known{}, false, nil // nothing was taken; it is asked again
	}
	was, there := b.by[key]
	now := was
	now.Outside, now.DN, now.Folded, now.Leader, now.Gone = key, c.From.DN, c.From.Folded, c.From.Leader, false
	if l.Person != 0 && (l.Kind != Bad || now.Person == 0 && c.Was.Source == LDAP && c.Was.Outside == key) {
		now.Person = l.Person
	}
	var err error
	if now.Why, err = pack(l.Why); err != nil {
		return known{}, false, err
	}
	switch {
	case l.Kind != Bad:
		now.Kept = strings.Join(c.Kept, ",")
		now.Said, err = saidText(c.Said)
	case now.Person == 0: // for whoever looks at it
		now.Said, err = saidText(map[string]string{Name: shorten(c.From.Values[Name]), Email: shorten(c.From.Values[Email])})
	}
	return now, !there || now != was, err
}

// missed is the entry of somebody whom a run disabled because it did not meet them: as if the server
// had said so. Should they come back they are let in again; whom an administrator shut out before,
// no run disabled, and they stay out (S45).
func (b *book) missed(key string) (known, bool, error) {
	if b == nil {
		return known{}, false, nil
	}
	now, there := b.by[key]
	said := saidOf(now.Said)
	said[Active] = "no"
	var err error
	now.Said, err = saidText(said)
	return now, there, err
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
