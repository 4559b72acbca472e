// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// step decides a command against a ticket: the life, the rule, the fold, the gates. It is
// pure. The service around it asks access and version before; it plans, saves and records after.
//
// Errors: Conflict where the life does not allow the command or the ticket is past it; Missing
// with all gaps where gates stand before it; Invalid with fields, and with the gaps too where the rule
// returned its facts beside the fields that it refuses.
func (g Gates) step(t Ticket, w world, cmd Command) (Ticket, []Fact, error) {
	if !May(cmd.Name(), t.Status) {
		return Ticket{}, nil, NotNow(cmd.Name(), t.Status)
	}
	list, err := cmd.decide(t, w)
	if err != nil && (len(list) == 0 || errs.KindOf(err) != errs.Invalid) {
		return Ticket{}, nil, err
	}
	after := w.after(t, list)
	gaps := g.between(t, after, cmd.Name())
	if err != nil {
		return Ticket{}, nil, alsoMissing(errs.As(err), gaps)
	}
	if len(gaps) > 0 {
		way := "" // out of it, where policy knows one
		if !slices.ContainsFunc(gaps, func(g errs.Gap) bool { return g.Deviable }) {
			way = "firm"
		}
		return Ticket{}, nil, &errs.Error{Kind: errs.Missing, Key: "ticket.missing", Args: []any{"Count", len(gaps), "Case", way}, Gaps: gaps}
	}
	return after, list, nil
}

// alsoMissing names what the gates miss together with the fields that the rule refuses: whoever mends
// the one must not be sent back for the other.
func alsoMissing(bad *errs.Error, gaps []errs.Gap) error {
	if len(gaps) == 0 {
		return bad
	}
	return &errs.Error{Kind: errs.Invalid, Key: "errs.fields", Fields: bad.Fields, Gaps: gaps, Cause: bad.Cause}
}

// after folds new facts into a ticket.
func (w world) after(t Ticket, list []Fact) Ticket {
	meta := w.by.Meta(w.at)
	for _, f := range list {
		t = Apply(t, f, meta)
	}
	t.UpdatedAt = w.at
	return t
}

// between asks the gates of the command, and those of resolving and closing whatever the
// command was called: no other way leads there (N36).
func (g Gates) between(before, after Ticket, cmd Name) []errs.Gap {
	ways := []Name{cmd}
	if after.Status == Resolved && before.Status != Resolved {
		ways = append(ways, CmdResolve)
	}
	if after.Status == Closed && before.Status != Closed {
		ways = append(ways, CmdClose)
	}
	slices.Sort(ways)
	var out []errs.Gap
	for _, way := range slices.Compact(ways) {
		if way == CmdClose && after.Status != Closed {
			continue
		}
		out = append(out, g.missing(way, after)...)
	}
	return out
}

// other names the second ticket of a command; 0 where it has none.
func other(cmd Command) ID {
	switch c := cmd.(type) {
	case Merge:
		return c.Into
	case Link:
		return c.To
	}
	return 0
}

// mirror is what a merge, a link or a split leaves on the other ticket, so that both sides show it
// and nobody who took part is left behind.
func mirror(cmd Command, t Ticket, w world) []Fact {
	on, kind := w.other, "related"
	if cmd.Name() == CmdMerge {
		kind = "absorbed"
	} else if cmd.Name() == CmdSplit {
		kind = linkSplitFrom
	}
	out := []Fact{LinkedTo{Of{on.ID}, Linked{Ticket: t.ID, Number: t.Number, Kind: kind}}}
	if cmd.Name() == CmdMerge { // the same requester, and the same people who follow
		out = append(out, followers(t, on)...)
	}
	if cmd.Name() == CmdSplit {
		out = append(out, w.parting.writers(t, on)...)
	}
	return out
}
