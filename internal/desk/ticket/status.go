// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Status is where a ticket stands in its life.
type Status string

// The life of a ticket.
const (
	New      Status = "new"
	Opened   Status = "open"
	Pending  Status = "pending"
	Resolved Status = "resolved"
	Closed   Status = "closed"
)

// Statuses lists the life in order.
func Statuses() []Status { return []Status{New, Opened, Pending, Resolved, Closed} }

// Waiting says for whom or what a pending ticket waits.
type Waiting string

// The reasons for waiting.
const (
	ForRequester Waiting = "requester"
	ForVendor    Waiting = "vendor"
	ForApproval  Waiting = "approval"
	ForVisit     Waiting = "visit"
	Blocked      Waiting = "blocked"
)

// WaitingReasons lists the reasons in the order in which forms show them.
func WaitingReasons() []Waiting {
	return []Waiting{ForRequester, ForVendor, ForApproval, ForVisit, Blocked}
}

// Name names a command, as it stands in the address of the API.
type Name string

// The commands.
const (
	CmdAccept   Name = "accept"
	CmdAssign   Name = "assign"
	CmdHandOver Name = "hand-over"
	CmdClassify Name = "classify"
	CmdGrade    Name = "grade"
	CmdRecord   Name = "record"
	CmdFill     Name = "fill"
	CmdAsk      Name = "ask"
	CmdAnswer   Name = "answer"
	CmdReadBack Name = "read-back"
	CmdReply    Name = "reply"
	CmdNote     Name = "note"
	CmdCall     Name = "call"
	CmdHold     Name = "hold"
	CmdResume   Name = "resume"
	CmdResolve  Name = "resolve"
	CmdConfirm  Name = "confirm"
	CmdReject   Name = "reject"
	CmdArchive  Name = "archive"
	CmdClose    Name = "close"
	CmdReopen   Name = "reopen"
	CmdMerge    Name = "merge"
	CmdLink     Name = "link"
	CmdDeviate  Name = "deviate"
	CmdExpire   Name = "expire"
	CmdFinish   Name = "finish"
	CmdKeepOut  Name = "keep-out"

	CmdAddParticipant    Name = "add-participant"
	CmdRemoveParticipant Name = "remove-participant"
	CmdLeaveOut          Name = "leave-out"
	CmdLeave             Name = "leave"

	CmdAskReadBack    Name = "ask-read-back"
	CmdAnswerReadBack Name = "answer-read-back"
	CmdPromiseCall    Name = "promise-call"

	CmdRate         Name = "rate"
	CmdOpenOriginal Name = "open-original"
	CmdTakeBack     Name = "take-back"
	CmdSplit        Name = "split"
	CmdDiagnose     Name = "diagnose"

	CmdRemindVendor Name = "remind-vendor"
	CmdRemindUser   Name = "remind-user"
)

// rule is one line of the life: who may give the command, and from which statuses.
type rule struct {
	action access.Action
	from   []Status
}

