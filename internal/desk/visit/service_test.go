// SPDX-License-Identifier: Apache-2.0

package visit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the room of visits with those below it. The register of devices is a word of the test.
type room struct {
	*testing.T
	*visit.Service
	clock   *clock.Manual
	tickets *ticket.Service
	people  *person.Service

	engineer, other, asker access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		jobs := job.New(d, c, slog.New(slog.DiscardHandler))
		bus := event.NewBus(jobs)
		settings := setting.NewService(d, bus, c)
		r := &room{T: t, clock: c, people: person.NewService(d, bus, c)}
		r.tickets = ticket.NewService(ticket.Parts{
			DB: d, Bus: bus, Clock: c, People: r.people, Catalog: catalog.New(d, bus, c), Settings: settings, Jobs: jobs, Gates: ticket.StandardGates(),
		})
		r.Service = visit.NewService(visit.Parts{
			DB: d, Bus: bus, Clock: c, People: r.people, Settings: settings, Tickets: r.tickets,
			Label: func(_ context.Context, _ access.Actor, text string) (visit.Where, error) {
				if text == "PRN-1" {
					return visit.Where{Name: "PRN-1"}, nil
				}
				return visit.Where{}, errs.New(errs.NotFound, "device.label_unknown")
			},
		})
		r.Listen()
		r.engineer, r.other = r.person("李工", "li@q.example", access.Agent, "web"), r.person("赵工", "zhao@q.example", access.Agent, "web")
		r.asker = r.person("王海燕", "wang@q.example", access.Requester, "portal")
		fn(t, r)
	})
}

func (r *room) person(name, email string, role access.Role, via string) access.Actor {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
}

