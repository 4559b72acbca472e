// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// This file says who hears what, and which gates stand before which command. No other file
// does, and no room knows its listeners.

// gates are what the standard asks before a command.
func (h *House) gates() ticket.Gates {
	g := ticket.StandardGates()
	// A major incident ends, with its review, before its ticket does (N4).
	g[ticket.CmdClose] = append(g[ticket.CmdClose], func(t ticket.Ticket) []errs.Gap { return h.Majors.Gate(t) })
	// The first simple things of a category come before a hand-over and a visit (N25).
	g[ticket.CmdHandOver] = append(g[ticket.CmdHandOver], func(t ticket.Ticket) []errs.Gap { return h.Runbooks.Gate(t) })
	g[ticket.CmdVisit] = append(g[ticket.CmdVisit], func(t ticket.Ticket) []errs.Gap { return h.Runbooks.Gate(t) })
	g[ticket.CmdHold] = append(g[ticket.CmdHold], func(t ticket.Ticket) []errs.Gap { return h.Runbooks.VisitGate(t) })
	return norm.Strictly(g, h.Norm.Pack) // as strictly as the pack in force says
}

// wire connects the rooms. What must be true at once stands first and runs in the commit;
// what follows from it runs after it, as jobs that survive a crash.
func (h *House) wire() {
	event.Within(h.Bus, h.Clocks.Changed)                     // a new policy is in force as soon as it is saved
	event.Within(h.Bus, h.Norm.Changed)                       // so is a norm pack
	event.Within(h.Bus, h.Clocks.Moved)                       // rules hold for categories and what lies below them
	event.Within(h.Bus, h.Clocks.SolutionGiven)               // the wait for the user's word ends by a timed job (N35)
	event.Within(h.Bus, h.Clocks.Said)                        // and begins anew with the answer to what they wrote afterwards
	h.Promises.Listen()                                       // what a fact tells, keeps or breaks is promised with it (N20, N29, N30)
	event.Within(h.Bus, h.Sessions.PersonChanged)             // whoever lost rights loses their sessions (S45)
	event.Within(h.Bus, h.Escalations.Changed)                // steps count from when they are saved
	event.After(h.Bus, "major:pace", h.Majors.Changed)        // another cadence of incidents holds for those that stand
	event.Within(h.Bus, h.Majors.Merged)                      // a request that is merged takes its incident along (N4)
	event.Within(h.Bus, h.Problems.Merged)                    // and its problems (N38)
	event.After(h.Bus, "major:finish", h.Majors.Finish)       // a ticket that waited for the end of its incident alone closes (N36)
	event.WithinAny(h.Bus, h.incident)                        // a major incident is looked at at once (N4)
	event.WithinAny(h.Bus, h.Live.Heard)                      // open pages hear that they are stale
	event.Within(h.Bus, h.rings)                              // the pad comes up for whoever is called
	event.WithinAny(h.Bus, h.announce)                        // the boards of other nodes
	event.WithinAny(h.Bus, h.Search.Heard)                    // what was said can be found
	event.WithinAny(h.Bus, h.heard)                           // whom it concerns is told on their pages
	h.Routing.Listen()                                        // where a new ticket goes, and whether it stayed there (N8)
	event.Within(h.Bus, h.Knowledge.Confirmed)                // what was used on a ticket has solved it (N37)
	event.Within(h.Bus, h.Knowledge.Reopened)                 // and has not after all (N5)
	h.Suggest.Listen()                                        // what a new ticket probably is, and what people made of that (N14, N22)
	h.Devices.Listen()                                        // which tickets are about which devices (N8)
	h.Visits.Listen()                                         // nobody goes where a ticket has ended (N27)
	h.Approvals.Listen()                                      // what takes the ground from an approval: its ticket closes, an approver leaves (N31)
	event.After(h.Bus, "approval:deed_prepared", h.prepared)  // an approval is of what will be done, not of what was to be (N31)
	h.Runbooks.Listen()                                       // a ticket that comes back counts against the step that solved it (N5)
	event.Within(h.Bus, h.Runbooks.Moved)                     // first simple things hold for categories and what lies below them (N25)
	event.After(h.Bus, "remote:closed", h.Remote.TicketEnded) // no screen is seen on a closed ticket (N26)
	if h.quiet {
		return
	}
	// Number, link and expectation, a tenth of a second later and so with those of others (N19, N20).
	tell[ticket.Acknowledged](h, "acknowledged", job.Gather(100*time.Millisecond))
	tell[ticket.Said](h, "said")
	tell[ticket.Held](h, "held")                     // the three answers of an honest wait (N30)
	tell[ticket.ReadBackAsked](h, "read_back_asked") // the record, to be confirmed with one press (N18)
	tell[ticket.RemoteAsked](h, "remote_asked")      // what is asked, and the page that explains it (N26)
	tell[ticket.VendorSilent](h, "vendor_silent")
	tell[ticket.SolutionGiven](h, "resolved") // asks for the user's word (N33, N35)
	tell[ticket.UserRejected](h, "rejected")
	tell[ticket.Reminded](h, "reminded") // asks once more (N35)
	tell[ticket.TimeUp](h, "time_up")
	tell[ticket.Ended](h, "closed")
	tell[ticket.Reopened](h, "reopened")
	tell[ticket.Assigned](h, "assigned")
	tell[ticket.MailHeld](h, "mail_held")                                // it waits beside the ticket; its author may be whom it names
	tell[ticket.Approval](h, "approval")                                 // whoever is to decide, and whoever asked (N31)
	tell[ticket.VisitStepped](h, "visit")                                // who comes when, and the choice between times (N27)
	tell[ticket.HandedOver](h, "handed_over")                            // what was done, why, what is needed (N28)
	h.listenNews()                                                       // who wants to know hears of announcements and incidents (N29)
	event.After(h.Bus, "notify:bounced", h.Notices.Bounced)              // mail that came back shows on its ticket (F38)
	event.After(h.Bus, "notify:mailbox_silent", h.Notices.MailboxSilent) // administrators (P13)
	event.After(h.Bus, "notify:escalated", h.Notices.Escalated)          // who must act, or must know
}

