// SPDX-License-Identifier: Apache-2.0

package access

import "slices"

// Audience says for whom an article is written.
type Audience string

// The audiences.
const (
	ForAll   Audience = "public" // requesters too
	ForStaff Audience = "staff"
	ForGroup Audience = "group" // one group's members, and administrators
)

// Paper is one wording of an article, as far as the answer depends on it.
type Paper struct {
	Audience Audience
	Group    int64   // for ForGroup
	Hands    []int64 // who wrote in it, or is asked for their word
}

// Shelf is the set of articles that an actor may read. Every list, search, count and single article goes
// by it, at whichever door.
type Shelf struct {
	who    int64
	public bool
	staff  bool
	groups []int64 // of which the actor is a member
	all    bool    // looks after all groups
}

// Articles returns what the actor may read, who is a member of these groups. The zero Shelf is nothing at
// all. Who uses the portal is there as a requester.
func Articles(by Actor, groups []int64) Shelf {
	if Can(by, ArticleRead, Object{}) != nil {
		return Shelf{}
	}
	s := Shelf{who: by.ID, public: true, staff: by.Staff()}
	if s.staff {
		s.groups, s.all = groups, Can(by, AdminRead, Object{}) == nil
	}
	return s
}

// Holds reports whether the actor may read the paper once it is published.
func (s Shelf) Holds(p Paper) bool {
	switch p.Audience {
	case ForAll:
		return s.public
	case ForStaff:
		return s.staff
	case ForGroup:
		return s.staff && (s.all || slices.Contains(s.groups, p.Group))
	}
	return false
}

// Opens reports whether the actor may see the paper while it is worked on: staff who may read it, and those
// in whose hands it is.
func (s Shelf) Opens(p Paper) bool {
	return s.staff && (s.Holds(p) || s.who != 0 && slices.Contains(p.Hands, s.who))
}
