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
	text, hurried := strings.CutSuffix(j.Payload, early)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	d, err := get(ctx, s.DB, ID(n))
	if err != nil || d.State != Queued || d.With != 0 || hurried != (d.Early != 0) {
		return err
	}
	if now := s.Clock.Now(); d.DueAt.After(now) { // a clock that was set back
		return job.At(d.DueAt, nil)
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
	l := letter{Delivery: d}
	if l.with, err = riders(ctx, s.DB, d.ID); err != nil {
		return err
	}
	if !m.Sends() {
		l.skip(reasonNoServer)
		return s.settle(ctx, l)
	}
	mail, via, err := s.write(ctx, m, &l)
	if why := (*Refusal)(nil); errors.As(err, &why) {
		return s.refused(ctx, l, why)
	}
	if why := (*unsentError)(nil); errors.As(err, &why) {
		l.skip(why.reason)
		l.Answer = cmp.Or(why.answer, l.Answer)
		if why.alone {
			l.with = nil // each becomes a letter of its own and is judged by itself
		}
		return s.settle(ctx, l)
	}
	if err != nil {
		return err
	}
	return s.hand(ctx, l, via, mail)
}

// letter is a delivery and what is told with it.
type letter struct {
	Delivery
	with []Delivery
}

// hand gives a letter to the server and writes down what came of it.
func (s *Service) hand(ctx context.Context, l letter, via Server, mail Mail) error {
	leave, rest, entered := s.lanes.enter(mail.To.Address, s.Clock.Now())
	if !entered { // others may be served meanwhile
		return job.At(s.Clock.Now().Add(rest), nil)
	}
	err := s.Sender.Send(ctx, via, mail)
	leave()
	if err != nil && errors.Is(ctx.Err(), context.Canceled) { // we are being stopped: this was no try
		return err
	}
	// What the server said must be written down even where there is no more time for anything else (F39).
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		return s.refused(ctx, l, refusal(err))
	}
	l.State, l.Reason, l.Answer, l.Attempts = Sent, "", "", l.Attempts+1
	l.TriedAt, l.SentAt = s.Clock.Now(), s.Clock.Now()
	return s.settle(ctx, l)
}

// rest is how long a letter waits for an older one to the same reader.
func rest(older Delivery) time.Duration {
	if older.Attempts == 0 { // it is about to be sent by another worker
		return 2 * time.Second
	}
	return time.Minute
}

// refused writes down what the server said and decides whether it is asked again.
func (s *Service) refused(ctx context.Context, l letter, why *Refusal) error {
	l.Reason, l.Answer, l.Attempts, l.TriedAt = why.Key, why.Answer, l.Attempts+1, s.Clock.Now()
	at, patient := l.next(s.Clock.Now())
	switch {
	case why.Permanent:
		l.State = Failed
	case !patient:
		l.State, l.Reason = Failed, reasonGaveUp
	}
	if err := s.settle(ctx, l); err != nil || l.State == Failed {
		return err
	}
	return job.At(at, why)
}

// settle writes an outcome down, for the letter and for all that is told in it, and, where
// somebody was not told for good, records that as a fact and tells whoever is accountable.
func (s *Service) settle(ctx context.Context, l letter) error {
	var alarms []Delivery
	var err error
	if l.State == Failed {
		if alarms, err = s.alarms(ctx, l.Delivery); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		mine, err := settle(ctx, tx, l.Delivery)
		if err != nil || !mine {
			return err
		}
		for _, w := range l.with {
			w.State, w.Reason, w.Answer, w.Attempts = l.State, l.Reason, l.Answer, l.Attempts
			w.TriedAt, w.SentAt, w.MessageID = l.TriedAt, l.SentAt, l.MessageID
			if _, err := settle(ctx, tx, w); err != nil {
				return err
			}
		}
		if l.State != Queued {
			if err := s.left(ctx, tx, l.Delivery); err != nil {
				return err
			}
		}
		if l.State != Failed {
			return nil
		}
		return s.lament(ctx, tx, l.Delivery, alarms)
	})
}

// unsentError ends a delivery that is not to go out.
type unsentError struct {
	reason string // as it stands in the log
	answer string // what a mail server said, where that is why
	alone  bool   // it holds for this delivery, and not for what rides along with it
}

func (e *unsentError) Error() string { return e.reason }

// errInactive ends a delivery to somebody who left between the fact and the letter.
var errInactive error = &unsentError{reason: reasonInactive}

// errNotStaff ends a delivery to somebody who was of the desk when it was written, and is no longer.
var errNotStaff error = &unsentError{reason: reasonNotStaff}

// errStopped ends a delivery that no person wrote, while automatic mail is stopped.
var errStopped error = &unsentError{reason: reasonStopped, alone: true}

// stopped reports whether a letter must not leave now: nobody wrote it, it goes to people outside
// the desk, and somebody has stopped such mail (S14).
func (s *Service) stopped(ctx context.Context, l letter, r read) (bool, error) {
	if !l.byItself(r) {
		return false, nil
	}
	a, _, err := setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic())
	return a.Stopped, err
}

// unwelcome reports whether nobody wrote a letter and its reader wants no such mail.
func (s *Service) unwelcome(ctx context.Context, l letter, r read) (bool, error) {
	if !l.byItself(r) {
		return false, nil
	}
	return refused(ctx, s.DB, l.Person)
}

