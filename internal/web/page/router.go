// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzhttp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// What a route may name instead of an action of access.
const (
	Public     access.Action = "page.public"      // anybody
	SignedIn   access.Action = "page.signed_in"   // any person with an account
	LinkHolder access.Action = "page.link_holder" // whoever holds the signed link in {code}
)

// Face is the side of the desk that a page belongs to.
type Face string

// The faces. What is said through the portal is said as a requester, whoever says it.
const (
	House     Face = "house" // sign-in, profile, files: this room's own
	Portal    Face = "portal"
	Workspace Face = "workspace"
	Admin     Face = "admin"
	Foreign   Face = "foreign" // handlers of other doors: assets, API, health
)

// via is the door that the face is for access.
func (f Face) via() string {
	if f == Portal {
		return "portal"
	}
	return "web"
}

// Handler answers one request. It answers by Render, Redirect or Write of the Ctx, or
// returns an error and has written nothing.
type Handler func(c *Ctx) error

// Route is one row of the authorization matrix.
type Route struct {
	Method  string
	Pattern string
	Action  access.Action
	Face    Face
}

// Router holds the routes of all faces. The values that Face returns share one table.
type Router struct {
	*house
	face Face
}

// house is what all faces of a router share.
type house struct {
	kit     *Kit
	mux     *http.ServeMux
	routes  []Route
	cross   *http.CrossOriginProtection
	zip     func(http.Handler) http.HandlerFunc
	layouts map[Face]Layout
	buffers sync.Pool
	streams streams
	closing chan struct{}
	once    sync.Once

	showings chan struct{} // mails that are shown with their remote pictures at this moment
}

// NewRouter makes a router that knows this room's own routes: sign-in, profile, files,
// mail frames and live hints.
func NewRouter(k *Kit) *Router {
	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(1), gzhttp.ContentTypeFilter(zips))
	if err != nil {
		panic(fmt.Sprintf("page: gzip: %v", err)) // only constants go in
	}
	h := &house{
		kit: k, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(), zip: zip, layouts: map[Face]Layout{},
		closing: make(chan struct{}), showings: make(chan struct{}, shownAtOnce),
	}
	if k.Public != "" {
		if err := h.cross.AddTrustedOrigin(strings.TrimSuffix(k.Public, "/")); err != nil {
			panic(fmt.Sprintf("page: the public address: %v", err))
		}
	}
	r := &Router{house: h, face: House}
	h.mux.Handle("/", h.serve(Route{Pattern: "/", Action: Public, Face: House}, h.unknown, true))
	r.own()
	return r
}

// Face returns the router for the routes of one face.
func (r *Router) Face(f Face) *Router { return &Router{house: r.house, face: f} }

// Kit returns what the router was made with.
func (r *Router) Kit() *Kit { return r.kit }

// Get adds a page. HEAD comes with it.
func (r *Router) Get(pattern string, action access.Action, h Handler) {
	r.add(http.MethodGet, pattern, action, h, true)
}

// Post adds a command.
func (r *Router) Post(pattern string, action access.Action, h Handler) {
	r.add(http.MethodPost, pattern, action, h, true)
}

// Stream adds a GET whose answer is written as it comes and never compressed: files, exports, hints.
func (r *Router) Stream(pattern string, action access.Action, h Handler) {
	r.add(http.MethodGet, pattern, action, h, false)
}

// Foreign adds a handler of another door for every method. It gets the security headers,
// compression, the log and the last resort against panics, and asks for its own callers: no session is
// looked up and requests from other origins are not refused (the API knows only tokens).
func (r *Router) Foreign(pattern string, h http.Handler) {
	r.routes = append(r.routes, Route{Pattern: pattern, Action: Public, Face: Foreign})
	r.mux.Handle(pattern, name(pattern, inOne(r.zip(h))))
}

// zips reports whether a type of content is worth compressing; a stream of events never is.
func zips(kind string) bool {
	return gzhttp.DefaultContentTypeFilter(kind) && !strings.HasPrefix(kind, "text/event-stream")
}