func (r *room) ticket() ticket.Ticket {
	r.Helper()
	t, _, err := r.tickets.Record(r.Context(), r.asker, ticket.Request{Requester: person.ID(r.asker.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸。"}})
	if err == nil {
		t, err = r.tickets.Do(r.Context(), r.engineer, ticket.Target{ID: t.ID}, ticket.Accept{})
	}
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) span(hours int) ticket.Span {
	from := r.clock.Now().Add(time.Duration(hours) * time.Hour)
	return ticket.Span{From: from, To: from.Add(time.Hour)}
}

func (r *room) propose(t ticket.Ticket) visit.Visit {
	r.Helper()
	v, err := r.Propose(r.Context(), r.engineer, ticket.Target{ID: t.ID}, visit.Wish{
		Act: visit.Propose, Times: []ticket.Span{r.span(3), r.span(27), r.span(51)}, Place: "A座 301", Purpose: "更换搓纸轮", Zone: "Asia/Shanghai",
	})
	if err != nil {
		r.Fatal(err)
	}
	return v
}

func (r *room) do(by access.Actor, v visit.Visit, w visit.Wish) visit.Visit {
	r.Helper()
	v, err := r.Do(r.Context(), by, v.ID, w)
	if err != nil {
		r.Fatalf("%s: %v", w.Act, err)
	}
	return v
}

func (r *room) now(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	t, err := r.tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err != nil {
		r.Fatal(err)
	}
	again, err := r.tickets.Rebuilt(r.Context(), t.ID)
	if err != nil || fmt.Sprint(again.Detail.Visits, again.Status, again.Pending) != fmt.Sprint(t.Detail.Visits, t.Status, t.Pending) {
		r.Fatalf("folding again gives %v %v, want %v: %v", again.Detail.Visits, again.Status, t.Detail.Visits, err)
	}
	return t
}

func TestN27_FromTheProposalToTheSignature(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		v := r.propose(x)
		if x = r.now(x); x.Status != ticket.Pending || x.Pending != ticket.ForVisit {
			t.Fatalf("the ticket does not wait: %s %s", x.Status, x.Pending)
		}
		v = r.do(r.asker, v, visit.Wish{Act: visit.Pick, Pick: 2, Round: v.Round})
		if v.State != visit.Agreed || !v.From.Equal(r.span(27).From) {
			t.Fatalf("%+v", v)
		}
		r.clock.Advance(26 * time.Hour)
		v = r.do(r.engineer, v, visit.Wish{Act: visit.Start})
		r.clock.Advance(50 * time.Minute)
		v = r.do(r.engineer, v, visit.Wish{Act: visit.Arrive, Label: "https://desk.example/q/PRN-1"})
		if x = r.now(x); x.Status != ticket.Opened || v.ArrivedBy != "label" {
			t.Fatalf("%s, arrived by %s", x.Status, v.ArrivedBy)
		}
		v = r.do(r.engineer, v, visit.Wish{Act: visit.Sign, Work: "换了搓纸轮", Parts: "RM2-5452", Name: "王海燕", How: "typed"})
		if x = r.now(x); v.State != visit.Signed || x.Detail.Visits[0].Step != ticket.VisitSigned {
			t.Fatalf("%+v %+v", v, x.Detail.Visits)
		}
		var steps []string
		thread, err := r.tickets.Thread(t.Context(), r.engineer, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range thread {
			switch f := e.Fact.(type) {
			case ticket.VisitStepped:
				steps = append(steps, string(f.Visit.Step))
			case ticket.Held:
				steps = append(steps, "waits")
			case ticket.Resumed:
				steps = append(steps, "resumed:"+f.Because)
			}
		}
		if got := strings.Join(steps, " "); got != "proposed waits agreed started arrived resumed:visit done signed" {
			t.Error(got)
		}
		if _, err := r.Do(t.Context(), r.engineer, v.ID, visit.Wish{Act: visit.Cancel, Why: "不需要了"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("cancelled after it was signed: %v", err)
		}
	})
}

// TestN27_AnActThatArrivesTwiceIsDoneOnce: whatever the network does, each act of the engineer is
// one, with the instant of its doing beside that of its arrival.
func TestN27_AnActThatArrivesTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		v := r.do(r.engineer, r.propose(x), visit.Wish{Act: visit.Fix, Times: []ticket.Span{r.span(2)}})
		did := r.clock.Now().Add(2 * time.Hour)
		r.clock.Advance(5 * time.Hour) // there was no network for three of them
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for i, w := range []visit.Wish{
					{Act: visit.Start, Key: "k-start", Did: did},
					{Act: visit.Arrive, Key: "k-arrive", Did: did.Add(20 * time.Minute), Why: "标签掉了"},
					{Act: visit.Finish, Key: "k-finish", Did: did.Add(time.Hour), Work: "换了电源"},
				} {
					if _, err := r.Do(t.Context(), r.engineer, v.ID, w); err != nil {
						t.Errorf("act %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
		v, err := r.Get(t.Context(), r.engineer, v.ID)
		if err != nil || v.State != visit.Done || !v.StartedAt.Equal(did) || !v.ArrivedAt.Equal(did.Add(20*time.Minute)) || !v.DoneAt.Equal(did.Add(time.Hour)) {
			t.Fatalf("%+v %v", v, err)
		}
		list, err := r.Deeds(t.Context(), r.engineer, v)
		if err != nil || len(list) != 5 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, d := range list[2:] {
			if !d.At.Equal(r.clock.Now()) || !d.Did.Before(d.At) {
				t.Errorf("%s was done at %s and arrived at %s", d.Act, d.Did, d.At)
			}
		}
		thread, err := r.tickets.Thread(t.Context(), r.engineer, r.now(x))
		notes := 0
		for _, e := range thread {
			if said, ok := e.Fact.(ticket.Said); ok && said.Kind == ticket.Internal {
				notes++
			}
		}
		if err != nil || notes != 1 {
			t.Errorf("%d notes, %v", notes, err)
		}
	})
}

func TestN27_S20_S21_S26_WhoMayDoWhat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		v := r.propose(x)
		stranger := r.person("陌生人", "s@q.example", access.Requester, "portal")
		link := access.Actor{ID: r.asker.ID, Kind: access.Link, Role: access.Requester, Ticket: int64(x.ID), Via: "link"}
		for name, tt := range map[string]struct {
			by   access.Actor
			act  visit.Act
			want errs.Kind
		}{
			"nobody":                      {access.Actor{}, visit.Pick, errs.Unauthenticated},
			"another requester":           {stranger, visit.Pick, errs.NotFound},
			"staff answer for nobody":     {r.other, visit.Pick, errs.Denied},
			"the requester fixes":         {r.asker, visit.Fix, errs.Denied},
			"the link cancels":            {link, visit.Cancel, errs.NotFound},
			"another engineer sets out":   {r.other, visit.Start, errs.Denied},
			"the requester sets out":      {r.asker, visit.Start, errs.Denied},
			"out of turn, by whoever may": {r.engineer, visit.Finish, errs.Conflict},
		} {
			w := visit.Wish{Act: tt.act, Pick: 1, Why: "x", Work: "x", Times: []ticket.Span{r.span(4)}}
			if _, err := r.Do(t.Context(), tt.by, v.ID, w); errs.KindOf(err) != tt.want {
				t.Errorf("%s: %v, want %s", name, err, tt.want)
			}
		}
		if v = r.do(link, v, visit.Wish{Act: visit.Pick, Pick: 1}); v.State != visit.Agreed {
			t.Errorf("by the link of a mail: %+v", v)
		}
		if _, err := r.Do(t.Context(), link, v.ID, visit.Wish{Act: visit.Refuse}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a second answer: %v", err)
		}
		v = r.do(r.other, v, visit.Wish{Act: visit.Assign, Engineer: person.ID(r.other.ID)})
		r.do(r.other, v, visit.Wish{Act: visit.Start})
		if _, err := r.Do(t.Context(), r.engineer, v.ID, visit.Wish{Act: visit.Arrive, Label: "PRN-1"}); errs.KindOf(err) != errs.Denied {
			t.Errorf("whoever it is no longer: %v", err)
		}
	})
}

