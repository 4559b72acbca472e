// SPDX-License-Identifier: Apache-2.0

package text

// Pattern is what somebody looks for: units that follow one another.
type Pattern struct{ units []Unit }

// Words cuts what was typed into the patterns that a text must hold, in whatever order: each run
// is one. 打印机 VPN连不上 ERR-1234 is four: 打印机, VPN, 连不上 and ERR-1234.
func Words(typed string) []Pattern {
	var list []Pattern
	for _, u := range Units(typed) {
		if n := len(list); u.Glued && n > 0 {
			list[n-1].units = append(list[n-1].units, u)
			continue
		}
		list = append(list, Pattern{units: []Unit{u}})
	}
	return list
}

// Phrase makes one pattern of all units of what was typed; none where there is no unit in it.
func Phrase(typed string) []Pattern {
	units := Units(typed)
	if len(units) == 0 {
		return nil
	}
	return []Pattern{{units: units}}
}

// Same reports whether two patterns find the same.
func (p Pattern) Same(q Pattern) bool {
	if len(p.units) != len(q.units) {
		return false
	}
	for i, u := range p.units {
		if u.Text != q.units[i].Text || i > 0 && u.Glued != q.units[i].Glued {
			return false
		}
	}
	return true
}

// Terms are those that a text must hold to hold the pattern.
func (p Pattern) Terms() []Term {
	if len(p.units) == 1 {
		return []Term{unitTerm(p.units[0].Text)}
	}
	var list []Term
	for i, u := range p.units {
		next := i+1 < len(p.units) && p.units[i+1].Glued
		switch {
		case i > 0 && u.Glued:
			list = append(list, pairTerm(p.units[i-1].Text, u.Text))
		case !next: // a unit that stands in no pair
			list = append(list, unitTerm(u.Text))
		}
	}
	return list
}

// Exact reports whether a text that holds the terms holds the pattern. Where not, the terms may
// stand in it far apart, and only the text can tell.
func (p Pattern) Exact() bool { return len(p.units) == 1 || len(p.units) == 2 && p.units[1].Glued }

// Typed returns the one word of the pattern, folded, if it is one word of letters and digits:
// whoever still types it may be looking for a longer one.
func (p Pattern) Typed() string {
	if len(p.units) != 1 || p.units[0].Han || len(p.units[0].Text) < 2 {
		return ""
	}
	return p.units[0].Text
}

// Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// Find returns where the pattern stands in a text that was cut into units, at most most times.
func (p Pattern) Find(in []Unit, most int) []Span {
	var list []Span
	for i := 0; i+len(p.units) <= len(in) && len(list) < most; i++ {
		if p.at(in[i:]) {
			last := in[i+len(p.units)-1]
			list = append(list, Span{in[i].Start, last.End})
			i += len(p.units) - 1
		}
	}
	return list
}

// In reports whether a text that was cut into units holds the pattern.
func (p Pattern) In(in []Unit) bool {
	for i := 0; i+len(p.units) <= len(in); i++ {
		if p.at(in[i:]) {
			return true
		}
	}
	return false
}

func (p Pattern) at(in []Unit) bool {
	for k, u := range p.units {
		if in[k].Text != u.Text || k > 0 && u.Glued && !in[k].Glued {
			return false
		}
	}
	return true
}
