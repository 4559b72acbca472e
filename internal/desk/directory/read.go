// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// reading is what a server said.
type reading struct {
	root    Root
	records []Record
	whole   bool
	newest  string // the last change
	members map[string]access.Role
}

// read asks the server. had says how far it was read before.
func (s *Service) read(ctx context.Context, conf Server, had cursor, whole bool) (reading, error) {
	o, err := s.open(conf)
	if err != nil {
		return reading{}, err
	}
	return s.readOpened(ctx, o, had, whole)
}

func (s *Service) readOpened(ctx context.Context, o Opened, had cursor, whole bool) (reading, error) {
	conf := o.Server
	c, err := s.Client.Open(ctx, o)
	if err != nil {
		return reading{}, err
	}
	defer func() { _ = c.Close() }()
	var got reading
	if got.root, err = c.Root(); err != nil {
		return got, err
	}
	got.whole = whole || got.root.Self != had.Server // numbers of changes are those of one server
	filter := conf.Filter
	if !got.whole {
		filter = both(filter, since(conf.Map, had.Changed))
	}
	list, named := conf.Map.attributes()
	err = c.Search(Query{Base: conf.Base, Filter: filter, Attributes: list, Named: named, Page: conf.PageSize}, func(page []Record) error {
		if got.records = append(got.records, page...); len(got.records) > MaxEntries {
			return errs.New(errs.Invalid, "directory.server_many", "Max", MaxEntries)
		}
		return ctx.Err()
	})
	if err != nil {
		return got, err
	}
	if got.whole && len(got.records) == 0 { // a filter that finds nobody must not shut out everybody
		return got, errs.New(errs.Invalid, "directory.server_nobody")
	}
	got.newest = newest(conf.Map, got.records)
	got.members, err = members(c, conf)
	return got, err
}

// since holds of what changed at a change or after it: what changed in the same second is met twice.
func since(m Mapping, changed string) string {
	if m.ID == objectGUID {
		return "(" + changedBy + ">=" + EscapeFilter(changed) + ")"
	}
	return "(" + changedAt + ">=" + EscapeFilter(changed) + ")"
}

// newest is the last change that the records tell; empty where they tell none.
func newest(m Mapping, list []Record) (out string) {
	name := changedAt
	if m.ID == objectGUID {
		name = changedBy
	}
	for _, r := range list {
		v := legible(r.first(name))
		if len(v) > len(out) && name == changedBy || (len(v) == len(out) || name == changedAt) && v > out {
			out = v
		}
	}
	return out
}

// members says who is in the groups that give roles, by the folded name of the entry: the higher
// role of several. A group that is not there ends the run: it must not take roles away.
func members(c Session, conf Server) (map[string]access.Role, error) {
	out := map[string]access.Role{}
	for _, g := range conf.Groups {
		for from := 0; ; {
			names, more := []string{"member", "uniqueMember"}, false
			if from > 0 { // Active Directory gives 1,500 at once
				names = []string{"member;range=" + strconv.Itoa(from) + "-*"}
			}
			found := false
			err := c.Search(Query{Base: g.Group, Only: true, Filter: "(objectClass=*)", Attributes: names, Named: []string{"member", "uniqueMember"}}, func(page []Record) error {
				for _, r := range page {
					found = true
					for name, list := range r.Values {
						for _, dn := range list {
							if out[dn] != access.Lead {
								out[dn] = g.Role
							}
						}
						if strings.Contains(name, ";range=") {
							from += len(list)
							more = !strings.HasSuffix(name, "*") && len(list) > 0
						}
					}
				}
				return nil
			})
			var wrong *ServerError
			if errors.As(err, &wrong) && wrong.Key == "directory.server_base" || err == nil && !found {
				return nil, &ServerError{Key: "directory.server_group", Answer: shorten(person.CleanName(g.Group)), Cause: err}
			}
			if err != nil {
				return nil, err
			}
			if !more || from > MaxEntries {
				break
			}
		}
	}
	return out, nil
}
