// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/ldap"
	"github.com/loopdesk/loopdesk/internal/channel/turn"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/upload"
	sitevisit "github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/mail/auth"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// Options are what a command or a test knows and the configuration does not.
type Options struct {
	Clock clock.Clock   // the machine's where nil
	Log   *slog.Logger  // silence where nil
	Mail  notify.Sender // how letters leave; by SMTP where nil
	Names auth.Resolver // what senders' domains say of their mail; the machine's resolver where nil
	// Elapsed is how much time really passed, whatever Clock says; nil with a Clock believes that.
	Elapsed func() time.Duration
	// Reach is how far messages to browsers go; the world outside where it is the zero value.
	Reach netguard.Options
	// Public is the address of the desk as people type it; from the configuration where empty.
	Public string
	// Inside says how far directory servers may be: the open internet and company networks where
	// nothing is said. Tests open this machine.
	Inside netguard.Options
	// Guest opens a SQLite file beside the process that serves it, for a short visit.
	Guest bool
	// PasswordCost is what hashing a password takes; session.Standard where it is the zero value.
	PasswordCost session.Cost

	quiet  bool      // nobody is written to: the past is being written
	recent time.Time // and of what happened before this nobody is told on their pages
	box    *mailbox  // where a demo keeps its mail
}

// stores are what keeps the data: opened once, whatever is built on them.
type stores struct {
	DB    *db.DB
	Blobs *blob.Store
	Keys  *secret.Keys
}

// House is a desk with all its rooms. Fields are for tests and for commands; doors get what
// they need in their own parts.
type House struct {
	stores
	Config Config
	Options
	Jobs *job.Queue
	Bus  *event.Bus
	Hub  *pubsub.Hub

	Settings      *setting.Service
	People        *person.Service
	Catalog       *catalog.Desk
	Directory     *directory.Service
	Words         *wordbook.Service
	Telephony     *telephony.Service
	Texts         *canned.Service
	Uploads       *upload.Service
	Sessions      *session.Service
	Links         *session.Links
	Clocks        *sla.Service
	Tickets       *ticket.Service
	Promises      *promise.Service
	Rotas         *rota.Service
	Majors        *major.Service
	Escalations   *escalation.Service
	Intake        *intake.Service
	Fetcher       *email.Fetcher
	Norm          *norm.Service
	Pull          *pull.Service
	Reports       *report.Service
	Scores        *score.Service
	Rehearsals    *rehearsal.Service
	Notices       *notify.Service
	Inbox         *inbox.Service
	Live          *live.Service
	Search        *search.Service
	Suggest       *suggest.Service
	Routing       *routing.Service
	Views         *queue.Desk
	API           *api.API
	Pages         *page.Router
	Announcements *announcement.Service
	Problems      *problem.Service
	Knowledge     *knowledge.Service
	Approvals     *approval.Service
	Runbooks      *runbook.Service
	Devices       *device.Service
	Visits        *sitevisit.Service
	Remote        *remote.Service
	Relay         *turn.Server

	told   []string // the facts of which people are told
	meters meters
	ready  atomic.Bool            // requests should come here
	relay  atomic.Pointer[string] // where browsers reach the relay, once it serves
	stale  atomic.Bool            // the board may have missed what another node did
}

