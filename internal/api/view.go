// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) viewOperations() {
	register(a, operation{
		method: http.MethodPost, path: "/views", id: "create-view", tag: "Views", action: access.QueueWork, status: http.StatusCreated,
		summary: "Save a view",
		about:   "The filter is written as in the workspace: status:open (owner:me or assignee:me) -channel:mail silent:>4h.",
	}, a.createView)
	register(a, operation{
		method: http.MethodPut, path: "/views/{id}", id: "change-view", tag: "Views", action: access.QueueWork,
		summary: "Change a view",
	}, a.changeView)
	register(a, operation{
		method: http.MethodDelete, path: "/views/{id}", id: "delete-view", tag: "Views", action: access.QueueWork,
		summary: "Delete a view",
		about:   "For everybody who has it. Restoring brings it back as it was.",
	}, a.deleteView)
	register(a, operation{
		method: http.MethodPost, path: "/views/{id}/restore", id: "restore-view", tag: "Views", action: access.QueueWork,
		summary: "Bring a deleted view back",
	}, a.restoreView)
}

// SavedBody is what is said of a view when it is saved. It is exported as SavedAt is.
type SavedBody struct {
	Name     string   `json:"name" minLength:"1" maxLength:"60"`
	Filter   string   `json:"filter" minLength:"1" maxLength:"2000" doc:"The filter as text"`
	Icon     string   `json:"icon,omitempty" maxLength:"40"`
	Sort     string   `json:"sort,omitempty" enum:"risk,due,promise,silent,oldest,newest,changed"`
	Grouping string   `json:"group_by,omitempty" enum:"priority,owner,status,category,group"`
	Columns  []string `json:"columns,omitempty" nullable:"false" maxItems:"5" enum:"requester,owner,assignee,group,category,clock,promise,age"`
	Dense    bool     `json:"dense,omitempty"`
	Shared   string   `json:"shared,omitempty" enum:"own,group,all" doc:"Who has it; own where it is missing"`
	Version  int64    `json:"version,omitempty" minimum:"0" maximum:"9007199254740991" doc:"The version; in a change the one that was read, missing to skip the check"`
	Group    int64    `json:"group,omitempty" minimum:"1" maximum:"9007199254740991" doc:"Where it is shared with one"`
}

type savedViewJSON struct {
	ID   int64  `json:"id"`
	View string `json:"view" doc:"How GET /tickets names it"`
	SavedBody
	Owner int64 `json:"owner"`
	Keeps bool  `json:"may_change"`
	Count *int  `json:"open,omitempty" doc:"How many open tickets it holds now; missing where closed ones belong to it"`
}

type savedOut struct{ Body savedViewJSON }

// SavedAt names a saved view in an address. It is exported because what is embedded in a request is only
// read where it is.
type SavedAt struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

func savedView(v queue.View) savedViewJSON {
	return savedViewJSON{
		ID: int64(v.ID), View: viewName(v.ID), Owner: int64(v.Owner), Keeps: true,
		SavedBody: SavedBody{
			Name: v.Name, Filter: v.Filter, Icon: v.Icon, Sort: v.Sort, Grouping: v.Grouping, Columns: v.Columns, Dense: v.Dense,
			Shared: string(v.Sharing), Group: int64(v.Group), Version: v.Version,
		},
	}
}

// savedViews are those that the caller has, with what each holds now.
func (a *API) savedViews(ctx context.Context, r reader) ([]savedViewJSON, error) {
	list, err := a.Views.Views(ctx, r.by)
	if err != nil {
		return nil, err
	}
	trees, out := make([]queue.Tree, 0, len(list)), make([]savedViewJSON, 0, len(list))
	for _, e := range list {
		tree, err := e.Tree()
		if err != nil {
			return nil, err
		}
		x := savedView(e.View)
		x.Keeps = e.Keeps
		trees, out = append(trees, tree), append(out, x)
	}
	sizes, err := a.Tickets.Sizes(ctx, r.by, trees...)
	for i := range sizes {
		if sizes[i] >= 0 {
			out[i].Count = &sizes[i]
		}
	}
	return out, err
}

