// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// FlawedError says that a text cannot be reviewed, line by line.
type FlawedError struct {
	Cause    *errs.Error
	Problems Problems
}

// Error is for logs.
func (f *FlawedError) Error() string { return f.Cause.Error() }

// Unwrap is the failure as doors read it.
func (f *FlawedError) Unwrap() error { return f.Cause }

func flawed(p Problems) error {
	return &FlawedError{errs.Field("text", "runbook.flawed", "Count", len(p)), p}
}

// change moves the draft of a runbook on.
func (s *Service) change(ctx context.Context, by access.Actor, which ID, version int64, from []State, do func(context.Context, *db.Tx, *Runbook, *Version) error) (Runbook, error) {
	var out Runbook
	err := s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.taken(ctx, tx, which, version)
		if err != nil {
			return err
		}
		v, err := versionAt(ctx, tx, which, x.Draft)
		if errs.KindOf(err) == errs.NotFound && err != nil || err == nil && !slices.Contains(from, v.State) {
			return errs.New(errs.Conflict, "runbook.not_now")
		}
		if err != nil {
			return err
		}
		if err := do(ctx, tx, &x, &v); err != nil {
			return err
		}
		if err := saveVersion(ctx, tx, v); err != nil {
			return err
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		out = x
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Versioned{Runbook: which, Number: v.Number, State: v.State, Note: v.Note})
		return err
	})
	return out, err
}

// Submit gives a draft to be reviewed. FlawedError where its text is no runbook yet.
func (s *Service) Submit(ctx context.Context, by access.Actor, which ID, version int64) (Runbook, error) {
	if err := access.Can(by, access.RunbookWork, access.Object{}); err != nil {
		return Runbook{}, err
	}
	return s.change(ctx, by, which, version, []State{Draft}, func(ctx context.Context, tx *db.Tx, _ *Runbook, v *Version) error {
		if err := s.sound(ctx, tx, *v); err != nil {
			return err
		}
		v.State = InReview
		return nil
	})
}

// sound judges a version as it would be run.
func (s *Service) sound(ctx context.Context, tx *db.Tx, v Version) error {
	list, err := files(ctx, tx, v.Runbook)
	if err != nil {
		return err
	}
	if _, bad := s.Look(Sheet{Files: list}, v.Text); len(bad) > 0 {
		return flawed(bad)
	}
	return nil
}

// Review says that a version is right, or gives it back with a reason. Nobody reviews what they
// wrote in themselves (N31).
func (s *Service) Review(ctx context.Context, by access.Actor, which ID, right bool, note string, version int64) (Runbook, error) {
	if err := access.Can(by, access.RunbookWork, access.Object{}); err != nil {
		return Runbook{}, err
	}
	if note = person.CleanName(note); !right && note == "" {
		return Runbook{}, errs.Field("note", "runbook.back_reason")
	}
	if utf8.RuneCountInString(note) > maxNote {
		return Runbook{}, errs.Field("note", "runbook.note_long", "Max", maxNote)
	}
	return s.change(ctx, by, which, version, []State{InReview}, func(ctx context.Context, tx *db.Tx, _ *Runbook, v *Version) error {
		if by.Kind != access.Person || v.Authors.Has(person.ID(by.ID)) {
			return errs.New(errs.Denied, "runbook.own_review")
		}
		if !right {
			v.State, v.Note = Draft, note
			return nil
		}
		if err := s.sound(ctx, tx, *v); err != nil { // a picture or a class may have gone since
			return err
		}
		v.State, v.Reviewer, v.ReviewedAt = Reviewed, person.ID(by.ID), s.Clock.Now()
		return nil
	})
}

// Publish puts a reviewed version in force. Runs that began before go on as they began; who
// handles the category is asked to read it (N9).
func (s *Service) Publish(ctx context.Context, by access.Actor, which ID, version int64) (Runbook, error) {
	if err := access.Can(by, access.RunbookPublish, access.Object{}); err != nil {
		return Runbook{}, err
	}
	list, err := placesOf(ctx, s.DB, which)
	if err != nil {
		return Runbook{}, err
	}
	who, err := s.handlers(ctx, list)
	if err != nil {
		return Runbook{}, err
	}
	return s.change(ctx, by, which, version, []State{Reviewed}, func(ctx context.Context, tx *db.Tx, x *Runbook, v *Version) error {
		if !v.Covered() {
			return errs.New(errs.Conflict, "runbook.not_now")
		}
		if x.Published != 0 {
			old, err := versionAt(ctx, tx, which, x.Published)
			if err != nil {
				return err
			}
			old.State = Replaced
			if err := saveVersion(ctx, tx, old); err != nil {
				return err
			}
		}
		book := v.Book()
		v.State, v.Publisher, v.PublishedAt = Published, person.ID(by.ID), s.Clock.Now()
		x.Published, x.Draft, x.Title, x.Lang = v.Number, 0, book.Title, book.Lang
		return s.keepAndAsk(ctx, tx, *x, *v, who, by)
	})
}

// keepAndAsk stores the version before its readers are asked, for they are asked about what is
// stored.
func (s *Service) keepAndAsk(ctx context.Context, tx *db.Tx, x Runbook, v Version, who People, by access.Actor) error {
	if err := saveVersion(ctx, tx, v); err != nil {
		return err
	}
	return s.askReaders(ctx, tx, x, who, by)
}

// Retire takes a runbook out of use, or brings it back. Runs that began go on; steps with a risk
// are no longer covered by its review.
func (s *Service) Retire(ctx context.Context, by access.Actor, which ID, back bool, version int64) (Runbook, error) {
	if err := access.Can(by, access.RunbookPublish, access.Object{}); err != nil {
		return Runbook{}, err
	}
	var out Runbook
	err := s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.taken(ctx, tx, which, version)
		if err != nil {
			return err
		}
		if x.RetiredAt.IsZero() == back {
			return errs.New(errs.Conflict, "runbook.not_now")
		}
		if x.RetiredAt = s.Clock.Now(); back {
			x.RetiredAt = Runbook{}.RetiredAt
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		out = x
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Retired{which, back})
		return err
	})
	return out, err
}
