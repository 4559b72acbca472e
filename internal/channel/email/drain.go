// SPDX-License-Identifier: Apache-2.0

package email

import (
	"bytes"
	"net"
	"time"
)

// drainQuiet is how long a sender may be silent before its message counts as sent to the end.
const drainQuiet = 2 * time.Second

// drainAll reads the rest of a message that is refused, at most limit bytes of it. A sender that
// is not listened to meets a broken connection instead of its answer, and would come again with
// the same message for days; nobody would ever hear that it does not get through (F33).
func drainAll(c net.Conn, limit int64) {
	end := []byte("\r\n.\r\n")
	silent := time.AfterFunc(drainQuiet, func() { _ = c.SetReadDeadline(time.Unix(1, 0)) })
	defer func() {
		silent.Stop()
		_ = c.SetReadDeadline(time.Time{})
	}()
	b := make([]byte, len(end)+32<<10) // the last bytes of the piece before stand in front
	for limit > 0 {
		n, err := c.Read(b[len(end):])
		if err != nil {
			return
		}
		seen := b[:len(end)+n]
		if bytes.Contains(seen, end) {
			return
		}
		copy(b, seen[n:])
		limit -= int64(n)
		silent.Reset(drainQuiet)
	}
}
