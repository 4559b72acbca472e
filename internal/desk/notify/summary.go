// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// SummaryJob is the kind of the job that sends somebody of the desk what they have not seen.
const SummaryJob = "notify:summary"

// SummaryLetter is everything that waited for one reader, ticket by ticket. It is no delivery:
// it belongs to no single ticket.
const SummaryLetter Template = "summary"

// SummaryLine is one thing that happened. Key is a message key whose {{.Name}} is who did it.
type SummaryLine struct {
	Ticket ticket.ID
	Key    string
	Actor  person.ID
	At     time.Time
}

// SummaryPart is what happened to one ticket, as a letter says it.
type SummaryPart struct {
	Ref     string
	Subject string
	Link    string
	Lines   []SummaryWords
}

// SummaryWords is one line of it.
type SummaryWords struct {
	Key string
	By  string // name of who acted; empty for the desk itself
	At  time.Time
}

// summary is the payload of a SummaryJob. The letter keeps its name however often it is sent (F39).
type summary struct {
	To    person.ID
	Token string
	Lines []SummaryLine
}

// maxSummary bounds what one letter tells; the rest stands on the page that it leads to.
const maxSummary = 100

// Summarize queues, in the caller's commit, one letter with everything that waited for somebody.
func (s *Service) Summarize(ctx context.Context, tx *db.Tx, to person.ID, list []SummaryLine) error {
	token := id.Token()
	text, err := json.Marshal(summary{to, token, list[:min(len(list), maxSummary)]})
	if err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: SummaryJob, Payload: string(text), Key: fmt.Sprint(SummaryJob, ":", token)})
}

// summarized is the job.
func (s *Service) summarized(ctx context.Context, j job.Job) error {
	var x summary
	if err := json.Unmarshal([]byte(j.Payload), &x); err != nil {
		return job.Permanent(err)
	}
	p, err := s.People.Get(ctx, x.To)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil || !p.Active || !p.Role.Staff() || !m.Sends() || m.owns(p.Email) {
		return err
	}
	via, err := s.server(m)
	if err != nil {
		return err
	}
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: SummaryLetter, Lang: lang(p.Lang, desk.Lang), Zone: zone(p.Zone, desk.Zone), At: j.QueuedAt,
		Desk: desk.Name, Reader: p.Name, Link: s.BaseURL + "/work/inbox",
	}
	if n.Summary, err = s.parts(ctx, p, x.Lines); err != nil || len(n.Summary) == 0 {
		return err
	}
	body, err := s.Renderer.Render(n)
	if err != nil {
		return job.Permanent(err)
	}
	from := Mailbox{Name: cmp.Or(m.Name, desk.Name), Address: m.Address}
	err = s.Sender.Send(ctx, via, Mail{
		From: from, To: Mailbox{Name: p.Name, Address: p.Email}, ReplyTo: from, MessageID: "<" + x.Token + "@" + domain(m) + ">",
		At: n.At, Kind: Report, Lang: n.Lang, Body: body,
	})
	return s.outcome(j, err)
}

// parts puts the lines of each ticket together, in the order in which they happened. A ticket
// that the reader may not read any more is left out.
func (s *Service) parts(ctx context.Context, to person.Person, list []SummaryLine) ([]SummaryPart, error) {
	var order []ticket.ID
	for _, l := range list {
		if !slices.Contains(order, l.Ticket) {
			order = append(order, l.Ticket)
		}
	}
	found, err := s.Tickets.Some(ctx, access.Actor{ID: int64(to.ID), Kind: access.Person, Role: to.Role, Via: "web"}, order)
	if err != nil {
		return nil, err
	}
	var out []SummaryPart
	for _, which := range order {
		t, ok := found[which]
		if !ok {
			continue
		}
		part := SummaryPart{Ref: t.Ref(), Subject: t.Subject, Link: s.BaseURL + "/work/tickets/" + strconv.FormatInt(t.Number, 10)}
		for _, l := range list {
			if l.Ticket == which {
				part.Lines = append(part.Lines, SummaryWords{Key: l.Key, By: s.People.Card(ctx, l.Actor).Name, At: l.At})
			}
		}
		out = append(out, part)
	}
	return out, nil
}

// Awake returns when somebody may be disturbed who is told something at an instant: then, or when
// their quiet hours end.
func (s *Service) Awake(ctx context.Context, who person.ID, at time.Time) (time.Time, error) {
	p, _, err := setting.Load(ctx, s.Settings, PaceName, StartPace())
	if err != nil {
		return at, err
	}
	r, err := reader(ctx, s.DB, who)
	if err != nil || r.Mode == AnyTime {
		return at, err
	}
	if r.Mode == OwnTime {
		p.Quiet = r.Hours
	}
	return p.Quiet.end(at, zone(s.People.Card(ctx, who).Zone, s.Settings.Desk(ctx).Zone)), nil
}