func TestN27_AnswersAfterTheTicketIsClosed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		open, there := r.propose(x), r.propose(r.ticket())
		there = r.do(r.engineer, there, visit.Wish{Act: visit.Fix, Times: []ticket.Span{r.span(1)}})
		there = r.do(r.engineer, there, visit.Wish{Act: visit.Arrive, Label: "PRN-1"})
		for _, v := range []visit.Visit{open, there} {
			if _, err := r.tickets.Do(t.Context(), r.engineer, ticket.Target{ID: v.Ticket}, ticket.Close{As: ticket.Cancelled, Reason: "用户撤回"}); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := r.Get(t.Context(), r.engineer, open.ID); err != nil || v.State != visit.Cancelled {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := r.Do(t.Context(), r.asker, open.ID, visit.Wish{Act: visit.Pick, Pick: 1}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the answer: %v", err)
		}
		// What was done there is written down all the same.
		if v := r.do(r.engineer, there, visit.Wish{Act: visit.Finish, Work: "已恢复"}); v.State != visit.Done {
			t.Errorf("%+v", v)
		}
		if x := r.now(ticket.Ticket{ID: there.Ticket}); x.Status != ticket.Closed {
			t.Errorf("the ticket is %s", x.Status)
		}
		if _, err := r.Propose(t.Context(), r.engineer, ticket.Target{ID: x.ID}, visit.Wish{Act: visit.Fix, Times: []ticket.Span{r.span(1)}, Place: "x"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a visit on a closed ticket: %v", err)
		}
	})
}

// The engineer stands before a closed door without a network: the ticket keeps when that was, not
// when the desk heard of it.
func TestN27_ThatNobodyWasThereIsKeptWithItsTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		v := r.do(r.engineer, r.propose(x), visit.Wish{Act: visit.Fix, Times: []ticket.Span{r.span(2)}})
		stood := v.From.Add(20 * time.Minute)
		r.clock.Set(v.To.Add(3 * time.Hour))
		r.do(r.engineer, v, visit.Wish{Act: visit.Miss, Why: "没有人在", Did: stood})
		records, err := r.tickets.Records(t.Context(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range records {
			f, err := ticket.Decode(rec)
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := f.(ticket.VisitStepped); ok && s.Visit.Step == ticket.VisitMissed {
				if !s.Visit.Did.Equal(stood) {
					t.Errorf("nobody was there at %v, want %v", s.Visit.Did, stood)
				}
				return
			}
		}
		t.Error("the ticket knows nothing of it")
	})
}

