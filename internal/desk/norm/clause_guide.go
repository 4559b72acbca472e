// SPDX-License-Identifier: Apache-2.0

package norm

import "github.com/loopdesk/loopdesk/internal/desk/ticket"

// n25: the first simple things came before anything larger, or were left out with a reason.
func n25(in *Input) Verdict {
	v := Verdict{Clause: "N25", Step: Diagnose, State: NA, Key: "norm.N25_na"}
	if _, left := in.Ticket.Detail.Deviations["gap.first_line"]; left {
		return in.gap("N25", Diagnose, "gap.first_line")
	}
	n, ok := first(in, func(f ticket.Guided) bool { return f.Guide.State.Counts() })
	if !ok {
		return v
	}
	f, _ := n.Fact.(ticket.Guided)
	v.State, v.Key, v.At, v.Event, v.Args = Met, "norm.N25_met", n.Meta.At, n.ID, []any{"Title", f.Guide.Title}
	if f.Guide.State == ticket.GuideWaived {
		v.State, v.Key, v.Args = Deviated, "norm.N25_waived", []any{"Title", f.Guide.Title, "Reason", f.Guide.Reason}
	}
	return v
}