// Open opens the data of a desk, brings its tables up to date and builds the house on it.
// Nothing runs before Run. Whoever opened it closes it.
func Open(ctx context.Context, c Config, o Options) (*House, error) {
	s, err := openStores(ctx, c, o)
	if err != nil {
		return nil, err
	}
	if err := s.DB.Migrate(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	h, err := build(ctx, c, s, o)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return h, nil
}

// build makes the house over open stores and reads what it keeps in memory.
func build(ctx context.Context, c Config, s stores, o Options) (*House, error) {
	h, err := assemble(ctx, c, s, o)
	if err != nil {
		return nil, err
	}
	if err := h.ownKey(ctx); err != nil {
		return nil, err
	}
	if err := h.Clocks.Load(ctx); err != nil {
		return nil, fmt.Errorf("load policies: %w", err)
	}
	if err := h.Norm.Load(ctx); err != nil {
		h.Log.WarnContext(ctx, "the norm pack that is stored cannot be used; the house's own is in force", "error", err)
	}
	if err := h.Tickets.LoadBoard(ctx); err != nil {
		return nil, fmt.Errorf("load open tickets: %w", err)
	}
	if err := h.loadTimekeeping(ctx); err != nil {
		return nil, err
	}
	if err := h.Runbooks.Load(ctx); err != nil {
		return nil, fmt.Errorf("load runbooks: %w", err)
	}
	return h, nil
}

// openStores opens the data folder, the key, the database and the files.
func openStores(ctx context.Context, c Config, o Options) (stores, error) {
	if err := makeFolder(c.Data); err != nil {
		return stores{}, err
	}
	keys, err := masterKey(c.file(keyFile))
	if err != nil {
		return stores{}, err
	}
	d, err := db.Open(ctx, db.Config{URL: c.databaseURL(), Logger: o.Log, Guest: o.Guest})
	if err != nil {
		return stores{}, err
	}
	files, err := blob.Open(ctx, (&url.URL{Scheme: "file", Path: filepath.ToSlash(c.file(filesFolder))}).String())
	if err != nil {
		return stores{}, errors.Join(err, d.Close())
	}
	return stores{DB: d, Blobs: files, Keys: keys}, nil
}

func (s stores) close() error { return errors.Join(s.Blobs.Close(), s.DB.Close()) }

// Close lets the data go. Call it after Run has returned.
func (h *House) Close() error { return h.close() }

// filled are the options with what nobody gave, except for the clock.
func (o Options) filled(c Config) Options {
	if o.PasswordCost == (session.Cost{}) {
		o.PasswordCost = session.Standard()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Public == "" {
		o.Public = c.publicURL(c.HTTP)
	}
	if o.Mail == nil {
		o.Mail = email.NewSender(hostOf(o.Public), nil)
	}
	return o
}

// assemble makes every room of what it is made of, from the ground up.
func assemble(ctx context.Context, c Config, s stores, o Options) (*House, error) {
	if o.Clock == nil {
		var err error
		if o.Clock, o.Elapsed, err = houseClock(ctx, s.DB); err != nil {
			return nil, fmt.Errorf("ask what time it is: %w", err)
		}
	}
	o = o.filled(c)
	h := &House{stores: s, Config: c, Options: o}
	h.Jobs = job.New(s.DB, o.Clock, o.Log)
	h.Bus = event.NewBus(h.Jobs)
	h.Hub = pubsub.New(s.DB)

	h.Settings = setting.NewService(s.DB, h.Bus, o.Clock)
	h.People = person.NewService(s.DB, h.Bus, o.Clock)
	h.Catalog = catalog.New(s.DB, h.Bus, o.Clock)
	h.Directory = directory.NewService(directory.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Settings: h.Settings, Keys: s.Keys, Client: ldap.New(o.Inside), Log: o.Log,
	})
	h.Telephony = telephony.NewService(telephony.Parts{DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Settings: h.Settings, Keys: s.Keys})
	h.Links = session.NewLinks(s.Keys, o.Clock)
	h.Sessions = session.NewService(s.DB, h.Bus, o.Clock, h.People, o.PasswordCost)
	h.Sessions.Elsewhere = h.judge
	h.Words = wordbook.NewService(h.Settings)
	h.Uploads = upload.NewService(s.DB, s.Keys, o.Clock, h.People)
	h.Announcements = announcement.NewService(s.DB, h.Bus, o.Clock)
	h.Texts = canned.NewService(s.DB, h.Bus, o.Clock, h.People)
	h.Clocks = sla.NewService(h.Settings, h.Jobs, o.Clock)
	h.Norm = norm.NewService(h.Settings, func() *ticket.Service { return h.Tickets }, h.Clocks, o.Clock)
	own := func(addr string) bool { return h.Notices.Own(ctx, addr) || h.Intake.OwnsMailbox(ctx, addr) }
	h.Tickets = ticket.NewService(ticket.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Catalog: h.Catalog, Settings: h.Settings, Blobs: s.Blobs, Jobs: h.Jobs,
		Gates: h.gates(), Plan: h.Clocks.Plan, Expect: h.Clocks.Expect,
		Wording: h.remarks, Own: own,
		Majors:  func() []int64 { return h.standingMajors() },
		Settled: func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error { return h.Escalations.Planned(ctx, tx, t) },
		Writing: func(tx *db.Tx, which ticket.ID) { h.Live.Wrote(tx, which) },
	})
	h.Clocks.Serve(h.Tickets)
	h.runbooks(s)
	h.timekeeping()
	h.approving()
	h.Promises = promise.NewService(promise.Parts{DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, Tickets: h.Tickets})
	h.onSite(s, o)
	h.Pull = pull.NewService(pull.Parts{DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Catalog: h.Catalog, Tickets: h.Tickets})
	h.Views = queue.New(s.DB, h.Bus, o.Clock, h.People)
	h.Live = live.NewService(h.Hub, h.Tickets)
	h.remote(s, o)
	h.knowledge(s, o)
	h.Search = search.NewService(search.Parts{Articles: h.Knowledge, DB: s.DB, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Tickets: h.Tickets})
	h.triage(s, o)
	h.problems(s, o)
	h.Notices = notify.NewService(notify.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Tickets: h.Tickets, Settings: h.Settings,
		Links: h.Links, Sessions: h.Sessions, Keys: s.Keys, Sender: o.Mail, Renderer: email.Letters{}, BaseURL: o.Public, Wants: h.wants, Approvals: h.Approvals,
	})
	h.counting(s, o)
	h.inbox(s, o)
	h.Intake = intake.NewService(intake.Parts{
		DB: s.DB, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Tickets: h.Tickets, Links: h.Links, Parser: email.Parser{}, Verifier: email.Verifier{Names: o.Names},
		Bus: h.Bus, Settings: h.Settings, Keys: s.Keys,
		Own:  own,
		Lang: func() string { return h.Settings.Desk(ctx).Lang },
	})
	h.Fetcher = email.NewFetcher(email.FetchConfig{Intake: h.Intake, Clock: o.Clock, Log: o.Log})
	h.operations()
	h.wire()
	h.face() //nolint:contextcheck // each request brings a context of its own
	h.meters = newMeters()
	h.meters.registry.MustRegister(h)
	return h, nil
}