// A visit that was off when its ticket ended is off when the ticket comes back: nothing waits for it.
func TestN27_AReopenedTicketDoesNotWaitForAVisitThatIsOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		old := r.propose(x)
		r.do(r.asker, old, visit.Wish{Act: visit.Pick, Pick: 1, Round: old.Round})
		if _, err := r.tickets.Do(t.Context(), r.engineer, ticket.Target{ID: x.ID}, ticket.Close{As: ticket.Cancelled, Reason: "用户说好了"}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.tickets.Do(t.Context(), r.asker, ticket.Target{ID: x.ID}, ticket.Reopen{Reason: "又坏了"}); err != nil {
			t.Fatal(err)
		}
		if n := r.now(x).Detail.Visits; len(n) != 1 || n[0].Step != ticket.VisitCancelled {
			t.Errorf("the ticket says %+v", n)
		}
		v := r.propose(x)
		v = r.do(r.asker, v, visit.Wish{Act: visit.Pick, Pick: 1, Round: v.Round})
		if n := r.now(x); n.Status != ticket.Pending || n.Pending != ticket.ForVisit {
			t.Errorf("another visit is agreed: %s %s", n.Status, n.Pending)
		}
		r.clock.Advance(3 * time.Hour)
		v = r.do(r.engineer, v, visit.Wish{Act: visit.Arrive, Label: "PRN-1"})
		if n := r.now(x); n.Status != ticket.Opened {
			t.Errorf("the engineer stands at the place, and the ticket is %s %s", n.Status, n.Pending)
		}
		r.do(r.engineer, v, visit.Wish{Act: visit.Sign, Work: "换了搓纸轮", Name: "王海燕", How: "typed"})
		if n := r.now(x); n.Status != ticket.Opened {
			t.Errorf("signed, and the ticket is %s %s", n.Status, n.Pending)
		}
	})
}

func TestN27_S30_AFeedHoldsTheVisitsInUTCAndIsRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.ticket()
		zone, err := time.LoadLocation("Asia/Shanghai")
		if err != nil {
			t.Fatal(err)
		}
		night := ticket.Span{From: time.Date(2026, 3, 3, 23, 0, 0, 0, zone), To: time.Date(2026, 3, 4, 1, 30, 0, 0, zone)}
		v, err := r.Propose(t.Context(), r.engineer, ticket.Target{ID: x.ID}, visit.Wish{Act: visit.Fix, Times: []ticket.Span{night}, Place: "机房；B座, 2楼", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		r.propose(r.ticket())
		f, secret, err := r.MakeFeed(t.Context(), r.engineer)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := r.ReadFeed(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := ical.NewDecoder(bytes.NewReader(raw)).Decode()
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		tentative, found := 0, false
		for _, e := range cal.Events() {
			if s, _ := e.Props.Text(ical.PropStatus); s == "TENTATIVE" {
				tentative++
				continue
			}
			from, err := e.DateTimeStart(time.UTC)
			to, worse := e.DateTimeEnd(time.UTC)
			where, _ := e.Props.Text(ical.PropLocation)
			found = err == nil && worse == nil && from.Equal(night.From) && to.Equal(night.To) && where == "机房；B座, 2楼"
		}
		if tentative != 3 || !found {
			t.Errorf("%d tentative, found %v:\n%s", tentative, found, raw)
		}
		if strings.Contains(string(raw), "王海燕") {
			t.Error("the feed names the requester")
		}
		r.do(r.engineer, v, visit.Wish{Act: visit.Cancel, Why: "改为远程"})
		if raw, err = r.ReadFeed(t.Context(), secret); err != nil || strings.Contains(string(raw), v.Token) {
			t.Errorf("a cancelled visit stands in the calendar: %v", err)
		}
		if err := r.RevokeFeed(t.Context(), r.other, f.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another's feed: %v", err)
		}
		if err := r.RevokeFeed(t.Context(), r.engineer, f.ID); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{secret, "x", ""} {
			if _, err := r.ReadFeed(t.Context(), s); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%q is read: %v", s, err)
			}
		}
	})
}

// TestN27_ARegisterThatFailsIsNoUnknownLabel: what could not be read is said as that.
func TestN27_ARegisterThatFailsIsNoUnknownLabel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.propose(r.ticket())
		v = r.do(r.asker, v, visit.Wish{Act: visit.Pick, Pick: 1, Round: v.Round})
		v = r.do(r.engineer, v, visit.Wish{Act: visit.Start})
		broken := errors.New("the register cannot be read")
		label := r.Label
		r.Label = func(context.Context, access.Actor, string) (visit.Where, error) { return visit.Where{}, broken }
		if _, err := r.Do(t.Context(), r.engineer, v.ID, visit.Wish{Act: visit.Arrive, Label: "PRN-1"}); !errors.Is(err, broken) {
			t.Errorf("a label: %v", err)
		}
		r.Label = label
		r.DevicePlace = func(context.Context, int64) (string, int64, bool, error) { return "", 0, false, broken }
		if _, err := r.Do(t.Context(), r.engineer, v.ID, visit.Wish{Act: visit.Arrive, Label: "PRN-1", Device: 7}); !errors.Is(err, broken) {
			t.Errorf("a device: %v", err)
		}
	})
}
