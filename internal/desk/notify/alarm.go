// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// AlarmJob is the kind of the job that tells one administrator that something stands still.
const AlarmJob = "notify:alarm"

// AlarmLetter says that no mail comes in from a mailbox. It is no delivery: it belongs to no ticket.
const AlarmLetter Template = "mailbox_silent"

// alarm is the payload of an AlarmJob.
type alarm struct {
	To     person.ID
	Silent intake.MailboxSilent
}

// MailboxSilent tells every administrator that a mailbox is silent (P13). It is the listener
// for that fact; each letter is a job of its own.
func (s *Service) MailboxSilent(ctx context.Context, r event.Record, f intake.MailboxSilent) error {
	staff, err := s.People.Staff(ctx)
	if err != nil {
		return err
	}
	var specs []job.Spec
	for _, p := range staff {
		if p.Role != access.Admin || !p.Active {
			continue
		}
		text, err := json.Marshal(alarm{p.ID, f})
		if err != nil {
			return job.Permanent(err)
		}
		specs = append(specs, job.Spec{Kind: AlarmJob, Payload: string(text), Key: fmt.Sprint(AlarmJob, ":", r.ID, ":", p.ID)})
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Jobs.Enqueue(ctx, tx, specs...) })
}

// alarmed is the job.
func (s *Service) alarmed(ctx context.Context, j job.Job) error {
	var a alarm
	if err := json.Unmarshal([]byte(j.Payload), &a); err != nil {
		return job.Permanent(err)
	}
	p, err := s.People.Get(ctx, a.To)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil || !p.Active || !m.Sends() || m.owns(p.Email) {
		return err
	}
	via, err := s.server(m)
	if err != nil {
		return err
	}
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: AlarmLetter, Lang: lang(p.Lang, desk.Lang), Zone: zone(p.Zone, desk.Zone), At: j.QueuedAt,
		Desk: desk.Name, Reader: p.Name, Link: s.BaseURL + "/admin/mailboxes/" + a.Silent.Mailbox,
		Subject: a.Silent.Name, Next: a.Silent.Last, Reason: a.Silent.Reason, Text: a.Silent.Answer,
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
	return s.outcome(j, err)
}
