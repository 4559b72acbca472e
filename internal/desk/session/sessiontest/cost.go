// SPDX-License-Identifier: Apache-2.0

// Package sessiontest lets tests sign in a thousand times.
package sessiontest

import "github.com/loopdesk/loopdesk/internal/desk/session"

// Cheap is the least that hashing a password can take.
func Cheap() session.Cost { return session.Cost{Memory: 8, Passes: 1} }
