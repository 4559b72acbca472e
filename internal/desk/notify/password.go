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

// PasswordJob is the kind of the job that sends a link for choosing a new password.
const PasswordJob = "notify:password"

// PasswordLetter holds a link with which its reader chooses a new password. It is no
// delivery: it belongs to no ticket, and no log may hold the link.
const PasswordLetter Template = "password"

// Forgot takes note that somebody wants to choose a new password. It looks nobody up: whether
// the address is known is found out later, by the job, so that neither the answer nor its
// time tells anything (S48).
func (s *Service) Forgot(ctx context.Context, email string) error {
	clean, ok := person.CleanEmail(email)
	if !ok {
		return errs.Field("email", "person.email_shape")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: PasswordJob, Payload: clean, Key: PasswordJob + ":" + clean})
	})
}

// forgot is the job. The link goes to the stored address, never to the typed one (S49); a
// newer link voids the one before (S51).
func (s *Service) forgot(ctx context.Context, j job.Job) error {
	p, err := s.People.ByEmail(ctx, j.Payload)
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
	if s.Sessions == nil || !p.Active || !m.Sends() || m.owns(p.Email) {
		return nil
	}
	via, err := s.server(m)
	if err != nil {
		return err
	}
	secret, err := s.Sessions.MakeOneTime(ctx, session.ForPassword, p.ID, session.ResetFor)
	if err != nil {
		return err
	}
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: PasswordLetter, Lang: lang(p.Lang, desk.Lang), Zone: zone(p.Zone, desk.Zone), At: s.Clock.Now(),
		Desk: desk.Name, Hotline: desk.Hotline, Reader: p.Name, Link: s.BaseURL + "/password/" + secret, Minutes: int(session.ResetFor / time.Minute),
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
