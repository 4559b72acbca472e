// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// SendJob is the kind of the job that sends one delivery.
const SendJob = "notify:send"

// send is the job. What the server refuses for now is tried again for five days; what it
// refuses for good is settled as failed, on the ticket for everybody to see, and is no dead job.
func (s *Service) send(ctx context.Context, j job.Job) error {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	d, err := get(ctx, s.DB, ID(n))
	if err != nil || d.State != Queued {
		return err
	}
	older, err := before(ctx, s.DB, d)
	if err != nil {
		return err
	}
	if len(older) > 0 {
		return job.At(s.Clock.Now().Add(rest(older[0])), nil)
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	if !m.Sends() {
		d.skip(reasonNoServer)
		return s.settle(ctx, d)
	}
	mail, via, err := s.write(ctx, m, d)
	if why := (*Refusal)(nil); errors.As(err, &why) {
		return s.refused(ctx, d, why)
	}
	if errors.Is(err, errInactive) {
		d.skip(reasonInactive)
		return s.settle(ctx, d)
	}
	if err != nil {
		return err
	}
	return s.hand(ctx, d, via, mail)
}

// hand gives a letter to the server and writes down what came of it.
func (s *Service) hand(ctx context.Context, d Delivery, via Server, mail Mail) error {
	err := s.Sender.Send(ctx, via, mail)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) { // we are being stopped: this was no try
		return err
	}
	// What the server said must be written down even where there is no more time for anything else (F39).
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		return s.refused(ctx, d, refusal(err))
	}
	d.State, d.Reason, d.Answer, d.Attempts = Sent, "", "", d.Attempts+1
	d.TriedAt, d.SentAt = s.Clock.Now(), s.Clock.Now()
	return s.settle(ctx, d)
}

// rest is how long a letter waits for an older one to the same reader.
func rest(older Delivery) time.Duration {
	if older.Attempts == 0 { // it is about to be sent by another worker
		return 2 * time.Second
	}
	return time.Minute
}

// refused writes down what the server said and decides whether it is asked again.
func (s *Service) refused(ctx context.Context, d Delivery, why *Refusal) error {
	d.Reason, d.Answer, d.Attempts, d.TriedAt = why.Key, why.Answer, d.Attempts+1, s.Clock.Now()
	at, patient := d.next(s.Clock.Now())
	switch {
	case why.Permanent:
		d.State = Failed
	case !patient:
		d.State, d.Reason = Failed, reasonGaveUp
	}
	if err := s.settle(ctx, d); err != nil || d.State == Failed {
		return err
	}
	return job.At(at, why)
}

// settle writes an outcome down and, where somebody was not told for good, records that as a fact.
func (s *Service) settle(ctx context.Context, d Delivery) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		mine, err := settle(ctx, tx, d)
		if err != nil || !mine || d.State != Failed {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(s.Clock.Now()), Undelivered{
			Ticket: d.Ticket, Person: d.Person, Template: d.Template, Reason: d.Reason,
		})
		return err
	})
}

// errInactive ends a delivery to somebody who left between the fact and the letter.
var errInactive = errors.New("notify: the reader is inactive")

// write makes the letter and says through which server it goes.
func (s *Service) write(ctx context.Context, m Mailing, d Delivery) (Mail, Server, error) {
	to, err := s.People.Get(ctx, d.Person)
	if err != nil {
		return Mail{}, Server{}, err
	}
	if !to.Active {
		return Mail{}, Server{}, errInactive
	}
	r, err := s.read(ctx, d.Ticket, d.Event)
	if err != nil {
		return Mail{}, Server{}, err
	}
	n := s.notice(ctx, d, to, r)
	body, err := s.Renderer.Render(n)
	if err != nil {
		return Mail{}, Server{}, &Refusal{Key: reasonNoRender, Permanent: true, Cause: err}
	}
	via, err := s.server(m)
	if err != nil {
		return Mail{}, Server{}, err
	}
	mail := s.envelope(m, d, n)
	mail.Body = body
	s.place(&mail, m, d, r)
	return mail, via, nil
}

// envelope says from whom and to whom a letter goes, and where an answer goes.
func (s *Service) envelope(m Mailing, d Delivery, n Notice) Mail {
	from := Mailbox{Name: cmp.Or(m.Name, n.Desk), Address: m.Address}
	mail := Mail{
		From: from, To: Mailbox{Name: n.Reader, Address: d.Address}, ReplyTo: Mailbox{Name: from.Name, Address: s.answers(m, d)},
		MessageID: d.MessageID, At: d.QueuedAt, Kind: Report, Lang: n.Lang,
	}
	switch d.Template {
	case Acknowledged:
		mail.Kind = Answer
	case Replied: // a person's own words
		mail.Kind = ByHand
	default:
	}
	return mail
}

// answers is the address to which an answer goes: with the token of ticket and reader, where the
// mail server delivers such addresses and it fits into the 64 characters of RFC 5321. The
// Message-ID carries the same token.
func (s *Service) answers(m Mailing, d Delivery) string {
	box, domain, _ := strings.Cut(m.Address, "@")
	tagged := box + "+" + s.token(d.Ticket, d.Person)
	if !m.Tagged || len(tagged) > 64 {
		return m.Address
	}
	return tagged + "@" + domain
}

// place puts a letter into the reader's conversation: after the mail that began it, or the one
// that it answers, and with all our letters about the ticket.
func (s *Service) place(mail *Mail, m Mailing, d Delivery, r read) {
	root := s.thread(m, d.Ticket, d.Person)
	first, last := r.mails(d.Person)
	for _, id := range []string{first, root, last} {
		if id != "" && (len(mail.References) == 0 || mail.References[len(mail.References)-1] != id) {
			mail.References = append(mail.References, id)
		}
	}
	mail.InReplyTo = root
	if last != "" {
		mail.InReplyTo = last
	}
}

// Test sends a letter at once, to see whether the mail server works. Where it was not taken it
// answers Unavailable with a sentence of its own for each reason, "notify.test_later" and so
// on, that holds the server's words.
func (s *Service) Test(ctx context.Context, by access.Actor, to string) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	address, ok := person.CleanEmail(to)
	switch {
	case !m.Sends():
		return errs.New(errs.Conflict, reasonNoServer)
	case !ok:
		return errs.Field("to", "notify.address_shape")
	case m.owns(address):
		return errs.Field("to", reasonOwn)
	}
	desk, reader := s.Settings.Desk(ctx), s.People.Card(ctx, person.ID(by.ID))
	n := Notice{
		Template: TestLetter, Lang: lang(reader.Lang, desk.Lang), Zone: zone(reader.Zone, desk.Zone), At: s.Clock.Now(),
		Desk: desk.Name, Link: s.BaseURL + "/",
	}
	body, err := s.Renderer.Render(n)
	if err != nil {
		return err
	}
	via, err := s.server(m)
	if err == nil {
		from := Mailbox{Name: cmp.Or(m.Name, desk.Name), Address: m.Address}
		err = s.Sender.Send(ctx, via, Mail{
			From: from, To: Mailbox{Address: address}, ReplyTo: from, MessageID: "<" + id.Token() + "@" + domain(m) + ">",
			At: n.At, Kind: Report, Lang: n.Lang, Body: body,
		})
	}
	if err != nil {
		r := refusal(err)
		return errs.Wrap(err, errs.Unavailable, strings.Replace(r.Key, "notify.", "notify.test_", 1), "Answer", cmp.Or(r.Answer, "–"))
	}
	return nil
}
