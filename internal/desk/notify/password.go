// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The kinds of the jobs that send a link for choosing a new password, and one for signing in.
const (
	PasswordJob = "notify:password"
	SignInJob   = "notify:signin"
)

// PasswordLetter holds a link with which its reader chooses a new password, SignInLetter one with
// which they sign in. They are no deliveries: they belong to no ticket, and no log may hold the link.
const (
	PasswordLetter Template = "password"
	SignInLetter   Template = "signin"
)

// Forgot takes note that somebody wants to choose a new password. It looks nobody up: whether
// the address is known is found out later, by the job, so that neither the answer nor its
// time tells anything (S48).
func (s *Service) Forgot(ctx context.Context, email string) error {
	return s.askLink(ctx, PasswordJob, email)
}

// SignInLink takes note that somebody wants to sign in by a link, likewise.
func (s *Service) SignInLink(ctx context.Context, email string) error {
	return s.askLink(ctx, SignInJob, email)
}

func (s *Service) askLink(ctx context.Context, kind, email string) error {
	clean, ok := person.CleanEmail(email)
	if !ok {
		return errs.Field("email", "person.email_shape")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: kind, Payload: clean, Key: kind + ":" + clean})
	})
}

// forgot is the job that sends a link for choosing a new password.
func (s *Service) forgot(ctx context.Context, j job.Job) error {
	return s.sendLink(ctx, j.Payload, PasswordLetter)
}

// signIn is the job that sends a link for signing in; to those who may use one.
func (s *Service) signIn(ctx context.Context, j job.Job) error {
	return s.sendLink(ctx, j.Payload, SignInLetter)
}

// sendLink writes to the stored address, never to the typed one (S49); a newer link voids the one
// before (S51).
func (s *Service) sendLink(ctx context.Context, email string, letter Template) error {
	p, err := s.People.ByEmail(ctx, email)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	desk := s.Settings.Desk(ctx)
	if s.Sessions == nil || !p.Active || !m.Sends() || m.owns(p.Email) || letter == SignInLetter && (!desk.MailSignIn || !session.MayByMail(p)) {
		return nil
	}
	via, err := s.server(m)
	if err != nil {
		return err
	}
	use, life, path := session.ForPassword, session.ResetFor, "/password/"
	if letter == SignInLetter {
		use, life, path = session.ForSignIn, session.SignInFor, "/signin/mail/"
	}
	secret, err := s.Sessions.MakeOneTime(ctx, use, p.ID, life)
	if err != nil {
		return err
	}
	n := Notice{
		Template: letter, Lang: lang(p.Lang, desk.Lang), Zone: zone(p.Zone, desk.Zone), At: s.Clock.Now(),
		Desk: desk.Name, Hotline: desk.Hotline, Reader: p.Name, Link: s.BaseURL + path + secret, Minutes: int(life / time.Minute),
	}
	body, err := s.Renderer.Render(n)
	if err != nil {
		return job.Permanent(err)
	}
	from := Mailbox{Name: cmp.Or(m.Name, desk.Name), Address: m.Address}
	err = s.Sender.Send(ctx, via, Mail{
		From: from, To: Mailbox{Name: p.Name, Address: p.Email}, ReplyTo: from, MessageID: "<" + id.Token() + "@" + domain(m) + ">",
		At: n.At, Kind: Report, Lang: n.Lang, Body: body,
	})
	if err != nil && refusal(err).Permanent {
		return job.Permanent(err)
	}
	return err
}