// Routes returns every route, for the authorization matrix (A69).
func (r *Router) Routes() []Route { return slices.Clone(r.routes) }

// Close ends all streams, so that a server can shut down. It may be called twice.
func (r *Router) Close() { r.once.Do(func() { close(r.closing) }) }

func (r *Router) add(method, pattern string, action access.Action, h Handler, zip bool) {
	route := Route{Method: method, Pattern: pattern, Action: action, Face: r.face}
	if err := checkRoute(route); err != nil {
		panic(fmt.Sprintf("page: %s %s: %v", method, pattern, err))
	}
	r.routes = append(r.routes, route)
	r.mux.Handle(method+" "+pattern, r.serve(route, h, zip))
}

// checkRoute refuses a route that nobody could be judged by.
func checkRoute(route Route) error {
	switch route.Action {
	case Public, SignedIn:
		return nil
	case LinkHolder:
		if !strings.Contains(route.Pattern, "{code}") {
			return fmt.Errorf("a route for link holders needs {code}")
		}
		return nil
	}
	for _, role := range access.Roles() {
		if access.Can(access.Actor{ID: 1, Kind: access.Person, Role: role}, route.Action, access.Object{}) == nil {
			return nil
		}
	}
	return fmt.Errorf("no role may do %q", route.Action)
}

// serve wraps a handler: who is there, may they, answer or fail.
func (h *house) serve(route Route, handle Handler, zip bool) http.Handler {
	var inner http.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c := h.ctx(&tracker{ResponseWriter: w}, req, route)
		defer h.rescue(c)
		defer c.over()
		defer c.impatient()
		if err := h.answer(c, handle); err != nil {
			h.fail(c, err)
		}
	})
	if zip {
		inner = inOne(h.zip(inner))
	}
	return name(route.Pattern, inner)
}

func (h *house) answer(c *Ctx, handle Handler) error {
	if err := h.cross.Check(c.Request); err != nil {
		return errs.Wrap(err, errs.Denied, "page.cross_origin")
	}
	if err := c.identify(); err != nil {
		return err
	}
	if err := c.admit(); err != nil {
		return err
	}
	return handle(c)
}

// unknown answers what no route knows: 405 where the address is known for another method
// (A44), else 404.
func (h *house) unknown(c *Ctx) error {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		probe := c.Request.Clone(c.Request.Context())
		probe.Method = m
		if _, pattern := h.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
			if m == http.MethodGet {
				allowed = append(allowed, http.MethodHead)
			}
		}
	}
	if len(allowed) == 0 {
		return errs.New(errs.NotFound, "page.not_found")
	}
	c.w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}

// above is the nearest page over an address that takes only commands and that the reader may
// open, be it after signing in: of a ticket's commands the ticket. "" where there is none.
func (h *house) above(c *Ctx) string {
	path := c.Request.URL.Path
	for {
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
		if path == "" {
			return ""
		}
		route, ok := h.page(c.Request, path)
		if !ok {
			continue
		}
		may := (&Ctx{Route: route, Actor: c.Actor}).admit()
		if may == nil || c.Actor.Kind == access.Nobody && errs.KindOf(may) == errs.Unauthenticated {
			return LocalPath((&url.URL{Path: path, RawQuery: c.Request.URL.RawQuery}).RequestURI(), "")
		}
	}
}

// page finds what shows a page at a path, where something does.
func (h *house) page(req *http.Request, path string) (Route, bool) {
	probe := req.Clone(req.Context())
	probe.Method, probe.URL.Path, probe.URL.RawPath = http.MethodGet, path, ""
	_, pattern := h.mux.Handler(probe)
	i := slices.IndexFunc(h.routes, func(r Route) bool { return r.Method+" "+r.Pattern == pattern })
	if i < 0 {
		return Route{}, false
	}
	return h.routes[i], true
}
