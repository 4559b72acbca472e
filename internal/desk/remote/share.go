// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"crypto/subtle"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Ask asks the requester to show their screen. pictures says that the agent would like to keep
// some; it is for the requester to say whether they may.
//
// Errors: Conflict where a share is open on the ticket, where the ticket is closed, or where an
// administrator wants none; Denied on one's own ticket.
func (s *Service) Ask(ctx context.Context, by access.Actor, on ticket.Target, pictures bool) (Session, error) {
	t, err := s.working(ctx, by, on)
	if err != nil {
		return Session{}, err
	}
	p, _, err := s.Policy(ctx)
	switch {
	case err != nil:
		return Session{}, err
	case p.Off:
		return Session{}, errs.New(errs.Conflict, "remote.off")
	case int64(t.Requester) == by.ID:
		return Session{}, errs.New(errs.Denied, "remote.own")
	}
	x := Session{Ticket: t.ID, Way: Share, State: Asked, Agent: person.ID(by.ID), Wants: pictures, Relay: s.Relay(), AskedAt: s.Clock.Now()}
	return s.create(ctx, by, x, func(x Session) ticket.RemoteFact {
		return ticket.RemoteAsked{Session: int64(x.ID), Pictures: x.Wants}
	})
}

// Consent is what a requester agrees to.
type Consent struct {
	Text     int64 // version of the words they read (Words)
	Pictures bool  // pictures may be kept; counts only where they were asked for
}

// Agree is the requester's consent. It returns the secret by which the window that shows the
// screen is known: another window that agrees takes over from it. Stale where the words have
// changed since they were read; Conflict where an administrator wants no screens shown any more.
func (s *Service) Agree(ctx context.Context, by access.Actor, on ticket.Target, which ID, c Consent) (Session, string, error) {
	t, x, side, err := s.find(ctx, by, on, which)
	switch {
	case err != nil:
		return x, "", err
	case side != Sharer:
		return x, "", errs.New(errs.Denied, "access.only_requester")
	case c.Text != Words:
		return x, "", errs.New(errs.Stale, "remote.words_changed")
	case !t.Open():
		return x, "", errs.New(errs.Conflict, "remote.closed")
	}
	p, _, err := s.Policy(ctx)
	if err == nil && p.Off {
		err = errs.New(errs.Conflict, "remote.off")
	}
	if err != nil {
		return x, "", err
	}
	window := id.Token()
	x, err = s.change(ctx, by, t, which, Agree, func(ctx context.Context, tx *db.Tx, x *Session) error {
		x.holder, x.Text, x.Pictures = id.Hash(window), c.Text, c.Pictures && x.Wants
		return forget(ctx, tx, x.ID) // what another window said finds nobody any more
	}, func(x Session) ticket.RemoteFact {
		return ticket.RemoteAgreed{Session: int64(x.ID), Text: int(x.Text), Pictures: x.Pictures}
	})
	return x, window, err
}

// Refuse is the requester's no. cannot says that their browser cannot show a screen.
func (s *Service) Refuse(ctx context.Context, by access.Actor, on ticket.Target, which ID, cannot bool) (Session, error) {
	act := Decline
	if cannot {
		act = Cannot
	}
	return s.userActs(ctx, by, on, which, act)
}

// Stop ends a share at once, by either side.
func (s *Service) Stop(ctx context.Context, by access.Actor, on ticket.Target, which ID) (Session, error) {
	t, _, side, err := s.find(ctx, by, on, which)
	if err != nil {
		return Session{}, err
	}
	act := StopUser
	if side == Viewer {
		act = StopDesk
	}
	return s.change(ctx, by, t, which, act, nil, over)
}

// GiveUp ends a share because no way led from one browser to the other. Either side may say so.
func (s *Service) GiveUp(ctx context.Context, by access.Actor, on ticket.Target, which ID) (Session, error) {
	t, _, _, err := s.find(ctx, by, on, which)
	if err != nil {
		return Session{}, err
	}
	return s.change(ctx, by, t, which, Fail, nil, over)
}

func (s *Service) userActs(ctx context.Context, by access.Actor, on ticket.Target, which ID, act Act) (Session, error) {
	t, x, side, err := s.find(ctx, by, on, which)
	if err != nil {
		return x, err
	}
	if side != Sharer {
		return x, errs.New(errs.Denied, "access.only_requester")
	}
	return s.change(ctx, by, t, which, act, nil, over)
}

// maxKept bounds how many pictures one session keeps.
const maxKept = 30

// Keep keeps a picture that the agent took of the share, as an internal note with a file. Denied
// where the requester did not agree to pictures, Conflict where nothing is shown.
func (s *Service) Keep(ctx context.Context, by access.Actor, on ticket.Target, which ID, file, words string) (Session, error) {
	t, x, side, err := s.find(ctx, by, on, which)
	switch {
	case err != nil:
		return x, err
	case side != Viewer:
		return x, errs.New(errs.Denied, "remote.not_yours")
	case file == "":
		return x, errs.Field("files", "page.file_none")
	}
	note, err := s.Tickets.Ready(ctx, by, ticket.Note{Say: ticket.Say{Text: words, Files: []string{file}, Channel: ticket.Web}})
	if err != nil {
		return x, err
	}
	return s.change(ctx, by, t, which, "", func(ctx context.Context, tx *db.Tx, x *Session) error {
		switch {
		case x.State != Live:
			return errs.New(errs.Conflict, "remote.not_live")
		case !x.Pictures:
			return errs.New(errs.Denied, "remote.no_pictures")
		case x.Kept >= maxKept:
			return errs.New(errs.Limited, "remote.pictures_many", "Max", maxKept)
		}
		x.Kept++
		_, err := note.In(ctx, tx, ticket.Target{ID: t.ID})
		return err
	}, func(x Session) ticket.RemoteFact {
		return ticket.RemotePictured{Session: int64(x.ID), Nth: int(x.Kept)}
	})
}

// holds reports whether a window is the one that shows the screen.
func (x Session) holds(window string) bool {
	return x.holder != "" && subtle.ConstantTimeCompare([]byte(id.Hash(window)), []byte(x.holder)) == 1
}
