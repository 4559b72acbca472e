// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Sheet is a runbook with all that its page shows.
type Sheet struct {
	Runbook
	Versions []Version // newest first
	Places   []Place
	Files    []File
}

// VersionOf returns a version by its number.
func (s Sheet) VersionOf(number int64) (Version, bool) {
	i := slices.IndexFunc(s.Versions, func(v Version) bool { return v.Number == number && number != 0 })
	if i < 0 {
		return Version{}, false
	}
	return s.Versions[i], true
}

// HasPicture reports whether a picture of that name is attached.
func (s Sheet) HasPicture(name string) bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Name == name })
}

// List returns every runbook, by title.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Runbook, []Place, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return nil, nil, err
	}
	out, err := list(ctx, s.DB)
	if err != nil {
		return nil, nil, err
	}
	at, err := places(ctx, s.DB)
	return out, at, err
}

// Get returns a runbook with its versions. NotFound where there is none.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Sheet, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return Sheet{}, err
	}
	return s.sheet(ctx, s.DB, which)
}

func (s *Service) sheet(ctx context.Context, q db.Querier, which ID) (out Sheet, err error) {
	if out.Runbook, err = get(ctx, q, which); err != nil {
		return out, orUnknown(err)
	}
	if out.Versions, err = versions(ctx, q, which); err != nil {
		return out, err
	}
	if out.Places, err = placesOf(ctx, q, which); err != nil {
		return out, err
	}
	out.Files, err = files(ctx, q, which)
	return out, err
}

// Look judges a text as a version of a runbook, for a preview: which may be 0 for a new one.
func (s *Service) Look(sheet Sheet, text string) (Book, Problems) {
	risks := s.Risks()
	return Judge(text, func(name string) bool { _, ok := risks.Of(name); return ok }, sheet.HasPicture)
}

// maxNote bounds the words about what is new, in characters.
const maxNote = 300

// Write stores a text as the draft of a runbook, or of a new one where which is 0. A draft may
// be wrong: it is judged when it is given to be reviewed. Whoever writes becomes one of its
// authors; a text that was being reviewed begins again.
//
// Errors: Invalid where it has no title or is too long; Stale where somebody else wrote since.
func (s *Service) Write(ctx context.Context, by access.Actor, which ID, text, note string, version int64) (Runbook, error) {
	if err := access.Can(by, access.RunbookWork, access.Object{}); err != nil {
		return Runbook{}, err
	}
	text = stored(text)
	note = person.CleanName(note)
	book, bad := Read(text)
	switch {
	case len(text) > MaxText:
		return Runbook{}, errs.Field("text", "runbook.text_long", "Max", MaxText>>10)
	case strings.TrimSpace(text) == "":
		return Runbook{}, errs.Field("text", "runbook.text_empty")
	case book.Title == "" || utf8.RuneCountInString(book.Title) > maxTitle:
		return Runbook{}, errs.Field("text", "runbook.text_title")
	case len(bad) > 0 && len(book.Steps) > MaxSteps:
		return Runbook{}, errs.Field("text", "runbook.line_steps", "Max", MaxSteps)
	case utf8.RuneCountInString(note) > maxNote:
		return Runbook{}, errs.Field("note", "runbook.note_long", "Max", maxNote)
	}
	now := s.Clock.Now()
	var out Runbook
	err := s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x := Runbook{Title: book.Title, Lang: book.Lang, Author: person.ID(by.ID), At: now}
		var err error
		if which == 0 {
			x.Draft = 1
			x.ID, err = insert(ctx, tx, x)
			x.Version = 1
		} else {
			x, err = s.taken(ctx, tx, which, version)
		}
		if err != nil {
			return err
		}
		v, err := s.draftOf(ctx, tx, &x)
		if err != nil {
			return err
		}
		v.Text, v.Note, v.At, v.State = text, note, now, Draft
		v.Authors, v.Reviewer = v.Authors.With(person.ID(by.ID)), 0
		v.ReviewedAt = v.PublishedAt
		if err := s.keep(ctx, tx, by, &x, v, book); err != nil {
			return err
		}
		out = x
		return nil
	})
	return out, err
}

// stored is a runbook's text as it is kept. A file of another system brings a mark of order and other
// line ends; what is exported has neither.
func stored(s string) string { return text.Storable(strings.TrimPrefix(s, "\uFEFF")) }

// taken takes a runbook for a change of what its reader saw.
func (s *Service) taken(ctx context.Context, tx *db.Tx, which ID, version int64) (Runbook, error) {
	x, err := take(ctx, tx, which)
	if err != nil {
		return x, orUnknown(err)
	}
	if version != 0 && x.Version != version+1 {
		return x, errs.Overtaken(x.Version - 1)
	}
	return x, nil
}

// draftOf is the version that is written, or a new one after the last.
func (s *Service) draftOf(ctx context.Context, tx *db.Tx, x *Runbook) (Version, error) {
	if x.Draft != 0 {
		v, err := versionAt(ctx, tx, x.ID, x.Draft)
		if err == nil || errs.KindOf(err) != errs.NotFound {
			return v, err
		}
	}
	last, err := versions(ctx, tx, x.ID)
	if err != nil {
		return Version{}, err
	}
	v := Version{Runbook: x.ID, Number: 1}
	if len(last) > 0 {
		v.Number = last[0].Number + 1
	}
	x.Draft = v.Number
	return v, nil
}

