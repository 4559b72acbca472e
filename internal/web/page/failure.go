// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// keyMethod marks the one failure whose status is not told by its kind.
const keyMethod = "page.method"

// gone is the status in the log of a request whose reader left before the answer.
const gone = 499

// Gap is one missing thing in the reader's language.
type Gap struct {
	errs.Gap
	Text string // what is missing
}

// Problem is a failure as its reader sees it.
type Problem struct {
	Status   int
	Kind     errs.Kind
	Title    string
	Text     string
	Incident string   // for Internal: the number under which the log knows it
	Fields   []string // sentences about fields, where no form is there to hold them
	Gaps     []Gap
	Ways     []ui.Link // on from here: nothing is a dead end
	Typed    []string  // what was written in the form that came, so that nothing is lost
}

// StatusOf is the one mapping from kinds of failure to statuses.
func StatusOf(err error) int {
	e := errs.As(err)
	if e == nil {
		return http.StatusInternalServerError
	}
	if e.Key == keyMethod {
		return http.StatusMethodNotAllowed
	}
	switch e.Kind {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Denied:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict, errs.Missing:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Limited:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.Internal:
	}
	return http.StatusInternalServerError
}

// Problem turns an error into what its reader may see, and logs what only the log may read,
// once, under an incident number (A88). Never the text of the error itself.
func (c *Ctx) Problem(err error) Problem {
	p := Problem{Status: StatusOf(err), Kind: errs.KindOf(err), Typed: c.typed}
	p.Title = c.T("errs.title_" + p.Kind.String())
	p.Text = c.T("errs." + p.Kind.String())
	e := errs.As(err)
	if p.Kind == errs.Internal {
		p.Incident = id.Token()[:10]
		p.Text = c.T("errs.internal", "Incident", p.Incident)
		c.log(slog.LevelError, "request failed", "incident", p.Incident, "error", err)
		return p
	}
	if e.Cause != nil {
		c.log(slog.LevelWarn, "request refused", "error", err)
	}
	if i18n.Has(c.Lang, e.Key) {
		p.Text = c.T(e.Key, e.Args...)
	}
	if p.Kind == errs.Unauthenticated && c.Fragment() {
		p.Text = c.T("page.sign_in_beside")
	}
	if e.Key == keyMethod && c.reads() { // gone back to, or reloaded: nothing was typed that needs a change
		p.Title, p.Text = c.T("page.method_title"), c.T("page.method_read")
	}
	for _, f := range e.Fields {
		if text := c.T(f.Key, f.Args...); text != p.Text {
			p.Fields = append(p.Fields, text)
		}
	}
	for _, g := range e.Gaps {
		p.Gaps = append(p.Gaps, Gap{Gap: g, Text: i18n.Gap(c.Lang, g)})
	}
	return p
}

// fail answers a request whose handler returned an error: the only place that does.
func (h *house) fail(c *Ctx, err error) {
	if c.Context().Err() != nil && errors.Is(err, context.Canceled) {
		c.record().status = gone
		return
	}
	if c.wrote() {
		c.Problem(err)
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	c.Header().Set("Cache-Control", "no-store")
	if errs.KindOf(err) == errs.Unauthenticated && !c.Fragment() && !c.wantsJSON() && c.reads() {
		_ = c.Redirect(SignInPath(c.here()))
		return
	}
	if e := errs.As(err); e != nil && (e.Kind == errs.Unauthenticated || e.Key == "session.link_gone") {
		c.keepTyped()
	}
	p := c.Problem(err)
	p.Ways = c.ways(p)
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		c.Header().Set("Retry-After", "60")
	}
	if err := h.showProblem(c, p); err != nil {
		c.log(slog.LevelError, "problem not shown", "error", err)
		_ = c.Text(p.Status, p.Title+"\n\n"+p.Text+"\n")
	}
}

func (h *house) showProblem(c *Ctx, p Problem) error {
	switch {
	case c.wantsJSON():
		return c.JSON(p.Status, map[string]any{"status": p.Status, "title": p.Title, "detail": p.Text, "incident": p.Incident})
	case c.Fragment():
		// The page stays as it is, with all that was typed; the card goes into the region
		// that every document keeps for it.
		c.Header().Set("HX-Retarget", "#problem")
		c.Header().Set("HX-Reswap", "innerHTML")
		return c.Render(p.Status, ui.ProblemCard(c.Lang, p.view()))
	}
	return h.renderProblem(c, p)
}