// judge lets a directory server say whether a password is right, where an administrator wants that.
func (h *House) judge(ctx context.Context, who person.Person, password string) (right, answered bool) {
	v := h.Directory.Judge(ctx, who, password)
	return v == directory.Right, v != directory.Silent
}

// rings tells the pages of whoever is called.
func (h *House) rings(_ context.Context, tx *db.Tx, _ event.Record, f telephony.Heard) error {
	h.Hub.Publish(tx, live.Person(f.Agent))
	return nil
}

// boardChannel is where the nodes tell each other which tickets changed.
const boardChannel = "board"

// announce tells the other nodes that a ticket changed. SQLite has no other nodes.
func (h *House) announce(_ context.Context, tx *db.Tx, r event.Record) error {
	if strings.HasPrefix(r.Name, "ticket.") && tx.Engine() == db.Postgres {
		tx.Notify(boardChannel, strconv.FormatInt(r.Subject, 10))
	}
	return nil
}

// tell lets people hear of a fact by mail. The name stays the same over releases: jobs carry it.
func tell[F ticket.Fact](h *House, name string, opts ...job.Option) {
	var f F
	h.told = append(h.told, f.EventName())
	event.After(h.Bus, "notify:"+name, notify.Hear[F](h.Notices), opts...)
}

// unheard are the facts of a ticket that nobody but its thread hears, and why. A new fact
// stands in wire or here; a test holds the two complete.
func unheard() map[string]string {
	return map[string]string{
		ticket.Recorded{}.EventName():           "the acknowledgement is recorded with it and speaks for it",
		ticket.Accepted{}.EventName():           "the first human word follows and is told",
		ticket.Classified{}.EventName():         "for staff; the page shows it",
		ticket.Graded{}.EventName():             "for staff; the clocks follow from the ticket",
		ticket.Noted{}.EventName():              "for staff; the page shows it",
		ticket.FormFilled{}.EventName():         "for staff; the page shows it",
		ticket.AskedFor{}.EventName():           "the message beside it is told",
		ticket.Guided{}.EventName():             "the message beside it is told, where the requester got it or gave it back",
		ticket.ReadBackDone{}.EventName():       "it was said on the telephone",
		ticket.ReadBackWrong{}.EventName():      "their words say it, and are told",
		ticket.CallPromised{}.EventName():       "it was said on the telephone; the page shows it",
		ticket.Resumed{}.EventName():            "the next word says more",
		ticket.UserConfirmed{}.EventName():      "the closure is told",
		ticket.Archived{}.EventName():           "for the record",
		ticket.LinkedTo{}.EventName():           "for staff; the page shows it",
		ticket.ParticipantAdded{}.EventName():   "the next word to the requester is told to them too",
		ticket.ParticipantRemoved{}.EventName(): "nothing is told from here on",
		ticket.Leaving{}.EventName():            "nobody outside hears of words before they are said",
		ticket.TakenBack{}.EventName():          "nobody outside heard of them",
		ticket.Carried{}.EventName():            "it was told where it was said",
		ticket.LeftOut{}.EventName():            "nobody outside learns that they were left out",
		ticket.Deviated{}.EventName():           "for staff and conformance",
		ticket.Rated{}.EventName():              "for staff; the page shows it",
		ticket.OriginalOpened{}.EventName():     "for staff; the page shows it",
		ticket.TakenOver{}.EventName():          "for staff; the page shows it",
		ticket.HandOverRefused{}.EventName():    "the inbox tells whoever has it back, the owner and the leads, by mail too",
		ticket.PassedAround{}.EventName():       "the inbox tells the owner and the leads, by mail too",
		ticket.Diagnosed{}.EventName():          "for staff; the page shows it",
		ticket.DeedDone{}.EventName():           "for staff; the page shows it",
		ticket.DeviceTied{}.EventName():         "for staff; the page shows it",
		ticket.DeviceUntied{}.EventName():       "for staff; the page shows it",
		ticket.RemoteAgreed{}.EventName():       "both sides have the page open",
		ticket.RemoteStarted{}.EventName():      "both sides see it",
		ticket.RemotePictured{}.EventName():     "for staff; the page shows it",
		ticket.RemoteEnded{}.EventName():        "both sides see it",
		ticket.Paced{}.EventName():              "the words that come more often are told",
	}
}
