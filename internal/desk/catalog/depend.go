// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// maxNeeds is how many services one may depend on directly.
const maxNeeds = 20

// Needs are services by their keys: each once, in order, a line each.
type Needs string

// ReadNeeds reads keys with anything between them; what is no key is left out.
func ReadNeeds(s string) Needs {
	var out []ServiceID
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.ParseInt(word, 10, 64); err == nil && n > 0 {
			out = append(out, ServiceID(n))
		}
	}
	return NeedsOf(out)
}

// NeedsOf writes keys.
func NeedsOf(list []ServiceID) Needs {
	list = slices.Clone(list)
	slices.Sort(list)
	var out []string
	for _, n := range slices.Compact(list) {
		out = append(out, strconv.FormatInt(int64(n), 10))
	}
	return Needs(strings.Join(out, "\n"))
}

// List returns the keys one by one.
func (n Needs) List() []ServiceID {
	var out []ServiceID
	for _, word := range strings.Fields(string(n)) {
		if x, err := strconv.ParseInt(word, 10, 64); err == nil {
			out = append(out, ServiceID(x))
		}
	}
	return out
}

// checkNeeds refuses what is not there, too many, and a loop: a service that depends on itself, by
// whatever way, would be down because it is down.
func checkNeeds(register []Service, s Service) error {
	list := s.Depends.List()
	if len(list) > maxNeeds {
		return errs.Field("depends", "catalog.needs_many", "Max", maxNeeds)
	}
	by := map[ServiceID]Service{}
	for _, x := range register {
		by[x.ID] = x
	}
	for _, n := range list {
		if _, known := by[n]; !known {
			return errs.Field("depends", "catalog.service_unknown")
		}
		if n == s.ID || s.ID != 0 && slices.Contains(reach(by, n), s.ID) {
			return errs.Field("depends", "catalog.needs_loop", "Name", by[n].Name)
		}
	}
	return nil
}

// reach are all services that one depends on, directly or not, each once.
func reach(by map[ServiceID]Service, from ServiceID) []ServiceID {
	var out []ServiceID
	todo := by[from].Depends.List()
	for len(todo) > 0 {
		n := todo[0]
		if todo = todo[1:]; slices.Contains(out, n) {
			continue
		}
		out = append(out, n)
		todo = append(todo, by[n].Depends.List()...)
	}
	return out
}

// Needed is a service in the tree of what another depends on.
type Needed struct {
	Service Service
	Depth   int // 0 for what it depends on directly
}

// Below returns what a service depends on as a tree, each branch as deep as it goes. What two
// branches share stands below both, with what it depends on below the first alone.
func (d *Desk) Below(ctx context.Context, which ServiceID) ([]Needed, error) {
	by, err := d.byKey(ctx)
	if err != nil {
		return nil, err
	}
	var out []Needed
	shown := map[ServiceID]bool{}
	var walk func(ServiceID, int)
	walk = func(from ServiceID, depth int) {
		for _, n := range by[from].Depends.List() {
			s, known := by[n]
			if !known {
				continue
			}
			out = append(out, Needed{s, depth})
			if !shown[n] {
				shown[n] = true
				walk(n, depth+1)
			}
		}
	}
	walk(which, 0)
	return out, nil
}

// Above returns the services that depend on one, directly or not, core ones first.
func (d *Desk) Above(ctx context.Context, which ServiceID) ([]Service, error) {
	list, err := d.Services(ctx)
	if err != nil {
		return nil, err
	}
	by, err := d.byKey(ctx)
	if err != nil {
		return nil, err
	}
	var out []Service
	for _, s := range list {
		if s.ID != which && slices.Contains(reach(by, s.ID), which) {
			out = append(out, s)
		}
	}
	return out, nil
}

// Reach returns the service and everything that it depends on, directly or not: where one of them
// is down, the service is.
func (d *Desk) Reach(ctx context.Context, which ServiceID) ([]ServiceID, error) {
	by, err := d.byKey(ctx)
	if err != nil || which == 0 {
		return nil, err
	}
	return append([]ServiceID{which}, reach(by, which)...), nil
}

// OwnerOf returns who answers for a service; 0 where nobody does, or there is no such service.
func (d *Desk) OwnerOf(ctx context.Context, which ServiceID) person.ID {
	return d.Service(ctx, which).Owner
}

func (d *Desk) byKey(ctx context.Context) (map[ServiceID]Service, error) {
	list, err := d.Services(ctx)
	by := make(map[ServiceID]Service, len(list))
	for _, s := range list {
		by[s.ID] = s
	}
	return by, err
}
