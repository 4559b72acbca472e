// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// commandOperations adds every command of a ticket's life but for expire, which is the desk's own.
func (a *API) commandOperations() {
	a.workCommands()
	a.recordCommands()
	a.speechCommands()
	a.solutionCommands()
	a.endCommands()
	a.participantCommands()
	a.askCommands()
}

type (
	// emptyJSON is the body of commands that need none; it may be left out.
	emptyJSON struct{}

	assignJSON struct {
		Owner    int64 `json:"owner,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A person's id; accountable for the ticket"`
		Assignee int64 `json:"assignee,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A person's id; works on it"`
		Group    int64 `json:"group,omitempty" minimum:"1" maximum:"9007199254740991"`
	}
	handOverBodyJSON struct {
		Group    int64  `json:"group" minimum:"1" maximum:"9007199254740991"`
		Assignee int64  `json:"assignee,omitempty" minimum:"1" maximum:"9007199254740991"`
		Done     string `json:"done,omitempty" maxLength:"4000" doc:"What was done"`
		Why      string `json:"why,omitempty" maxLength:"4000" doc:"Why it moves"`
		Needed   string `json:"needed,omitempty" maxLength:"4000" doc:"What is needed"`
	}
	holdBodyJSON struct {
		Reason string    `json:"reason" enum:"requester,vendor,approval,visit,blocked"`
		Stuck  string    `json:"stuck,omitempty" maxLength:"4000" doc:"What is stuck; told to the requester"`
		Doing  string    `json:"doing,omitempty" maxLength:"4000" doc:"What is being done; told to the requester"`
		Next   time.Time `json:"next,omitzero" doc:"When the requester hears next; told to the requester, and a promise"`

		Vendor        string    `json:"vendor,omitempty" maxLength:"120" doc:"For vendor and blocked: who it is; staff only"`
		VendorCase    string    `json:"vendor_case,omitempty" maxLength:"120" doc:"The number under which they have it; staff only"`
		VendorContact string    `json:"vendor_contact,omitempty" maxLength:"120" doc:"Whom to ask there, and how"`
		VendorBy      time.Time `json:"vendor_by,omitzero" doc:"When they said that they would answer; the owner is reminded when it passes"`
	}
)

type (
	answerReadBackJSON struct {
		Right bool   `json:"right" doc:"It is as it was said; otherwise text says what is wrong"`
		Mark  string `json:"mark" maxLength:"40" doc:"Of read_back.mark"`
		Text  string `json:"text,omitempty" maxLength:"4000" doc:"What is wrong"`
	}
	promiseCallJSON struct {
		At     time.Time `json:"at" doc:"When; ahead, and at most a year"`
		Number string    `json:"number" maxLength:"80" doc:"Under which number"`
		Who    int64     `json:"by,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A person's id: who calls; whoever works on it then where it is missing"`
	}
)

type refuseJSON struct {
	Reason string `json:"reason" minLength:"1" maxLength:"4000"`
}