// view is what a body says, with its names looked up.
func (a *API) view(ctx context.Context, r reader, b SavedBody) (queue.View, error) {
	tree, err := queue.Understand(ctx, b.Filter, a.Tickets.Names(r.by))
	if err != nil {
		return queue.View{}, named("filter", err)
	}
	v := queue.View{
		Name: b.Name, Filter: tree.String(), Icon: b.Icon, Sort: b.Sort, Grouping: b.Grouping, Columns: b.Columns, Dense: b.Dense,
		Sharing: queue.Sharing(b.Shared), Group: person.GroupID(b.Group),
	}
	if v.Sharing == "" {
		v.Sharing = queue.Own
	}
	if len(v.Columns) == 0 {
		v.Columns = queue.UsualColumns()
	}
	return v, nil
}

// named gives the failure of a filter the name of the field in which it came.
func named(field string, err error) error {
	e := errs.As(err)
	if e == nil || len(e.Fields) != 1 {
		return err
	}
	return errs.Field(field, e.Fields[0].Key, e.Fields[0].Args...)
}

func (a *API) createView(ctx context.Context, r reader, in *struct{ Body SavedBody }) (*savedOut, error) {
	return a.saveView(ctx, r, 0, 0, in.Body)
}

func (a *API) changeView(ctx context.Context, r reader, in *struct {
	SavedAt
	Body SavedBody
},
) (*savedOut, error) {
	return a.saveView(ctx, r, queue.ViewID(in.ID), in.Body.Version, in.Body)
}

func (a *API) saveView(ctx context.Context, r reader, which queue.ViewID, version int64, b SavedBody) (*savedOut, error) {
	v, err := a.view(ctx, r, b)
	if err != nil {
		return nil, err
	}
	v.ID = which
	v, err = a.Views.Save(ctx, r.by, v, version)
	if err != nil {
		return nil, err
	}
	return &savedOut{Body: savedView(v)}, nil
}

func (a *API) deleteView(ctx context.Context, r reader, in *SavedAt) (*savedOut, error) {
	v, err := a.Views.Delete(ctx, r.by, queue.ViewID(in.ID))
	if err != nil {
		return nil, err
	}
	return &savedOut{Body: savedView(v)}, nil
}

func (a *API) restoreView(ctx context.Context, r reader, in *SavedAt) (*savedOut, error) {
	v, err := a.Views.Restore(ctx, r.by, queue.ViewID(in.ID))
	if err != nil {
		return nil, err
	}
	return &savedOut{Body: savedView(v)}, nil
}

// filtered lets a list ask in the language of filters, and by a saved view. Whoever does not work
// for the desk has no views, and nothing of them is told.
func (a *API) filtered(ctx context.Context, r reader, f *ticket.Filter) error {
	if which := viewNamed(string(f.View)); which != 0 {
		e, err := a.Views.Get(ctx, r.by, which)
		if err != nil {
			return err
		}
		if f.Tree, err = e.Tree(); err != nil {
			return err
		}
		f.View, f.Sort, f.Grouping = ticket.All, ticket.Sort(e.Sort), ticket.Grouping(e.Grouping)
		if f.Sort == "" {
			f.Sort = ticket.ByRisk
		}
	} else if f.View == ticket.All || f.View == ticket.Done {
		return nil
	}
	if f.Text == "" || ticket.ParseRef(f.Text) != 0 {
		return nil
	}
	tree, err := queue.Understand(ctx, f.Text, a.Tickets.Names(r.by))
	if err != nil {
		return err
	}
	if !f.Tree.Unset() {
		tree = queue.Tree{Op: queue.And, Kids: []queue.Tree{f.Tree, tree}}
	}
	f.Tree, f.Text = tree, ""
	return nil
}

func viewName(which queue.ViewID) string { return "v" + strconv.FormatInt(int64(which), 10) }

// viewNamed is the saved view that a name means; 0 where it means none.
func viewNamed(s string) queue.ViewID {
	digits, ok := strings.CutPrefix(s, "v")
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0
	}
	return queue.ViewID(n)
}
