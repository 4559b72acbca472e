// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Form is one version of what a category asks. It is never changed: tickets keep the version
// that they were filled in with.
type Form struct {
	Category CategoryID // whose form it is
	Version  int64      // from 1; 0 where there is none
	Fields   form.Form
	Author   person.ID // 0 for the desk itself
	At       time.Time
}

// FormSaved records a new version of a form.
type FormSaved struct{ Form Form }

// EventName is "catalog.form_saved".
func (FormSaved) EventName() string { return "catalog.form_saved" }

// EventSubject is the category.
func (e FormSaved) EventSubject() int64 { return int64(e.Form.Category) }

// FormFor returns what a ticket of the category is asked now: by its own form or, where it never
// had one, by that of the nearest category above. A form without questions asks nothing, and
// hides those above it.
func (d *Desk) FormFor(ctx context.Context, which CategoryID) (Form, error) {
	h, err := d.read(ctx)
	if err != nil {
		return Form{}, err
	}
	return nearest(h.categories, h.forms, which), nil
}

// FormForIn is FormFor within the caller's commit.
func (d *Desk) FormForIn(ctx context.Context, tx *db.Tx, which CategoryID) (Form, error) {
	flat, err := categories(ctx, tx)
	if err != nil {
		return Form{}, err
	}
	list, err := lastForms(ctx, tx)
	return nearest(flat, byCategory(list), which), err
}

func nearest(tree []Category, forms map[CategoryID]Form, which CategoryID) Form {
	above := map[CategoryID]CategoryID{}
	for _, c := range tree {
		above[c.ID] = c.Parent
	}
	for range maxLevels {
		if f, ok := forms[which]; ok {
			if len(f.Fields) == 0 {
				return Form{}
			}
			return f
		}
		which = above[which]
	}
	return Form{}
}

// FormAt returns one version of a category's own form. NotFound where there is none.
func (d *Desk) FormAt(ctx context.Context, which CategoryID, version int64) (Form, error) {
	h, err := d.read(ctx)
	if err != nil {
		return Form{}, err
	}
	if f := h.forms[which]; f.Version == version && version > 0 {
		return f, nil
	}
	return orUnknown(formAt(ctx, d.db, which, version))
}

// FormAtIn is FormAt within the caller's commit.
func (d *Desk) FormAtIn(ctx context.Context, tx *db.Tx, which CategoryID, version int64) (Form, error) {
	return orUnknown(formAt(ctx, tx, which, version))
}

func orUnknown(f Form, err error) (Form, error) {
	if errs.KindOf(err) == errs.NotFound {
		err = errs.New(errs.NotFound, "form.version_unknown")
	}
	return f, err
}

// OwnForm returns the newest version of a category's own form; the zero Form where it never had one.
func (d *Desk) OwnForm(ctx context.Context, which CategoryID) (Form, error) {
	h, err := d.read(ctx)
	return h.forms[which], err
}

// Forms returns every version of a category's own form, newest first.
func (d *Desk) Forms(ctx context.Context, by access.Actor, which CategoryID) ([]Form, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return formsOf(ctx, d.db, which)
}

// SaveForm makes a new version of a category's form. from is the version that it was made of, 0
// for the first: Stale where there is a newer one.
func (d *Desk) SaveForm(ctx context.Context, by access.Actor, which CategoryID, fields form.Form, from int64) (Form, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Form{}, err
	}
	if err := fields.Check(); err != nil {
		return Form{}, err
	}
	f := Form{Category: which, Version: from + 1, Fields: fields, At: d.clock.Now()}
	if by.Kind == access.Person {
		f.Author = person.ID(by.ID)
	}
	err := d.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := takeCategory(ctx, tx, which); err != nil {
			return err
		}
		last, err := formsOf(ctx, tx, which)
		if err != nil {
			return err
		}
		if len(last) > 0 && last[0].Version != from || len(last) == 0 && from != 0 {
			now := int64(0)
			if len(last) > 0 {
				now = last[0].Version
			}
			return errs.Overtaken(now)
		}
		if err := insertForm(ctx, tx, f); err != nil {
			return err
		}
		tx.AfterCommit(d.forget)
		_, err = d.bus.Record(ctx, tx, by.Meta(f.At), FormSaved{f})
		return err
	})
	return f, err
}

// GroupFor returns the group that handles the tickets of a category: the one that it names or that of
// the nearest category above. The zero Group where none names one that is in use: a category keeps
// the name of a group that was put out of use, and what went there would be nobody's.
func (d *Desk) GroupFor(ctx context.Context, people *person.Service, which CategoryID) person.Group {
	for _, c := range slices.Backward(d.Path(ctx, which)) {
		if g := people.Group(ctx, c.Group); c.Group != 0 && g.Active {
			return g
		}
	}
	return person.Group{}
}

// ServiceFor returns the service that tickets of a category are about where nothing else is
// said: its own or that of the nearest category above; 0 where none has one that is in use.
func (d *Desk) ServiceFor(ctx context.Context, which CategoryID) ServiceID {
	path := d.Path(ctx, which)
	for i := len(path) - 1; i >= 0; i-- {
		if s := path[i].Service; s != 0 && d.Service(ctx, s).Active {
			return s
		}
	}
	return 0
}
