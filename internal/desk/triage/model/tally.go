// SPDX-License-Identifier: Apache-2.0

package model

import (
	"maps"
	"slices"
)

// Tally counts guesses against what was right.
type Tally struct {
	right  int
	counts map[string]*count
	shares []sure
}

type count struct{ hit, wrong, missed int }

type sure struct {
	share float64
	right bool
}

// NewTally makes an empty one.
func NewTally() *Tally { return &Tally{counts: map[string]*count{}} }

func (t *Tally) of(label string) *count {
	c := t.counts[label]
	if c == nil {
		c = &count{}
		t.counts[label] = c
	}
	return c
}

// Add counts one guess and the share with which it was made.
func (t *Tally) Add(truth, guess string, share float64) {
	t.shares = append(t.shares, sure{share, truth == guess})
	if truth == guess {
		t.right++
		t.of(truth).hit++
		return
	}
	t.of(truth).missed++
	t.of(guess).wrong++
}

// Accuracy is the share of right guesses.
func (t *Tally) Accuracy() float64 { return part(t.right, len(t.shares)) }

// MacroF1 is the mean over the labels that were right for something.
func (t *Tally) MacroF1() float64 {
	var sum float64
	n := 0
	for _, label := range slices.Sorted(maps.Keys(t.counts)) { // in one order: sums of shares depend on it in their last digit
		if c := t.counts[label]; c.hit+c.missed > 0 {
			n++
			sum += part(2*c.hit, 2*c.hit+c.wrong+c.missed)
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// SureAt finds the lowest share at and above which guesses are right as often as asked, and how
// much of all was guessed with it; a share above 1 and 0 where there is none.
func (t *Tally) SureAt(asked float64) (share, coverage float64) {
	slices.SortStableFunc(t.shares, func(a, b sure) int {
		switch {
		case a.share > b.share:
			return -1
		case a.share < b.share:
			return 1
		}
		return 0
	})
	share = 2
	right := 0
	for i, s := range t.shares {
		if s.right {
			right++
		}
		last := i+1 == len(t.shares) || t.shares[i+1].share < s.share
		if last && part(right, i+1) >= asked {
			share, coverage = s.share, part(i+1, len(t.shares))
		}
	}
	return share, coverage
}

// From tells how often guesses of a share and more are right, and how much of all they are.
func (t *Tally) From(share float64) (precision, coverage float64) {
	n, right := 0, 0
	for _, s := range t.shares {
		if s.share >= share {
			n++
			if s.right {
				right++
			}
		}
	}
	return part(right, n), part(n, len(t.shares))
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Join adds what another tally counted.
func (t *Tally) Join(other *Tally) {
	t.right += other.right
	t.shares = append(t.shares, other.shares...)
	for label, c := range other.counts {
		mine := t.of(label)
		mine.hit, mine.wrong, mine.missed = mine.hit+c.hit, mine.wrong+c.wrong, mine.missed+c.missed
	}
}

// Tested is how many guesses were counted.
func (t *Tally) Tested() int { return len(t.shares) }