func (a *API) workCommands() {
	command(a, ticket.CmdAccept, access.TicketWork, "Accept a new ticket", "Whoever accepts becomes its owner where it has none who is still here, and works on it where nobody does (N12).",
		simple(func(*emptyJSON) ticket.Command { return ticket.Accept{} }))
	command(a, ticket.CmdAssign, access.TicketWork, "Change owner, assignee or group", "What is missing stays as it is.",
		simple(func(b assignJSON) ticket.Command {
			return ticket.Assign{Owner: person.ID(b.Owner), Assignee: person.ID(b.Assignee), Group: person.GroupID(b.Group)}
		}))
	command(a, ticket.CmdHandOver, access.TicketWork, "Hand a ticket over to a group", "done, why and needed are asked for by a gate (N11, N28). The owner stays.",
		simple(func(b handOverBodyJSON) ticket.Command {
			return ticket.HandOver{Group: person.GroupID(b.Group), Assignee: person.ID(b.Assignee), Done: b.Done, Why: b.Why, Needed: b.Needed}
		}))
	command(a, ticket.CmdTakeOver, access.TicketWork, "Accept what was handed over", "A member of the group, whoever it names, or a lead; never whoever sent it (N28).",
		simple(func(*emptyJSON) ticket.Command { return ticket.TakeOver{} }))
	command(a, ticket.CmdRefuseHandOver, access.TicketWork, "Give back what was handed over", "With the reason: it is with the group that sent it again, and raised.",
		simple(func(b refuseJSON) ticket.Command { return ticket.RefuseHandOver{Reason: b.Reason} }))
	command(a, ticket.CmdHold, access.TicketWork, "Let a ticket wait", "For blocked a gate asks for stuck, doing and next (N30).",
		simple(func(b holdBodyJSON) ticket.Command {
			return ticket.HoldFor{
				Reason: ticket.Waiting(b.Reason), Stuck: b.Stuck, Doing: b.Doing, Next: b.Next,
				Vendor: ticket.Vendor{Name: b.Vendor, Case: b.VendorCase, Contact: b.VendorContact, By: b.VendorBy},
			}
		}))
	command(a, ticket.CmdResume, access.TicketWork, "End the waiting", "",
		simple(func(*emptyJSON) ticket.Command { return ticket.Resume{} }))
}

type (
	classifyJSON struct {
		Category *int64 `json:"category,omitempty" minimum:"0" maximum:"9007199254740991" doc:"0 for none; missing stays as it is"`
		Service  *int64 `json:"service,omitempty" minimum:"0" maximum:"9007199254740991" doc:"0 for none; missing stays as it is"`
		Subject  string `json:"subject,omitempty" maxLength:"200"`
	}
	gradeBodyJSON struct {
		Core     bool   `json:"core" doc:"Core business is touched"`
		Affected string `json:"affected" enum:"one,team,department,everyone" doc:"How many people"`
		Halt     string `json:"halt" enum:"stopped,impaired,working" doc:"How far work stands still"`
		Override string `json:"override,omitempty" enum:"P1,P2,P3,P4" doc:"Another priority than the matrix gives; needs a reason"`
		Reason   string `json:"reason,omitempty" maxLength:"4000"`
	}
	recordJSON struct {
		Intake intakeJSON `json:"intake"`
	}
	readBackBodyJSON struct {
		Items []string `json:"items" nullable:"false" minItems:"1" maxItems:"7" enum:"who,contact,since,symptom,affected,people,wanted" doc:"What the caller heard and agreed to"`
	}
	deviateJSON struct {
		Gap    string `json:"gap" minLength:"1" maxLength:"80" doc:"The key of the gap, as it stands in a problem"`
		Reason string `json:"reason" minLength:"1" maxLength:"4000"`
	}
)

