// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// sheet is one ticket as its page needs it, read once for the whole answer. What the parts of
// the page say is worked out from it.
type sheet struct {
	c         *page.Ctx
	f         *Faces
	t         ticket.Ticket
	requester person.Person
	entries   []ticket.Entry
	judged    norm.Conformance
	scored    *score.Sheet // nil while it is open, and where nothing can be scored
	clocks    []sla.Clock
	gaps      map[string]errs.Gap // what stands before resolving and closing, by key
	drafts    map[ticket.Name]ticket.Draft
	writers   []ticket.Writer // who else is writing now
	sent      notify.Brief
	raised    []escalation.Entry
	approvals []approval.View   // what was asked of approvers, the newest first
	promises  []promise.Promise // what was told with a time, oldest first
	held      []intake.HeldMail // mails that wait beside it
	copied    []string          // addresses that mails were copied to, to be decided about
	routed    routing.Run       // the rule that sent it
	offers    []suggest.Offer   // what the ticket probably is
	same      []suggest.Alike   // of the same person, about the same matter
	crowd     []suggest.Alike   // of several people within hours, about the same matter
	solved    []suggest.Solved  // that were closed with a solution, about the same matter
	behind    []problem.Problem // what lies behind it
	errors    []problem.Match   // the known errors that it is like
	devices   []tiedDevice      // that it is about
	theirs    []device.Device   // that the requester has besides
	down      []outage          // of the service that it is about
	visits    []visit.Visit     // oldest first
	others    []ticket.Ticket   // of the same requester, newest change first
	more      bool              // there are more of them
	staff     []person.Person
	guides    []runbook.Run     // the runbooks that are or were followed
	guide     *guideBox         // the one that stands open in place of the composers
	questions catalog.Form      // what the category asks; none where it asks nothing
	watchers  []person.ID       // who follows it
	unseen    inbox.ItemID      // the newest that the reader was told about it and has not seen
	mails     bool              // letters leave the house
	unreached bool              // nothing reaches the requester's address
	back      bool              // the reply was had back, and is written on
	suffix    string            // the query of the list that stands beside the ticket, with its question mark
	remote    []remote.Session  // what is open of remote help
	articles  []knowledge.Found // that may help
	tied      []tiedArticle     // that were used on it or drawn from it
	process   *ui.Rail
	givable   []ui.Option   // the staff, as forms offer them
	canned    []canned.Text // that the reader may use; nil until they are asked for

	act  string     // the larger act that stands open in place of the composers
	spot string     // the form that was refused
	form *page.Form // as it was typed
}

// othersShown bounds the requester's other tickets beside this one.
const othersShown = 6

// bare is a sheet that knows its addresses and nothing else.
func (f *Faces) bare(c *page.Ctx, t ticket.Ticket) *sheet {
	s := &sheet{c: c, f: f, t: t}
	q := url.Values{}
	for _, name := range []string{"view", "group", "f"} {
		if v := c.Query(name); v != "" && len(v) <= 400 {
			q.Set(name, v)
		}
	}
	if len(q) > 0 {
		s.suffix = "?" + q.Encode()
	}
	return s
}