// operations makes the door for programs, behind which all other rooms stand.
func (h *House) operations() {
	h.API = api.New(api.Parts{
		Tickets: h.Tickets, People: h.People, Catalog: h.Catalog, Settings: h.Settings, Sessions: h.Sessions,
		Clocks: h.Clocks, Norm: h.Norm, Escalations: h.Escalations, Remote: h.Remote, Rotas: h.Rotas, Majors: h.Majors, Problems: h.Problems, Announcements: h.Announcements,
		Promises: h.Promises, Approvals: h.Approvals, Pull: h.Pull, Reports: h.Reports, Scores: h.Scores, Rehearsals: h.Rehearsals, Search: h.Search, Words: h.Words, Clock: h.Clock, Log: h.Log, PerMinute: h.Config.APIPerMinute,
		Views: h.Views, Suggest: h.Suggest, Runbooks: h.Runbooks, Devices: h.Devices, Visits: h.Visits, Inbox: h.Inbox, Knowledge: h.Knowledge,
		Address: func(r *http.Request) string { return page.Address(r, h.Config.proxies()) },
	})
}

// counting makes the rooms that judge and count. One reading of the log serves all of them.
func (h *House) counting(s stores, o Options) {
	h.Reports = report.NewService(report.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Tickets: h.Tickets, Clocks: h.Clocks, Promises: h.Promises,
		Beside: func(ctx context.Context, told []report.Told, runs []report.Outcome) func(context.Context, *db.Tx) error {
			return h.Scores.Follow(ctx, told, runs)
		},
	})
	h.Scores = score.NewService(score.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Reports: h.Reports, Norm: h.Norm,
		Jobs: h.Jobs, Catalog: h.Catalog, Knowledge: h.Knowledge, Problems: h.Problems, Notices: h.Notices, Zone: h.zone,
	})
	h.Rehearsals = rehearsal.NewService(rehearsal.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, Clocks: h.Clocks, Norm: h.Norm, Reports: h.Reports, Scores: h.Scores, Elapsed: h.Elapsed,
	})
}

// triage makes the rooms that say where a new ticket goes.
func (h *House) triage(s stores, o Options) {
	h.Routing = routing.NewService(routing.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Catalog: h.Catalog, Rotas: h.Rotas, Tickets: h.Tickets,
	})
	h.Suggest = suggest.NewService(suggest.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, Log: o.Log, People: h.People, Catalog: h.Catalog, Settings: h.Settings, Tickets: h.Tickets,
		Hint: func(tx *db.Tx, which ticket.ID) { h.Hub.Publish(tx, live.Ticket(which)) },
	})
}

// knowledge makes the room of articles.
func (h *House) knowledge(s stores, o Options) {
	h.Knowledge = knowledge.NewService(knowledge.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, Blobs: s.Blobs, People: h.People, Catalog: h.Catalog, Tickets: h.Tickets,
		Hint: func(tx *db.Tx, who person.ID) { h.Hub.Publish(tx, live.Person(who)) },
	})
}
