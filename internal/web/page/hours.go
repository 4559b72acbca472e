// SPDX-License-Identifier: Apache-2.0

package page

import "time"

// ClockOf writes a minute of the day as a form does: "22:00".
func ClockOf(minute int64) string {
	return time.Unix(minute*60, 0).UTC().Format("15:04")
}

// MinuteOf reads what ClockOf writes; -1 for anything else.
func MinuteOf(clock string) int64 {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return -1
	}
	return int64(t.Hour()*60 + t.Minute())
}