// errParted ends a delivery to somebody who was taken off the ticket before it left.
var errParted error = &unsentError{reason: reasonParted}

// write makes the letter and says through which server it goes.
func (s *Service) write(ctx context.Context, m Mailing, l *letter) (Mail, Server, error) {
	to, err := s.People.Get(ctx, l.Person)
	if err != nil {
		return Mail{}, Server{}, err
	}
	if !to.Active {
		return Mail{}, Server{}, errInactive
	}
	if l.Template.forbidden(to) {
		return Mail{}, Server{}, errNotStaff
	}
	if err := s.follow(ctx, m, l, to.Email); err != nil {
		return Mail{}, Server{}, err
	}
	n, r, err := s.tale(ctx, l.Delivery, to)
	if err != nil {
		return Mail{}, Server{}, err
	}
	if stop, err := s.stopped(ctx, *l, r); err != nil || stop {
		return Mail{}, Server{}, cmp.Or(err, errStopped)
	}
	if no, err := s.unwelcome(ctx, *l, r); err != nil || no {
		return Mail{}, Server{}, cmp.Or(err, errRefused)
	}
	if err := l.pointless(n, r); err != nil {
		return Mail{}, Server{}, err
	}
	if l.Template.shared() && to.ID != r.ticket.Requester && !r.ticket.TakesPart(to.ID) {
		return Mail{}, Server{}, errParted
	}
	for _, w := range l.with {
		also, _, err := s.tale(ctx, w, to)
		if err != nil {
			return Mail{}, Server{}, err
		}
		n.Also = append(n.Also, also)
	}
	from := s.from(m, r.ticket.Group, n)
	n.Sign = m.signature(r.ticket.Group, n)
	body, err := s.render(ctx, n)
	if err != nil {
		return Mail{}, Server{}, &Refusal{Key: reasonNoRender, Permanent: true, Cause: err}
	}
	via, err := s.server(m)
	if err != nil {
		return Mail{}, Server{}, err
	}
	mail := s.envelope(m, *l, n, from)
	mail.Body = body
	s.place(&mail, m, l.Delivery, r)
	return mail, via, nil
}

// follow takes a letter that waited to the address that its reader has now: whoever has the one before
// must not get what is meant for somebody else, with a link that lets its holder in (S50). It gets
// a name of its own, as a person's retry does, and that is written down before anything is sent,
// so that it keeps the name however often it is tried (F39).
func (s *Service) follow(ctx context.Context, m Mailing, l *letter, address string) error {
	if address == l.Address {
		return nil
	}
	l.Address, l.MessageID = address, s.messageID(m, l.Ticket, l.Person)
	if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return readdress(ctx, tx, l.Delivery) }); err != nil {
		return err
	}
	if m.owns(address) {
		return &unsentError{reason: reasonOwn}
	}
	gone, err := dead(ctx, s.DB, address)
	if err == nil && len(gone) > 0 {
		return &unsentError{reason: reasonDead, answer: gone[0].Answer}
	}
	return err
}

// tale is what a delivery tells, and where that stands on the ticket.
func (s *Service) tale(ctx context.Context, d Delivery, to person.Person) (Notice, read, error) {
	if d.Template == NotReached {
		return s.notReached(ctx, d, to)
	}
	r, err := s.read(ctx, d.Ticket, d.Event)
	if err != nil {
		return Notice{}, read{}, err
	}
	return s.notice(ctx, d, to, r), r, nil
}

// envelope says from whom and to whom a letter goes, and where an answer goes.
func (s *Service) envelope(m Mailing, l letter, n Notice, from Mailbox) Mail {
	answers := s.answers(m, l.Delivery, from.Address)
	mail := Mail{
		From: from, To: Mailbox{Name: n.Reader, Address: l.Address}, ReplyTo: Mailbox{Name: from.Name, Address: answers},
		MessageID: l.MessageID, At: l.QueuedAt, Kind: Report, Lang: n.Lang,
	}
	if n.Leave != "" { // the one letter that somebody gets for following something, and may leave (RFC 8058)
		mail.List, mail.Leave = strings.ToLower(n.Ref)+"."+domain(m), n.Link+"/leave"
	}
	if n.Stop != "" {
		mail.Leave = n.Link + "/stop"
	}
	if m.Returns { // what comes back says by its address what it was (F35)
		mail.Return = answers
	}
	switch l.Template {
	case Acknowledged:
		mail.Kind = Answer
	case Approve: // words by mail decide nothing, and belong to no thread of the approver's
		mail.ReplyTo = from
	case Replied: // a person's own words
		mail.Kind = ByHand
	default:
	}
	return mail
}

// answers is the address to which an answer goes: with the token of ticket and reader, where the
// mail server delivers such addresses and it fits into the 64 characters of RFC 5321. The
// Message-ID carries the same token. What answers a letter to staff is for staff, and its
// address says so, but for letters that bring the words of the requester.
func (s *Service) answers(m Mailing, d Delivery, address string) string {
	box, domain, _ := strings.Cut(address, "@")
	tagged := box + "+" + s.token(d.Ticket, d.Person)
	if d.Template.staff() && !d.Template.answered() {
		tagged = box + "+" + insideMark + s.token(d.Ticket, d.Person)
	}
	if !m.Tagged || len(tagged) > 64 {
		return address
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
