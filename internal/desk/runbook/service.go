// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Approvals says whether an approval stands for exactly this. Another room keeps them.
type Approvals interface {
	Covers(ctx context.Context, t ticket.ID, kind, ref, digest string) (bool, error)
}

// ApprovalKind names, to the room of approvals, what of this room is approved.
const ApprovalKind = "runbook.step"

// Parts are what the room is made of. Without Approvals nothing is ever approved.
type Parts struct {
	DB        *db.DB
	Bus       *event.Bus
	Clock     clock.Clock
	People    *person.Service
	Catalog   *catalog.Desk
	Settings  *setting.Service
	Tickets   *ticket.Service
	Blobs     *blob.Store
	Approvals Approvals
	// Changed hears, within the commit, that other nodes must read anew. nil for nobody.
	Changed func(*db.Tx)
}

// Service holds the commands and queries on runbooks and their runs.
type Service struct {
	Parts
	held atomic.Pointer[held]
}

// held is what every ticket page and gate asks for, from memory.
type held struct {
	books  map[ID]offer
	places []Place
	above  map[catalog.CategoryID]catalog.CategoryID
	risks  Risks
}

type offer struct {
	book   Book
	number int64
}

// NewService makes the room. Call Load before the first page.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	s.held.Store(&held{risks: StartRisks()})
	return s
}

// Load reads what is in force: at start, after a change here, and every quarter of a minute for
// changes of other nodes.
func (s *Service) Load(ctx context.Context) error {
	h := held{books: map[ID]offer{}, above: map[catalog.CategoryID]catalog.CategoryID{}}
	var err error
	if h.risks, _, err = setting.Load(ctx, s.Settings, RisksName, StartRisks()); err != nil {
		return err
	}
	list, err := inForce(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, v := range list {
		h.books[v.Runbook] = offer{v.Book(), v.Number}
	}
	if h.places, err = places(ctx, s.DB); err != nil {
		return err
	}
	tree, err := s.Catalog.Categories(ctx)
	if err != nil {
		return err
	}
	for _, c := range tree {
		h.above[c.ID] = c.Parent
	}
	s.held.Store(&h)
	return nil
}

// write is a commit after which what is in force is read anew.
func (s *Service) write(ctx context.Context, fn func(context.Context, *db.Tx) error) error {
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if s.Changed != nil {
			s.Changed(tx)
		}
		return fn(ctx, tx)
	})
	if err != nil {
		return err
	}
	return s.Load(ctx)
}

// Risks returns the classes of risk, from memory.
func (s *Service) Risks() Risks { return s.held.Load().risks }

// SaveRisks replaces the classes of risk.
func (s *Service) SaveRisks(ctx context.Context, by access.Actor, r Risks, version int64) error {
	if err := setting.Save(ctx, s.Settings, by, RisksName, r, version); err != nil {
		return err
	}
	return s.Load(ctx)
}

// Offer is a runbook that may be begun on a ticket.
type Offer struct {
	Runbook ID
	Number  int64
	Book    Book
	First   bool // of the category's first simple things
	Near    int  // how many levels above the ticket's category it stands; 0 for its own
}

// OffersFor returns the runbooks of a category and of those above it, from memory: the first
// simple things first, then the nearest.
func (s *Service) OffersFor(which catalog.CategoryID) []Offer {
	h := s.held.Load()
	var out []Offer
	firstAt := -1
	for near, at := 0, which; at != 0 && near < 20; near, at = near+1, h.above[at] {
		for _, p := range h.places {
			if p.Category != at || slices.ContainsFunc(out, func(o Offer) bool { return o.Runbook == p.Runbook }) {
				continue
			}
			b, ok := h.books[p.Runbook]
			if !ok {
				continue
			}
			first := p.First && (firstAt < 0 || firstAt == near)
			if first {
				firstAt = near
			}
			out = append(out, Offer{p.Runbook, b.number, b.book, first, near})
		}
	}
	slices.SortStableFunc(out, func(a, b Offer) int {
		if a.First != b.First {
			if a.First {
				return -1
			}
			return 1
		}
		return a.Near - b.Near
	})
	return out
}

// FirstFor returns the first simple things of a ticket's category: those of the nearest category
// that has any. Where they are written in several languages, any of them counts.
func (s *Service) FirstFor(t ticket.Ticket) []Offer {
	return slices.DeleteFunc(s.OffersFor(t.Category), func(o Offer) bool { return !o.First })
}

// ForReader puts the offers in the reader's language first.
func ForReader(list []Offer, l i18n.Lang) []Offer {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Offer) int {
		x, y := a.Book.Lang == l, b.Book.Lang == l
		switch {
		case a.First != b.First || x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

// GapFirst is the gap of the first simple things, and the name of a deviation for it.
const GapFirst = "gap.first_line"

// Gate stands before a hand-over and a visit: the first simple things of the category are done,
// or left out with a reason (N25).
func (s *Service) Gate(t ticket.Ticket) []errs.Gap {
	list := s.FirstFor(t)
	if len(list) == 0 {
		return nil
	}
	for _, g := range t.Detail.Guides {
		if g.State.Counts() && slices.ContainsFunc(list, func(o Offer) bool { return int64(o.Runbook) == g.Runbook }) {
			return nil
		}
	}
	return []errs.Gap{{Clause: "N25", Key: GapFirst, Form: "runbook", Deviable: true}}
}

// VisitGate is Gate before a wait for a visit.
func (s *Service) VisitGate(t ticket.Ticket) []errs.Gap {
	if t.Pending != ticket.ForVisit {
		return nil
	}
	return s.Gate(t)
}

// orUnknown tells a runbook that is not there apart from other failures.
func orUnknown(err error) error {
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return errs.New(errs.NotFound, "runbook.not_found")
	}
	return err
}

// Moved listens, within the commit, for a category that changed its place: what is offered above
// it is read anew after the commit.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, _ event.Record, _ catalog.CategoryChanged) error {
	ctx = context.WithoutCancel(ctx)
	tx.AfterCommit(func() { _ = s.Load(ctx) }) // what fails here is read again within a quarter of a minute
	return nil
}
