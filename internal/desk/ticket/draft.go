// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Draft is what somebody began to write on a ticket and has not sent. It is theirs alone: no
// fact, no event, seen by nobody else, and gone with the commit of what is sent.
type Draft struct {
	Kind  Name     // the command that it is for: reply, note, resolve
	Text  string   // as the form wrote it
	Files []string // tokens of the files beside it, which wait as long as it does
	At    time.Time
}

// drafted reports whether a command is one that is begun and finished later.
func drafted(kind Name) bool { return kind == CmdReply || kind == CmdNote || kind == CmdResolve }

// SaveDraft keeps what the actor has written so far and the files beside it; an empty text without
// one forgets it.
//
// Errors: NotFound and Denied as for the command; Invalid for a kind that has no draft and beyond
// MaxFiles; TooLarge beyond MaxText.
func (s *Service) SaveDraft(ctx context.Context, by access.Actor, on Target, kind Name, words string, files ...string) error {
	if !drafted(kind) || by.Kind != access.Person {
		return errs.New(errs.Invalid, "ticket.draft_kind")
	}
	t, err := s.Get(ctx, by, on)
	if err != nil {
		return err
	}
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return err
	}
	words = text.Storable(words)
	if text.Body(words) != "" {
		if err := checkText("text", words); err != nil {
			return err
		}
	}
	if len(files) > MaxFiles {
		return errs.Field("files", "ticket.files_many", "Max", MaxFiles)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Clock.Now()
		before, err := draftAt(ctx, tx, t.ID, by.ID, kind)
		if err != nil {
			return err
		}
		empty := text.Body(words) == "" && len(files) == 0
		// Of who is known to be writing nothing is said at every pause of theirs.
		begins, ends := !empty && now.Sub(before) > writingFor/4, empty && !before.IsZero()
		if s.Writing != nil && (begins || ends) {
			s.Writing(tx, t.ID)
		}
		if empty {
			_, err := dropDraft(ctx, tx, t.ID, by.ID, kind)
			return err
		}
		return keepDraft(ctx, tx, t.ID, by.ID, Draft{Kind: kind, Text: words, Files: files, At: now})
	})
}

// writingFor is how long somebody counts as writing after their last pause.
const writingFor = 2 * time.Minute

// Writer is somebody else who is writing on the ticket: that they do is known, not what.
type Writer struct {
	Person int64
	Kind   Name // reply, note, resolve
	At     time.Time
}

// Drafts returns what the actor has begun to write on a ticket, by the command it is for, and
// who else is writing on it now, the latest first. The caller has read the ticket.
func (s *Service) Drafts(ctx context.Context, by access.Actor, t Ticket) (own map[Name]Draft, others []Writer, err error) {
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil || by.Kind != access.Person {
		return nil, nil, err
	}
	list, err := drafts(ctx, s.DB, t.ID, by.ID)
	if err != nil {
		return nil, nil, err
	}
	files, err := draftFiles(ctx, s.DB, t.ID, by.ID)
	if err != nil {
		return nil, nil, err
	}
	own = make(map[Name]Draft, len(list))
	since, works := s.Clock.Now().Add(-writingFor), access.Can(by, access.TicketWork, t.Object()) == nil
	for _, d := range list {
		if d.who == by.ID {
			d.Files = files[d.Kind]
			own[d.Kind] = d.Draft
		} else if works && d.At.After(since) {
			others = append(others, Writer{Person: d.who, Kind: d.Kind, At: d.At})
		}
	}
	return own, others, nil
}

// forget drops, within the commit of a command, the draft that it was written from. Words that
// came by mail were written from none.
func (s *Service) forget(ctx context.Context, tx *db.Tx, by access.Actor, t Ticket, cmd Command) error {
	if !drafted(cmd.Name()) || by.Kind != access.Person || mailed(cmd) {
		return nil
	}
	was, err := dropDraft(ctx, tx, t.ID, by.ID, cmd.Name())
	if was && s.Writing != nil {
		s.Writing(tx, t.ID)
	}
	return err
}

func mailed(cmd Command) bool {
	switch c := cmd.(type) {
	case Reply:
		return c.Inbound != 0
	case Note:
		return c.Inbound != 0
	}
	return false
}
