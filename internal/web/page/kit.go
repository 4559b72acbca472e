// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/upload"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Kit is what all pages share. The assembly fills it once; nothing changes it afterwards.
type Kit struct {
	Sessions *session.Service
	People   *person.Service
	Settings *setting.Service
	Links    *session.Links
	Tickets  *ticket.Service
	Uploads  *upload.Service // files from a phone; nil leaves that out
	Hub      *pubsub.Hub
	Keys     *secret.Keys // signs the short cookie that carries a toast over a redirect
	Clock    clock.Clock
	Log      *slog.Logger

	// Together makes what is read with the context it returns one reading, until end is called
	// (db.DB.Together). nil reads each by itself.
	Together func(context.Context) (within context.Context, end func())

	// Public is the address of the desk as people type it, without a slash at its end:
	// "https://desk.example.org". Links in mails are made from it and never from a request (S49).
	Public string
	// Secure says that people reach the desk by TLS: cookies are Secure and carry the
	// __Host- prefix, and HSTS is sent (A31, A32).
	Secure bool
	// Develop shows the gallery and nothing else; no check is weaker for it.
	Develop bool
	// Proxies are the networks whose X-Forwarded-For is believed (A43). None by default.
	Proxies []netip.Prefix
	// Forgot takes note that somebody wants to choose a new password. It only queues a job with
	// the address as typed: whether anybody has that address is found out there, so that the
	// answer and the time it takes tell nothing (S48). nil answers the same and sends nothing.
	Forgot func(ctx context.Context, email string) error
	// SignInLink takes note that somebody wants to sign in by a link, likewise; nil offers none.
	SignInLink func(ctx context.Context, email string) error
	// Quiet keeps when somebody wants no mail, for the page about oneself. nil leaves that out.
	Quiet Quiet
	// Inbox keeps how staff are told of what happens. nil leaves that out.
	Inbox *inbox.Service
	// Approvals keeps who stands in for somebody on leave. nil leaves that out.
	Approvals *approval.Service
	// Outside calls out for the remote pictures of a mail when a reader asks for them (S64). It
	// reaches public addresses only (kit/netguard). nil shows none.
	Outside *http.Client
	// Alarm returns what every page of staff must say while it is so; nil says nothing. It is
	// asked for each page and must be quick.
	Alarm func(c *Ctx) *ui.Alarm
	// Counts returns the figures beside the navigation for a signed-in person, by name; the
	// faces and the assembly agree on the names. nil means none.
	Counts func(ctx context.Context, c *Ctx) map[string]int
}

// Quiet keeps when people want no mail.
type Quiet interface {
	Reader(ctx context.Context, by access.Actor) (notify.Reader, error)
	SaveReader(ctx context.Context, by access.Actor, r notify.Reader) error
}
