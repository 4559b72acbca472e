// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"errors"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Request is what it takes to record a ticket. Text is the user's words, kept as they are (N17).
type Request struct {
	Requester person.ID
	Subject   string // made from the text where empty
	Channel   Channel
	Category  catalog.CategoryID
	Service   catalog.ServiceID
	Group     person.GroupID // from the category where 0
	Intake    map[Element]Answer
	Say       Say
	Given     *Given // what was typed into the category's form; nil where nobody was shown one
	Quiet     string // why no acknowledgement may be sent; empty to send one
	// Key makes the creation idempotent: the same key again gives the first ticket,
	// with another Hash a Conflict. Empty for none. At most 200 characters.
	Key  string
	Hash string
	// Counted is asked in the commit whether one more may be recorded, and not of a repetition. nil
	// asks nobody.
	Counted func(context.Context, *db.Tx) error

	// Where the requester belongs, for policies. Record fills them in; callers of RecordIn do.
	Organisation string
	Site         string

	first  Message // what a split begins with; the zero Message for a request of its own
	worded Worded
	then   []Ready // the commands that follow in the same commit
	filled Filled
}

// errKnown leaves a commit in which the key turned out to be taken already.
var errKnown = errors.New("key is taken") //nolint:gochecknoglobals // a sentinel

// Record opens a ticket: record, acknowledge and plan in one commit (N15, N19, N20).
// Repeated reports that Key was used before and the ticket is the one made then.
//
// Commands in then are carried out on the new ticket in the same commit, in their order: what
// was read back on the telephone is on the ticket from its first instant, or there is no ticket (N18).
func (s *Service) Record(ctx context.Context, by access.Actor, r Request, then ...Command) (t Ticket, repeated bool, err error) {
	if err := s.mayOpen(ctx, by, &r); err != nil {
		return Ticket{}, false, err
	}
	if r.Key != "" {
		if t, known, err := s.known(ctx, s.DB, r); known || err != nil {
			return t, known, err
		}
	}
	ready := make([]Ready, len(then))
	for i, cmd := range then {
		if ready[i], err = s.Ready(ctx, by, cmd); err != nil {
			return Ticket{}, false, err
		}
	}
	r.then = ready
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = s.RecordIn(ctx, tx, by, r)
		if err == nil && r.Counted != nil {
			err = r.Counted(ctx, tx)
		}
		for i := 0; i < len(ready) && err == nil; i++ {
			t, err = ready[i].In(ctx, tx, Target{ID: t.ID})
		}
		return err
	})
	if errors.Is(err, errKnown) { // somebody with the same key was faster
		return s.known(ctx, s.DB, r)
	}
	if err != nil {
		return Ticket{}, false, err
	}
	return t, false, nil
}

// mayOpen asks access and fills in what follows from the catalogue.
func (s *Service) mayOpen(ctx context.Context, by access.Actor, r *Request) error {
	do := access.TicketOpen
	if by.Kind != access.System && person.ID(by.ID) != r.Requester {
		do = access.TicketOpenFor
	}
	if err := access.Can(by, do, access.Object{}); err != nil {
		return err
	}
	p := s.People.Card(ctx, r.Requester)
	if p.ID == 0 || !p.Active {
		return errs.Field("requester", "ticket.requester_unknown")
	}
	if r.Category != 0 {
		if !s.Catalog.Category(ctx, r.Category).Active {
			return errs.Field("category", "ticket.category_unknown")
		}
		if r.Group == 0 {
			r.Group = s.Catalog.GroupFor(ctx, s.People, r.Category).ID
		}
	}
	if r.Service == 0 {
		r.Service = s.Catalog.ServiceFor(ctx, r.Category)
	}
	if r.Service != 0 && !s.Catalog.Service(ctx, r.Service).Active {
		return errs.Field("service", "ticket.service_unknown")
	}
	texts := map[string]string{}
	for e, a := range r.Intake {
		texts[string(e)], texts[string(e)+"_reason"] = a.Value, a.Reason
	}
	if err := fits(texts); err != nil { // as long as when it is filled in later
		return err
	}
	if err := s.asked(ctx, r); err != nil {
		return err
	}
	r.Intake = withDirectory(r.Intake, p)
	r.Organisation, r.Site, r.worded = p.Department, p.Place, s.wordedRecord(ctx, by, *r)
	return nil
}

// withDirectory fills who and contact from what the desk knows of the requester.
func withDirectory(given map[Element]Answer, p person.Person) map[Element]Answer {
	out := map[Element]Answer{}
	for e, a := range given {
		a.Value, a.Reason = text.Body(a.Value), text.Body(a.Reason)
		if a.Filled() {
			out[e] = a
		}
	}
	if !out[Who].Filled() {
		out[Who] = Answer{Value: p.Name}
		if p.Department != "" {
			out[Who] = Answer{Value: p.Name + " · " + p.Department}
		}
	}
	if !out[Contact].Filled() {
		out[Contact] = Answer{Value: p.Email}
		if p.Phone != "" {
			out[Contact] = Answer{Value: p.Phone + " · " + p.Email}
		}
	}
	return out
}

