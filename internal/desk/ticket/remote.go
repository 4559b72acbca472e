// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// What a ticket knows of remote help (N26): who asked for what, to what the requester agreed,
// who looked, what was kept, how it ended. desk/remote runs the sessions and decides what may
// happen in them; it writes these facts in the commit that holds the session's own row.

// CmdRemote is given by the room of remote help, in the name of whoever acts there.
const CmdRemote Name = "remote"

// The ways of remote help.
const (
	RemoteShare  = "share"  // the requester shows their screen in the browser; nobody else can act on it
	RemoteLaunch = "launch" // a tool for remote control, opened by a link
)

type (
	// NoteRemote records what happened in a session of remote help.
	NoteRemote struct{ Fact RemoteFact }

	// RemoteFact is one of the facts of this file.
	RemoteFact interface {
		Fact
		on(ID) RemoteFact
		action() access.Action
	}

	// RemoteAsked says that an agent asked the requester to show their screen.
	RemoteAsked struct {
		Of
		Session  int64
		Pictures bool // the agent would like to keep pictures of what they see
	}
	// RemoteAgreed is the requester's consent, with what exactly they agreed to.
	RemoteAgreed struct {
		Of
		Session  int64
		Text     int  // which version of the words they read
		Pictures bool // and that pictures may be kept
	}
	// RemoteStarted says that help at a distance began, by which tool and who helps.
	RemoteStarted struct {
		Of
		Session int64
		Way     string
		Tool    string `json:",omitempty"`
		With    string `json:",omitempty"` // the device, as the tool names it
		Viewer  person.ID
	}
	// RemotePictured says that a picture of the shared screen was kept, as an internal note.
	RemotePictured struct {
		Of
		Session int64
		Nth     int
	}
	// RemoteEnded says that it is over, why, and what came of it.
	RemoteEnded struct {
		Of
		Session  int64
		Way      string
		Tool     string `json:",omitempty"`
		Started  bool   // it had begun
		Reason   string
		Outcome  string `json:",omitempty"`
		Note     string `json:",omitempty"` // for staff
		Seconds  int64  `json:",omitempty"` // from its beginning to its end
		Pictures int    `json:",omitempty"` // how many were kept
	}
)

// Name is "remote".
func (NoteRemote) Name() Name { return CmdRemote }

func (c NoteRemote) decide(t Ticket, _ world) ([]Fact, error) {
	if c.Fact == nil {
		return nil, errs.New(errs.Invalid, "errs.invalid")
	}
	return []Fact{c.Fact.on(t.ID)}, nil
}

// Took is how long a session lasted; 0 where it never began.
func (f RemoteEnded) Took() time.Duration { return time.Duration(f.Seconds) * time.Second }

// The names under which they are stored.
func (RemoteAsked) EventName() string    { return "ticket.remote_asked" }
func (RemoteAgreed) EventName() string   { return "ticket.remote_agreed" }
func (RemoteStarted) EventName() string  { return "ticket.remote_started" }
func (RemotePictured) EventName() string { return "ticket.remote_pictured" }
func (RemoteEnded) EventName() string    { return "ticket.remote_ended" }

// They change nothing of a ticket: its life, its clocks and its gates go on as before.
func (RemoteAsked) apply(*Ticket, event.Meta)    {}
func (RemoteAgreed) apply(*Ticket, event.Meta)   {}
func (RemoteStarted) apply(*Ticket, event.Meta)  {}
func (RemotePictured) apply(*Ticket, event.Meta) {}
func (RemoteEnded) apply(*Ticket, event.Meta)    {}

func (f RemoteAsked) on(t ID) RemoteFact    { f.Of = Of{t}; return f }
func (f RemoteAgreed) on(t ID) RemoteFact   { f.Of = Of{t}; return f }
func (f RemoteStarted) on(t ID) RemoteFact  { f.Of = Of{t}; return f }
func (f RemotePictured) on(t ID) RemoteFact { f.Of = Of{t}; return f }
func (f RemoteEnded) on(t ID) RemoteFact    { f.Of = Of{t}; return f }

// What they ask of access. That a share began is told by the requester's browser, and either
// side ends one: to read the ticket is enough there, the room asks which side somebody is on.
func (RemoteAsked) action() access.Action    { return access.TicketWork }
func (RemoteAgreed) action() access.Action   { return access.TicketAnswer }
func (RemoteStarted) action() access.Action  { return access.TicketRead }
func (RemotePictured) action() access.Action { return access.TicketWork }
func (RemoteEnded) action() access.Action    { return access.TicketRead }

// Remote puts a fact into a command that was made ready before the fact could be known: the
// session's key is drawn in the same commit.
func (r Ready) Remote(f RemoteFact) Ready {
	r.cmd = NoteRemote{f}
	return r
}
