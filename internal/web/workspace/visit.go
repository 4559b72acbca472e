// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const visitsPath = "/work/visits"

// mountVisit adds the engineer's day and the page of one visit (N27).
func (f *Faces) mountVisit(r *page.Router) {
	r.Get(visitsPath, access.VisitRead, f.visitDay)
	r.Post(visitsPath+"/feed", access.VisitWork, f.makeVisitFeed)
	r.Post(visitsPath+"/feed/{feed}/revoke", access.VisitWork, f.revokeVisitFeed)
	r.Get("/visits/{secret}", page.Public, f.readVisitFeed)
	r.Get(visitsPath+"/{id}", access.VisitRead, f.visitPage)
	r.Post(visitsPath+"/{id}/{act}", access.VisitWork, f.actOnVisit)
}

// KeepHeader marks a page that the app may keep in the browser, to be opened where there is no
// network; it says for how many seconds (see docs/security.md).
const (
	KeepHeader = "Loopdesk-Keep"
	keepFor    = 24 * time.Hour
)

// keep marks the page as one that is kept.
func keep(c *page.Ctx) {
	c.Header().Set(KeepHeader, strconv.Itoa(int(keepFor/time.Second)))
}

// visitLineOf is a visit with the ticket that it is for.
type visitLineOf struct {
	visit.Visit
	On        ticket.Ticket
	Requester person.Person
}

func (f *Faces) visitLineOf(c *page.Ctx, v visit.Visit) (visitLineOf, error) {
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: v.Ticket})
	return visitLineOf{v, t, f.People.Card(c.Context(), t.Requester)}, err
}

// dayView is somebody's day.
type dayView struct {
	Day    time.Time
	Lines  []visitLineOf
	Feeds  []visit.Feed
	Secret string // address of a feed that was just made
}

func (f *Faces) visitDay(c *page.Ctx) error { return f.showDay(c, "") }

func (f *Faces) showDay(c *page.Ctx, secret string) error {
	now := c.Now.In(c.Zone)
	v := dayView{Day: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.Zone), Secret: secret}
	if d, err := time.ParseInLocation(time.DateOnly, c.Query("day"), c.Zone); err == nil && d.Sub(now).Abs() < 400*24*time.Hour {
		v.Day = d
	}
	list, err := f.Visits.Day(c.Context(), c.Actor, person.ID(c.Actor.ID), v.Day, v.Day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	for _, x := range list {
		l, err := f.visitLineOf(c, x)
		if err != nil {
			return err
		}
		v.Lines = append(v.Lines, l)
	}
	if v.Feeds, err = f.Visits.Feeds(c.Context(), c.Actor); err != nil {
		return err
	}
	if secret == "" {
		keep(c)
	}
	return f.frameOf(c, http.StatusOK, "workvisit.mine", visitsPath, func(fr page.Frame) templ.Component { return visitDayPage(c, fr, v) })
}

// visitView is one visit as its page shows it.
type visitView struct {
	visitLineOf
	Engineer person.Person
	Deeds    []visit.Deed
	Label    string // that was scanned, to be said with the arrival
	Mine     bool
	Act      visit.Act // whose form was refused
	Form     *page.Form
	Staff    []ui.Option
}

func (f *Faces) visitOf(c *page.Ctx) (visit.Visit, error) {
	n, err := c.PathInt("id")
	if err != nil {
		return visit.Visit{}, err
	}
	return f.Visits.Get(c.Context(), c.Actor, visit.ID(n))
}

func (f *Faces) visitPage(c *page.Ctx) error {
	v, err := f.visitOf(c)
	if err != nil {
		return err
	}
	return f.showVisit(c, http.StatusOK, v, "", nil)
}

func (f *Faces) showVisit(c *page.Ctx, status int, x visit.Visit, act visit.Act, form *page.Form) error {
	l, err := f.visitLineOf(c, x)
	if err != nil {
		return err
	}
	v := visitView{visitLineOf: l, Engineer: f.People.Card(c.Context(), x.Engineer), Mine: int64(x.Engineer) == c.Actor.ID, Act: act, Form: form}
	if label := c.Query("label"); id.IsToken(label) {
		v.Label = label
	}
	if v.Deeds, err = f.Visits.Deeds(c.Context(), c.Actor, x); err != nil {
		return err
	}
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return err
	}
	for _, p := range staff {
		v.Staff = append(v.Staff, ui.Option{Value: key(int64(p.ID)), Label: p.Name})
	}
	if v.Mine && form == nil {
		keep(c)
	}
	fr := c.Frame(v.On.Ref() + " " + c.T("workvisit.one"))
	fr.Path = visitsPath
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, oneVisitPage(c, fr, v)))
}

// visitActFields are what the forms of the page of a visit carry, whichever it is.
func visitActFields() []string {
	return append(proposalFields(), "key", "did", "label", "work", "parts", "name", "how", "drawn", page.FileField)
}

// actOnVisit does one act: as a form of the page sends it, or as the browser's queue does later. The
// same key is the same act, however often it comes.
func (f *Faces) actOnVisit(c *page.Ctx) error {
	act := visit.Act(c.Path("act"))
	if !slices.Contains(visit.Acts(), act) || act.Requester() {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	v, err := f.visitOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, visitActFields()...)
	if err != nil {
		return err
	}
	w, err := f.wishOf(c, act, form)
	after := v
	if err == nil {
		after, err = f.Visits.Do(c.Context(), c.Actor, v.ID, w)
	}
	if err != nil {
		return f.actRefused(c, v, act, form, err)
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, map[string]string{"state": string(after.State)})
	}
	c.Say("workvisit.done_" + string(act))
	return c.Redirect(visitsPath + "/" + key(int64(v.ID)))
}