// RecordIn opens a ticket within the caller's commit. The caller has asked access already.
func (s *Service) RecordIn(ctx context.Context, tx *db.Tx, by access.Actor, r Request) (Ticket, error) {
	r.Say.Text, r.Say.Quoted = text.Storable(r.Say.Text), text.Storable(r.Say.Quoted)
	if err := checkText("text", r.Say.Text); err != nil {
		return Ticket{}, err
	}
	if r.Subject = oneLine(text.Storable(r.Subject), 200); r.Subject == "" {
		r.Subject = SubjectOf(r.Say.Text)
	}
	if r.Intake == nil {
		r.Intake = map[Element]Answer{}
	}
	if !r.Intake[Symptom].Filled() {
		r.Intake[Symptom] = Answer{Value: oneLine(r.Say.Text, 300)}
	}
	now := s.Clock.Now()
	n, err := number(ctx, tx, s.DB.Engine())
	if err != nil {
		return Ticket{}, err
	}
	t := Ticket{
		Number: n, Token: id.Token(), Status: New, Subject: r.Subject, Channel: r.Channel, Requester: r.Requester,
		Priority: triage.Default, CreatedAt: now, UpdatedAt: now, NextDue: Never, Version: 1,
	}
	if t.ID, err = insert(ctx, tx, t); err != nil {
		return Ticket{}, err
	}
	if err := s.keep(ctx, tx, t, r); err != nil {
		return Ticket{}, err
	}
	begins := Message{Kind: Public, ByUser: true, First: true, Author: r.Requester, Channel: r.Channel, At: now}
	if r.first.ID != 0 {
		begins.Author, begins.At = r.first.Author, r.first.At
	}
	said, err := s.insertSay(ctx, tx, by, t, r.Say, begins)
	if err != nil {
		return Ticket{}, err
	}
	born := Recorded{
		Of: Of{t.ID}, Number: t.Number, Token: t.Token, Subject: t.Subject, Snippet: oneLine(r.Say.Text, 140), Requester: r.Requester,
		Channel: r.Channel, Category: r.Category, Service: r.Service, Group: r.Group, Intake: r.Intake, Message: said, Quiet: r.Quiet,
		Organisation: r.Organisation, Site: r.Site, Worded: r.worded,
	}
	list := []Fact{born}
	if !r.filled.IsZero() {
		list = append(list, FormFilled{Of: Of{t.ID}, Form: r.filled, ByRequester: person.ID(by.ID) == r.Requester})
	}
	if r.Quiet == "" {
		expected := t
		born.apply(&expected, by.Meta(now))
		list = append(list, Acknowledged{Of{t.ID}, r.Channel, s.Expect(r.graded(expected))})
	}
	w := world{by: by, at: now}
	return s.settle(ctx, tx, w, w.after(t, list), list)
}

// graded is the ticket as it is when it is acknowledged: a call that is graded while it is taken is
// told the time of its own priority (N20, N23). What cannot be decided is refused by its command.
func (r Request) graded(t Ticket) Ticket {
	for _, x := range r.then {
		switch x.cmd.(type) {
		case Grade, Classify:
			if list, err := x.cmd.decide(t, x.w); err == nil {
				t = x.w.after(t, list)
			}
		}
	}
	return t
}

// keep claims the idempotency key of a creation.
func (s *Service) keep(ctx context.Context, tx *db.Tx, t Ticket, r Request) error {
	if r.Key == "" {
		return nil
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO ticket_key (key, hash, ticket_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING`,
		r.Key, r.Hash, t.ID, t.CreatedAt)
	if err == nil && n == 0 {
		return errKnown
	}
	return err
}

// known finds the ticket that a key made before.
func (s *Service) known(ctx context.Context, q db.Querier, r Request) (Ticket, bool, error) {
	type kept struct {
		hash   string
		ticket ID
	}
	k, err := db.One(ctx, q, func(row db.Row) (k kept, err error) {
		err = row.Scan(&k.hash, &k.ticket)
		return k, err
	}, `SELECT hash, ticket_id FROM ticket_key WHERE key = $1`, r.Key)
	if errs.KindOf(err) == errs.NotFound {
		return Ticket{}, false, nil
	}
	if err != nil {
		return Ticket{}, false, err
	}
	if k.hash != r.Hash {
		return Ticket{}, true, errs.New(errs.Conflict, "ticket.key_reused")
	}
	t, err := get(ctx, q, k.ticket)
	return t, true, err
}
