// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// CategoryID is a category's key.
type CategoryID int64

// ServiceID is a service's key.
type ServiceID int64

// maxLevels is how deep the tree may be.
const maxLevels = 4

// Category is a node of the tree, two levels deep in practice, at most four.
type Category struct {
	ID      CategoryID
	Parent  CategoryID
	Name    string // 1–60 characters
	NameEN  string
	Group   person.GroupID // who gets its tickets first, while it is in use; 0 for what is above, at last the service desk
	Service ServiceID      `json:",omitempty"` // what its tickets are about where nothing else is said; 0 for what is above
	Place   int64          // order among its siblings
	Active  bool
	Skills  person.Skills `json:",omitempty"` // what its tickets ask for, besides those of its parents
	Version int64
	Depth   int // 0 for a root; computed
}

// Label is the name for a reader of the language.
func (c Category) Label(lang string) string {
	if lang == "en" && c.NameEN != "" {
		return c.NameEN
	}
	return c.Name
}

// Service is a business system that people rely on.
type Service struct {
	ID      ServiceID
	Name    string // 1–60 characters; unique
	NameEN  string
	Core    bool // core business: counts in grading
	Active  bool
	Skills  person.Skills `json:",omitempty"` // what its tickets ask for
	Owner   person.ID     `json:",omitempty"` // who answers for it; 0 for nobody
	Depends Needs         `json:",omitempty"` // the services without which it does not work
	Version int64
}

// Label is the name for a reader of the language.
func (s Service) Label(lang string) string {
	if lang == "en" && s.NameEN != "" {
		return s.NameEN
	}
	return s.Name
}

// CategoryChanged records a new or changed category as it now is.
type CategoryChanged struct{ Category Category }

// EventName is "catalog.category_changed".
func (CategoryChanged) EventName() string { return "catalog.category_changed" }

// EventSubject is the category.
func (e CategoryChanged) EventSubject() int64 { return int64(e.Category.ID) }

// ServiceChanged records a new or changed service as it now is.
type ServiceChanged struct{ Service Service }

// EventName is "catalog.service_changed".
func (ServiceChanged) EventName() string { return "catalog.service_changed" }

// EventSubject is the service.
func (e ServiceChanged) EventSubject() int64 { return int64(e.Service.ID) }

func checkNames(name, nameEN *string) error {
	*name, *nameEN = person.CleanName(*name), person.CleanName(*nameEN)
	if n := utf8.RuneCountInString(*name); n == 0 || n > 60 {
		return errs.Field("name", "catalog.name_length")
	}
	if utf8.RuneCountInString(*nameEN) > 60 {
		return errs.Field("name_en", "catalog.name_length")
	}
	return nil
}

// order sorts a flat list into tree order and sets each depth. A node that no root leads to,
// because its parent is missing or is one of those below it, stands as a root rather than vanish.
func order(flat []Category) []Category {
	known := map[CategoryID]bool{}
	for _, c := range flat {
		known[c.ID] = true
	}
	children := map[CategoryID][]Category{}
	for _, c := range flat {
		parent := c.Parent
		if !known[parent] {
			parent = 0
		}
		children[parent] = append(children[parent], c)
	}
	out := make([]Category, 0, len(flat))
	placed := map[CategoryID]bool{}
	var walk func(list []Category, depth int)
	walk = func(list []Category, depth int) {
		for _, c := range list {
			if placed[c.ID] {
				continue
			}
			placed[c.ID] = true
			c.Depth = depth
			out = append(out, c)
			walk(children[c.ID], depth+1)
		}
	}
	walk(children[0], 0)
	walk(flat, 0)
	return out
}
