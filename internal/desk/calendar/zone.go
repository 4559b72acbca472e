// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Zones is a fingerprint of when the zones of the book's calendars change their clocks, as this
// process knows them, from 2000 to 2100. Countries change their rules; whoever planned by the
// old ones can tell (F42).
func (b Book) Zones() string {
	var names []string
	for _, s := range b.Sheets {
		names = append(names, s.Zone)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range slices.Compact(names) {
		loc, err := zone(name)
		if err != nil {
			continue // its calendar cannot be opened, and that is said elsewhere
		}
		_, _ = fmt.Fprintln(sum, name)
		for t, last := time.Unix(yearStart(FirstYear), 0), time.Unix(yearStart(LastYear+1), 0); t.Before(last); {
			_, offset := t.In(loc).Zone()
			_, change := t.In(loc).ZoneBounds()
			_, _ = fmt.Fprintln(sum, t.Unix(), offset)
			if !change.After(t) { // none follows
				break
			}
			t = change
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
