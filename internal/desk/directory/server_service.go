// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Secret is what somebody typed to sign in with. An empty one keeps what is stored.
type Secret string

// LogValue keeps it out of every log.
func (Secret) LogValue() slog.Value { return slog.StringValue("…") }

// String is LogValue for careless prints.
func (Secret) String() string { return "…" }

// GoString likewise.
func (Secret) GoString() string { return "…" }

// sealedFor is the purpose under which the password of a server is sealed.
const sealedFor = "directory.server.password"

// maxSecret bounds a password.
const maxSecret = 1000

func (s *Service) server(ctx context.Context) (Server, int64, error) {
	return setting.Load(ctx, s.Settings, ServerName, StartServer())
}

// Server returns the setting for an administrator's form, and its version. The password is sealed
// and stays so.
func (s *Service) Server(ctx context.Context, by access.Actor) (Server, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Server{}, 0, err
	}
	return s.server(ctx)
}

// SaveServer checks and stores the setting; version is what the editor saw. An empty password
// keeps the stored one, but only towards the same server and entry: whoever may change these must
// not have a secret sent there that they do not know.
func (s *Service) SaveServer(ctx context.Context, by access.Actor, c Server, typed Secret, version int64) (Server, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return c, err
	}
	was, _, err := s.server(ctx)
	if err != nil {
		return c, err
	}
	if c, err = s.sealed(c, was, typed); err != nil {
		return c, err
	}
	if err := s.checked(c); err != nil {
		return c, err
	}
	if err := setting.Save(ctx, s.Settings, by, ServerName, c, version); err != nil {
		return c, err
	}
	if !c.On {
		return c, nil
	}
	return c, s.DB.Write(ctx, s.ensureTick)
}

// sealed is the setting as typed, with the password that belongs to it.
func (s *Service) sealed(c, was Server, typed Secret) (Server, error) {
	c = c.tidy()
	c.SealedPassword = ""
	switch {
	case len(typed) > maxSecret:
		return c, errs.Field("password", "directory.line_long")
	case c.User == "":
	case typed != "":
		sealed, err := s.Keys.Seal(sealedFor, []byte(typed))
		if err != nil {
			return c, err
		}
		c.SealedPassword = sealed
	case c.Host == was.Host && c.Port == was.Port && c.Security == was.Security && c.User == was.User && c.Trust == was.Trust:
		c.SealedPassword = was.SealedPassword
	}
	return c, nil
}

// checked looks at what only the client can judge, besides what the setting can.
func (s *Service) checked(c Server) error {
	err := c.Check()
	if err != nil || s.Client == nil || !c.Stated() {
		return err
	}
	if s.Client.CheckFilter(c.Filter) != nil {
		return errs.Field("filter", "directory.filter_shape")
	}
	if s.Client.CheckTrust(c) != nil {
		return errs.Field("trust", "directory.trust_shape")
	}
	return nil
}

// open gives the setting its secret.
func (s *Service) open(c Server) (Opened, error) {
	o := Opened{Server: c}
	if s.Client == nil {
		return o, errs.New(errs.Unavailable, "directory.not_stated")
	}
	if c.User == "" {
		return o, nil
	}
	b, err := s.Keys.Open(sealedFor, c.SealedPassword)
	if err != nil {
		return o, &ServerError{Key: "directory.server_sealed", Cause: err}
	}
	o.Password = string(b)
	return o, nil
}

// longestLook is how long somebody waits for a page that asks the server.
const longestLook = 45 * time.Second

// Seen is what a try of the connection came to.
type Seen struct {
	Vendor string
	Count  int64    // entries on the first page
	More   bool     // there may be more
	First  []Change // the first of them, as they would be taken
}

// seenFirst is how many people a try shows.
const seenFirst = 5

