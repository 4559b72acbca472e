// SPDX-License-Identifier: Apache-2.0

package radar

import (
	"cmp"
	"math"
	"slices"
)

// cell is one place that reports come to.
type cell struct {
	category, service int64
	site, device      string
}

// before orders places, for an order that does not depend on chance.
func (c cell) before(o cell) int {
	return cmp.Or(cmp.Compare(c.category, o.category), cmp.Compare(c.service, o.service), cmp.Compare(c.site, o.site), cmp.Compare(c.device, o.device))
}

// cells are the places of a report: what it is about with and without where, and the device.
func (r Report) cells() []cell {
	var out []cell
	if r.Category != 0 || r.Service != 0 {
		out = append(out, cell{category: r.Category, service: r.Service})
		if r.Site != "" {
			out = append(out, cell{category: r.Category, service: r.Service, site: r.Site})
		}
	}
	if r.Device != "" {
		out = append(out, cell{device: r.Device})
	}
	return out
}

// spikes finds, of each place, the most surprising day of the last week.
func (s *sky) spikes() []Finding {
	counts := map[cell][]float64{}
	for i, r := range s.list {
		for _, c := range r.cells() {
			if counts[c] == nil {
				counts[c] = make([]float64, s.span)
			}
			counts[c][s.days[i]]++
		}
	}
	working := make([]bool, s.span)
	for d := range working {
		working[d] = s.Working(s.day(d))
	}
	places := make([]cell, 0, len(counts))
	for c := range counts {
		places = append(places, c)
	}
	slices.SortFunc(places, cell.before)
	var out []Finding
	for _, c := range places {
		if f, ok := worst(counts[c], working); ok {
			out = append(out, s.spike(c, f))
		}
	}
	return out
}

// peak is a day on which too many came.
type peak struct {
	back        int
	usual, tail float64
}

// worst is the most surprising day of the last week, measured against the days of its kind before.
func worst(counts []float64, working []bool) (best peak, found bool) {
	for back := range min(Week, len(counts)) {
		if counts[back] < leastSpike {
			continue
		}
		var past []float64
		for d := back + 1; d < len(counts); d++ {
			if working[d] == working[back] {
				past = append(past, counts[d])
			}
		}
		if len(past) < history && (working[back] || len(past) < 3) {
			continue
		}
		usual, tail := surprise(counts[back], past)
		if tail > tailSpike || counts[back] < 3*usual || found && tail >= best.tail {
			continue
		}
		best, found = peak{back, usual, tail}, true
	}
	return best, found
}

// Burst says, of counts by day with the newest first, whether the newest is out of the ordinary:
// working tells which days are worked. Usual is how many were to be expected.
func Burst(counts []float64, working []bool) (usual float64, burst bool) {
	best, found := worst(counts, working)
	return best.usual, found && best.back == 0
}

func (s *sky) spike(c cell, p peak) Finding {
	f := Finding{Kind: Spike, Days: 1, Day: s.day(p.back), Usual: p.usual, Tail: p.tail}
	var g []int
	for i, r := range s.list {
		if slices.Contains(r.cells(), c) {
			f.All++
			if s.days[i] == p.back {
				g = append(g, i)
			}
		}
	}
	for _, i := range slices.Backward(g) {
		f.Keys = append(f.Keys, s.list[i].Key)
	}
	f.Head = f.Keys[0]
	s.common(&f, g)
	return f
}

// surprise is how many were to be expected after counts of the past, and how probable n or more
// are. Counts are taken as Poisson's, or, where they scatter more than those do, as so many
// fewer independent ones as they scatter more. Half a report more than there were keeps a first
// one from being a wonder.
func surprise(n float64, past []float64) (usual, tail float64) {
	sum, scatter := 0.5, 0.0
	for _, x := range past {
		sum += x
	}
	usual = sum / float64(max(len(past), 1))
	for _, x := range past {
		scatter += (x - usual) * (x - usual)
	}
	phi := 1.0
	if len(past) > 1 {
		phi = max(1, scatter/float64(len(past)-1)/usual)
	}
	return usual, poissonTail(usual/phi, n/phi)
}

// poissonTail is the probability of at least n where so many are expected; n need not be whole.
func poissonTail(expected, n float64) float64 {
	k := math.Ceil(n - 1e-9)
	if k <= 0 {
		return 1
	}
	lg, _ := math.Lgamma(k + 1)
	term := math.Exp(k*math.Log(expected) - expected - lg)
	sum := 0.0
	for range 1000 {
		sum += term
		k++
		term *= expected / k
		if term < sum*1e-12 {
			break
		}
	}
	return min(sum, 1)
}