func (a *API) recordCommands() {
	command(a, ticket.CmdClassify, access.TicketWork, "Set category, service or subject", "The old ones stay in the history (N21).", a.classify)
	command(a, ticket.CmdGrade, access.TicketWork, "Answer the three questions", "The matrix makes them a priority (N22).",
		simple(func(b gradeBodyJSON) ticket.Command {
			return ticket.Grade{
				Answers:  triage.Answers{Core: b.Core, Affected: triage.Affected(b.Affected), Halt: triage.Halt(b.Halt)},
				Override: triage.ParsePriority(b.Override), Reason: b.Reason,
			}
		}))
	command(a, ticket.CmdRecord, access.TicketWork, "Fill elements of the record", "Each has a value, or is unknown with a reason (N15).",
		simple(func(b recordJSON) ticket.Command { return ticket.Record{Intake: b.Intake.answers()} }))
	command(a, ticket.CmdFill, access.TicketWork, "Answer questions of the category's form", "A ticket keeps the version of the form that it was filled in with (N21).", simple(fillBody))
	command(a, ticket.CmdReadBack, access.TicketWork, "Say what was read back to the caller", "For requests that were spoken (N18).",
		simple(func(b readBackBodyJSON) ticket.Command {
			var items []ticket.Element
			for _, s := range b.Items {
				items = append(items, ticket.Element(s))
			}
			return ticket.ReadBackWith{Items: items}
		}))
	command(a, ticket.CmdAskReadBack, access.TicketWork, "Send the record to the requester to be confirmed", "By mail, with a link that a press confirms; opening it changes nothing (N18).",
		simple(func(*emptyJSON) ticket.Command { return ticket.AskReadBack{} }))
	command(a, ticket.CmdAnswerReadBack, access.TicketAnswer, "Say whether a record is right", "For the requester, after the record was sent to them; `mark` names the record that was read.",
		simple(func(b answerReadBackJSON) ticket.Command {
			return ticket.AnswerReadBack{Right: b.Right, Mark: b.Mark, Say: ticket.Say{Text: b.Text, Channel: ticket.API}}
		}))
	command(a, ticket.CmdPromiseCall, access.TicketWork, "Promise the requester a call", "In place of an earlier appointment. A call record keeps it.",
		simple(func(b promiseCallJSON) ticket.Command {
			return ticket.PromiseCall{At: b.At, Number: b.Number, Who: person.ID(b.Who)}
		}))
	command(a, ticket.CmdDeviate, access.TicketDeviate, "Record a deviation", "An honest way past a gate that allows one, with a reason of at least five characters.",
		simple(func(b deviateJSON) ticket.Command { return ticket.Deviate{Gap: b.Gap, Reason: b.Reason} }))
}

// classify fills in what stays as it is from the ticket; If-Match guards against a change between.
func (a *API) classify(ctx context.Context, r reader, n Numbered, b classifyJSON) (ticket.Command, error) {
	c := ticket.Classify{Subject: b.Subject}
	if b.Category == nil || b.Service == nil {
		t, err := a.read(ctx, r, n)
		if err != nil {
			return nil, err
		}
		c.Category, c.Service = t.Category, t.Service
	}
	if b.Category != nil {
		c.Category = catalog.CategoryID(*b.Category)
	}
	if b.Service != nil {
		c.Service = catalog.ServiceID(*b.Service)
	}
	return c, nil
}

type (
	sayJSON struct {
		Text  string   `json:"text" minLength:"1" maxLength:"200000"`
		Files []string `json:"files,omitempty" nullable:"false" maxItems:"50" maxLength:"26" pattern:"^[a-z2-7]{26}$" doc:"Tokens of uploaded files"`
	}
	replyJSON struct {
		Text    string    `json:"text" minLength:"1" maxLength:"200000"`
		Files   []string  `json:"files,omitempty" nullable:"false" maxItems:"50" maxLength:"26" pattern:"^[a-z2-7]{26}$" doc:"Tokens of uploaded files"`
		Promise time.Time `json:"promise,omitzero" doc:"By when the words say that the requester hears next; recorded as a promise. Staff only"`
		Undo    bool      `json:"undo,omitempty" doc:"It is said a few seconds later, and take-back has it back until then. Staff only"`
	}
	callJSON struct {
		Text     string    `json:"text" minLength:"1" maxLength:"200000" doc:"What was said"`
		Spoke    bool      `json:"spoke,omitempty" doc:"The requester was reached"`
		Incoming bool      `json:"incoming,omitempty" doc:"They called; otherwise the desk did"`
		Seconds  int64     `json:"seconds,omitempty" minimum:"0" maximum:"86400" doc:"Length of the call"`
		Promise  time.Time `json:"promise,omitzero" doc:"By when the requester was told that they hear next; recorded as a promise where they were reached"`
		Files    []string  `json:"files,omitempty" nullable:"false" maxItems:"50" maxLength:"26" pattern:"^[a-z2-7]{26}$" doc:"Tokens of uploaded files"`
	}
)