// wantsJSON reports whether the queue of the browser asks, rather than a form.
func wantsJSON(c *page.Ctx) bool {
	return strings.Contains(c.Request.Header.Get("Accept"), "application/json")
}

func (f *Faces) wishOf(c *page.Ctx, act visit.Act, form *page.Form) (visit.Wish, error) {
	w, err := visit.Wish{}, error(nil)
	if act == visit.Propose || act == visit.Fix {
		w, err = readProposal(c, form)
	}
	w.Act, w.Key = act, form.Text("key")
	w.Label, w.Why, w.Work, w.Parts, w.Name, w.How = form.Text("label"), form.Text("why"), form.Get("work"), form.Get("parts"), form.Text("name"), form.Text("how")
	w.Files = form.Tokens()
	if act == visit.Assign {
		w.Engineer = person.ID(form.Int("engineer"))
	}
	if n := form.Int("did"); n > 0 {
		w.Did = time.UnixMilli(n)
	}
	if act == visit.Sign && w.How == "drawn" && err == nil {
		w.Drawn, err = f.stageDrawing(c, form.Get("drawn"))
	}
	return w, proposalError(err)
}

// maxDrawing bounds a drawn signature in bytes, and its sides in points.
const (
	maxDrawing = 256 << 10
	maxSide    = 2400
)

// stageDrawing keeps the picture of a signature as a file, to be bound to the ticket with the act.
// What is no picture of the size of a signature is refused.
func (f *Faces) stageDrawing(c *page.Ctx, text string) (string, error) {
	raw, found := strings.CutPrefix(text, "data:image/png;base64,")
	if !found {
		return "", nil // the rule says what is missing
	}
	data, err := base64.StdEncoding.DecodeString(raw)
	if err != nil || len(data) > maxDrawing {
		return "", errs.Field("drawn", "workvisit.drawing_bad")
	}
	shape, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || shape.Width > maxSide || shape.Height > maxSide {
		return "", errs.Field("drawn", "workvisit.drawing_bad")
	}
	a, err := f.Tickets.Stage(c.Context(), c.Actor, ticket.File{Name: "signature.png", Data: bytes.NewReader(data)})
	return a.Token, err
}

// actRefused answers an act that was not done: to the queue with the reason, else with the page as
// it was typed.
func (f *Faces) actRefused(c *page.Ctx, v visit.Visit, act visit.Act, form *page.Form, err error) error {
	err = proposalError(err)
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Unauthenticated:
		return err
	case errs.Invalid:
		if wantsJSON(c) {
			e := errs.As(err)
			text, field := c.T(e.Key, e.Args...), ""
			if len(e.Fields) > 0 {
				text, field = c.T(e.Fields[0].Key, e.Fields[0].Args...), e.Fields[0].Name
			}
			return c.JSON(http.StatusUnprocessableEntity, map[string]string{"detail": text, "field": field})
		}
	}
	if wantsJSON(c) {
		return err
	}
	status := c.MarkUp(form, err)
	now, read := f.Visits.Get(c.Context(), c.Actor, v.ID)
	if read != nil {
		return read
	}
	return f.showVisit(c, status, now, act, form)
}

// formOf is the form of an act: as it was typed where it was refused.
func (v visitView) formOf(c *page.Ctx, act visit.Act) *page.Form {
	if v.Act == act && v.Form != nil {
		return v.Form
	}
	return page.Filled("key", id.Token(), "work", v.Work, "parts", v.Parts, "how", "typed", "name", v.Requester.Name, "label", v.Label, "minutes", "60",
		"mode", "propose", "engineer", key(int64(v.Visit.Engineer)), "place", v.Place)
}

// may reports whether the act may come now, by whoever reads.
func (v visitView) may(act visit.Act) bool {
	return visit.May(act, v.State) && (!act.Late() || v.Mine)
}

// ahead reports whether an act of the engineer may still come, now or after others: its form stands
// there, so that it can be filled where there is no network.
func (v visitView) ahead(act visit.Act) bool {
	if !v.Mine {
		return false
	}
	switch act {
	case visit.Start:
		return v.State == visit.Agreed
	case visit.Arrive:
		return v.State == visit.Agreed || v.State == visit.Travelling
	case visit.Finish:
		return v.State.Ahead()
	case visit.Sign:
		return v.State.Ahead() || v.State == visit.Done
	default:
		return false
	}
}

func (f *Faces) makeVisitFeed(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	_, secret, err := f.Visits.MakeFeed(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return f.showDay(c, f.BaseURL+"/visits/"+secret)
}

func (f *Faces) revokeVisitFeed(c *page.Ctx) error {
	which, err := c.PathInt("feed")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Visits.RevokeFeed(c.Context(), c.Actor, which); err != nil {
		return err
	}
	c.Say("workrota.revoked")
	return c.Redirect(visitsPath)
}

// readVisitFeed answers a calendar program. It tells numbers, times and places to whoever holds the
// address, and changes nothing.
func (f *Faces) readVisitFeed(c *page.Ctx) error {
	text, err := f.Visits.ReadFeed(c.Context(), c.Path("secret"))
	if err != nil {
		return err
	}
	h := c.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	return c.Copy(bytes.NewReader(text), int64(len(text)))
}

// signedWords say who signed, how, and when.
func signedWords(c *page.Ctx, v visit.Visit) string {
	words := v.SignedBy
	if v.SignedHow == "none" {
		words = v.Why
	}
	return c.T("workvisit.signed_"+v.SignedHow, "Name", words) + " · " + c.Moment(v.SignedAt)
}