// view is the problem as the components want it.
func (p Problem) view() ui.Failure {
	return ui.Failure{Status: p.Status, Title: p.Title, Text: p.Text, Incident: p.Incident, Lines: p.lines(), Typed: p.Typed, Ways: p.Ways}
}

// lines says what exactly: fields first, then what gates found missing with their clauses.
func (p Problem) lines() []string {
	out := slices.Clone(p.Fields)
	for _, g := range p.Gaps {
		out = append(out, strings.TrimSpace(g.Text+" "+g.Clause))
	}
	return out
}

// rescue turns a panic into a failure with an incident number.
func (h *house) rescue(c *Ctx) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
		panic(p)
	}
	h.fail(c, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

// ways offers what makes sense after a failure.
func (c *Ctx) ways(p Problem) []ui.Link {
	var out []ui.Link
	if p.Kind == errs.Unauthenticated && c.Fragment() { // every way that leaves the page would lose what was typed
		return append(out, ui.Link{Label: c.T("page.way_sign_in_beside"), Href: SignInPath(c.onward()), Beside: true})
	}
	lost := p.Status == http.StatusMethodNotAllowed && c.reads()
	if back := c.back(); back != "" && (c.Request.Method != http.MethodGet || lost) {
		out = append(out, ui.Link{Label: c.T("page.way_back"), Href: back, Icon: "arrow-left"})
	}
	if lost {
		if up := c.house.above(c); up != "" && up != "/work" { // the queue comes below
			out = append(out, ui.Link{Label: c.T("page.way_up"), Href: up})
		}
	}
	if p.Kind == errs.Unauthenticated {
		out = append(out, ui.Link{Label: c.T("page.way_sign_in"), Href: SignInPath(c.onward())})
	}
	if c.Code != "" {
		return append(out, ui.Link{Label: c.T("page.way_request"), Href: "/t/" + c.Code})
	}
	if c.Actor.Kind == access.Person && c.Person.Role.Staff() && c.Route.Face != Portal {
		return append(out, ui.Link{Label: c.T("page.way_queue"), Href: "/work"})
	}
	return append(out, ui.Link{Label: c.T("page.way_home"), Href: "/"})
}

// back is the page of ours on which the form stood, "" where it is not known.
func (c *Ctx) back() string {
	for _, header := range []string{"HX-Current-URL", "Referer"} {
		u, err := url.Parse(c.Request.Header.Get(header))
		if err == nil && u.Host != "" && u.Host == c.Request.Host {
			if p := LocalPath(u.RequestURI(), ""); p != "" && p != c.Request.URL.RequestURI() {
				return p
			}
		}
	}
	return ""
}

// onward is the page to come to after signing in: where the form stood, which may be the address that
// it was sent to, or else the page over an address that takes only commands.
func (c *Ctx) onward() string {
	if back := c.back(); back != "" {
		return back
	}
	if _, ok := c.house.page(c.Request, c.Request.URL.Path); ok {
		return c.here()
	}
	return c.house.above(c)
}

// Back is the page of our own that the reader came from, fallback where the browser does not say.
func (c *Ctx) Back(fallback string) string { return LocalPath(c.back(), fallback) }

// here is the address that was asked for, to come back to after signing in.
func (c *Ctx) here() string { return LocalPath(c.Request.URL.RequestURI(), "/") }

// SignInPath is the address of the sign-in page that leads on to next.
func SignInPath(next string) string {
	if next = LocalPath(next, "/"); next == "/" || strings.HasPrefix(next, "/signin") {
		return "/signin"
	}
	return "/signin?next=" + url.QueryEscape(next)
}

// reads reports whether the request only looks.
func (c *Ctx) reads() bool {
	return c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
}

func (c *Ctx) wantsJSON() bool {
	a := c.Request.Header.Get("Accept")
	return strings.Contains(a, "application/json") && !strings.Contains(a, "text/html")
}

func (c *Ctx) log(level slog.Level, msg string, args ...any) {
	c.Kit.Log.Log(c.Context(), level, msg, append( //nolint:sloglint // the two callers pass constants
		args, "method", c.Request.Method, "route", c.Route.Pattern, "person", c.Actor.ID)...)
}
