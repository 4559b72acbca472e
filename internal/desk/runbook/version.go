// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// ID is the key of a runbook.
type ID int64

// Runbook is what stands above the versions.
type Runbook struct {
	ID        ID
	Title     string // of the version in force, else of the draft
	Lang      i18n.Lang
	Version   int64 // of the row, for changes
	Published int64 // number of the version in force; 0 for none
	Draft     int64 // number of the version that is written; 0 for none
	Author    person.ID
	At        time.Time
	RetiredAt time.Time
}

// Offered reports whether new runs may begin.
func (r Runbook) Offered() bool { return r.Published != 0 && r.RetiredAt.IsZero() }

// State is where a version stands.
type State string

// The states of a version.
const (
	Draft     State = "draft"
	InReview  State = "review"
	Reviewed  State = "reviewed"
	Published State = "published"
	Replaced  State = "replaced"
)

// Version is one text of a runbook.
type Version struct {
	Runbook     ID
	Number      int64
	State       State
	Text        string
	Authors     People // everybody who wrote in it
	Note        string // what is new in it
	At          time.Time
	Reviewer    person.ID
	ReviewedAt  time.Time
	Publisher   person.ID
	PublishedAt time.Time
}

// Book is the version as it is followed.
func (v Version) Book() Book {
	b, _ := Read(v.Text)
	return b
}

// Covered reports whether somebody who wrote none of it has reviewed it.
func (v Version) Covered() bool {
	return v.Reviewer != 0 && !v.Authors.Has(v.Reviewer) && (v.State == Reviewed || v.State == Published || v.State == Replaced)
}

// People is a list of persons in one column.
type People []person.ID

// Has reports whether somebody is among them.
func (p People) Has(who person.ID) bool { return slices.Contains(p, who) }

// With adds somebody.
func (p People) With(who person.ID) People {
	if who == 0 || p.Has(who) {
		return p
	}
	return append(slices.Clone(p), who)
}

func (p People) pack() string {
	var out []string
	for _, x := range p {
		out = append(out, strconv.FormatInt(int64(x), 10))
	}
	return strings.Join(out, " ")
}

func unpack(s string) People {
	var out People
	for _, f := range strings.Fields(s) {
		if n, err := strconv.ParseInt(f, 10, 64); err == nil {
			out = append(out, person.ID(n))
		}
	}
	return out
}

// Place is where a runbook is offered: for a category and all below it.
type Place struct {
	Runbook  ID
	Category catalog.CategoryID
	First    bool // it is done before anything larger: the category's first simple things (N25)
}

// File is a picture of a runbook.
type File struct {
	Runbook ID
	Token   string
	Name    string
	Type    string
	Size    int64
	SHA256  string
	Blob    string
	Author  person.ID
	At      time.Time
}
