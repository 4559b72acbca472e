// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Ctx is one request and who made it. It lives no longer than the request.
type Ctx struct {
	Request *http.Request
	Kit     *Kit
	Route   Route
	Actor   access.Actor    // Via is set by the face
	Person  person.Person   // who is signed in or holds the link; empty for nobody
	Session session.Session // empty for link holders and nobody
	Desk    setting.Desk
	Lang    i18n.Lang
	Zone    *time.Location // the person's, else the desk's
	Theme   Theme
	Now     time.Time // one instant for the whole page
	Code    string    // the tracking code, for link holders

	house *house
	mark  string // when, among the hints, the reading for this answer began
	w     http.ResponseWriter
	toast *Toast // to be shown with this answer
	typed []string
	apart func() // ends what Together began

	patient func() bool // ends the patience with a slow line
}

// ctx makes the context of a request before anybody is known, so that even the first
// failure can be told in a language that fits.
func (h *house) ctx(w http.ResponseWriter, req *http.Request, route Route) *Ctx {
	c := &Ctx{Request: req, Kit: h.kit, Route: route, house: h, w: w, Now: h.kit.Clock.Now(), mark: h.kit.Hub.Mark(), Desk: h.kit.Settings.Desk(req.Context())}
	c.Actor.Via = route.Face.via()
	c.Theme = c.themeCookie()
	c.speak()
	return c
}

// Context returns the context of the request.
func (c *Ctx) Context() context.Context { return c.Request.Context() }

// Together makes what is read from here on one reading, until the answer leaves: a page of many
// parts shows one moment. It is for handlers that wait for nothing but the database.
func (c *Ctx) Together() {
	if c.house.kit.Together == nil || c.apart != nil {
		return
	}
	ctx, end := c.house.kit.Together(c.Context())
	c.Request, c.apart = c.Request.WithContext(ctx), end
}

// over ends the reading that Together began, if there is one: what waits for a slow reader holds
// nothing.
func (c *Ctx) over() {
	if c.apart != nil {
		c.apart()
	}
}

// impatient ends what was granted to a slow line, if anything was: the connection serves on.
func (c *Ctx) impatient() {
	if c.patient != nil {
		c.patient()
	}
}

// identify finds out who is there: the holder of a tracking link, or whoever the session
// cookie belongs to. Nobody is no error; a link that is no good is.
func (c *Ctx) identify() error {
	if c.Route.Action == LinkHolder {
		return c.identifyLink()
	}
	secret := c.cookie(sessionCookie)
	if secret == "" {
		return nil
	}
	who, visit, err := c.Kit.Sessions.Who(c.Context(), secret)
	switch {
	case errs.KindOf(err) == errs.Unauthenticated:
		return nil
	case err != nil && c.Route.Action == Public:
		c.Kit.Log.WarnContext(c.Context(), "session not looked up", "error", err)
		return nil
	case err != nil:
		return err
	}
	c.Person, c.Session = who, visit
	c.record().person = int64(who.ID)
	c.Actor = access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: c.Route.Face.via()}
	c.speak()
	return nil
}

// identifyLink lets the holder of a signed link in; whoever is signed in besides counts no more.
func (c *Ctx) identifyLink() error {
	code := c.Request.PathValue("code")
	by, err := c.Kit.Links.ReadTrack(code)
	if err != nil {
		return err
	}
	who, err := c.Kit.People.Get(c.Context(), person.ID(by.ID)) // as stored: another node may have changed it just now (S45)
	if err == nil && !who.Active || err != nil && errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "session.link_gone")
	}
	if err != nil {
		return err
	}
	c.Person = who
	c.Actor, c.Code = by, code
	c.record().person = by.ID
	c.speak()
	return nil
}

// Limit counts an act of the reader before it is carried out, and refuses one too many.
func (c *Ctx) Limit(act session.Act) error { return c.Kit.Sessions.Count(c.Context(), c.Actor.ID, act) }