func (a *API) speechCommands() {
	command(a, ticket.CmdReply, access.TicketSay, "Reply", "The requester reads it, or it is from the requester.",
		simple(func(b replyJSON) ticket.Command {
			return ticket.Reply{Say: ticket.Say{Text: b.Text, Files: b.Files}, Promise: b.Promise, Undo: b.Undo}
		}))
	command(a, ticket.CmdTakeBack, access.TicketWork, "Take a reply back", "Of a reply with undo, until it is said; only by who wrote it. Its words become their draft.",
		simple(func(*emptyJSON) ticket.Command { return ticket.TakeBack{} }))
	command(a, ticket.CmdNote, access.TicketWork, "Note", "For staff only.",
		simple(func(b sayJSON) ticket.Command { return ticket.Note{Say: ticket.Say{Text: b.Text, Files: b.Files}} }))
	command(a, ticket.CmdDiagnose, access.TicketWork, "Write a line of the diagnosis log", "For staff only: hypothesis, check, result (N5). With the number of an unclear line, what came of it.",
		simple(func(b diagnoseJSON) ticket.Command {
			return ticket.Diagnose{Line: b.Line, Hypothesis: b.Hypothesis, Check: b.Check, Result: b.Result, Judgement: ticket.Judgement(b.Judgement)}
		}))
	command(a, ticket.CmdCall, access.TicketWork, "Record a call", "For staff only.",
		simple(func(b callJSON) ticket.Command {
			return ticket.CallRecord{Say: ticket.Say{Text: b.Text, Files: b.Files, Seconds: b.Seconds}, Spoke: b.Spoke, Incoming: b.Incoming, Promise: b.Promise}
		}))
}

type (
	resolveJSON struct {
		Solution     string   `json:"solution,omitempty" maxLength:"4000" doc:"In words that the requester can read"`
		Cause        string   `json:"cause,omitempty" maxLength:"4000"`
		Prevention   string   `json:"prevention,omitempty" maxLength:"4000"`
		Verify       []string `json:"verify,omitempty" nullable:"false" maxItems:"20" maxLength:"400" doc:"Steps with which the requester checks"`
		Difficulties string   `json:"difficulties,omitempty" maxLength:"4000" doc:"The closure sheet may come along"`
		Approach     string   `json:"approach,omitempty" maxLength:"4000"`
	}
	confirmJSON struct {
		How         string `json:"how,omitempty" enum:"phone" doc:"phone: staff record what the requester said in a call"`
		Evidence    string `json:"evidence,omitempty" maxLength:"4000" doc:"For phone: what the requester said"`
		Resolutions int    `json:"resolutions,omitempty" minimum:"1" maximum:"1000000" doc:"Which solution is meant; the present one where it is missing"`
	}
	rejectJSON struct {
		Reason      string `json:"reason,omitempty" maxLength:"4000"`
		Resolutions int    `json:"resolutions,omitempty" minimum:"1" maximum:"1000000" doc:"Which solution is meant; the present one where it is missing"`
	}
	rateJSON struct {
		Score   int    `json:"score" minimum:"1" maximum:"5" doc:"From 1, very unhappy, to 5, very content"`
		Comment string `json:"comment,omitempty" maxLength:"1000"`
	}
	archiveJSON struct {
		Difficulties string `json:"difficulties,omitempty" maxLength:"4000"`
		Approach     string `json:"approach,omitempty" maxLength:"4000"`
	}
)

