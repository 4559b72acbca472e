// SPDX-License-Identifier: Apache-2.0

package runbook

// Check looks whether the steps hang together: that every branch leads somewhere, that every step
// is reached, and that from every step an end can be reached, so that no walk is caught in a
// circle. A circle with a way out is allowed. It takes time in proportion to the text.
func Check(b Book) Problems {
	var bad Problems
	if len(b.Steps) == 0 || len(b.Steps) > MaxSteps {
		return Problems{{Key: "runbook.line_steps", Args: []any{"Max", MaxSteps}}}
	}
	index := make(map[string]int, len(b.Steps))
	for i, s := range b.Steps {
		index[s.Name] = i
	}
	next, ends := make([][]int, len(b.Steps)), make([]bool, len(b.Steps))
	for i, s := range b.Steps {
		for _, o := range b.outcomesAt(s, i) {
			to, ok := index[o.To.Step]
			switch {
			case o.To.End != "":
				ends[i] = true
			case !ok:
				bad = append(bad, Problem{max(o.Line, s.Line), "runbook.line_missing", []any{"Name", o.To.Step}})
			default:
				next[i] = append(next[i], to)
			}
		}
	}
	reached := spread(next, []int{0})
	for i, s := range b.Steps {
		if !reached[i] {
			bad = append(bad, Problem{s.Line, "runbook.line_unreached", []any{"Name", s.Name}})
		}
	}
	var out []int
	back := make([][]int, len(b.Steps))
	for i := range b.Steps {
		if ends[i] {
			out = append(out, i)
		}
		for _, to := range next[i] {
			back[to] = append(back[to], i)
		}
	}
	leaves := spread(back, out)
	for i, s := range b.Steps {
		if reached[i] && !leaves[i] && len(next[i]) > 0 {
			bad = append(bad, Problem{s.Line, "runbook.line_circle", []any{"Name", s.Name}})
		}
	}
	return bad
}

// outcomesAt is Outcomes for a step whose place is known, without looking for it.
func (b Book) outcomesAt(s Step, at int) []Option {
	one := Book{Steps: b.Steps[at:min(at+2, len(b.Steps))]}
	return one.Outcomes(s)
}

// spread marks what is reached from some nodes.
func spread(next [][]int, from []int) []bool {
	seen := make([]bool, len(next))
	todo := append([]int(nil), from...)
	for _, i := range from {
		seen[i] = true
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range next[i] {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}

// Judge reads a text and looks whether it hangs together: what a version must pass before it is
// reviewed. known says which classes of risk and which pictures there are.
func Judge(text string, risks func(string) bool, pictures func(string) bool) (Book, Problems) {
	b, bad := Read(text)
	if len(bad) == 0 {
		bad = Check(b)
	}
	for _, s := range b.Steps {
		if s.Risk != "" && !risks(s.Risk) {
			bad = append(bad, Problem{s.Line, "runbook.line_risk_unknown", []any{"Value", s.Risk}})
		}
		for _, p := range s.Pictures {
			if !pictures(p.Name) {
				bad = append(bad, Problem{s.Line, "runbook.line_picture_gone", []any{"Name", p.Name}})
			}
		}
	}
	return b, bad
}
