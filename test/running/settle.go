// SPDX-License-Identifier: Apache-2.0

package running

import (
	"fmt"
	"time"
)

// soon is how far ahead a job counts as something that follows: a letter that is written again
// after its back-off, or a clock of the next minute, is not waited for.
const soon = 3 * time.Second

// Settle waits until the desk has done everything that followed from what it was asked; after the
// limit the test fails.
func (d *Desk) Settle(limit time.Duration) {
	d.Helper()
	if !d.Until(limit, `SELECT CAST(id AS TEXT) FROM job WHERE state < 2 AND run_at <= `+fmt.Sprint(time.Now().Add(soon).UnixMilli())+` LIMIT 1`) {
		d.Error("the jobs of the desk do not come to an end")
	}
}

// CatchUp waits until the desk has done what the past asks of it once, when that was written
// while it did not run: times that ran out are told, reports follow the log to its end. It
// would be counted as the price of whatever is measured meanwhile.
func (d *Desk) CatchUp(limit time.Duration) {
	d.Helper()
	escalated := d.Until(limit, `SELECT CAST(ticket_id AS TEXT) FROM escalation_due WHERE wake_at <= `+fmt.Sprint(time.Now().UnixMilli())+` LIMIT 1`)
	d.Settle(limit)
	last := d.Count(`SELECT COALESCE(MAX(id), 0) FROM event`)
	reported := d.Until(limit, `SELECT 'behind' WHERE NOT EXISTS (SELECT 1 FROM report_place WHERE again_id < 0 AND fact_id >= `+fmt.Sprint(last)+`)`)
	if !escalated || !reported {
		d.Errorf("the desk does not catch up with its past: escalated %v, reported %v", escalated, reported)
	}
}