func (f *Faces) sheet(c *page.Ctx, t ticket.Ticket) (*sheet, error) {
	ctx := c.Context()
	s := f.bare(c, t)
	s.requester, s.clocks, s.gaps = f.People.Card(ctx, t.Requester), f.Clocks.Clocks(t), map[string]errs.Gap{}
	var err error
	if s.entries, err = f.Tickets.Thread(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	s.judged = norm.Judge(norm.Input{Ticket: t, Facts: s.facts(), Rules: f.Clocks.Rulebook(), Pack: f.Norm.Pack(), Now: c.Now})
	if sheet, ok, err := f.Scores.OfTicket(ctx, c.Actor, t, s.heard()); err != nil {
		return nil, err
	} else if ok {
		s.scored = &sheet
	}
	for _, cmd := range []ticket.Name{ticket.CmdResolve, ticket.CmdClose} {
		for _, g := range f.Tickets.Missing(t, cmd) {
			s.gaps[g.Key] = g
		}
	}
	if s.questions, err = f.Tickets.FormOf(ctx, t); err != nil {
		return nil, err
	}
	if s.drafts, s.writers, err = f.Tickets.Drafts(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	if s.sent, err = f.Notify.Brief(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	if _, s.unreached, err = f.Notify.Dead(ctx, c.Actor, s.requester.Email); err != nil {
		return nil, err
	}
	if s.held, err = f.Intake.Held(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	if s.copied, err = f.Tickets.Proposed(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	if err = s.readRooms(ctx); err != nil {
		return nil, err
	}
	if err = s.readProblems(ctx); err != nil {
		return nil, err
	}
	if err = s.readArticles(ctx); err != nil {
		return nil, err
	}
	if s.guides, err = f.Runbooks.Runs(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	for _, g := range f.Tickets.Missing(t, ticket.CmdHandOver) {
		if g.Key == runbook.GapFirst {
			s.gaps[g.Key] = g
		}
	}
	if s.raised, err = f.Escalations.ForTicket(ctx, c.Actor, t); err != nil {
		return nil, err
	}
	if err = s.readOthers(ctx); err != nil {
		return nil, err
	}
	if err = s.readDevices(ctx); err != nil {
		return nil, err
	}
	if err = s.readVisits(ctx); err != nil {
		return nil, err
	}
	if err = s.told(ctx); err != nil {
		return nil, err
	}
	if s.staff, err = f.People.Staff(ctx); err != nil {
		return nil, err
	}
	m, _, err := setting.Load(ctx, f.Settings, notify.MailingName, notify.StartMailing())
	s.mails = m.Sends()
	return s, err
}

// readRooms reads what the rooms beside the ticket hold of it.
func (s *sheet) readRooms(ctx context.Context) (err error) {
	if s.remote, err = s.f.Remote.OpenOn(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	if s.promises, err = s.f.Promises.ForTicket(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	if s.approvals, err = s.f.Approvals.OfTicket(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	if s.routed, err = s.f.Routing.Last(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	if s.offers, err = s.f.Suggest.For(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	if s.same, s.crowd, err = s.f.Suggest.Alike(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	s.solved, err = s.f.Suggest.Solved(ctx, s.c.Actor, s.t)
	return err
}

// facts are the thread as clauses are judged by it.
func (s *sheet) facts() []norm.Noted {
	out := make([]norm.Noted, 0, len(s.entries))
	for _, e := range s.entries {
		out = append(out, norm.Noted{ID: e.Record.ID, Meta: e.Record.Meta, Fact: e.Fact})
	}
	return out
}

// heard is the thread as scores are computed of it.
func (s *sheet) heard() []report.Told {
	out := make([]report.Told, 0, len(s.entries))
	for _, e := range s.entries {
		if e.Fact != nil {
			out = append(out, report.Told{ID: e.Record.ID, Meta: e.Record.Meta, Fact: e.Fact})
		}
	}
	return out
}

// scoreWords says what the scores of the ticket rest on.
func (s *sheet) scoreWords() string {
	x := s.scored
	stars := s.T("score.not_rated")
	if x.Rating > 0 {
		stars = s.T("score.rated_with", "Stars", x.Rating)
	}
	return s.T("score.rests_on", "Kept", x.Kept, "Clocks", x.Kept+x.Broken, "Rating", stars, "Smooth", x.Said-x.Rough, "Said", x.Said, "Met", x.Met, "Judged", x.Judged)
}

func (s *sheet) readOthers(ctx context.Context) error {
	p, err := s.f.Tickets.List(ctx, s.c.Actor, ticket.Filter{View: ticket.All, Requester: s.t.Requester, Limit: othersShown + 1, Narrow: true})
	if err != nil {
		return err
	}
	s.more = p.Next != ""
	s.others = slices.DeleteFunc(p.Tickets, func(o ticket.Ticket) bool { return o.ID == s.t.ID })
	if len(s.others) > othersShown {
		s.others, s.more = s.others[:othersShown], true
	}
	return nil
}

// T returns a message in the reader's language.
func (s *sheet) T(key string, args ...any) string { return s.c.T(key, args...) }

// opensOriginals reports whether the reader may see what is covered in a mail.
func (s *sheet) opensOriginals() bool {
	return access.Can(s.c.Actor, access.OriginalOpen, access.Object{}) == nil
}

func (s *sheet) lang() i18n.Lang { return s.c.Lang }

// when writes an instant for the reader, with what a machine and a careful reader need.
func (s *sheet) when(t time.Time) ui.When { return ui.At(s.c.Lang, t, s.c.Now, s.c.Zone) }

// may reports whether an act makes sense now.
func (s *sheet) may(act string) bool {
	switch act {
	case "triage":
		return ticket.May(ticket.CmdClassify, s.t.Status) && ticket.May(ticket.CmdGrade, s.t.Status)
	case "take-over", "refuse-hand-over":
		return s.mayAnswerHandOver()
	case "confirm":
		return s.t.Status == ticket.Resolved && s.t.ConfirmedAt.IsZero()
	case "reopen":
		return ticket.May(ticket.CmdReopen, s.t.Status) && s.t.MergedInto == 0
	case "runbook":
		return ticket.May(ticket.CmdGuide, s.t.Status)
	case "close":
		return ticket.May(ticket.CmdClose, s.t.Status) && s.t.Status != ticket.Resolved
	}
	return ticket.May(ticket.Name(act), s.t.Status)
}

// person is somebody as the components show them.
func (s *sheet) person(who person.ID) ui.Person {
	return ui.Person{Name: s.f.People.Card(s.c.Context(), who).Name, Me: who != 0 && who == s.c.Person.ID}
}

func (s *sheet) name(who person.ID) string { return s.f.People.Card(s.c.Context(), who).Name }

func (s *sheet) group(which person.GroupID) string {
	return s.f.People.Group(s.c.Context(), which).Label(string(s.c.Lang))
}

// category writes a category below its ancestors: 业务系统 › ERP.
func (s *sheet) category(of ticket.Ticket) string {
	var names []string
	for _, one := range s.f.Catalog.Path(s.c.Context(), of.Category) {
		names = append(names, one.Label(string(s.c.Lang)))
	}
	return s.inUse(strings.Join(names, " › "), s.f.Catalog.Category(s.c.Context(), of.Category).Active)
}

func (s *sheet) service(of ticket.Ticket) string {
	one := s.f.Catalog.Service(s.c.Context(), of.Service)
	return s.inUse(one.Label(string(s.c.Lang)), one.Active)
}

// inUse says of a name that it stands for what is no longer offered (N21).
func (s *sheet) inUse(name string, active bool) string {
	if name == "" || active {
		return name
	}
	return s.T("work.retired", "Name", name)
}

// mergedInto is the number that a duplicate lives on under; "" for any other ticket.
func (s *sheet) mergedInto() string {
	if n := s.t.MergedTo(); n != 0 {
		return ticket.Ref(n)
	}
	return ""
}

// mailFrame is the address of a message as its sender laid it out.
func mailFrame(s *sheet, m *ticket.Message) string { return page.MailFramePath(s.t.Number, m.ID) }

// core reports whether the ticket is about a core service.
func (s *sheet) core() bool { return s.f.Catalog.Service(s.c.Context(), s.t.Service).Core }

// join strings several words together as the language does.
func (s *sheet) join(words []string) string { return strings.Join(words, s.T("workticket.and")) }

// status is the word for where a ticket stands, and its tone.
func (s *sheet) status(t ticket.Ticket) (word, tone string) {
	switch t.Status {
	case ticket.New:
		return s.T("workticket.status_new"), ui.Warn
	case ticket.Opened:
		return s.T("workticket.status_open"), ui.Brand
	case ticket.Pending:
		return s.T("workticket.waits_" + string(t.Pending)), ui.Neutral
	case ticket.Resolved:
		if t.NextClock == ticket.ClockArchive {
			return s.T("workticket.status_archive"), ui.OK
		}
		return s.T("workticket.status_resolved"), ui.Brand
	case ticket.Closed:
	}
	if t.ClosedAs == ticket.Confirmed {
		return s.T("workticket.closed_confirmed"), ui.OK
	}
	return s.T("workticket.closed_" + string(t.ClosedAs)), ui.Neutral
}

// channels names every way that words came or went: 门户 + 电话.
func (s *sheet) channels() string {
	var names []string
	add := func(ch ticket.Channel) {
		if word := s.channel(ch); ch != ticket.Machine && ch != "" && !slices.Contains(names, word) {
			names = append(names, word)
		}
	}
	add(s.t.Channel)
	for _, e := range s.entries {
		if e.Message == nil {
			continue
		}
		switch {
		case e.Message.Kind == ticket.Call:
			add(ticket.Phone)
		case e.Message.ByUser:
			add(e.Message.Channel)
		}
	}
	return strings.Join(names, " + ")
}

func (s *sheet) channel(ch ticket.Channel) string { return s.T("norm.by_" + string(ch)) }

// clause links to a clause on the list of this ticket's clauses.
func (s *sheet) clause(id string) ui.Clause {
	if id == "" || !i18n.Has(s.c.Lang, "norm."+id+"_name") { // a clause that no list holds yet leads nowhere
		return ui.Clause{ID: id}
	}
	return ui.Clause{ID: id, Title: s.f.Norm.Pack().Title(s.c.Lang, id), Href: s.at("conformance") + "#" + id}
}

// canDeviate reports whether a gap may be left out with a reason now.
func (s *sheet) canDeviate(gap string) bool {
	g, open := s.gaps[gap]
	return open && g.Deviable && ticket.May(ticket.CmdDeviate, s.t.Status) && access.Can(s.c.Actor, access.TicketDeviate, s.t.Object()) == nil
}
