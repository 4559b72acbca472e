// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Jobs     *job.Queue
	People   *person.Service
	Tickets  *ticket.Service
	Settings *setting.Service
	Links    *session.Links
	Keys     *secret.Keys
	Sessions *session.Service // makes links for new passwords; nil sends none
	Sender   Sender
	Renderer Renderer
	BaseURL  string // "https://desk.example.org", where people reach the desk
	// Approvals says what a letter asks an approver for; nil where nobody asks.
	Approvals *approval.Service
	// Wants says whether somebody of the desk wants a letter of a kind about a ticket. nil for yes.
	Wants func(ctx context.Context, who person.ID, what Template, t ticket.Ticket) (bool, error)
}

// Service tells people what happened, and keeps the log of it.
type Service struct {
	Parts
	lanes lanes
}

// NewService makes the room and takes charge of its jobs. The assembly says which facts it hears.
func NewService(p Parts) *Service {
	p.BaseURL = strings.TrimRight(p.BaseURL, "/")
	s := &Service{Parts: p}
	s.Sender = sealing{s, p.Sender}
	// A dead server holds a worker for a minute at most, and a dead domain never all of them (F38).
	p.Jobs.Handle(SendJob, s.send, job.Timeout(time.Minute), job.Limit(senders))
	p.Jobs.Handle(PasswordJob, s.forgot, job.Timeout(time.Minute), job.Limit(2), job.MaxAttempts(6))
	p.Jobs.Handle(NewsJob, s.told, job.Timeout(time.Minute), job.Limit(2), job.MaxAttempts(6))
	p.Jobs.Handle(SignInJob, s.signIn, job.Timeout(time.Minute), job.Limit(2), job.MaxAttempts(6))
	p.Jobs.Handle(SummaryJob, s.summarized, job.Timeout(time.Minute), job.Limit(2))
	p.Jobs.Handle(AlarmJob, s.alarmed, job.Timeout(time.Minute), job.Limit(2))
	return s
}

// Hear is the listener for one kind of fact, to be called after its commit:
//
//	event.After(bus, "notify:said", notify.Hear[ticket.Said](notices))
func Hear[F ticket.Fact](s *Service) func(context.Context, event.Record, F) error {
	return func(ctx context.Context, r event.Record, f F) error { return s.tell(ctx, r, f) }
}

