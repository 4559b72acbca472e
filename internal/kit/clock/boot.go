// SPDX-License-Identifier: Apache-2.0

package clock

import (
	"os"
	"strings"
	"time"
)

// Boot names the present run of the machine, and says since when it runs: two processes of one
// run can compare what they measured, whatever happened to the machine's date between them.
// "" and 0 where the system does not say, as elsewhere than on Linux.
func Boot() (name string, up time.Duration) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", 0
	}
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return "", 0
	}
	seconds, _, _ := strings.Cut(string(text), " ")
	if up, err = time.ParseDuration(seconds + "s"); err != nil {
		return "", 0
	}
	return strings.TrimSpace(string(id)), up
}