// keep stores a draft and what the runbook is called while nothing of it is in force.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by access.Actor, x *Runbook, v Version, book Book) error {
	_, err := versionAt(ctx, tx, x.ID, v.Number)
	switch {
	case err == nil:
		err = saveVersion(ctx, tx, v)
	case errs.KindOf(err) == errs.NotFound:
		err = insertVersion(ctx, tx, v)
	}
	if err != nil {
		return err
	}
	if x.Published == 0 {
		x.Title, x.Lang = book.Title, book.Lang
	}
	if err := save(ctx, tx, *x); err != nil {
		return err
	}
	_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Versioned{Runbook: x.ID, Number: v.Number, State: v.State, Note: v.Note})
	return err
}

// SetPlaces says for which categories a runbook is offered.
func (s *Service) SetPlaces(ctx context.Context, by access.Actor, which ID, list []Place, version int64) error {
	if err := access.Can(by, access.RunbookPublish, access.Object{}); err != nil {
		return err
	}
	var clean []Place
	for _, p := range list {
		if !s.Catalog.Category(ctx, p.Category).Active || len(clean) >= 100 {
			return errs.Field("categories", "runbook.category_unknown")
		}
		if !slices.ContainsFunc(clean, func(x Place) bool { return x.Category == p.Category }) {
			clean = append(clean, Place{which, p.Category, p.First})
		}
	}
	who, err := s.handlers(ctx, clean)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.taken(ctx, tx, which, version)
		if err != nil {
			return err
		}
		if err := replacePlaces(ctx, tx, which, clean); err != nil {
			return err
		}
		if err := s.askReaders(ctx, tx, x, who, by); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Placed{which, clean})
		return err
	})
}

// MaxPicture is the greatest size of a picture, in bytes.
const MaxPicture = 4 << 20

// maxPictures bounds the pictures of a runbook.
const maxPictures = 200

// AddPicture attaches a picture under its name. A name is given once: versions that show it keep it.
//
// Errors: Invalid where it is no PNG, JPEG, GIF or WebP by its bytes, or the name is taken or no
// name; TooLarge beyond MaxPicture.
func (s *Service) AddPicture(ctx context.Context, by access.Actor, which ID, name string, data io.Reader) (File, error) {
	if err := access.Can(by, access.RunbookWork, access.Object{}); err != nil {
		return File{}, err
	}
	name = ticket.FileName(name)
	if !pictured.MatchString(name) {
		return File{}, errs.Field("picture", "runbook.picture_name")
	}
	head := make([]byte, 3072)
	n, err := io.ReadFull(data, head)
	if err != nil && n == 0 {
		return File{}, errs.Field("picture", "runbook.picture_kind")
	}
	kind := mimetype.Detect(head[:n]).String()
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind) {
		return File{}, errs.Field("picture", "runbook.picture_kind")
	}
	f := File{Runbook: which, Token: id.Token(), Name: name, Type: kind, Author: person.ID(by.ID), At: s.Clock.Now()}
	f.Blob, f.Size, f.SHA256, err = s.Blobs.Put(ctx, io.MultiReader(strings.NewReader(string(head[:n])), data), MaxPicture)
	if errs.KindOf(err) == errs.TooLarge {
		return File{}, errs.New(errs.TooLarge, "runbook.picture_large", "Max", MaxPicture>>20)
	}
	if err != nil {
		return File{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := take(ctx, tx, which); err != nil {
			return orUnknown(err)
		}
		have, err := files(ctx, tx, which)
		switch {
		case err != nil:
			return err
		case len(have) >= maxPictures:
			return errs.Field("picture", "runbook.pictures_many", "Max", maxPictures)
		case slices.ContainsFunc(have, func(x File) bool { return x.Name == name }):
			return errs.Field("picture", "runbook.picture_taken", "Name", name)
		}
		if err := insertFile(ctx, tx, f); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(f.At), Pictured{which, name})
		return err
	})
	return f, err
}

// Picture opens a picture of a runbook, for staff.
func (s *Service) Picture(ctx context.Context, by access.Actor, which ID, token string) (File, io.ReadCloser, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return File{}, nil, err
	}
	return s.picture(ctx, which, token)
}

func (s *Service) picture(ctx context.Context, which ID, token string) (File, io.ReadCloser, error) {
	list, err := files(ctx, s.DB, which)
	if err != nil {
		return File{}, nil, err
	}
	for _, f := range list {
		if f.Token == token {
			body, _, err := s.Blobs.Open(ctx, f.Blob)
			return f, body, err
		}
	}
	return File{}, nil, errs.New(errs.NotFound, "ticket.file_not_found")
}

// Pictures returns the pictures of a run's runbook to whoever may follow it.
func (s *Service) Pictures(ctx context.Context, by access.Actor, which RunID) ([]File, error) {
	c, err := s.Course(ctx, by, which)
	if err != nil {
		return nil, err
	}
	return files(ctx, s.DB, c.Runbook)
}

// SentPicture opens a picture of a run's runbook to whoever may follow it: only one that a step of
// the version shows, so that a link opens nothing else of the runbook.
func (s *Service) SentPicture(ctx context.Context, by access.Actor, which RunID, token string) (File, io.ReadCloser, error) {
	c, err := s.Course(ctx, by, which)
	if err != nil {
		return File{}, nil, err
	}
	f, body, err := s.picture(ctx, c.Runbook, token)
	if err == nil && !slices.Contains(c.Book.Pictures(), f.Name) {
		_ = body.Close()
		return File{}, nil, errs.New(errs.NotFound, "ticket.file_not_found")
	}
	return f, body, err
}