// Try connects, signs in and looks at the first people, with what was typed and without keeping
// any of it. Invalid with fields, or a *ServerError.
func (s *Service) Try(ctx context.Context, by access.Actor, c Server, typed Secret) (Seen, error) {
	o, err := s.typed(ctx, by, c, typed)
	if err != nil {
		return Seen{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	conn, err := s.Client.Open(ctx, o)
	if err != nil {
		return Seen{}, err
	}
	defer func() { _ = conn.Close() }()
	root, err := conn.Root()
	if err != nil {
		return Seen{}, err
	}
	var list []Record
	names, named := o.Map.attributes()
	if err := conn.Search(Query{Base: o.Base, Filter: o.Filter, Attributes: names, Named: named, Page: o.PageSize, First: true}, func(page []Record) error {
		list = page
		return nil
	}); err != nil {
		return Seen{}, err
	}
	if _, err := members(conn, o.Server); err != nil {
		return Seen{}, err
	}
	seen := Seen{Vendor: root.Vendor, Count: int64(len(list)), More: int64(len(list)) >= o.PageSize}
	d, err := s.planned(ctx, o.Server, reading{records: list[:min(len(list), seenFirst)]}, 0)
	seen.First = d.Changes
	return seen, err
}

// typed is a setting as typed with its secret, after the same checks as before it is saved.
func (s *Service) typed(ctx context.Context, by access.Actor, c Server, typed Secret) (Opened, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Opened{}, err
	}
	was, _, err := s.server(ctx)
	if err != nil {
		return Opened{}, err
	}
	if c, err = s.sealed(c, was, typed); err != nil {
		return Opened{}, err
	}
	if !c.Stated() {
		return Opened{}, errs.Field("host", "directory.host_shape")
	}
	if err := s.checked(c); err != nil {
		return Opened{}, err
	}
	return s.open(c)
}

// Drawn is what a run would do now.
type Drawn struct {
	Changes []Change
	Tally   Tally
	Entries int64
	Kept    int64 // people of whom something stands that was written by hand
}

// Draw reads everything with what was typed and plans it, changing nothing.
func (s *Service) Draw(ctx context.Context, by access.Actor, c Server, typed Secret) (Drawn, error) {
	o, err := s.typed(ctx, by, c, typed)
	if err != nil {
		return Drawn{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	got, err := s.readOpened(ctx, o, cursor{}, true)
	if err != nil {
		return Drawn{}, err
	}
	d, err := s.planned(ctx, o.Server, got, 0)
	if err != nil {
		return Drawn{}, err
	}
	out := Drawn{Changes: d.Changes, Tally: Count(d.Changes), Entries: int64(len(got.records))}
	for _, c := range d.Changes {
		if len(c.Kept) > 0 {
			out.Kept++
		}
	}
	return out, nil
}

// Trouble is what an administrator must know of the server: the last run where it failed, and the
// one that asks. Empty where all is well.
func (s *Service) Trouble(ctx context.Context, by access.Actor) ([]Run, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	conf, _, err := s.server(ctx)
	if err != nil || !conf.On {
		return nil, err
	}
	list, err := inState(ctx, s.DB, Asks)
	if err != nil {
		return nil, err
	}
	last, err := lastOf(ctx, s.DB, LDAP)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return nil, err
	}
	if last.State == Failed {
		list = append(list, last)
	}
	return slices.Clip(list), nil
}

// Standing is how the synchronisation stands, for its page.
type Standing struct {
	Last      Run // ID 0 where there was none
	WholeAt   time.Time
	Next      time.Time // zero where it is off
	Conflicts int64
}

// Standing says how the synchronisation stands.
func (s *Service) Standing(ctx context.Context, by access.Actor) (out Standing, err error) {
	conf, _, err := s.Server(ctx, by)
	if err != nil {
		return out, err
	}
	if out.Last, err = lastOf(ctx, s.DB, LDAP); err != nil && errs.KindOf(err) != errs.NotFound {
		return out, err
	}
	at, err := getCursor(ctx, s.DB)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return out, err
	}
	out.WholeAt = at.FullAt
	if conf.On {
		if out.Next = s.Clock.Now(); out.Last.ID != 0 {
			out.Next = out.Last.Started.Add(time.Duration(conf.Minutes) * time.Minute)
		}
	}
	out.Conflicts, err = countConflicts(ctx, s.DB)
	return out, err
}

// Ensure queues what must be looked at when the house starts, and again where that died.
func (s *Service) Ensure(ctx context.Context) error {
	conf, _, err := s.server(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if conf.On {
			if err := s.ensureTick(ctx, tx); err != nil {
				return err
			}
		}
		return s.ensureKeys(ctx, tx)
	})
}
