// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	problems "github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// Prefix stands before every address of this door.
const Prefix = "/api/v1"

// Parts are what the door is made of.
type Parts struct {
	Tickets     *ticket.Service
	People      *person.Service
	Catalog     *catalog.Desk
	Settings    *setting.Service
	Sessions    *session.Service
	Clocks      *sla.Service
	Norm        *norm.Service
	Escalations *escalation.Service
	Remote      *remote.Service
	Rotas       *rota.Service
	Majors      *major.Service
	Problems    *problems.Service
	Promises    *promise.Service
	Pull        *pull.Service
	Reports     *report.Service
	Scores      *score.Service
	Rehearsals  *rehearsal.Service
	Search      *search.Service
	Suggest     *suggest.Service
	Words       *wordbook.Service // nil remarks on nothing
	Views       *queue.Desk
	Clock       clock.Clock
	Log         *slog.Logger // nil for silence

	Announcements *announcement.Service
	Approvals     *approval.Service
	Runbooks      *runbook.Service
	Devices       *device.Service
	Visits        *visit.Service
	Inbox         *inbox.Service
	Knowledge     *knowledge.Service

	// Address returns the network address of the caller, without port, with the proxies that
	// are trusted taken off. nil takes the peer of the connection (A84).
	Address func(*http.Request) string
	// PerMinute is how many requests a person's tokens may make in a minute on this node; 0 for
	// no limit (A28).
	PerMinute int
}

// Route is one row of the authorization matrix: what can be asked for, and the action that
// access is asked about. An empty Action means that anybody may.
type Route struct {
	Method  string
	Pattern string
	Action  access.Action
}

// API is the door. It is an http.Handler for everything below Prefix.
type API struct {
	Parts
	mux     *http.ServeMux
	huma    huma.API
	routes  []Route
	limiter limiter
}

// New makes the door with all its operations.
func New(p Parts) *API {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{Parts: p, mux: http.NewServeMux()}
	if p.Clock != nil {
		a.limiter = newLimiter(p.Clock, p.PerMinute)
	}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, a.config())
	a.huma.UseMiddleware(a.admit)
	a.ticketOperations()
	a.searchOperations()
	a.suggestOperations()
	a.articleOperations()
	a.viewOperations()
	a.inboxOperations()
	a.commandOperations()
	a.messageOperations()
	a.judgementOperations()
	a.timekeepingOperations()
	a.announcementOperations()
	a.remoteOperations()
	a.promiseOperations()
	a.problemOperations()
	a.runbookOperations()
	a.approvalOperations()
	a.nextOperations()
	a.reportOperations()
	a.scoreOperations()
	a.normOperations()
	a.fileOperations()
	a.peopleOperations()
	a.catalogOperations()
	a.deviceOperations()
	a.visitOperations()
	a.document()
	return a
}

// config is huma's, without the pages that load scripts from elsewhere, the $schema links
// that carry the caller's idea of our name, and its English problems.
func (a *API) config() huma.Config {
	format := huma.Format{Marshal: write, Unmarshal: json.Unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Loopdesk",
				Version:     "1",
				Description: description,
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
					return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "JSON")
				}),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "A token that a person made for themselves; it reaches what the person reaches."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.translate},
	}
}

// Mount puts the door into a mux.
func (a *API) Mount(mux *http.ServeMux) { mux.Handle(Prefix+"/", a) }

// Handler returns the door for everything below Prefix.
func (a *API) Handler() http.Handler { return a }

// Routes returns every operation, for the authorization matrix (A69).
func (a *API) Routes() []Route { return slices.Clone(a.routes) }

// operation says what an operation is, apart from its types.
type operation struct {
	method  string
	path    string
	id      string
	tag     string
	summary string
	about   string        // more than the summary, where it needs more
	action  access.Action // what access is asked about before anything else
	status  int           // of success, where it is not 200
	carries bool          // a file, in or out, for which the server's deadlines are too short
}

// register adds an operation. What do returns as an error becomes a problem in the reader's language.
func register[I, O any](a *API, op operation, do func(context.Context, reader, *I) (*O, error)) {
	a.routes = append(a.routes, Route{Method: op.method, Pattern: Prefix + op.path, Action: op.action})
	registry := a.huma.OpenAPI().Components.Schemas
	h := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag},
		Summary: op.summary, Description: op.about, DefaultStatus: op.status,
		Security: []map[string][]string{{"token": {}}},
		Metadata: map[string]any{actionKey: op.action, carriesKey: op.carries},
		// The body is read and bounded before huma sees it.
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: -1,
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem, in the reader's language.",
			Content: map[string]*huma.MediaType{
				"application/problem+json": {Schema: registry.Schema(reflect.TypeFor[problem](), true, "Problem")},
			},
		}},
	}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		r := readerOf(ctx)
		out, err := do(ctx, r, in)
		if err != nil {
			return nil, a.problem(ctx, r, err)
		}
		return out, nil
	})
	// Huma describes its own errors, which nobody ever gets from this door.
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
}

// Where an operation keeps what admit has to know of it.
const (
	actionKey  = "action"
	carriesKey = "carries"
)

// Document returns docs/openapi.json. It needs no running desk.
func Document() ([]byte, error) { return New(Parts{}).Document() }

// Document returns the description of the door, OpenAPI 3.1, indented.
func (a *API) Document() ([]byte, error) {
	raw, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// document serves the description to anybody: it is the same in every desk and says nothing of this
// one. It is written when somebody asks for it first: a start of the desk need not wait for that.
func (a *API) document() {
	const path = "/openapi.json"
	written := sync.OnceValue(func() []byte {
		body, err := a.Document()
		if err != nil {
			panic(err) // the operations are constants: it fails in the first test or never
		}
		return body
	})
	a.routes = append(a.routes, Route{Method: http.MethodGet, Pattern: Prefix + path})
	a.mux.HandleFunc("GET "+Prefix+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(written())
	})
}

const description = `The door for programs of Loopdesk, a self-hosted service desk whose support standard is executable.

Every request carries a bearer token and acts with the rights of the person who made it. Times are RFC 3339 in UTC. Tickets go by their number (1042 or LD-1042), people, groups, categories and services by their id. Lists come in pages: pass next_cursor as cursor.

What a person does is counted together with what they do on the pages: 200 files, and of a requester 30 tickets and 60 messages or answers, in a quarter of an hour. What is beyond is 429 with Retry-After; a dry run counts for nothing.

A refusal is a problem (RFC 9457) in the language of Accept-Language or, without one, of the person: "key" says which one it is and never changes, "gaps" lists what the support standard still asks for, "errors" the fields to mend.`
