// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ServerName is the name under which Server is stored.
const ServerName = "directory.server"

// Server says how careful the desk is with what a directory tells. No directory server is asked yet;
// files are, and the same care will hold for it.
type Server struct {
	Guard int64 // percent of those whom a directory keeps that may be disabled at once without asking, 1–100
}

// StartServer is what most houses want.
func StartServer() Server { return Server{Guard: 10} }

// Check returns Invalid with the fields to mend.
func (s Server) Check() error {
	if s.Guard < 1 || s.Guard > 100 {
		return errs.Field("guard", "directory.guard_range")
	}
	return nil
}