// life is the one table of transitions. Where a command leads is decided with its facts;
// where it may start is decided here and nowhere else (ASVS 2.3.1).
var life = map[Name]rule{ //nolint:gochecknoglobals // a constant table
	CmdAccept:   {access.TicketWork, []Status{New}},
	CmdAssign:   {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdHandOver: {access.TicketWork, []Status{Opened, Pending}},
	CmdClassify: {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdGrade:    {access.TicketWork, []Status{New, Opened, Pending}},
	CmdRecord:   {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdAsk:      {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdAnswer:   {access.TicketAnswer, []Status{New, Opened, Pending, Resolved}},
	CmdFill:     {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdReadBack: {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdReply:    {access.TicketSay, []Status{New, Opened, Pending, Resolved}},
	CmdNote:     {access.TicketWork, []Status{New, Opened, Pending, Resolved, Closed}},
	CmdCall:     {access.TicketWork, []Status{New, Opened, Pending, Resolved, Closed}},
	CmdHold:     {access.TicketWork, []Status{Opened, Pending}},
	CmdResume:   {access.TicketWork, []Status{Pending}},
	CmdResolve:  {access.TicketWork, []Status{Opened, Pending}},
	CmdConfirm:  {access.TicketAnswer, []Status{Resolved}},
	CmdReject:   {access.TicketAnswer, []Status{Resolved}},
	CmdArchive:  {access.TicketWork, []Status{Opened, Pending, Resolved}},
	CmdClose:    {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdReopen:   {access.TicketAnswer, []Status{Closed}},
	CmdMerge:    {access.TicketWork, []Status{New, Opened, Pending}},
	CmdLink:     {access.TicketWork, []Status{New, Opened, Pending, Resolved, Closed}},
	CmdDeviate:  {access.TicketDeviate, []Status{New, Opened, Pending, Resolved}},
	CmdExpire:   {access.TicketAuto, []Status{Resolved}},
	CmdFinish:   {access.TicketAuto, []Status{Resolved}},
	CmdKeepOut:  {access.TicketAuto, []Status{New, Opened, Pending, Resolved, Closed}},

	CmdAddParticipant:    {access.TicketWork, Statuses()},
	CmdRemoveParticipant: {access.TicketWork, Statuses()},
	CmdLeaveOut:          {access.TicketWork, Statuses()},
	CmdLeave:             {access.TicketSay, Statuses()},

	CmdAskReadBack:    {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdAnswerReadBack: {access.TicketAnswer, []Status{New, Opened, Pending, Resolved}},
	CmdPromiseCall:    {access.TicketWork, []Status{New, Opened, Pending, Resolved}},

	CmdRate:         {access.TicketAnswer, []Status{Resolved, Closed}},
	CmdOpenOriginal: {access.OriginalOpen, Statuses()},
	CmdTakeBack:     {access.TicketWork, Statuses()},
	CmdSplit:        {access.TicketWork, Statuses()},
	CmdTakeOver:     {access.TicketWork, []Status{Opened, Pending}},
	CmdDiagnose:     {access.TicketWork, []Status{New, Opened, Pending, Resolved}},

	CmdRefuseHandOver: {access.TicketWork, []Status{Opened, Pending}},

	CmdRemindVendor: {access.TicketAuto, []Status{Pending}},
	CmdRemindUser:   {access.TicketAuto, []Status{Resolved}},
	CmdPace:         {access.TicketAuto, Statuses()},
	CmdGuide:        {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdDeed:         {access.TicketWork, []Status{New, Opened, Pending, Resolved}},
	CmdTellApproval: {access.TicketAuto, Statuses()},

	CmdDevice:    {access.TicketWork, Statuses()},
	CmdVisit:     {access.TicketWork, []Status{Opened, Pending}},
	CmdVisitStep: {access.TicketWork, []Status{Opened, Pending, Resolved, Closed}},
	CmdRemote:    {access.TicketAuto, Statuses()},
}

// Automatic reports whether a command is given by a room of the desk and has no form and no
// operation of its own: by a timer, or beside what another room does for somebody.
func (n Name) Automatic() bool {
	switch n {
	case CmdOpenOriginal, CmdGuide, CmdDeed, CmdDevice, CmdVisit, CmdVisitStep:
		return true
	default:
		return life[n].action == access.TicketAuto
	}
}

// May reports whether the command may start from the status.
func May(cmd Name, from Status) bool { return slices.Contains(life[cmd].from, from) }

// NotNow refuses a command that may not start from a status. It says where the ticket stands and
// what leads on from there; for machines it is one key.
func NotNow(cmd Name, from Status) error {
	how := string(from)
	switch {
	case cmd == CmdAccept && (from == Opened || from == Pending):
		how = "taken"
	case cmd == CmdResume && from != Closed && from != Resolved:
		how = "not_waiting"
	case cmd == CmdReopen:
		how = "not_closed"
	case (cmd == CmdConfirm || cmd == CmdReject || cmd == CmdRate) && from != Closed:
		how = "not_solved"
	}
	return errs.New(errs.Conflict, "ticket.not_now", "Status", string(from), "Command", string(cmd), "Case", how)
}

// Commands returns the commands that may start from the status, for forms and the API.
func Commands(from Status) []Name {
	var out []Name
	for name, r := range life {
		if slices.Contains(r.from, from) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