// tell writes down who is told about a fact and queues the letters, in one commit. Heard
// twice, a fact is told once.
func (s *Service) tell(ctx context.Context, r event.Record, f ticket.Fact) error {
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: ticket.ID(r.Subject)})
	var e ticket.Entry
	if err == nil {
		e, err = s.Tickets.EntryOf(ctx, access.Desk(), t, r)
	}
	if errs.KindOf(err) == errs.NotFound {
		return job.Permanent(err)
	}
	if err != nil {
		return err
	}
	var list []Delivery
	wrote := s.wrote(ctx, t, e)
	charge, err := s.chargeOf(ctx, t, f)
	if err != nil {
		return err
	}
	readers := audience(t, f, r.Meta, author(e), charge)
	if held, ok := f.(ticket.MailHeld); ok {
		readers = s.keptOut(ctx, t, held, charge)
	}
	for _, x := range readers {
		d, err := s.draft(ctx, r.ID, r.Meta, t, x, wrote)
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	if len(list) == 0 && wrote == "" {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if wrote != "" {
			if err := revive(ctx, tx, wrote); err != nil {
				return err
			}
		}
		for _, d := range list {
			if err := s.post(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// wrote returns the address from which the fact came by mail, "" where it did not. Whoever
// writes from an address can be reached there.
func (s *Service) wrote(ctx context.Context, t ticket.Ticket, e ticket.Entry) string {
	who := person.ID(0)
	switch f := e.Fact.(type) {
	case ticket.Acknowledged:
		if t.Channel == ticket.Mail {
			who = t.Requester
		}
	case ticket.Said:
		if m := e.Message; f.ByRequester && m != nil && m.Channel == ticket.Mail {
			who = m.Author
		}
	}
	if who == 0 {
		return ""
	}
	return s.People.Card(ctx, who).Email
}

// draft decides whether a letter goes out, and as what.
func (s *Service) draft(ctx context.Context, fact int64, by event.Meta, t ticket.Ticket, x told, wrote string) (Delivery, error) {
	p, err := s.People.Get(ctx, x.person)
	if err != nil {
		return Delivery{}, err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return Delivery{}, err
	}
	wanted := true
	if s.Wants != nil && x.template.staff() {
		if wanted, err = s.Wants(ctx, p.ID, x.template, t); err != nil {
			return Delivery{}, err
		}
	}
	now := s.Clock.Now()
	d := Delivery{
		Ticket: t.ID, Person: p.ID, Event: fact, Template: x.template, Address: p.Email, State: Queued, CreatedAt: now, QueuedAt: now, DueAt: now,
		MessageID: s.messageID(m, t.ID, p.ID),
	}
	switch {
	case !p.Active:
		d.skip(reasonInactive)
	case x.template.forbidden(p):
		d.skip(reasonNotStaff)
	case m.owns(p.Email):
		d.skip(reasonOwn)
	case !wanted:
		d.skip(reasonUnwanted)
	case t.Detail.Quiet == "automatic" && p.ID == t.Requester && by.ActorKind == string(access.System):
		d.skip(reasonMachine) // a machine asked; what people say to it still goes out, what the desk says by itself does not
	case !m.Sends():
		d.skip(reasonNoServer)
	case x.template == NotTaken, x.template == AnswerKept:
		lately, err := s.toldLately(ctx, d)
		if err != nil {
			return Delivery{}, err
		}
		if lately {
			d.skip(reasonOften)
		}
	case x.template == Acknowledged:
		circling, err := s.circling(ctx, d)
		if err != nil {
			return Delivery{}, err
		}
		if circling {
			d.skip(reasonLoop)
		}
		d.once, d.stranger = once(t, p), stranger(t, p)
		if d.bounds, _, err = setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic()); err != nil {
			return Delivery{}, err
		}
	}
	if d.State != Queued {
		return d, nil
	}
	if p.Email != wrote {
		gone, err := dead(ctx, s.DB, p.Email)
		if err != nil {
			return Delivery{}, err
		}
		if len(gone) > 0 {
			d.skip(reasonDead)
			d.Answer = gone[0].Answer
		}
	}
	d.DueAt, err = s.due(ctx, d, t, p)
	return d, err
}

func (d *Delivery) skip(why string) { d.State, d.Reason = Skipped, why }

// Bounds of what the desk answers by itself to one address (F35, F37, S14).
const (
	acknowledgements = 10             // in a day
	echoWindow       = 4 * time.Hour  // RFC 3834 asks for a bound like this
	dayWindow        = 24 * time.Hour // whoever asks more often than acknowledgements is a program
)

// circling reports whether somebody asks for more in a day than a person does.
func (s *Service) circling(ctx context.Context, d Delivery) (bool, error) {
	n, err := acknowledged(ctx, s.DB, d.Address, d.CreatedAt.Add(-dayWindow))
	return n >= acknowledgements, err
}

// once says why an address gets one automatic answer in four hours and no more; empty where
// nothing speaks for that. A desk or an answering machine that does not say what it is quotes
// our subject back at us, and with it a number of ours. Somebody of whom the desk knows nothing
// but a mail address may be such a machine; the people of the house are answered each time (N19).
func once(t ticket.Ticket, p person.Person) string {
	switch {
	case t.SplitFrom() != 0: // a person made it, once
		return ""
	case quotesUs(t.Subject):
		return reasonLoop
	case stranger(t, p):
		return reasonOften
	}
	return ""
}

// stranger reports whether the desk knows nothing of whoever wrote but a mail address.
func stranger(t ticket.Ticket, p person.Person) bool {
	return t.Channel == ticket.Mail && p.Department == "" && p.Phone == "" && !p.Role.Staff()
}

// answerOnce decides, in the commit that would send it, whether an address gets an automatic answer.
func (s *Service) answerOnce(ctx context.Context, tx *db.Tx, d Delivery) (Delivery, error) {
	why := d.once
	full, err := capped(ctx, tx, d)
	if err != nil {
		return d, err
	}
	if full != "" {
		d.skip(full)
		return d, withhold(ctx, tx, d)
	}
	since := d.CreatedAt
	if why != "" {
		since = since.Add(-echoWindow)
	}
	may, err := answered(ctx, tx, d.Address, d.CreatedAt, since)
	if err != nil || may || why == "" {
		return d, err
	}
	d.skip(why)
	return d, withhold(ctx, tx, d)
}

// quotesUs reports whether a subject holds a number as we write it, "LD-1042".
func quotesUs(subject string) bool {
	for rest := strings.ToUpper(subject); ; {
		_, after, found := strings.Cut(rest, ticket.Prefix)
		if !found {
			return false
		}
		if after != "" && after[0] >= '0' && after[0] <= '9' {
			return true
		}
		rest = after
	}
}

// messageID names a letter: the reply token in front, so that an answer finds its ticket even
// where the address in the answer is another one, and chance behind it (S04).
func (s *Service) messageID(m Mailing, on ticket.ID, to person.ID) string {
	return "<" + s.token(on, to) + "." + id.Token() + "@" + domain(m) + ">"
}

// thread names the conversation of a ticket with a person. No letter has this name; mail
// programs put all that refer to it together.
func (s *Service) thread(m Mailing, on ticket.ID, to person.ID) string {
	return "<" + s.token(on, to) + ".0@" + domain(m) + ">"
}

func (s *Service) token(on ticket.ID, to person.ID) string {
	return s.Links.Reply(session.Bond{Ticket: int64(on), Person: int64(to)})
}

func domain(m Mailing) string {
	if _, d, ok := strings.Cut(m.Address, "@"); ok {
		return d
	}
	return "loopdesk.invalid" // RFC 2606; while no address is set nothing is sent
}

func (s *Service) queue(ctx context.Context, tx *db.Tx, d Delivery) error {
	if d.State != Queued {
		return nil
	}
	n := strconv.FormatInt(int64(d.ID), 10)
	if d.Early != 0 {
		n += early
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: SendJob, Payload: n, Key: SendJob + ":" + n, RunAt: d.DueAt})
}

// ForTicket returns the send log of a ticket, oldest first. Staff only.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Delivery, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	return ofTicket(ctx, s.DB, t.ID)
}

// Failed returns what was refused for good, newest first, before a key (0 for the newest).
func (s *Service) Failed(ctx context.Context, by access.Actor, before ID, limit int) ([]Delivery, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	return failed(ctx, s.DB, before, min(max(limit, 1), 200))
}

// Tally is how many deliveries of a state there are for a reason.
type Tally struct {
	State  State
	Reason string
	Count  int64
}

// Unsent counts what was not sent in the last 30 days, by state and reason.
func (s *Service) Unsent(ctx context.Context, by access.Actor) ([]Tally, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return tally(ctx, s.DB, s.Clock.Now().Add(-30*24*time.Hour))
}

// Retry queues a delivery again that failed or was skipped, to the person's present address.
// Conflict where it is queued or sent, or where the reason still holds.
func (s *Service) Retry(ctx context.Context, by access.Actor, t ticket.Ticket, which ID) error {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return err
	}
	d, err := get(ctx, s.DB, which)
	if err != nil || d.Ticket != t.ID {
		return errs.New(errs.NotFound, "notify.not_found")
	}
	p, err := s.People.Get(ctx, d.Person)
	if err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	switch {
	case !m.Sends():
		return errs.New(errs.Conflict, reasonNoServer)
	case !p.Active:
		return errs.New(errs.Conflict, reasonInactive)
	case d.Template.forbidden(p):
		return errs.New(errs.Conflict, reasonNotStaff)
	case m.owns(p.Email):
		return errs.New(errs.Conflict, reasonOwn)
	}
	if strings.HasSuffix(d.MessageID, "@loopdesk.invalid>") || p.Email != d.Address {
		d.MessageID = s.messageID(m, d.Ticket, d.Person)
	}
	d.Address, d.State, d.QueuedAt = p.Email, Queued, s.Clock.Now()
	d.DueAt, d.Early = d.QueuedAt, 1 // the job for its time may wait still
	if d.BouncedAt.IsZero() && d.With == 0 {
		return s.requeue(ctx, d)
	}
	d.MessageID = s.messageID(m, d.Ticket, d.Person) // the one before has been in the world
	return s.requeue(ctx, d)
}

// requeue sends a delivery again; whoever asks for that says that the address is good.
func (s *Service) requeue(ctx context.Context, d Delivery) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := revive(ctx, tx, d.Address); err != nil {
			return err
		}
		ok, err := again(ctx, tx, d)
		if err == nil && !ok {
			err = errs.New(errs.Conflict, "notify.not_retried")
		}
		if err != nil {
			return err
		}
		return s.queue(ctx, tx, d)
	})
}