func (a *API) solutionCommands() {
	command(a, ticket.CmdResolve, access.TicketWork, "Present a solution", "Gates ask for what is missing: the record, the grade, the solution, the steps to check it, cause and prevention (N15, N18, N22, N32–N34).",
		simple(func(b resolveJSON) ticket.Command {
			return ticket.Resolve{
				Solution:     ticket.Solution{Text: b.Solution, Cause: b.Cause, Prevention: b.Prevention, Verify: b.Verify},
				Difficulties: b.Difficulties, Approach: b.Approach,
			}
		}))
	command(a, ticket.CmdConfirm, access.TicketAnswer, "Confirm that it works again", "The requester's word, or one that staff heard on the telephone (N35).",
		simple(func(b *confirmJSON) ticket.Command {
			if b == nil {
				b = &confirmJSON{}
			}
			return ticket.Confirm{How: b.How, Evidence: b.Evidence, Resolutions: b.Resolutions}
		}))
	command(a, ticket.CmdReject, access.TicketAnswer, "Say that it does not work yet", "The requester's word; the ticket goes on.",
		simple(func(b *rejectJSON) ticket.Command {
			if b == nil {
				b = &rejectJSON{}
			}
			return ticket.Reject{Reason: b.Reason, Resolutions: b.Resolutions}
		}))
	command(a, ticket.CmdRate, access.TicketAnswer, "Rate what was done", "The requester's opinion, once they have confirmed; the last one counts.",
		simple(func(b rateJSON) ticket.Command { return ticket.Rate{Score: b.Score, Comment: b.Comment} }))
	command(a, ticket.CmdArchive, access.TicketWork, "Write the closure sheet", "It closes a ticket that only waited for it (N36).",
		simple(func(b archiveJSON) ticket.Command {
			return ticket.Archive{Difficulties: b.Difficulties, Approach: b.Approach}
		}))
}

type (
	closeJSON struct {
		As     string `json:"as" enum:"cancelled,invalid,confirmed,unconfirmed"`
		Reason string `json:"reason,omitempty" maxLength:"4000" doc:"For cancelled and invalid"`
	}
	reopenJSON struct {
		Reason string `json:"reason" minLength:"1" maxLength:"4000"`
	}
	mergeJSON struct {
		Into int64 `json:"into" minimum:"1" maximum:"9007199254740991" doc:"The number of the ticket that goes on; of the same requester"`
	}
	splitJSON struct {
		Messages []int64 `json:"messages" minItems:"1" maxItems:"50" minimum:"1" maximum:"9007199254740991" doc:"Ids of messages of the ticket; at least one in the user's words"`
		Subject  string  `json:"subject,omitempty" maxLength:"200" doc:"Of the new ticket; made from the words where it is missing"`
		Category int64   `json:"category,omitempty" minimum:"1" maximum:"9007199254740991"`
	}
	relateJSON struct {
		To int64 `json:"to" minimum:"1" maximum:"9007199254740991" doc:"The number of the other ticket"`
	}
)

func (a *API) endCommands() {
	command(a, ticket.CmdClose, access.TicketAnswer, "Close a ticket", "Requesters may cancel their own. After a solution, confirmation and closure sheet come first (N35, N36).",
		simple(func(b closeJSON) ticket.Command { return ticket.Close{As: ticket.Outcome(b.As), Reason: b.Reason} }))
	command(a, ticket.CmdReopen, access.TicketAnswer, "Open a closed ticket again", "Requesters within the days that the desk allows.",
		simple(func(b reopenJSON) ticket.Command { return ticket.Reopen{Reason: b.Reason} }))
	command(a, ticket.CmdMerge, access.TicketWork, "Close a ticket as a duplicate of another", "",
		func(ctx context.Context, r reader, _ Numbered, b mergeJSON) (ticket.Command, error) {
			into, err := a.other(ctx, r, "into", b.Into)
			return ticket.Merge{Into: into}, err
		})
	command(a, ticket.CmdSplit, access.TicketWork, "Take another matter into a ticket of its own", "The messages are copied into a new ticket of the same requester; both are linked: detail.links names it as split_to. The requester is told where one of the messages is theirs.",
		simple(func(b splitJSON) ticket.Command {
			c := ticket.Split{Subject: b.Subject, Category: catalog.CategoryID(b.Category)}
			for _, which := range b.Messages {
				c.Messages = append(c.Messages, ticket.MessageID(which))
			}
			return c
		}))
	command(a, ticket.CmdLink, access.TicketWork, "Tie two tickets together", "",
		func(ctx context.Context, r reader, _ Numbered, b relateJSON) (ticket.Command, error) {
			to, err := a.other(ctx, r, "to", b.To)
			return ticket.Link{To: to}, err
		})
}
