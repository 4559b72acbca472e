// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) peopleOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/me", id: "get-me", tag: "People", action: access.SelfWork,
		summary: "Read who the token belongs to",
	}, a.getMe)
	register(a, operation{
		method: http.MethodGet, path: "/people", id: "list-people", tag: "People", action: access.PersonRead,
		summary: "Find people",
		about:   "By part of name, address, department or telephone, in order of name.",
	}, a.listPeople)
	register(a, operation{
		method: http.MethodGet, path: "/groups", id: "list-groups", tag: "People", action: access.QueueRead,
		summary: "List the groups that tickets are given to",
	}, a.listGroups)
}

// personJSON is somebody the desk knows.
type personJSON struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Email      string `json:"email"`
	Phone      string `json:"phone,omitempty"`
	Department string `json:"department,omitempty"`
	Place      string `json:"place,omitempty"`
	Lang       string `json:"lang" enum:"zh-CN,en"`
	Zone       string `json:"zone,omitempty" doc:"IANA time zone; the desk's own where it is missing"`
	Role       string `json:"role" enum:"requester,agent,lead,admin"`
	Active     bool   `json:"active"`
}

func toPersonJSON(p person.Person) personJSON {
	return personJSON{
		ID: int64(p.ID), Name: p.Name, Email: p.Email, Phone: p.Phone, Department: p.Department, Place: p.Place,
		Lang: p.Lang, Zone: p.Zone, Role: string(p.Role), Active: p.Active,
	}
}

type meOut struct {
	Body struct {
		Person personJSON `json:"person"`
		Groups []refJSON  `json:"groups" nullable:"false" doc:"The groups that the person works in"`
	} `nameHint:"Me"`
}

func (a *API) getMe(ctx context.Context, r reader, _ *struct{}) (*meOut, error) {
	out := &meOut{}
	out.Body.Person, out.Body.Groups = toPersonJSON(r.person), []refJSON{}
	for _, g := range a.People.GroupsOf(ctx, r.person.ID) {
		out.Body.Groups = append(out.Body.Groups, *a.group(ctx, r, g))
	}
	return out, nil
}

type peopleIn struct {
	Text  string `query:"q" maxLength:"200"`
	Staff bool   `query:"staff" doc:"Only those who work for the desk"`
	Paged
}

type peopleOut struct {
	Body struct {
		Items []personJSON `json:"items" nullable:"false"`
		Next  string       `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"PersonPage"`
}

func (a *API) listPeople(ctx context.Context, r reader, in *peopleIn) (*peopleOut, error) {
	f := person.Filter{Text: in.Text, Staff: in.Staff, Limit: in.Limit}
	if in.Cursor != "" {
		after, err := afterPerson(in.Cursor)
		if err != nil {
			return nil, err
		}
		f.After = after
	}
	list, err := a.People.List(ctx, r.by, f)
	if err != nil {
		return nil, err
	}
	out := &peopleOut{}
	out.Body.Items = make([]personJSON, 0, len(list))
	for _, p := range list {
		out.Body.Items = append(out.Body.Items, toPersonJSON(p))
	}
	if len(list) == in.Limit {
		out.Body.Next = personCursor(list[len(list)-1])
	}
	return out, nil
}

// personCursor names the last person of a page by their place in the order.
func personCursor(p person.Person) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(int64(p.ID), 10) + "." + p.Name))
}

func afterPerson(cursor string) (person.Person, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	number, name, found := strings.Cut(string(text), ".")
	n, e := strconv.ParseInt(number, 10, 64)
	if err != nil || e != nil || !found || n <= 0 || name != person.CleanName(name) {
		return person.Person{}, errs.Field("cursor", "ticket.cursor")
	}
	return person.Person{ID: person.ID(n), Name: name}, nil
}

type groupJSON struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Active  bool      `json:"active"`
	Members []refJSON `json:"members" nullable:"false"`
}

type groupsOut struct {
	Body struct {
		Items []groupJSON `json:"items" nullable:"false"`
	} `nameHint:"Groups"`
}

func (a *API) listGroups(ctx context.Context, r reader, _ *struct{}) (*groupsOut, error) {
	list, err := a.People.Groups(ctx)
	if err != nil {
		return nil, err
	}
	out := &groupsOut{}
	out.Body.Items = make([]groupJSON, 0, len(list))
	for _, g := range list {
		x := groupJSON{ID: int64(g.ID), Name: g.Label(string(r.lang)), Active: g.Active, Members: []refJSON{}}
		for _, m := range g.Members {
			x.Members = append(x.Members, *a.who(ctx, r, m))
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}