// admit asks access for the role; the room asks again for the thing itself.
func (c *Ctx) admit() error {
	switch c.Route.Action {
	case Public, LinkHolder:
		return nil
	case SignedIn:
		if c.Actor.Kind != access.Person {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		return nil
	}
	return access.Can(c.Actor, c.Route.Action, access.Object{})
}

// speak settles language and zone. A signed-in person's own choice stands first; the holder
// of a link may have chosen on this browser; then the browser speaks; then the desk.
func (c *Ctx) speak() {
	lang, ok := i18n.Lang(""), false
	if c.Actor.Kind == access.Person {
		lang, ok = i18n.Known(c.Person.Lang)
	}
	if !ok {
		lang, ok = i18n.Known(c.cookie(langCookie))
	}
	if !ok && c.Person.ID != 0 {
		lang, ok = i18n.Known(c.Person.Lang)
	}
	if header := c.Request.Header.Get("Accept-Language"); !ok && header != "" {
		lang, ok = i18n.Match(header), true
	}
	if !ok {
		lang, ok = i18n.Known(c.Desk.Lang)
	}
	if c.Lang = lang; !ok {
		c.Lang = i18n.ZH
	}
	c.Zone = clock.FirstZone(c.Person.Zone, c.Desk.Zone)
}

// Speak makes somebody the reader who came by a link that is not one of the router's: in their
// language, in their zone.
func (c *Ctx) Speak(to person.Person) {
	c.Person = to
	c.record().person = int64(to.ID)
	c.speak()
}

// T returns the message of key in the reader's language, with pairs of name and value.
func (c *Ctx) T(key string, args ...any) string { return i18n.T(c.Lang, key, args...) }

// Clock writes an instant for the reader: "10:30" today, "明天 09:00", then a date.
func (c *Ctx) Clock(t time.Time) string { return i18n.Clock(c.Lang, t, c.Now, c.Zone) }

// Moment writes an instant always with its day.
func (c *Ctx) Moment(t time.Time) string { return i18n.Moment(c.Lang, t, c.Now, c.Zone) }

// Stretch writes from when until when something holds, as far as that is known; nothing where neither is.
func (c *Ctx) Stretch(from, until time.Time) string {
	switch {
	case !from.IsZero() && !until.IsZero():
		return c.T("announcement.when", "From", c.Moment(from), "Until", c.Moment(until))
	case !from.IsZero():
		return c.T("announcement.since", "From", c.Moment(from))
	case !until.IsZero():
		return c.T("announcement.till", "Until", c.Moment(until))
	}
	return ""
}

// Left writes the time left until t, or by how much it is over.
func (c *Ctx) Left(t time.Time) string { return i18n.Left(c.Lang, t.Sub(c.Now)) }

// Path returns a part of the address by its name in the pattern.
func (c *Ctx) Path(name string) string { return c.Request.PathValue(name) }

// PathInt returns a part of the address as a positive number; NotFound where it is none (A18).
func (c *Ctx) PathInt(name string) (int64, error) {
	s := c.Request.PathValue(name)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || s != strconv.FormatInt(n, 10) {
		return 0, errs.New(errs.NotFound, "page.not_found")
	}
	return n, nil
}

// Number returns a part of the address as a ticket's number, written "1042" or "LD-1042";
// NotFound where it is none.
func (c *Ctx) Number(name string) (int64, error) {
	n := ticket.ParseRef(c.Request.PathValue(name))
	if n == 0 {
		return 0, errs.New(errs.NotFound, "ticket.not_found")
	}
	return n, nil
}

// Query returns a value of the query, "" where it is absent. Pages read it to narrow what
// they show; commands never do.
func (c *Ctx) Query(name string) string {
	return c.Request.URL.Query().Get(name)
}

// QueryInt returns a number of the query, 0 where it is absent or none.
func (c *Ctx) QueryInt(name string) int64 {
	n, err := strconv.ParseInt(c.Query(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
